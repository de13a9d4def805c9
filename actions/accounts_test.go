package actions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

func (b *bench) worker(t testing.TB, phone string) store.Worker {
	t.Helper()
	w, err := b.store.Worker(context.Background(), phone)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (b *bench) messages(t testing.TB) []store.Message {
	t.Helper()
	list, err := b.store.Messages(context.Background(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestContractsOfTheShippedActions(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	phone := []engine.Field{{Name: "phone", Type: mustType(t, "phone")}}
	gives := []engine.Field{{Name: "worker_id", Type: mustType(t, "text 20")}}
	code := engine.Field{Name: "code", Type: mustType(t, "pin 6")}
	left := []engine.Field{{Name: "left", Type: mustType(t, "number 1..100")}}
	minutes := []engine.Field{{Name: "minutes", Type: mustType(t, "number 1..1440")}}
	want := []engine.Contract{
		{
			Name: "confirm_code", Params: append(phone[:1:1], code), Takes: time.Second,
			About: "Confirms a number with the one-time code that was sent to it.",
			Outcomes: []engine.OutcomeContract{
				{Name: "confirmed", Gives: gives}, {Name: "wrong", Gives: left}, {Name: "locked", Gives: minutes}, {Name: "expired"},
			},
		},
		{
			Name: "create_account", Params: phone, SendsSMS: true, Takes: 2 * time.Second,
			About:    "Makes an account with a wallet for a phone number, and sends the Worker ID to that number.",
			Outcomes: []engine.OutcomeContract{{Name: "created", Gives: gives, Whose: engine.WhoseOwn}, {Name: "exists", Gives: gives, Whose: engine.WhoseOthers}},
		},
		{
			Name: "lookup_worker", Params: phone, Takes: time.Second,
			About:    "Finds the account of a phone number: the caller's own, somebody else's, or none.",
			Outcomes: []engine.OutcomeContract{{Name: "own", Gives: gives, Whose: engine.WhoseOwn}, {Name: "found", Gives: gives, Whose: engine.WhoseOthers}, {Name: "not_found"}},
		},
		{
			Name: "request_code", Params: phone, SendsSMS: true, Takes: time.Second,
			About:    "Sends a one-time code, for confirm_code, to a number that has an account.",
			Outcomes: []engine.OutcomeContract{{Name: "sent"}, {Name: "not_found"}},
		},
	}
	if diff := cmp.Diff(want, b.Contracts()); diff != "" {
		t.Errorf("contracts (-want +got):\n%s", diff)
	}
}

func TestCreateAccount(t *testing.T) { onStores(t, createAccount) }

func createAccount(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b := withAccounts(t, newBenchOn(t, open), nil)
	out := b.must(t, call("id", "create_account", amina, amina))
	id := value(out, "worker_id").Text()
	if out.Name != "created" || !regexp.MustCompile(`^NW-[0-9A-F]{8}$`).MatchString(id) {
		t.Fatalf("outcome %v", out)
	}
	w := b.worker(t, amina)
	if w.WorkerID != id || !w.VerifiedAt.Equal(b.clock.Now()) || !w.CreatedAt.Equal(b.clock.Now()) || !stellar.ValidAddress(w.PublicKey) {
		t.Errorf("the row is %+v", w)
	}
	sealer, err := wallet.NewSealer(stellar.Keys{}, b.clock.Now, "a key for tests")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sealer.Open(w.SealedSecret, w.PublicKey); err != nil {
		t.Errorf("the sealed secret: %v", err)
	}
	want := []store.Message{{
		ID: "id", To: amina, Status: "queued", CreatedAt: b.clock.Now(),
		Text: "PayTrace: Your Worker ID is " + id + ". Stellar wallet: " + w.PublicKey[:12] + "...",
	}}
	if diff := cmp.Diff(want, b.messages(t)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	jobs, err := b.store.ListJobs(context.Background(), 10)
	if err != nil || len(jobs) != 1 || jobs[0].Kind != "sms" || jobs[0].Key != "id" {
		t.Errorf("jobs %+v, %v", jobs, err)
	}
	again := b.must(t, call("another id", "create_account", amina, amina))
	if again.Name != "exists" || value(again, "worker_id").Text() != id || len(b.messages(t)) != 1 {
		t.Errorf("a second time: %v", again)
	}
}

func TestTypedNumberIsUnverifiedUntilItCalls(t *testing.T) {
	for _, action := range []string{"create_account", "lookup_worker"} {
		b := withAccounts(t, newBench(t), nil)
		created := b.must(t, call("1", "create_account", brian, amina))
		if !b.worker(t, amina).VerifiedAt.IsZero() {
			t.Fatal("an account for a typed number is verified")
		}
		if to := b.messages(t)[0].To; to != amina {
			t.Errorf("the message goes to %s, want the number registered", to)
		}
		b.must(t, call("2", action, brian, amina))
		if !b.worker(t, amina).VerifiedAt.IsZero() {
			t.Errorf("%s from another number verifies the account", action)
		}
		b.clock.Pass(time.Hour)
		out := b.must(t, call("3", action, amina, amina))
		if diff := cmp.Diff(created.Values, out.Values); diff != "" {
			t.Errorf("%s: another worker ID:\n%s", action, diff)
		}
		verified := b.worker(t, amina).VerifiedAt
		if !verified.Equal(b.clock.Now()) {
			t.Errorf("%s from the number itself: verified at %v", action, verified)
		}
		b.clock.Pass(time.Hour)
		b.must(t, call("4", action, amina, amina))
		if !b.worker(t, amina).VerifiedAt.Equal(verified) {
			t.Errorf("%s verifies a second time", action)
		}
	}
}

// A REST request without a caller proves nothing about a number and is not
// counted against anybody.
func TestWithoutACaller(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	for i := range actions.DefaultRegistrations + 1 {
		b.must(t, call(fmt.Sprint("id", i), "create_account", "", fmt.Sprint(254711000100+i)))
	}
	if !b.worker(t, "254711000100").VerifiedAt.IsZero() {
		t.Error("the account is verified")
	}
}

func TestLookupWorker(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	id := value(b.must(t, call("1", "create_account", amina, amina)), "worker_id")
	for i, test := range []struct {
		caller, phone, want string
		gives               engine.Value
	}{
		{amina, amina, "own", id},
		{brian, amina, "found", id},
		{amina, brian, "not_found", engine.Value{}},
		{brian, brian, "not_found", engine.Value{}},
	} {
		out := b.must(t, call(fmt.Sprint("look", i), "lookup_worker", test.caller, test.phone))
		if out.Name != test.want || !value(out, "worker_id").Equal(test.gives) {
			t.Errorf("%s looks up %s: %v, want %s", test.caller, test.phone, out, test.want)
		}
	}
	// A repeat shows what the caller saw then.
	b.must(t, call("2", "create_account", brian, brian))
	if out := b.must(t, call("look2", "lookup_worker", amina, brian)); out.Name != "not_found" {
		t.Errorf("a repeat answers %v", out)
	}
}

// Limits count other people's numbers per day, and repeats of a call once.
func TestLimits(t *testing.T) { onStores(t, limits) }

func limits(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	for action, most := range map[string]int{"create_account": actions.DefaultRegistrations, "lookup_worker": actions.DefaultLookups} {
		t.Run(action, func(t *testing.T) {
			b := withAccounts(t, newBenchOn(t, open), nil)
			other := func(i int) engine.Call {
				return call(fmt.Sprint("id", i), action, amina, fmt.Sprint(254722000000+i))
			}
			for i := range most {
				b.must(t, other(i))
				b.must(t, other(i)) // a repeat
				b.must(t, call(fmt.Sprint("own", i), action, amina, amina))
			}
			refused := other(most)
			if _, err := b.Do(context.Background(), refused); !errors.Is(err, engine.ErrLimited) {
				t.Fatalf("number %d: %v", most+1, err)
			}
			if _, err := b.store.Worker(context.Background(), refused.Args[0].Text()); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the refused number: %v", err)
			}
			b.must(t, call("own again", action, amina, amina))
			b.must(t, call("someone else", action, brian, "254722999999"))
			b.clock.Pass(24 * time.Hour)
			b.must(t, other(most+1))
			if _, err := b.Do(context.Background(), refused); !errors.Is(err, engine.ErrLimited) {
				t.Errorf("the refusal a day later: %v", err)
			}
		})
	}
}

func TestLimitsAreSettings(t *testing.T) {
	b := newBench(t)
	sealer, err := wallet.NewSealer(stellar.Keys{}, b.clock.Now, "k")
	if err != nil {
		t.Fatal(err)
	}
	accounts := &actions.Accounts{Keys: stellar.Keys{}, Sealer: sealer, Rand: zeros{}, CodeKey: make([]byte, runner.KeySize), Registrations: 1, Lookups: 1}
	if err := accounts.Register(b.Table); err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"create_account", "lookup_worker"} {
		b.must(t, call(action+"1", action, amina, brian))
		if _, err := b.Do(context.Background(), call(action+"2", action, amina, brian)); !errors.Is(err, engine.ErrLimited) {
			t.Errorf("%s: %v", action, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// script returns the given bytes as randomness: a byte repeats into a seed, a
// string becomes a worker ID.
func script(parts ...any) io.Reader {
	var b bytes.Buffer
	for _, part := range parts {
		switch part := part.(type) {
		case byte:
			b.Write(bytes.Repeat([]byte{part}, 32)) // a seed
		case string:
			b.WriteString(part)
		}
	}
	return &b
}

func TestWorkerIDCollision(t *testing.T) {
	b := withAccounts(t, newBench(t), script(byte(1), "AAAA", byte(2), "AAAA", "AAAA", "BBBB"))
	if out := b.must(t, call("1", "create_account", amina, amina)); value(out, "worker_id").Text() != "NW-41414141" {
		t.Errorf("the first: %v", out)
	}
	if out := b.must(t, call("2", "create_account", brian, brian)); value(out, "worker_id").Text() != "NW-42424242" {
		t.Errorf("the second: %v", out)
	}
}

func TestBadRandomness(t *testing.T) {
	for name, random := range map[string]io.Reader{
		"none for the seed":      script("AAAA"),
		"none for the worker ID": script(byte(1)),
	} {
		b := withAccounts(t, newBench(t), random)
		if _, err := b.Do(context.Background(), call("1", "create_account", amina, amina)); err == nil || errors.Is(err, engine.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
		if len(b.messages(t)) != 0 {
			t.Errorf("%s: a message is queued", name)
		}
	}
	stuck := script(byte(1), "AAAA", byte(2), strings.Repeat("AAAA", 5), strings.Repeat("AAAA", 20))
	b := withAccounts(t, newBench(t), stuck)
	b.must(t, call("1", "create_account", amina, amina))
	if _, err := b.Do(context.Background(), call("2", "create_account", brian, brian)); err == nil || !strings.Contains(err.Error(), "no free worker ID") {
		t.Errorf("randomness that repeats: %v", err)
	}
}

// Concurrent calls for one number make one worker, and all callers get its ID.
func TestConcurrentRegistrations(t *testing.T) { onStores(t, concurrentRegistrations) }

func concurrentRegistrations(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b := withAccounts(t, newBenchOn(t, open), nil)
	created := 0
	for _, out := range atOnce(t, b, 8, func(i int) engine.Call {
		return call(fmt.Sprint("id", i), "create_account", amina, amina)
	}) {
		if out.Name == "created" {
			created++
		}
		if value(out, "worker_id").Text() != b.worker(t, amina).WorkerID {
			t.Errorf("a caller got %v", out)
		}
	}
	if created != 1 || len(b.messages(t)) != 1 {
		t.Errorf("%d created, %d messages; want one of each", created, len(b.messages(t)))
	}
}

// Duplicates of one callback arrive at once, as at several instances.
func TestDuplicateRegistrationsAtOnce(t *testing.T) { onStores(t, duplicateRegistrationsAtOnce) }

func duplicateRegistrationsAtOnce(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b := withAccounts(t, newBenchOn(t, open), nil)
	outs := atOnce(t, b, 8, func(int) engine.Call { return call("id", "create_account", amina, amina) })
	for _, out := range outs {
		if diff := cmp.Diff(outs[0], out); diff != "" || out.Name != "created" {
			t.Errorf("duplicates differ: %v\n%s", out, diff)
		}
	}
	if n := len(b.messages(t)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

// blind is a store whose transactions miss an account at first, as in READ
// COMMITTED when another transaction commits between look-up and insert.
type blind struct{ store.Store }

func (b blind) Within(ctx context.Context, fn func(context.Context, store.Tx) error) error {
	return b.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error { return fn(ctx, &blindTx{Tx: tx}) })
}

type blindTx struct {
	store.Tx
	looked bool
}

func (tx *blindTx) Worker(ctx context.Context, phone string) (store.Worker, error) {
	if !tx.looked {
		tx.looked = true
		return store.Worker{}, store.ErrNotFound
	}
	return tx.Tx.Worker(ctx, phone)
}

func TestConcurrentCommitBeforeInsert(t *testing.T) {
	b := newBench(t)
	b.Table = actions.New(blind{b.store}, b.clock.Now)
	withAccounts(t, b, nil)
	created := b.must(t, call("1", "create_account", brian, amina))
	out := b.must(t, call("2", "create_account", amina, amina))
	if out.Name != "exists" || !value(out, "worker_id").Equal(value(created, "worker_id")) {
		t.Errorf("the second: %v, want the worker ID of %v", out, created)
	}
	if b.worker(t, amina).VerifiedAt.IsZero() || len(b.messages(t)) != 1 {
		t.Errorf("verified at %v, %d messages", b.worker(t, amina).VerifiedAt, len(b.messages(t)))
	}
}

// seeing counts how often transactions read an account.
type seeing struct {
	store.Store
	looks *int
}

func (s seeing) Within(ctx context.Context, fn func(context.Context, store.Tx) error) error {
	return s.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error { return fn(ctx, seeingTx{tx, s.looks}) })
}

type seeingTx struct {
	store.Tx
	looks *int
}

func (tx seeingTx) Worker(ctx context.Context, phone string) (store.Worker, error) {
	*tx.looks++
	return tx.Tx.Worker(ctx, phone)
}

// Reading an account costs a round trip, so an action reads the caller's own
// once.
func TestLooksAtAccounts(t *testing.T) {
	looks := 0
	b := newBench(t)
	b.Table = actions.New(seeing{b.store, &looks}, b.clock.Now)
	withAccounts(t, b, nil)
	for _, c := range []struct {
		id, action, phone, outcome string
		want                       int
	}{
		{"1", "create_account", amina, "created", 1},
		{"2", "lookup_worker", amina, "own", 1},
		{"3", "create_account", amina, "exists", 1},
		{"4", "lookup_worker", brian, "not_found", 2},
		{"5", "request_code", amina, "sent", 1},
	} {
		looks = 0
		if out := b.must(t, call(c.id, c.action, amina, c.phone)); out.Name != c.outcome {
			t.Errorf("%s of %s: %s, want %s", c.action, c.phone, out.Name, c.outcome)
		}
		if looks != c.want {
			t.Errorf("%s of %s looked %d times, want %d", c.action, c.phone, looks, c.want)
		}
	}
}
