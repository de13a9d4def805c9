package actions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/store"
)

// confirmCall makes the call that confirms a number with a code.
func confirmCall(id, caller, phone, code string) engine.Call {
	c := call(id, "confirm_code", caller, phone)
	c.Args = append(c.Args, engine.SecretValue(code))
	return c
}

// sentCode returns the code in the message that an action sent.
func (b *bench) sentCode(t testing.TB, id string) string {
	t.Helper()
	m, err := b.store.Message(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\d{6}`).FindString(m.Text)
}

// fundings counts the jobs that fund a wallet.
func (b *bench) fundings(t testing.TB) (n int) {
	t.Helper()
	list, err := b.store.ListJobs(context.Background(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range list {
		if job.Kind == actions.JobFund {
			n++
		}
	}
	return n
}

// other returns a code that differs from this one.
func other(code string) string {
	if code[0] == '0' {
		return "1" + code[1:]
	}
	return "0" + code[1:]
}

func TestCodeConfirms(t *testing.T) { onStores(t, codeConfirms) }

func codeConfirms(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b := withAccounts(t, newBenchOn(t, open), nil)
	b.accounts.Funds = true
	if got := b.must(t, call("r0", "request_code", "", amina)); got.Name != "not_found" {
		t.Errorf("a code for a number without an account: %v", got)
	}
	made := b.must(t, call("c", "create_account", "", amina))
	if got := b.must(t, confirmCall("k0", "", amina, "123456")); got.Name != "expired" {
		t.Errorf("a code that was never sent: %v", got)
	}
	b.must(t, call("r1", "request_code", "", amina))
	first := b.sentCode(t, "r1")
	b.must(t, call("r2", "request_code", "", amina))
	code := b.sentCode(t, "r2")
	if got := b.must(t, confirmCall("k1", "", amina, other(code))); got.Name != "wrong" || value(got, "left").Int() != 4 {
		t.Errorf("a wrong code: %v", got)
	}
	if got := b.must(t, confirmCall("k2", "", amina, first)); first != code && got.Name != "wrong" {
		t.Errorf("a code that was replaced: %v", got)
	}
	if w := b.worker(t, amina); !w.VerifiedAt.IsZero() || b.fundings(t) != 0 {
		t.Fatalf("verified too early: %+v, %d fundings", w, b.fundings(t))
	}
	for range 2 {
		got := b.must(t, confirmCall("k3", "", amina, code))
		if got.Name != "confirmed" || value(got, "worker_id").Text() != value(made, "worker_id").Text() {
			t.Errorf("the right code: %v", got)
		}
	}
	if w := b.worker(t, amina); !w.VerifiedAt.Equal(b.clock.Now()) {
		t.Errorf("verified at %v", w.VerifiedAt)
	}
	if got := b.must(t, confirmCall("k4", "", amina, code)); got.Name != "expired" {
		t.Errorf("a code that was used up: %v", got)
	}
	b.must(t, call("s", "lookup_worker", amina, amina))
	if n := b.fundings(t); n != 1 {
		t.Errorf("%d fundings of the wallet, want 1", n)
	}
}

// A code that was sent under one key is right while the key changes, and not after it.
func TestCodeWhileTheKeyChanges(t *testing.T) {
	first, second := bytes.Repeat([]byte{1}, runner.KeySize), bytes.Repeat([]byte{2}, runner.KeySize)
	for name, c := range map[string]struct {
		key, other []byte
		want       string
	}{
		"the new key is known":    {first, second, "confirmed"},
		"the old key is known":    {second, first, "confirmed"},
		"the old key is unknown":  {second, nil, "wrong"},
		"the old key is left out": {second, second, "wrong"},
	} {
		b := withAccounts(t, newBench(t), nil)
		b.accounts.CodeKey = first
		b.must(t, call("c", "create_account", "", amina))
		b.must(t, call("r", "request_code", "", amina))
		b.accounts.CodeKey, b.accounts.OtherCodeKey = c.key, c.other
		if got := b.must(t, confirmCall("k", "", amina, b.sentCode(t, "r"))); got.Name != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestCodeExpires(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	b.must(t, call("c", "create_account", "", amina))
	b.must(t, call("r", "request_code", "", amina))
	b.clock.Pass(10 * time.Minute)
	if got := b.must(t, confirmCall("k", "", amina, b.sentCode(t, "r"))); got.Name != "expired" {
		t.Errorf("after ten minutes: %v", got)
	}
}

func TestWrongCodesLock(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	b.must(t, call("c", "create_account", "", amina))
	b.must(t, call("r", "request_code", "", amina))
	code := b.sentCode(t, "r")
	for i := range 5 {
		got := b.must(t, confirmCall(fmt.Sprint("wrong", i), brian, amina, other(code)))
		if want := int64(4 - i); want > 0 && (got.Name != "wrong" || value(got, "left").Int() != want) {
			t.Errorf("wrong code %d: %v", i+1, got)
		} else if want == 0 && (got.Name != "locked" || value(got, "minutes").Int() != 30) {
			t.Errorf("the fifth wrong code: %v", got)
		}
	}
	// While locked, neither the right code nor a new one is accepted.
	b.clock.Pass(5*time.Minute + time.Second)
	if got := b.must(t, confirmCall("late", "", amina, code)); got.Name != "locked" || value(got, "minutes").Int() != 25 {
		t.Errorf("the right code while it is locked: %v", got)
	}
	b.clock.Pass(20 * time.Minute)
	b.must(t, call("r2", "request_code", "", amina))
	if got := b.must(t, confirmCall("new", "", amina, b.sentCode(t, "r2"))); got.Name != "locked" {
		t.Errorf("a new code while it is locked: %v", got)
	}
	b.clock.Pass(5 * time.Minute)
	if got := b.must(t, confirmCall("after", "", amina, b.sentCode(t, "r2"))); got.Name != "confirmed" {
		t.Errorf("after the lock: %v", got)
	}
}

func TestCodesAreLimited(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	b.must(t, call("c", "create_account", "", amina))
	for i := range 5 {
		b.must(t, call(fmt.Sprint("r", i), "request_code", "", amina))
	}
	for range 2 {
		if _, err := b.Do(context.Background(), call("r5", "request_code", "", amina)); !errors.Is(err, engine.ErrLimited) {
			t.Errorf("the sixth code in a day: %v, want ErrLimited", err)
		}
	}
	if got := b.must(t, call("r0", "request_code", "", amina)); got.Name != "sent" {
		t.Errorf("a repeat of the first: %v", got)
	}
	b.clock.Pass(24 * time.Hour)
	b.must(t, call("r6", "request_code", "", amina))
}

// Any action in a call from a number verifies that number, whatever number the
// action is about.
func TestAnyActionFromTheNumberVerifies(t *testing.T) {
	for _, c := range []engine.Call{
		call("id", "lookup_worker", amina, amina), call("id", "lookup_worker", amina, brian),
		call("id", "create_account", amina, amina), call("id", "create_account", amina, brian),
		call("id", "request_code", amina, brian), confirmCall("id", amina, brian, "123456"),
	} {
		b := withAccounts(t, newBench(t), nil)
		b.accounts.Funds = true
		b.must(t, call("typed", "create_account", "", amina))
		b.must(t, call("typed too", "create_account", "", brian))
		b.must(t, c)
		b.must(t, c)
		if b.worker(t, amina).VerifiedAt.IsZero() || !b.worker(t, brian).VerifiedAt.IsZero() || b.fundings(t) != 1 {
			t.Errorf("%s: amina %v, brian %v, %d fundings", c.Action, b.worker(t, amina).VerifiedAt, b.worker(t, brian).VerifiedAt, b.fundings(t))
		}
	}
}

// Twelve concurrent guesses count as five.
func TestGuessesAtOnce(t *testing.T) { onStores(t, guessesAtOnce) }

func guessesAtOnce(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b := withAccounts(t, newBenchOn(t, open), nil)
	b.must(t, call("c", "create_account", "", amina))
	b.must(t, call("r", "request_code", "", amina))
	wrong := other(b.sentCode(t, "r"))
	var mu sync.Mutex
	ends := map[string]int{}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			out, err := b.Do(context.Background(), confirmCall(fmt.Sprint("k", i), "", amina, wrong))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ends[out.Name]++
		})
	}
	all.Wait()
	if ends["wrong"] != 4 || ends["locked"] != 8 {
		t.Errorf("ends: %v, want 4 wrong and 8 locked", ends)
	}
}

// A code is stored only in its message, and there only until it is sent.
func TestCodeIsOnlyInItsMessage(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	b.must(t, call("c", "create_account", "", amina))
	b.must(t, call("r", "request_code", "", amina))
	code := b.sentCode(t, "r")
	b.must(t, confirmCall("k", "", amina, code))
	for _, id := range []string{"r", "k"} {
		result, err := b.store.Result(context.Background(), id)
		if err != nil || strings.Contains(string(result), code) {
			t.Errorf("result of %s: %s, %v", id, result, err)
		}
	}
	m := b.messages(t)[0]
	if !m.Once || strings.Contains(actions.ShownText(m), code) || !strings.Contains(actions.ShownText(m), "******") {
		t.Errorf("listed: %+v as %q", m, actions.ShownText(m))
	}
	m.Status = sms.Logged
	if !strings.Contains(actions.ShownText(m), code) {
		t.Error("the code of a logged message is masked, so nobody can pass it on")
	}
}

func TestGuessLimit(t *testing.T) {
	b := newBench(t)
	secrets := 0
	rapid.Check(t, func(t *rapid.T) {
		secrets++
		g := actions.GuessLimit{
			Name: fmt.Sprint("secret ", secrets), Most: rapid.IntRange(1, 6).Draw(t, "most"), Lock: time.Hour,
		}
		now, misses, until := b.clock.Now(), 0, time.Time{}
		for range rapid.IntRange(1, 30).Draw(t, "guesses") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
			right := rapid.IntRange(0, 3).Draw(t, "right") == 0
			var got actions.Guess
			asked := false
			err := b.store.Within(context.Background(), func(ctx context.Context, tx store.Tx) (err error) {
				got, err = g.Try(ctx, tx, "who", now, func() (bool, error) { asked = true; return right, nil })
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			want, mayAsk := actions.Guess{}, !now.Before(until)
			switch {
			case !mayAsk:
				want.Locked = until.Sub(now)
			case right:
				misses, want.Right = 0, true
			case misses+1 < g.Most:
				misses++
				want.Left = g.Most - misses
			default:
				misses, until, want.Locked = 0, now.Add(g.Lock), g.Lock
			}
			if got != want || asked != mayAsk {
				t.Fatalf("got %+v (asked %v), want %+v", got, asked, want)
			}
		}
	})
}
