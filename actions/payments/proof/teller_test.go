package proof_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	inbox "github.com/paytrace/paytrace/actions/mpesa"
	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/server/pay"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/mpesa/fake"
	"github.com/paytrace/paytrace/wallet/payments"
)

// orders tell a process what to be. They stand in the environment variable of their name.
type orders struct {
	Database  string
	Safaricom string
	Clock     clock
	// Mistake is the one that a control makes; "" for none.
	Mistake mistake
}

const ordersVariable = "PAYTRACE_TELLER"

// mistake names what a control does wrong.
type mistake string

const (
	// forgets sends a request again that an earlier process may have sent.
	forgets mistake = "forgets what was sent"
	// despairs takes what is unknown for failed.
	despairs mistake = "takes unknown for failed"
	// believes takes every report for another payment.
	believes mistake = "believes a report twice"
)

// TestMain is a process with a desk where the environment says so.
func TestMain(m *testing.M) {
	text := os.Getenv(ordersVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var o orders
	err := json.Unmarshal([]byte(text), &o)
	if err == nil {
		err = teller(context.Background(), o)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// clock runs faster than the real one, and can be set ahead for all processes at once
// through a file.
type clock struct {
	Epoch, Began time.Time
	Speed        int
	File         string
}

// Now returns the time.
func (c clock) Now() time.Time {
	ahead, _ := os.ReadFile(c.File) // nothing was set ahead before it is there
	n, _ := strconv.ParseInt(string(ahead), 10, 64)
	return c.Epoch.Add(time.Since(c.Began)*time.Duration(c.Speed) + time.Duration(n))
}

// real returns how long something takes on the real clock.
func (c clock) real(d time.Duration) time.Duration { return d / time.Duration(c.Speed) }

// addressKey makes the addresses of payments, and base stands before them. Safaricom is
// told where each post goes.
var addressKey = []byte("a key of the proof's addresses")

const base = "http://teller.example"

func addresses() (mpesa.Addresses, error) { return mpesa.NewAddresses(base, addressKey) }

func openStore(ctx context.Context, o orders) (store.Store, error) {
	return postgres.Open(ctx, postgres.Config{
		URL: o.Database, Now: o.Clock.Now, Connections: 8,
		Jobs: store.JobRules{Attempts: 10_000, Workers: 8, Pause: func(int) time.Duration { return 50 * time.Millisecond }, Timeout: 10 * time.Second},
	})
}

func newClient(o orders, tokens mpesa.Tokens) (*mpesa.Client, error) {
	return mpesa.New(mpesa.Config{
		BaseURL: o.Safaricom, ConsumerKey: fake.ConsumerKey, ConsumerSecret: secret.New(fake.ConsumerSecret), ShortCode: fake.ShortCode,
		Passkey: secret.New(fake.Passkey), Initiator: fake.Initiator, Credential: secret.New(fake.Credential), Tokens: tokens, Now: o.Clock.Now,
		Wait: func(ctx context.Context, pause time.Duration) error {
			select {
			case <-time.After(o.Clock.real(pause)):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	})
}

// sharedTokens keeps the access token in the database, as the service does.
type sharedTokens struct{ db store.SharedValues }

const tokenName = "token of the proof"

func (s sharedTokens) Load(ctx context.Context) (mpesa.Token, error) {
	v, err := s.db.SharedValue(ctx, tokenName)
	return mpesa.Token{ID: v.ID, Value: secret.New(v.Value), ExpiresAt: v.ExpiresAt}, err
}

func (s sharedTokens) Lease(ctx context.Context, seen, holder string, now, until time.Time) (bool, error) {
	return s.db.LeaseShared(ctx, tokenName, seen, holder, now, until)
}

func (s sharedTokens) Save(ctx context.Context, holder string, t mpesa.Token) (bool, error) {
	return s.db.SetShared(ctx, tokenName, holder, store.SharedValue{ID: t.ID, Value: t.Value.Reveal(), ExpiresAt: t.ExpiresAt})
}

func (s sharedTokens) Release(ctx context.Context, holder string) error {
	return s.db.ReleaseShared(ctx, tokenName, holder)
}

// teller is a process with a desk: it takes orders and posts, and works through jobs. It
// prints its address.
func teller(ctx context.Context, o orders) error {
	db, err := openStore(ctx, o)
	if err != nil {
		return err
	}
	client, err := newClient(o, sharedTokens{db})
	if err != nil {
		return err
	}
	at, err := addresses()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	d := desk.New(desk.Desk{
		Store: withMistake(db, o.Mistake), Provider: mistaken{mpesa.NewProvider(client, at), o.Mistake}, Now: o.Clock.Now, Log: log, Fees: fees,
	})
	box := &inbox.Inbox{Store: db, Desk: reporter{d, o.Mistake}, ShortCode: fake.ShortCode, Now: o.Clock.Now, Log: log}
	posts := pay.New(pay.Config{
		Addresses: at, Take: box.Take, Payable: d.Payable, ShortCode: fake.ShortCode, Logger: log, Now: o.Clock.Now, Refused: func(netip.Addr, string) {},
	})
	mux := http.NewServeMux()
	for _, r := range posts.Routes() {
		mux.Handle(r.Method+" "+r.Path, r.Handler)
	}
	mux.HandleFunc("POST /start", func(w http.ResponseWriter, r *http.Request) {
		var a ask
		err := json.NewDecoder(r.Body).Decode(&a)
		if err == nil {
			err = start(r.Context(), d, db, a)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	handlers := map[string]store.JobHandler{}
	for kind, do := range d.Jobs() {
		handlers[kind] = onClock(o.Clock, do)
	}
	handlers[inbox.JobCallback] = box.Work
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, ln.Addr())
	var both sync.WaitGroup
	var served, worked error
	both.Go(func() { served = http.Serve(ln, mux) }) //nolint:gosec // the process is killed
	both.Go(func() { worked = db.Work(ctx, handlers, time.Second) })
	both.Wait()
	return errors.Join(served, worked)
}

// fees are what withdrawals cost.
var fees = payments.Fees{{Bands: []payments.Band{{UpTo: 200_00, Fee: 0}, {UpTo: 70_000_00, Fee: 7_00}}}}

// ask is what a caller has said Yes to.
type ask struct {
	ID     string
	Kind   payments.Kind
	Worker string
	Phone  string
	Cents  int64
}

// start stores an intent once, as an action does: a repeat finds that it was stored.
func start(ctx context.Context, d *desk.Desk, db store.Store, a ask) error {
	named, err := d.Name(a.ID)
	if err != nil {
		return err
	}
	return db.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		if _, done, err := tx.Begin(ctx, a.ID, []byte("a payment of the proof, 32 bytes")); err != nil || done {
			return err
		}
		w := store.Worker{WorkerID: a.Worker, Phone: a.Phone}
		do := d.Deposit
		if a.Kind == payments.Withdrawal {
			do = d.Withdraw
		}
		if err := do(ctx, tx, named, w, a.Cents, "en"); err != nil {
			return err
		}
		return tx.Finish(ctx, a.ID, []byte(`{}`))
	})
}

// onClock makes a job wait by the proof's clock.
func onClock(c clock, do store.JobHandler) store.JobHandler {
	return func(ctx context.Context, job store.Job, attempt int) error {
		err := do(ctx, job, attempt)
		if pause, ok := store.SnoozeOf(err); ok {
			return store.Snooze(max(c.real(pause), time.Millisecond))
		}
		return err
	}
}

// mistaken is a provider that a control gets wrong.
type mistaken struct {
	payments.Provider
	mistake mistake
}

// Pay implements payments.Provider.
func (m mistaken) Pay(ctx context.Context, in payments.Intent) payments.Answer {
	a := m.Provider.Pay(ctx, in)
	if m.mistake == despairs && a.Verdict == payments.Unknown {
		a.Verdict, a.Again = payments.Refused, 0
	}
	return a
}

// reporter is a desk that a control tells more than there was.
type reporter struct {
	payments.Desk
	mistake mistake
}

// Report implements payments.Desk.
func (r reporter) Report(ctx context.Context, p payments.Report) error {
	if err := r.Desk.Report(ctx, p); err != nil || r.mistake != believes || p.Receipt == "" {
		return err
	}
	p.Receipt += "X"
	return r.Desk.Report(ctx, p)
}

// forgetful is a store that a control gets wrong: an intent that an earlier process was
// sending looks as if nobody had begun.
type forgetful struct {
	store.Store
	own *sync.Map
}

func withMistake(db store.Store, m mistake) store.Store {
	if m != forgets {
		return db
	}
	return forgetful{db, &sync.Map{}}
}

// Within implements store.Store.
func (f forgetful) Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	return f.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error { return fn(ctx, forgetfulTx{tx, f.own}) })
}

type forgetfulTx struct {
	store.Tx
	own *sync.Map
}

// SetPayment implements store.Tx.
func (f forgetfulTx) SetPayment(ctx context.Context, in payments.Intent) error {
	f.own.Store(in.ID, true)
	return f.Tx.SetPayment(ctx, in)
}

// LockPayment implements store.Tx.
func (f forgetfulTx) LockPayment(ctx context.Context, id string) (payments.Intent, error) {
	in, err := f.Tx.LockPayment(ctx, id)
	if _, own := f.own.Load(id); !own && in.State == payments.Sending {
		in.State = payments.Waiting
	}
	return in, err
}
