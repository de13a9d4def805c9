package proof_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/actions/backend/backendtest"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

const (
	// writes names the variable for how many writes a backend is asked for.
	writes      = "PAYTRACE_BACKEND_WRITES"
	usualWrites = 200
	// unknownPercent is how many writes have a first request without an outcome.
	unknownPercent = 30
	// livesFor is how long an instance lives after it listens, and is then killed.
	livesFor = 200 * time.Millisecond
	// writers is how many callers call at once.
	writers = 16
	// resolvedIn bounds the time after the last call in which jobs find every outcome.
	resolvedIn = 10 * time.Minute
	// againTries bounds how often a gateway repeats a callback that nobody answers.
	againTries = 500

	backendKey = "whsec_YSBrZXkgZm9yIHRlc3RzIG9mIGJhY2tlbmRz"
)

const backendMenu = `ussd: 1
service: Shop
dial: "*384*7#"
languages: {en: English, sw: Kiswahili}
start: main
on_failed: sorry
on_pending: wait
screens:
  main: {languages: -> shop}
  shop:
    say: Shop
    menu: {1: Buy -> buy(caller)}
    when: {done: bought, sold_out: sold}
    late: {done: "Bought at last, ref {ref}.", sold_out: Sold out at last., failed: Nothing was bought at last.}
  bought: {end: "Bought, ref {ref}."}
  sold: {end: Sold out.}
  sorry: {end: Nothing was bought.}
  wait: {end: You will get an SMS.}
`

const backendSwahili = `shop.say: Duka
shop.1: Nunua
shop.late.done: "Umenunua mwishowe, kumbukumbu {ref}."
shop.late.sold_out: Zimeisha mwishowe.
shop.late.failed: Hakuna kilichonunuliwa mwishowe.
bought.say: "Umenunua, kumbukumbu {ref}."
sold.say: Zimeisha.
sorry.say: Hakuna kilichonunuliwa.
wait.say: Utapata SMS.
`

// shopWords has what a caller reads in one language: the last screens, and the SMS that
// come late. A reference takes the place of %s.
type shopWords struct{ bought, sold, sorry, wait, lateBought, lateSold, lateSorry string }

var shopLanguages = []shopWords{
	{
		"END Bought, ref %s.", "END Sold out.", "END Nothing was bought.", "END You will get an SMS.",
		"Bought at last, ref %s.", "Sold out at last.", "Nothing was bought at last.",
	},
	{
		"END Umenunua, kumbukumbu %s.", "END Zimeisha.", "END Hakuna kilichonunuliwa.", "END Utapata SMS.",
		"Umenunua mwishowe, kumbukumbu %s.", "Zimeisha mwishowe.", "Hakuna kilichonunuliwa mwishowe.",
	},
}

const backendActions = `serve_at: ${SHOP_URL}
actions:
  buy:
    takes: {phone: phone}
    ends: {done: {ref: text 8}, sold_out: }
    within: 1s
    post: /buy
`

// TestBackendUnderKills has two instances, of which one after the other is killed, and a
// backend that does all that docs/actions.md allows for. The backend acts once for a
// key, every caller is told a truth, and every unknown outcome is found, or waits for a
// person.
func TestBackendUnderKills(t *testing.T) {
	p := newBackendProof(t, "paytrace")
	p.storm(numberOf(t, writes, usualWrites))
	p.settle()
	for _, violation := range p.judge() {
		t.Error(violation)
	}
	if p.unknown == 0 || p.kills == 0 {
		t.Errorf("%d unknown outcomes and %d kills: the proof has proved nothing", p.unknown, p.kills)
	}
	t.Logf("%d writes, %d told that they are pending, %d requests, %d kills", len(p.told), p.unknown, len(p.shop.Requests()), p.kills)
}

// TestBackendControl: without the stored intention, callers are told what is not true.
func TestBackendControl(t *testing.T) {
	p := newBackendProof(t, "paytrace-without-intention")
	p.storm(usualWrites)
	p.settle()
	found := p.judge()
	if len(found) == 0 {
		t.Error("a service that stores no intention told no caller an untruth")
	}
	t.Logf("%d violations", len(found))
}

func init() {
	variants["paytrace-without-intention"] = func(context.Context) service.Options {
		return service.Options{Decorators: service.Decorators{Actions: []func(runner.Actions) runner.Actions{
			func(a runner.Actions) runner.Actions { return unintended{a} },
		}}}
	}
}

// unintended asks the backend without storing that it does, as for an action that
// changes nothing.
type unintended struct{ runner.Actions }

// Act implements runner.Actions.
func (u unintended) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	if call.Action == "buy" {
		return u.Actions.(*actions.Table).Read(ctx, call)
	}
	return u.Actions.Act(ctx, call, at)
}

