package proof_test

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"
)

const (
	// crashes names the variable for how often an instance is killed at each
	// point.
	crashes = "PAYTRACE_CRASHES"
	// usualCrashes kills each write ten times at each point. The control shows
	// that the first kill after a commit finds a missing action log.
	usualCrashes = 30
)

// crashMenu has one write of each kind: an account, an SMS of the menu's own,
// and a payment behind a consent and a PIN.
const crashMenu = `
ussd: 1
service: Crash
dial: "*384*7#"
start: phone_ask
vars:
  phone: {type: phone}
  note: {type: text 20}
  amount: {type: money 10..70000}
  pin: {type: pin 8}
screens:
  phone_ask:
    say: Your number
    ask: phone -> create_account(phone)
    when: {created: joined, exists: there}
  joined: {say: "Joined as {worker_id}.", menu: {1: Note -> note_ask, 2: Leave -> bye}}
  there: {say: There already., menu: {1: Note -> note_ask, 2: Leave -> bye}}
  note_ask:
    say: Your note
    ask: note -> note_sms
  note_sms:
    sms: {to: caller, say: "Note {note}."}
    go: noted
  noted: {say: "Noted {note}.", menu: {1: Pay -> amount_ask, 2: Leave -> bye}}
  amount_ask:
    say: How much?
    ask: amount -> sure
  sure:
    say: Pay {amount} to {phone}? No fee.
    confirm: -> pin_ask
    cancel: -> bye
  pin_ask:
    say: Your PIN
    ask: pin -> pay(amount, pin)
    retries: 3
    when: {done: paid, wrong_pin: retry Wrong PIN.}
  paid:
    end: "Paid {amount}, ref {ref}."
    sms: {to: caller, say: "Receipt of {amount}, ref {ref}."}
  bye: {end: Bye.}
`

// crashStep is one input and the screen that follows.
type crashStep struct {
	input string
	shows *regexp.Regexp
}

func crashSteps(n int) []crashStep {
	return []crashStep{
		{"", regexp.MustCompile(`^CON Your number$`)},
		{fmt.Sprintf("07%08d", 22_000_000+n), regexp.MustCompile(`^CON Joined as NW-`)},
		{"1", regexp.MustCompile(`^CON Your note$`)},
		{fmt.Sprintf("c%d", n), regexp.MustCompile(fmt.Sprintf(`^CON Noted c%d\.`, n))},
		{"1", regexp.MustCompile(`^CON How much\?$`)},
		{"500", regexp.MustCompile(`^CON Pay KES 500 to `)},
		{"1", regexp.MustCompile(`^CON Your PIN$`)},
		{canaryPIN, regexp.MustCompile(`^END Paid KES 500, ref [A-Z0-9]{12}\.$`)},
	}
}

// writing lists the steps with an action; each is struck in turns.
var writing = []int{1, 3, 7}

// replayed is a step some way behind a write, and a write itself. When the record is
// lost, the row has the earlier write, and the question may be asked once more.
const replayed = 3

// TestCrashPoints kills an instance at each point between the receipt of a
// callback and its reply. The gateway repeats the callback at another instance,
// and the caller goes on as if nothing had happened.
func TestCrashPoints(t *testing.T) {
	c := newCrash(t, "paytrace-crashing")
	each := numberOf(t, crashes, usualCrashes)
	type strike struct {
		label string
		n     int
	}
	strikes := make(chan strike)
	var striking sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		striking.Go(func() {
			for s := range strikes {
				if err := c.strike(s.label, s.n); err != nil {
					c.fail(fmt.Sprintf("%s, call %d: %v", s.label, s.n, err))
				}
			}
		})
	}
	for i, label := range points {
		for n := range each {
			strikes <- strike{label, i*each + n}
		}
	}
	close(strikes)
	striking.Wait()
	if len(c.violations) > 0 {
		t.Errorf("%d violations:\n\t%s", len(c.violations), some(c.violations))
	}
	c.audit(each * len(points))
	t.Logf("%d kills at each of %d points, %d violations, %d answers of a busy machine", each, len(points), len(c.violations), c.busy)
	if c.busy > max(mostBusy, each*len(points)*mostBusy/100) {
		t.Errorf("%d answers of \"busy\", though nothing was down", c.busy)
	}
	wantNoCanary(t, c.w)
}

// TestCrashControl: without the action log, the first kill after the commit of
// each write does the effect twice, or shows the caller another screen.
func TestCrashControl(t *testing.T) {
	c := newCrash(t, "paytrace-crashing-forgetful")
	for n := range writing {
		before := c.doubled()
		err := c.strike("committed", n)
		after := c.doubled()
		if err == nil && after == before {
			t.Errorf("write %d: a kill after its commit was not noticed", n)
		}
		t.Logf("write %d: %d effects twice, %v", n, after-before, err)
	}
}

// doubled counts the messages that a caller got more than once.
func (c *crash) doubled() (n int) {
	c.t.Helper()
	conn, err := pgx.Connect(c.w.ctx, c.w.postgres.URL)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = conn.Close(c.w.ctx) }()
	const query = `SELECT count(*) - count(DISTINCT (recipient, split_part(text, ' ', 1))) FROM messages`
	if err := conn.QueryRow(c.w.ctx, query).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// crash holds instances that kill themselves, and one that does not.
