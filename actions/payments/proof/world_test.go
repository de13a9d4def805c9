package proof_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/mpesa/fake"
	"github.com/paytrace/paytrace/wallet/payments"
)

const (
	// killEvery is how often a process is killed.
	killEvery = 200 * time.Millisecond
	// processes is how many live at a time.
	processes = 3
	// latency is how long an answer of Safaricom is on its way, by the real clock.
	latency = 40 * time.Millisecond
	// callers ask at the same time.
	callers = 16
	// speed is how many seconds of the proof's clock pass in one of the real one.
	speed = 60
	// opening is what each worker has at first, in cents.
	opening = 1_000_00
	// askFor is longer than the provider is asked about an intent.
	askFor = 26 * time.Hour
	// ahead is how far the clock is set ahead at a time, when all is said. After later,
	// nothing is new but questions, and it is muchAhead.
	ahead, later, muchAhead = 20 * time.Minute, 2 * time.Hour, 4 * time.Hour
	// together is how many payments are started before a look at how many are unsent.
	together = 30
	// In steps of an hour after all was paid, so many processes are killed.
	steps, killsInStep = 4, 3
)

// unkind is a Safaricom that leaves 30 per cent of outcomes unknown and loses 10 per cent
// of its posts.
var unkind = fake.Faults{
	Lost: 10, Twice: 10, Early: 5, Late: 5, Cut: 8, Broken: 8, Unseen: 4, Strange: 10, Cancelled: 5, Confirmed: 50, Before: 50,
}

// world is a database, a Safaricom, and processes that are killed.
type world struct {
	t      *testing.T
	orders orders
	db     store.Store
	safari *fake.Safaricom
	asks   []ask

	mu       sync.Mutex
	alive    []*process // the oldest first
	next     int
	starting atomic.Int64 // processes that are being started
	killed   atomic.Int64
	missed   atomic.Int64 // posts that met no living process
}

type process struct {
	command *exec.Cmd
	address string
}

// newWorld makes n workers, each with a deposit and a withdrawal to make.
func newWorld(t *testing.T, n int, m mistake, faults fake.Faults) *world {
	t.Helper()
	w := &world{t: t}
	w.orders = orders{
		Database: servers.Clone(t, "money", func(ctx context.Context, url string) error { return postgres.Migrate(ctx, postgres.Config{URL: url}) }),
		Clock:    clock{Epoch: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Began: time.Now(), Speed: speed, File: filepath.Join(t.TempDir(), "ahead")},
		Mistake:  m,
	}
	w.safari = fake.New(fake.Config{Seed: 7, Faults: faults, PlainHTTP: true, Now: w.orders.Clock.Now, Deliver: w.deliver, FloatCents: int64(n) * 1_000_00, FeeCents: 5_00})
	// The answer takes a while, so that processes die between a request and its answer.
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.safari.ServeHTTP(rw, r)
		<-time.After(latency)
	}))
	t.Cleanup(server.Close)
	w.orders.Safaricom = server.URL
	var err error
	if w.db, err = openStore(t.Context(), w.orders); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close() })
	w.register()
	for i := range n {
		worker, phone := fmt.Sprintf("NW-%08X", i), phoneOf(i)
		w.asks = append(w.asks,
			ask{fmt.Sprint("d", i), payments.Deposit, worker, phone, int64(100+i%900) * 100},
			ask{fmt.Sprint("w", i), payments.Withdrawal, worker, phone, int64(50+i%300) * 100})
	}
	w.open(n)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() { w.safari.Run(ctx) })
	t.Cleanup(func() { stop(); working.Wait() })
	return w
}

// phoneOf returns the number of a phone without a habit: with the endings 31 to 99.
func phoneOf(i int) string { return fmt.Sprintf("2547%06d%02d", 10_000+i/69, 31+i%69) }