// backendProof holds the instances, the backend, and what callers were told.
type backendProof struct {
	t     *testing.T
	w     *chaosWorld
	shop  *backendtest.Backend
	kills int

	mu      sync.Mutex
	told    map[string]string // by caller: the last screen
	unknown int
	lost    []string
}

func newBackendProof(t *testing.T, program string) *backendProof {
	t.Helper()
	key, err := backend.ParseKey(backendKey)
	if err != nil {
		t.Fatal(err)
	}
	p := &backendProof{t: t, told: map[string]string{}}
	p.shop = &backendtest.Backend{Keys: []backend.Key{key}, Fault: backendFault, Act: sell}
	web := httptest.NewServer(p.shop)
	web.Config.ErrorLog = nil
	t.Cleanup(func() { web.CloseClientConnections(); web.Close() })
	menus := t.TempDir()
	for name, text := range map[string]string{"shop.yaml": backendMenu, "shop.sw.yaml": backendSwahili, "actions.yaml": backendActions} {
		if err := os.WriteFile(filepath.Join(menus, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	postgres, redis := servers.Own(t, servers.StartPostgres), servers.Own(t, servers.StartRedis)
	p.w = &chaosWorld{
		t: t, ctx: context.WithoutCancel(t.Context()), postgres: postgres, redis: redis,
		program: filepath.Join(programs(t), program), menus: menus,
		env: environ(map[string]string{
			"DATABASE_URL": postgres.URL, "REDIS_URL": redis.URL, "ENCRYPTION_KEY": chaosKey, "LOG_FORMAT": "json",
			"DATABASE_CONNECTIONS": "8", "SHOP_URL": web.URL, "ACTIONS_KEY": backendKey,
		}),
	}
	dir := t.TempDir()
	for i := range p.w.on {
		p.w.on[i] = &post{
			logFile: filepath.Join(dir, fmt.Sprintf("instance%d.log", i)),
			client:  &http.Client{Timeout: aggregatorWait, Transport: &http.Transport{MaxIdleConnsPerHost: writers}},
		}
		if err := p.w.start(p.w.on[i]); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.w.on[i].end)
	}
	return p
}

// chance returns a number below n that a text always gets again.
func chance(text string, n uint32) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return h.Sum32() % n
}

// backendFaults are the ways in which the first request for a key gets no outcome.
var backendFaults = []backendtest.Fault{
	backendtest.Never, backendtest.DoesNot, backendtest.Status500, backendtest.Dies, backendtest.CutBody,
	backendtest.Oversize, backendtest.WrongTypes, backendtest.Stranger, backendtest.Changes,
}

// backendFault makes the outcome of some first requests unknown, and of a few second
// ones. A backend that changes its answer loses the first one.
func backendFault(r backendtest.Request, n int) backendtest.Fault {
	if chance("unknown"+r.Key, 100) >= unknownPercent {
		return backendtest.None
	}
	fault := backendFaults[chance("fault"+r.Key, uint32(len(backendFaults)))]
	switch {
	case fault == backendtest.Changes && n == 0:
		return backendtest.Dies
	case fault == backendtest.Changes:
		return fault
	case n == 0 || n == 1 && chance("twice"+r.Key, 4) == 0:
		return fault
	}
	return backendtest.None
}

// sell sells, except to some callers.
func sell(r backendtest.Request) backendtest.Answer {
	if chance("sold out"+r.Caller, 10) == 0 {
		return backendtest.Answer{Outcome: "sold_out"}
	}
	return backendtest.Answer{Outcome: "done", Values: map[string]any{"ref": ref(r.Caller)}}
}

func ref(caller string) string { return fmt.Sprintf("R%d", chance(caller, 10_000_000)) }

// storm makes calls while instances are killed.
func (p *backendProof) storm(calls int) {
	ctx, stop := context.WithCancel(p.w.ctx)
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-time.After(livesFor):
			}
			on := p.w.on[i%len(p.w.on)]
			on.kill()
			p.kills++
			if err := p.w.start(on); err != nil {
				p.t.Error(err)
				return
			}
		}
	}()
	work := make(chan int)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for n := range work {
				p.call(n)
			}
		})
	}
	for n := range calls {
		work <- n
	}
	close(work)
	all.Wait()
	stop()
	<-killed
}