type crash struct {
	t     *testing.T
	w     *chaosWorld
	redis *goredis.Client

	mu         sync.Mutex
	violations []string
	busy       int
}

// mostBusy, in per cent of the calls, may get a busy screen: where a machine
// leaves a callback no time, Redis looks down and a consent can't be proved.
// The gateway then asks again.
const mostBusy = 5

const saysBusy = "END The service is busy. Please try again later."

// ask sends a callback to an instance, and again if that was busy.
func (c *crash) ask(on *post, form url.Values) (body string, err error) {
	const tries = 3
	for range tries {
		if body, err = on.ask(c.w.ctx, form, false); err != nil || body != saysBusy {
			return body, err
		}
		c.mu.Lock()
		c.busy++
		c.mu.Unlock()
	}
	return body, nil
}

func newCrash(t *testing.T, program string) *crash {
	t.Helper()
	c := &crash{t: t, w: newChaosWorld(t, program, crashMenu)}
	options, err := goredis.ParseURL(c.w.redis.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.redis = goredis.NewClient(options)
	t.Cleanup(func() { _ = c.redis.Close() })
	return c
}

func (c *crash) fail(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.violations = append(c.violations, what)
}

// strike plays one call in which an instance kills itself at the point.
func (c *crash) strike(label string, n int) error {
	ctx := c.w.ctx
	at := writing[n%len(writing)]
	label, recovers := strings.CutPrefix(label, recovering)
	if recovers {
		at = replayed
	}
	session := fmt.Sprintf("crash%d", n)
	var typed []string
	steps, struck := crashSteps(n), false
	for i := 0; i < len(steps); i++ {
		s := steps[i]
		if i > 0 {
			typed = append(typed, s.input)
		}
		form := url.Values{
			"sessionId": {session}, "phoneNumber": {fmt.Sprintf("+2547%08d", 22_000_000+n)},
			"serviceCode": {chaosCode}, "text": {strings.Join(typed, "*")},
		}
		if i == at && !struck {
			struck = true
			if recovers {
				c.redis.Del(ctx, "ussd:session:"+session)
			}
			if err := c.crashOn(ctx, label, n, form); err != nil {
				return err
			}
		}
		first, err := c.ask(c.w.on[0], form)
		if err != nil {
			return err
		}
		again, err := c.ask(c.w.on[1], form)
		if err != nil {
			return err
		}
		if recovers && i == at && again == first && steps[at-1].shows.MatchString(first) {
			recovers = false
			i--
			continue // the caller is asked once more, and types it again
		}
		if !s.shows.MatchString(first) || again != first {
			return fmt.Errorf("step %d shows %q, and again %q, want %s", i, first, again, s.shows)
		}
	}
	return nil
}

// crashOn sends the callback to an instance that kills itself while it answers.
func (c *crash) crashOn(ctx context.Context, label string, n int, form url.Values) error {
	p := &post{client: c.w.on[0].client, logFile: filepath.Join(filepath.Dir(c.w.on[0].logFile), fmt.Sprintf("crashing%d.log", n%8))}
	var err error
	p.running, err = start(ctx, c.w.program, append([]string{crashPoint + "=" + label}, c.w.env...), p.logFile, "--menus", c.w.menus)
	if err != nil {
		return err
	}
	defer p.end()
	if body, err := p.ask(ctx, form, false); err == nil {
		return fmt.Errorf("the instance answered %q instead of ending at the point", body)
	}
	<-p.running.ended
	if state := p.running.cmd.ProcessState.String(); state != "signal: killed" {
		return fmt.Errorf("the instance ended with %q", state)
	}
	return nil
}

// audit requires one effect of each kind in each call.
func (c *crash) audit(calls int) {
	t := c.t
	t.Helper()
	conn, err := pgx.Connect(c.w.ctx, c.w.postgres.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(c.w.ctx) }()
	for what, query := range map[string]string{
		"accounts":        `SELECT count(*), count(DISTINCT phone) FROM workers`,
		"welcomes":        `SELECT count(*), count(DISTINCT recipient) FROM messages WHERE text LIKE 'PayTrace: %'`,
		"notes":           `SELECT count(*), count(DISTINCT recipient) FROM messages WHERE text LIKE 'Note %'`,
		"payments":        `SELECT count(*), count(DISTINCT recipient) FROM messages WHERE text LIKE 'Paid, %'`,
		"receipts":        `SELECT count(*), count(DISTINCT recipient) FROM messages WHERE text LIKE 'Receipt %'`,
		"jobs of SMS":     `SELECT count(*) / 3, count(DISTINCT args) / 3 FROM river_job WHERE kind = 'sms'`,
		"unfinished rows": fmt.Sprintf(`SELECT %d + count(*), %[1]d FROM action_log WHERE result IS NULL`, calls),
	} {
		var all, callers int
		if err := conn.QueryRow(c.w.ctx, query).Scan(&all, &callers); err != nil {
			t.Fatal(err)
		}
		if all != calls || callers != calls {
			t.Errorf("%s: %d of %d callers, want one of each of %d", what, all, callers, calls)
		}
	}
}
