package payments_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/paytrace/paytrace/actions"
	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/menus"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/payments"
)

// phone is a caller's phone: it runs the actions of the wallet's menu.
type phone struct {
	*world
	table *actions.Table
	n     int
}

func newPhone(t *testing.T) *phone {
	t.Helper()
	w := newWorld(t)
	w.Limits = payments.Limits{Most: 70_000_00, Day: 1_000_00, NewDay: 500_00, NewFor: time.Hour}
	pins, err := desk.NewPINs([][]byte{[]byte("a key of 16 bytes")}, actions.GuessLimit{Most: 3, Lock: time.Hour}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{world: w, table: actions.New(w.db, w.clock.Now)}
	if err := (&desk.Menu{Desk: w.Desk, PINs: pins, Zone: time.UTC}).Register(p.table); err != nil {
		t.Fatal(err)
	}
	w.clock.Pass(2 * time.Hour) // the account is no longer new
	return p
}

// do runs an action in session s1 and returns its outcome with its values.
func (p *phone) do(action string, args ...engine.Value) string {
	p.t.Helper()
	return p.in("s1", action, args...)
}

func (p *phone) in(session, action string, args ...engine.Value) string {
	p.t.Helper()
	p.n++
	out, err := p.table.Do(p.t.Context(), engine.Call{
		ID: fmt.Sprint("call ", p.n), Action: action, Caller: p.worker.Phone, Session: session, Lang: "sw", Service: "*1#", Args: args,
	})
	if err != nil {
		return "error: " + err.Error()
	}
	words := []string{out.Name}
	for _, v := range out.Values {
		switch v.Value.Kind() {
		case engine.KindMoney:
			words = append(words, fmt.Sprint(v.Name, "=", v.Value.Int()))
		case engine.KindList:
			for _, row := range v.Value.Items() {
				for _, field := range row.Fields() {
					words = append(words, field.Value.Text())
				}
			}
		}
	}
	return strings.Join(words, " ")
}

func (p *phone) want(got, want string) {
	p.t.Helper()
	if got != want {
		p.t.Errorf("got %q, want %q", got, want)
	}
}

// secretText is a typed PIN.
func secretText(pin string) engine.Secret { return secret.New(pin) }

func money(shillings int64) engine.Value     { return engine.MoneyValue(shillings * 100) }
func secretOf(pin string) engine.Value       { return engine.SecretValue(pin) }
func (p *phone) balanceIs(pin string) string { return p.do("balance", secretOf(pin)) }

func TestPIN(t *testing.T) {
	p := newPhone(t)
	p.want(p.do("has_pin"), "no")
	p.want(p.balanceIs("1357"), "no_pin")
	for _, simple := range []string{"1111", "1234", "9876", "4343", "1987", "2003"} {
		p.want(p.do("set_pin", secretOf(simple)), "too_simple")
	}
	p.want(p.do("set_pin", secretOf("1357")), "done")
	p.want(p.do("has_pin"), "yes")
	p.want(p.balanceIs("1357"), "told balance=100000")

	// Without the old one, and in another call, no new PIN is taken.
	for _, session := range []string{"s1", "s2"} {
		if got := p.in(session, "set_pin", secretOf("2468")); !strings.Contains(got, "has not checked it") {
			t.Errorf("a new PIN without the old one: %s", got)
		}
	}
	p.want(p.do("check_pin", secretOf("2468")), "wrong_pin")
	p.want(p.do("check_pin", secretOf("1357")), "right")
	if got := p.in("s2", "set_pin", secretOf("2468")); !strings.Contains(got, "has not checked it") {
		t.Errorf("in another call: %s", got)
	}
	p.want(p.do("set_pin", secretOf("2468")), "done")
	if got := p.do("set_pin", secretOf("8642")); !strings.Contains(got, "has not checked it") {
		t.Errorf("a second new PIN: %s", got)
	}
	p.want(p.balanceIs("1357"), "wrong_pin")
	p.want(p.do("check_pin", secretOf("2468")), "right")
	p.clock.Pass(10 * time.Minute)
	if got := p.do("set_pin", secretOf("8642")); !strings.Contains(got, "has not checked it") {
		t.Errorf("long after the check: %s", got)
	}
}

// A right PIN that was stored with an earlier key is stored again with the current one.
func TestKeysOfPINsChange(t *testing.T) {
	p := newPhone(t)
	p.want(p.do("set_pin", secretOf("1357")), "done")
	first, second := []byte("a key of 16 bytes"), []byte("another key of 16")
	under := func(keys ...[]byte) {
		t.Helper()
		pins, err := desk.NewPINs(keys, actions.GuessLimit{Most: 3, Lock: time.Hour}, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		p.table = actions.New(p.db, p.clock.Now)
		if err := (&desk.Menu{Desk: p.Desk, PINs: pins, Zone: time.UTC}).Register(p.table); err != nil {
			t.Fatal(err)
		}
	}
	under(second)
	if got := p.balanceIs("1357"); !strings.Contains(got, "no key has the tag") {
		t.Errorf("without the earlier key: %s", got)
	}
	under(second, first)
	p.want(p.balanceIs("2468"), "wrong_pin")
	p.want(p.balanceIs("1357"), "told balance=100000")
	under(second)
	p.want(p.balanceIs("2468"), "wrong_pin")
	p.want(p.balanceIs("1357"), "told balance=100000")
}

func TestWrongPINs(t *testing.T) {
	p := newPhone(t)
	p.want(p.do("set_pin", secretOf("1357")), "done")
	for _, action := range []string{"balance", "history", "check_pin"} {
		want := "wrong_pin"
		if action == "check_pin" {
			want = "locked"
		}
		p.want(p.do(action, secretOf("9999")), want)
	}
	p.want(p.balanceIs("1357"), "locked")
	p.want(p.do("withdraw", money(100), secretOf("1357")), "locked")
	p.clock.Pass(time.Hour)
	p.want(p.balanceIs("1357"), "told balance=100000")
	p.want(p.balanceIs("9999"), "wrong_pin")

	if err := desk.Reset(t.Context(), p.db, workerID, "amina", p.clock.Now()); err != nil {
		t.Fatal(err)
	}
	p.want(p.do("has_pin"), "no")
	list, err := p.db.Audit(t.Context(), 1)
	if err != nil || len(list) != 1 || list[0].What != "pin reset" || list[0].Subject != workerID {
		t.Errorf("the audit has %+v (%v)", list, err)
	}
	if err := desk.Reset(t.Context(), p.db, workerID, "amina", p.clock.Now()); err == nil {
		t.Error("a PIN that does not exist was reset")
	}
}

// A stored PIN has neither the PIN nor anything that tells it without the key, and an old
// key still opens it.
func TestStoredPIN(t *testing.T) {
	limit := actions.GuessLimit{}
	older, newer := []byte("an older key of the service"), []byte("a newer key of the service")
	first, err := desk.NewPINs([][]byte{older}, limit, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := first.New(t.Context(), workerID, secretText("1357"))
	if err != nil || strings.Contains(stored, "1357") {
		t.Fatalf("stored as %q (%v)", stored, err)
	}
	if again, _ := first.New(t.Context(), workerID, secretText("1357")); again == stored {
		t.Error("one PIN is stored twice in the same form")
	}
	both, err := desk.NewPINs([][]byte{newer, older}, limit, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for pin, want := range map[string]bool{"1357": true, "1358": false} {
		if got, err := both.Right(t.Context(), stored, workerID, secretText(pin)); got != want || err != nil {
			t.Errorf("%s: %v, %v", pin, got, err)
		}
	}
	if got, err := both.Right(t.Context(), stored, "NW-00000000", secretText("1357")); got || err != nil {
		t.Errorf("another worker's: %v, %v", got, err)
	}
	only, err := desk.NewPINs([][]byte{newer}, limit, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{stored, "x", "a$b$c$!$e"} {
		if _, err := only.Right(t.Context(), bad, workerID, secretText("1357")); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if _, err := desk.NewPINs([][]byte{[]byte("short")}, limit, rand.Reader); err == nil {
		t.Error("a short key was taken")
	}
	if _, err := desk.NewPINs(nil, limit, rand.Reader); err == nil {
		t.Error("no key was taken")
	}
}

func TestWithdrawFromTheMenu(t *testing.T) {
	p := newPhone(t)
	p.want(p.do("set_pin", secretOf("1357")), "done")
	p.want(p.do("quote_withdrawal", engine.MoneyValue(15050)), "uneven")
	p.want(p.do("quote_withdrawal", money(1001)), "over_limit")
	p.want(p.do("quote_withdrawal", money(990)), "too_little balance=100000")
	p.want(p.do("quote_withdrawal", money(300)), "quoted fee=2000 total=32000")
	p.want(p.do("withdraw", money(990), secretOf("1357")), "too_little")
	p.want(p.do("withdraw", money(300), secretOf("9999")), "wrong_pin")
	p.want(p.do("withdraw", money(300), secretOf("1357")), "done")
	p.want(p.balanceIs("1357"), "told balance=68000")
	p.want(p.do("quote_withdrawal", money(300)), "waiting")
	p.want(p.do("withdraw", money(300), secretOf("1357")), "waiting")
	id := fmt.Sprint("call ", p.n-3)
	p.run(desk.JobPay, id)
	p.report(callback(p.intent(id), payments.Paid))
	p.want(p.do("quote_withdrawal", money(300)), "again fee=2000 total=32000")
	p.clock.Pass(11 * time.Minute)
	p.want(p.do("quote_withdrawal", money(300)), "quoted fee=2000 total=32000")
	p.want(p.do("quote_withdrawal", money(701)), "over_limit")
	p.want(p.do("withdraw", money(701), secretOf("1357")), "over_limit")
	if in := p.intent(id); in.Phone != p.worker.Phone || in.Lang != "sw" || in.Fee != 2000 {
		t.Errorf("the intent is %+v", in)
	}
	if got := p.do("withdraw", engine.MoneyValue(15050), secretOf("1357")); !strings.HasPrefix(got, "error: ") {
		t.Errorf("half shillings: %s", got)
	}
}

func TestDepositFromTheMenu(t *testing.T) {
	p := newPhone(t)
	p.want(p.do("check_deposit", engine.MoneyValue(15050)), "uneven")
	p.want(p.do("check_deposit", money(1001)), "over_limit")
	p.want(p.do("check_deposit", money(200)), "ok")
	p.want(p.do("deposit", money(200)), "asked")
	p.want(p.do("check_deposit", money(200)), "too_soon")
	p.want(p.do("deposit", money(200)), "refused")
	p.want(p.do("check_deposit", money(201)), "ok")
	p.clock.Pass(3 * time.Minute)
	p.want(p.do("check_deposit", money(200)), "again")
	p.clock.Pass(8 * time.Minute)
	p.want(p.do("check_deposit", money(200)), "ok")
	p.want(p.do("check_deposit", money(801)), "over_limit")
}

// A new account may move less in a day.
func TestNewAccountMovesLess(t *testing.T) {
	p := newPhone(t)
	p.clock.Pass(-90 * time.Minute)
	p.want(p.do("check_deposit", money(501)), "over_limit")
	p.want(p.do("check_deposit", money(500)), "ok")
}

func TestHistory(t *testing.T) {
	p := newPhone(t)
	p.want(p.do("set_pin", secretOf("1357")), "done")
	p.want(p.do("withdraw", money(300), secretOf("1357")), "done")
	id := fmt.Sprint("call ", p.n)
	p.run(desk.JobPay, id)
	got := p.do("history", secretOf("1357"))
	if !strings.HasPrefix(got, "listed ") || strings.Contains(got, "Kutoa") {
		t.Errorf("a withdrawal in flight: %s", got)
	}
	p.report(callback(p.intent(id), payments.Paid))
	got = p.do("history", secretOf("1357"))
	for _, want := range []string{"Kutoa", "Ada", "Amana", "NLJ7RT61SV", "FIRST"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
}

// Withdrawals of one worker that begin at the same time hold the money once.
func TestWithdrawalsAtTheSameTime(t *testing.T) {
	p := newPhone(t)
	p.want(p.do("set_pin", secretOf("1357")), "done")
	const callers = 8
	outcomes := make(chan string, callers)
	for n := range callers {
		go func() {
			out, err := p.table.Do(context.Background(), engine.Call{
				ID: fmt.Sprint("same time ", n), Action: "withdraw", Caller: p.worker.Phone, Service: "*1#",
				Args: []engine.Value{money(200), secretOf("1357")},
			})
			outcomes <- fmt.Sprint(out.Name, err)
		}()
	}
	count := map[string]int{}
	for range callers {
		count[<-outcomes]++
	}
	if count["done<nil>"] != 1 || count["waiting<nil>"] != callers-1 {
		t.Errorf("outcomes are %v, want one done", count)
	}
	err := p.db.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
		a, err := tx.LockAccount(ctx, "caller:"+workerID)
		if a.Held != 22_000 {
			t.Errorf("%d cents are held, want 22000", a.Held)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The contracts that menus are checked against are those of the actions. Who sends an SMS
// is not declared: it follows from who answers.
func TestDeclaredContracts(t *testing.T) {
	p := newPhone(t)
	declared, found := syntax.ReadDeclared(menus.FS, syntax.DeclaredFile, "menus")
	if len(found) > 0 {
		t.Fatal(found)
	}
	want := map[string]engine.Contract{}
	for _, c := range declared.Contracts {
		want[c.Name] = c
	}
	for _, c := range p.table.Contracts() {
		if diff := cmp.Diff(want[c.Name], c, cmpopts.IgnoreUnexported(engine.Type{}), cmpopts.IgnoreFields(engine.Contract{}, "SendsSMS", "TellsLate"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-declared +built):\n%s", c.Name, diff)
		}
		delete(want, c.Name)
	}
	for name := range want {
		t.Errorf("%s is declared and not built", name)
	}
}