// register tells Safaricom where to post.
func (w *world) register() {
	w.t.Helper()
	client, err := newClient(w.orders, sharedTokens{w.db})
	if err != nil {
		w.t.Fatal(err)
	}
	at, err := addresses()
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = client.RegisterC2B(w.t.Context(), mpesa.C2BAddresses{Confirmation: at.Confirm(), Validation: at.Check(), Refuse: true})
	if err == nil {
		err = client.RegisterPull(w.t.Context(), "254722000000", at.Confirm())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// open makes the accounts, with what they have at first.
func (w *world) open(n int) {
	w.t.Helper()
	for from := 0; from < n; from += together {
		err := w.db.Within(w.t.Context(), func(ctx context.Context, tx store.Tx) error {
			for i := from; i < min(from+together, n); i++ {
				worker := store.Worker{WorkerID: fmt.Sprintf("NW-%08X", i), Phone: phoneOf(i), PublicKey: fmt.Sprint("G", i), SealedSecret: "x", CreatedAt: w.orders.Clock.Now()}
				if err := tx.AddWorker(ctx, worker); err != nil {
					return err
				}
				if err := tx.Move(ctx, ledger.Transfer{
					ID: fmt.Sprint("opening ", i), Phase: ledger.Single, Debit: "clearing:opening", Credit: ledger.CallerCode(worker.WorkerID), Amount: opening,
					What: "opening", EffectiveAt: w.orders.Clock.Now(), Actor: "proof",
				}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// deliver brings a post of Safaricom to a living process, in place of a load balancer. If
// none answers, the post is lost.
func (w *world) deliver(ctx context.Context, address string, body []byte) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	for range processes {
		p := w.one()
		if p == nil {
			break
		}
		answer, err := send(ctx, "http://"+p.address+u.EscapedPath(), body)
		if !isRefused(err) {
			return answer, err // a process that died meanwhile may have taken it
		}
	}
	w.missed.Add(1)
	return nil, errors.New("no process answers")
}

// errDial says that a process surely got nothing.
var errDial = errors.New("not connected")

func isRefused(err error) bool { return errors.Is(err, errDial) }

var transport = &http.Transport{MaxIdleConnsPerHost: callers, DisableKeepAlives: true}

func send(ctx context.Context, address string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return nil, errors.Join(err, dialling(err))
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", response.StatusCode, answer)
	}
	return answer, err
}

// one returns the next living process in turn, nil if there is none.
func (w *world) one() *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.alive) == 0 {
		return nil
	}
	w.next++
	return w.alive[w.next%len(w.alive)]
}

// spawn starts a process.
func (w *world) spawn() error {
	text, err := json.Marshal(w.orders)
	if err != nil {
		return err
	}
	command := exec.Command(os.Args[0]) //nolint:gosec // this program
	command.Env = append(os.Environ(), ordersVariable+"="+string(text))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return errors.Join(fmt.Errorf("the process did not tell its address: %w", err), command.Wait())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alive = append(w.alive, &process{command, line[:len(line)-1]})
	return nil
}

// kill kills the oldest process with a signal that it can't catch, if more than some are
// alive.
func (w *world) kill(some int) {
	w.mu.Lock()
	if len(w.alive) <= some {
		w.mu.Unlock()
		return
	}
	p := w.alive[0]
	w.alive = w.alive[1:]
	w.mu.Unlock()
	_ = p.command.Process.Kill() // it may have ended
	_ = p.command.Wait()         // it was killed
	w.killed.Add(1)
}

// strike kills a process every killEvery, and starts another, until ctx ends. Where a
// machine takes longer to start one, the last one lives until the next is there.
func (w *world) strike(ctx context.Context) error {
	var starting sync.WaitGroup
	defer starting.Wait()
	failed := make(chan error, 1)
	tick := time.NewTicker(killEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-tick.C:
			w.kill(1)
			if w.starting.Add(1) > processes {
				w.starting.Add(-1)
				continue
			}
			starting.Go(func() {
				defer w.starting.Add(-1)
				if err := w.spawn(); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			})
		}
	}
}

// pay starts all payments, from many callers, while processes are killed. A caller who got
// no answer asks again, as a gateway does.
func (w *world) pay(ctx context.Context, conn *pgx.Conn) {
	w.t.Helper()
	queue := make(chan ask)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for a := range queue {
				body, _ := json.Marshal(a) // it has texts and numbers only
				for ctx.Err() == nil {
					p := w.one()
					if p == nil {
						<-time.After(time.Millisecond)
						continue
					}
					if _, err := send(ctx, "http://"+p.address+"/start", body); err == nil {
						break
					}
				}
			}
		})
	}
	for i, a := range w.asks {
		if i%together == 0 {
			w.keepUp(conn)
		}
		queue <- a
	}
	close(queue)
	all.Wait()
}