// call makes one call, every second one in Swahili. A caller who sees the menu once more
// buys once more.
func (p *backendProof) call(n int) {
	caller := fmt.Sprintf("+2547%08d", 30_000_000+n)
	form := url.Values{"sessionId": {fmt.Sprintf("shop%d", n)}, "phoneNumber": {caller}, "serviceCode": {"*384*7#"}, "text": {""}}
	body := p.ask(n, form)
	for text := strconv.Itoa(1 + n%len(shopLanguages)); strings.HasPrefix(body, "CON ") && len(text) < 10; text += "*1" {
		form.Set("text", text)
		body = p.ask(n, form)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told[caller] = body
	for _, words := range shopLanguages {
		if body == words.wait {
			p.unknown++
		}
	}
}

// ask delivers a callback, and repeats it at the other instance until one answers.
func (p *backendProof) ask(n int, form url.Values) string {
	for try := range againTries {
		body, err := p.w.on[(n+try)%len(p.w.on)].ask(p.w.ctx, form, false)
		if err == nil && body != saysBusy {
			return body
		}
		select { // a gateway waits, too
		case <-p.w.ctx.Done():
		case <-time.After(livesFor / 4):
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = append(p.lost, fmt.Sprintf("call %d: nobody answered", n))
	return ""
}

// settle waits until no job asks the backend any more: each has an outcome, or waits for
// a person.
func (p *backendProof) settle() {
	p.t.Helper()
	const open = `SELECT count(*) FROM river_job WHERE kind = 'ask' AND state NOT IN ('completed', 'discarded', 'cancelled')`
	deadline := time.Now().Add(resolvedIn)
	for p.count(open) > 0 {
		if time.Now().After(deadline) {
			p.t.Fatalf("%d outcomes are still looked for", p.count(open))
		}
		<-time.After(livesFor)
	}
}

func (p *backendProof) count(query string, args ...any) (n int) {
	p.t.Helper()
	conn, err := pgx.Connect(p.w.ctx, p.w.postgres.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(p.w.ctx) }()
	if err := conn.QueryRow(p.w.ctx, query, args...).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// judge compares what callers were told with what the backend did. The backend judges by
// itself what it was asked.
func (p *backendProof) judge() []string {
	p.t.Helper()
	found := append(p.shop.Judge(), p.lost...)
	acted, keys := map[string]backendtest.Answer{}, map[string]string{}
	for _, r := range p.shop.Requests() {
		if before, ok := keys[r.Caller]; ok && before != r.Key {
			found = append(found, fmt.Sprintf("%s was served under two keys", r.Caller))
		}
		keys[r.Caller] = r.Key
		if a, ok := p.shop.Answered(r.Key); ok {
			acted[r.Caller] = a
		}
	}
	messages := p.messages()
	for caller, screen := range p.told {
		answer, did := acted[caller]
		// A backend that says at last that it did nothing is believed.
		if p.denied(keys[caller]) {
			did = false
		}
		sms := messages[caller]
		if wrong := untrue(caller, screen, sms, did, answer); wrong != "" {
			found = append(found, fmt.Sprintf("%s %s: screen %q, SMS %q, the backend did %v %v", caller, wrong, screen, sms, did, answer))
		}
	}
	return found
}

// untrue says what is wrong with what a caller was told, or "".
func untrue(caller, screen string, sms []string, did bool, answer backendtest.Answer) string {
	for _, words := range shopLanguages {
		switch screen {
		case fmt.Sprintf(words.bought, ref(caller)):
			return unless(did && answer.Outcome == "done" && len(sms) == 0, "was told that it is bought")
		case words.sold:
			return unless(did && answer.Outcome == "sold_out" && len(sms) == 0, "was told that it is sold out")
		case words.sorry:
			return unless(!did && len(sms) == 0, "was told that nothing was bought")
		case words.wait:
			late := words.lateSorry
			switch {
			case did && answer.Outcome == "done":
				late = fmt.Sprintf(words.lateBought, ref(caller))
			case did:
				late = words.lateSold
			}
			return unless(len(sms) == 1 && sms[0] == late, "was promised an SMS, which should be "+late)
		}
	}
	return "saw a screen that is not true or that the menu does not have"
}

func unless(holds bool, otherwise string) string {
	if holds {
		return ""
	}
	return otherwise
}

// denied reports whether the backend has answered another outcome the second time.
func (p *backendProof) denied(key string) bool {
	asked := 0
	for _, r := range p.shop.Requests() {
		if r.Key == key {
			asked++
		}
	}
	return asked > 1 && backendFault(backendtest.Request{Key: key}, 1) == backendtest.Changes
}

// messages returns the SMS of each caller.
func (p *backendProof) messages() map[string][]string {
	p.t.Helper()
	conn, err := pgx.Connect(p.w.ctx, p.w.postgres.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(p.w.ctx) }()
	rows, err := conn.Query(p.w.ctx, `SELECT recipient, text FROM messages`)
	if err != nil {
		p.t.Fatal(err)
	}
	all := map[string][]string{}
	var to, text string
	if _, err := pgx.ForEachRow(rows, []any{&to, &text}, func() error {
		all["+"+strings.TrimPrefix(to, "+")] = append(all["+"+strings.TrimPrefix(to, "+")], text)
		return nil
	}); err != nil {
		p.t.Fatal(err)
	}
	return all
}