// keepUp waits until few payments are unsent, as callers do not call all at once.
func (w *world) keepUp(conn *pgx.Conn) {
	w.t.Helper()
	const unsent = `SELECT count(*) FROM payments WHERE state IN ('waiting', 'sending')`
	for {
		if err := w.rescue(w.t.Context(), conn, false); err != nil {
			w.t.Fatal(err)
		}
		var n int
		if err := conn.QueryRow(w.t.Context(), unsent).Scan(&n); err != nil {
			w.t.Fatal(err)
		}
		if n < 4*together {
			return
		}
		w.pause()
	}
}

// rescue gives jobs back that dead processes were running, as the service does after a
// while. With all, jobs that wait for their time run now.
func (w *world) rescue(ctx context.Context, conn *pgx.Conn, all bool) error {
	const dead = `UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state = 'running' AND attempted_at < now() - interval '1 second'`
	const waiting = `UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state IN ('scheduled', 'retryable')`
	_, err := conn.Exec(ctx, dead)
	if err == nil && all {
		_, err = conn.Exec(ctx, waiting)
	}
	return err
}

// set moves the clock ahead, for all processes.
func (w *world) set(by time.Duration) {
	w.t.Helper()
	temporary := w.orders.Clock.File + ".new"
	if err := os.WriteFile(temporary, []byte(strconv.FormatInt(int64(by), 10)), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(temporary, w.orders.Clock.File); err != nil {
		w.t.Fatal(err)
	}
}

// run makes all payments while processes are killed, and lets a day pass.
func (w *world) run() {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.orders.Database)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(w.t.Context())) }()
	for range processes {
		if err := w.spawn(); err != nil {
			w.t.Fatal(err)
		}
	}
	defer func() {
		for range processes * 2 {
			w.kill(0)
		}
	}()
	striking, stop := context.WithCancel(w.t.Context())
	var striker sync.WaitGroup
	var struck error
	striker.Go(func() { struck = w.strike(striking) })
	w.pay(w.t.Context(), conn)
	w.goOn(conn)
	stop()
	striker.Wait()
	if struck != nil {
		w.t.Fatal(struck)
	}
	w.settle(conn)
}

// goOn lets an hour pass while processes are killed, so that all that comes later meets
// kills, too.
func (w *world) goOn(conn *pgx.Conn) {
	w.t.Helper()
	kills := w.killed.Load()
	for step := int64(0); step < steps; {
		if w.killed.Load() < kills+(step+1)*killsInStep {
			w.pause()
			continue
		}
		step++
		w.set(time.Duration(step-1) * time.Hour / steps)
		if err := w.rescue(w.t.Context(), conn, true); err != nil {
			w.t.Fatal(err)
		}
	}
}

// pause waits a moment for the processes.
func (w *world) pause() {
	w.t.Helper()
	select {
	case <-time.After(20 * time.Millisecond):
	case <-w.t.Context().Done():
		w.t.Fatal(w.t.Context().Err())
	}
}

// settle lets a day pass, or less if every payment has ended.
func (w *world) settle(conn *pgx.Conn) {
	w.t.Helper()
	const open = `SELECT count(*) FROM payments WHERE state NOT IN ('succeeded', 'ended', 'review')`
	const busy = `SELECT count(*) FROM river_job WHERE state IN ('available', 'running') OR state IN ('scheduled', 'retryable') AND scheduled_at <= now()`
	text, _ := os.ReadFile(w.orders.Clock.File)
	n, _ := strconv.ParseInt(string(text), 10, 64)
	at := time.Duration(n)
	for {
		ctx := w.t.Context()
		var left, working int
		if err := conn.QueryRow(ctx, open).Scan(&left); err != nil {
			w.t.Fatal(err)
		}
		if err := conn.QueryRow(ctx, busy).Scan(&working); err != nil {
			w.t.Fatal(err)
		}
		due, is := w.safari.NextAt()
		if working == 0 && (!is || due.After(w.orders.Clock.Now())) {
			if left == 0 && !is || at >= askFor {
				return
			}
			if at < later {
				at += ahead
			} else {
				at += muchAhead
			}
			w.set(at)
			if err := w.rescue(ctx, conn, true); err != nil {
				w.t.Fatal(err)
			}
		}
		if err := w.rescue(ctx, conn, false); err != nil {
			w.t.Fatal(err)
		}
		w.pause()
	}
}
