package proof_test

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

// now is the time of a world. It stands still: what a schedule shows does not depend on
// how long anything takes.
var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// A world is one schedule: one caller, the deliveries of the callbacks, a store of
// records, a database, two instances.
type world struct {
	set *setting
	ch  *chooser

	session int      // how often the caller has dialled again
	dropped []byte   // the record of the session before
	latest  string   // the session that can be resumed
	known   int      // how many effects there were when the session began
	resumed bool     // the caller went on with the dropped call
	rec     []byte   // the session's record, nil if there is none
	history [][]byte // every record that was saved
	db      *database
	catalog *runner.Catalog
	on      [2]*runner.Runner

	callbacks  []*callback
	running    []*delivery
	deliveries int

	menu     menu
	replaced bool   // the menu was replaced
	rows     string // of lists, read now
	first    string // what was typed ahead in the code

	effects  []effect
	messages map[string]bool // the screens whose message was sent
	used     map[int]bool    // callbacks whose Yes was used up
	began    int             // the version on which the call began, -1 before
	anew     bool            // an empty callback came in after the menu was replaced

	// upset counts what happened to the record, hindered what happened to transactions.
	upset, hindered int
	faults, most    int
	calm            bool // no more faults

	wrong []string
	trace []string
}

// A callback is one text of the call, delivered any number of times.
type callback struct {
	n          int
	session    int
	text       string // everything typed, joined with "*"
	typed      string // the last input
	deliveries int
	recovered  bool       // a delivery went on from the row
	shown      *seenReply // what the caller saw
	first      *seenReply // the first reply to any delivery
}

// A seenReply is a reply as a caller reads it.
type seenReply struct {
	text   string
	screen string // as the engine names it
	end    bool
	state  state // ended if the screen tells no state
}

func (r *seenReply) isResume() bool { return r != nil && r.state.screen == resumeScreen }

// An effect is an action that was committed.
type effect struct {
	callback, place int
	action          string
}

// A delivery is one callback on its way through an instance.
type delivery struct {
	id int
	w  *world
	cb *callback
	// instance is which one has it.
	instance int
	at       string // the point where it stands
	waits    string // the row it waits for, "" if none
	next     func() (string, bool)
	stop     func()
	yield    func(string) bool
	killed   bool
	reply    *engine.Reply
	// outage says that the database fails this delivery until its action gives up.
	outage bool
	pauses int
	tx     *transaction
	at0    *runner.Place // of the action that runs
	place  int           // how many effects this delivery has had or found
}

type killed struct{}

type deliveryKey struct{}

func deliveryOf(ctx context.Context) *delivery { return ctx.Value(deliveryKey{}).(*delivery) }

// point lets others go first. A delivery that was killed ends here.
func (d *delivery) point(at string) {
	if d.killed {
		panic(killed{})
	}
	if !d.yield(at) {
		d.killed = true
		panic(killed{})
	}
}

// fault chooses one of n ways on, of which 0 is no fault.
func (d *delivery) fault(n int) int {
	w := d.w
	if w.calm || w.faults >= w.most {
		return 0
	}
	c := w.ch.pick(n)
	if c > 0 {
		w.faults++
	}
	return c
}

func (w *world) tellf(format string, args ...any) {
	if w.set.tracing {
		w.trace = append(w.trace, fmt.Sprintf(format, args...))
	}
}

func (w *world) wrongf(kind, format string, args ...any) {
	w.wrong = append(w.wrong, kind+": "+fmt.Sprintf(format, args...))
	w.tellf("!! %s: %s", kind, fmt.Sprintf(format, args...))
}

func (w *world) newest() *callback { return w.callbacks[len(w.callbacks)-1] }

// deliver brings a callback to an instance.
func (w *world) deliver(cb *callback, instance int) {
	w.deliveries++
	cb.deliveries++
	d := &delivery{id: w.deliveries, w: w, cb: cb, instance: instance}
	if w.dials(cb) && w.replaced && cb.deliveries > 1 {
		w.anew = true // it begins the call anew, which can't be told apart
	}
	w.tellf("d%d: callback %q comes to instance %d", d.id, cb.text, instance)
	d.next, d.stop = iter.Pull(iter.Seq[string](func(yield func(string) bool) {
		d.yield = yield
		ctx := context.WithValue(context.Background(), deliveryKey{}, d)
		if star := strings.LastIndex(cb.typed, "*"); star > 0 && w.set.control == starsTaken {
			first := *cb
			first.text = strings.TrimSuffix(cb.text, cb.typed[star:])
			w.on[instance].Handle(ctx, w.request(&first))
		}
		r := w.on[instance].Handle(ctx, w.request(cb))
		if !d.killed && yield("reply") {
			d.reply = &r
		}
	}))
	w.running = append(w.running, d)
}

// request is the callback as the gateway sends it. What was typed ahead stands in the
// code, and the text has the rest.
func (w *world) request(cb *callback) engine.Request {
	r := engine.Request{Provider: "test", Session: sessionName(cb.session), Caller: "254711000001", Service: serviceCode, Text: cb.text}
	if w.first != "" && cb.session == 0 {
		r.Service = strings.TrimSuffix(serviceCode, "#") + "*" + w.first + "#"
		r.Text = strings.TrimPrefix(strings.TrimPrefix(cb.text, w.first), "*")
	}
	if w.set.lastInput {
		r.LastInput, r.First, r.Text, r.Sequence = true, true, "", 1
		for _, earlier := range w.callbacks[:cb.n] {
			if earlier.session == cb.session {
				r.Service, r.First, r.Text = "", false, cb.typed
				r.Sequence++
			}
		}
	}
	return r
}

func sessionName(n int) string { return fmt.Sprint("S", n) }

// redial lets the caller hang up and dial the code again.
func (w *world) redial() {
	w.dropped, w.rec, w.history = w.rec, nil, nil
	w.session++
	w.began, w.known, w.resumed = -1, len(w.effects), false
	w.callbacks = append(w.callbacks, &callback{n: len(w.callbacks), session: w.session})
	w.tellf("the caller dials again")
}

// dials reports whether a callback begins a call by itself, whatever came before it.
func (w *world) dials(cb *callback) bool {
	return cb.text == "" || w.set.lastInput && (cb.n == 0 || cb.begins())
}

// begins reports whether a callback begins a later session.
func (cb *callback) begins() bool { return cb.session > 0 && cb.text == "" }

// step lets a delivery go on to its next point.
func (w *world) step(d *delivery) {
	at, ok := d.next()
	d.at = at
	if !ok {
		w.finish(d)
	}
}

func (w *world) kill(d *delivery) {
	d.killed = true
	d.stop()
	w.drop(d)
}

// drop forgets a delivery that has ended, and its locks.
func (w *world) drop(d *delivery) {
	for i, x := range w.running {
		if x == d {
			w.running = append(w.running[:i:i], w.running[i+1:]...)
			break
		}
	}
	if d.tx != nil {
		d.tx.release()
	}
}

// finish takes the reply of a delivery. The first reply to the newest callback that
// arrives is what the caller sees.
func (w *world) finish(d *delivery) {
	w.drop(d)
	if d.reply == nil {
		return
	}
	r := w.read(d.reply)
	cb := d.cb
	w.tellf("d%d: answers %s", d.id, oneLine(r.text))
	if cb != w.newest() {
		return
	}
	if cb.first == nil {
		cb.first = r
	} else if cb.first.text != r.text && w.upset == 0 && w.hindered == 0 && r.screen != "(busy)" && cb.first.screen != "(busy)" {
		w.wrongf("bytes", "callback %q was answered %s, and now %s", cb.text, oneLine(cb.first.text), oneLine(r.text))
	}
	if cb.shown != nil {
		return
	}
	if d.fault(2) == 1 {
		w.tellf("   that reply is lost")
		return
	}
	w.show(cb, r)
}

var markLine = regexp.MustCompile(`@(\w+);(\w+);(\d*);([^,]*),([^,]*),([^,]*),([^,\n]*)`)

var optionLine = regexp.MustCompile(`(?m)^[12]\. ([AB])$`)

// read reads a reply as a caller does.
func (w *world) read(r *engine.Reply) *seenReply {
	seen := &seenReply{text: r.Text, screen: r.Screen, end: r.End}
	if r.Program == w.set.programs[1].Hash() {
		seen.state.version = 1
	}
	seen.state.ended = r.End
	m := markLine.FindStringSubmatch(r.Text)
	if r.Screen == resumeScreen {
		seen.state.screen = resumeScreen
		return seen
	}
	if m == nil {
		seen.state.ended = true
		return seen
	}
	seen.state.lang, seen.state.screen, seen.state.back = m[1], m[2], strings.Contains(r.Text, backKey+":Back")
	seen.state.seen, _ = strconv.Atoi(m[3])
	copy(seen.state.values[:], m[4:])
	for _, row := range optionLine.FindAllStringSubmatch(r.Text, -1) {
		seen.state.rows += row[1]
	}
	return seen
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " | ") }

// show shows a reply to the caller, who may object.
func (w *world) show(cb *callback, r *seenReply) {
	cb.shown = r
	w.tellf("   the caller sees %s", oneLine(r.text))
	if cb.n > 0 && cb.typed == "1" && w.callbacks[cb.n-1].shown.isResume() {
		// Where the question's own record was lost, the call begins.
		w.resumed = !cb.recovered
	}
	if r.state.screen == "begin" && r.state.seen == 0 && r.state.values == [4]string{} {
		w.resumed = false // the caller sees that the call began anew
	}
	if r.end {
		return
	}
	switch v := r.state.version; {
	case w.began < 0 || w.began != v && w.anew:
		w.began = v
	case w.began != v:
		w.wrongf("version", "the call began on version %d and shows version %d", w.began, v)
	}
	// A menu goes on without its message while the database is away.
	if sc := w.menu.versions[r.state.version][r.state.screen]; sc != nil && sc.sms && !w.messages[r.state.screen] && w.hindered == 0 {
		w.wrongf("no message", "the caller is shown %s, and its message was not sent", oneLine(r.text))
	}
	acted := 0
	for _, e := range w.effects {
		if e.callback == cb.n {
			acted++
		}
	}
	if acted > 0 && r.state.seen < len(w.effects) && !w.wentBack(cb) && r.state.screen != "sorry" && !w.anew {
		w.wrongf("told otherwise", "%q has acted, and the caller is shown %s", cb.text, oneLine(r.text))
	}
}

// effect notes an action, to be judged once it is committed, and returns the number of
// effects that the session knows of then.
func (d *delivery) effect(tx any, sc *screen, a asked) int64 {
	t := tx.(*transaction)
	place := d.place
	t.done = append(t.done, func() { d.w.judge(d, sc, a, place) })
	return int64(len(d.w.effects) + len(t.done))
}

// A setting is what all worlds of a test have in common for one menu.
type setting struct {
	menu     menu
	programs [2]*engine.Program
	faults   int
	deep     bool // codes with inputs behind them
	noRedis  bool // no errors of the store of records
	tracing  bool
	control  control
	// remember lets instances remember the sessions that they saved.
	remember bool
	// lastInput says that the gateway sends only the last input, and counts its callbacks.
	lastInput bool
	// twoKeys says that the instances change their identity key: each names new calls
	// with another one, and knows both.
	twoKeys bool
	// open opens a real database for each world, nil for none.
	open func() (store.Store, error)
}

// newSetting compiles a menu.
func newSetting(m menu) (*setting, error) {
	s := &setting{menu: m, deep: true}
	for v, p := range m.versions {
		table := actions.New(nil, func() time.Time { return now })
		if err := register(table, p); err != nil {
			return nil, err
		}
		var err error
		if s.programs[v], err = engine.New(definition(&m, v, table.Contracts())); err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return s, nil
}

// identityKeys are the keys that name calls: the first one, or one for each instance.
var identityKeys = [2][]byte{[]byte("0123456789abcdef0123456789abcdef"), []byte("fedcba9876543210fedcba9876543210")}

// identity returns what names calls on an instance.
func (s *setting) identity(instance int) runner.Identity {
	key, other := identityKeys[instance], identityKeys[1-instance]
	switch {
	case !s.twoKeys:
		return runner.NewIdentity(identityKeys[0])
	case s.control == noOtherKey:
		return runner.NewIdentity(key)
	}
	return runner.NewIdentities(key, other)
}

// newWorld makes a world before its first event.
func newWorld(set *setting, ch *chooser) (*world, error) {
	w := &world{set: set, ch: ch, menu: set.menu, rows: "AB", began: -1, most: set.faults, used: map[int]bool{}, messages: map[string]bool{}}
	var err error
	if w.catalog, err = runner.NewCatalog(set.programs[0]); err != nil {
		return nil, err
	}
	w.catalog.Now = func() time.Time { return now }
	w.db = &database{w: w, rows: map[string][]byte{}, locks: map[string]*transaction{}}
	if set.open != nil {
		if w.db.Store, err = set.open(); err != nil {
			return nil, err
		}
	}
	table := actions.New(w.db, func() time.Time { return now })
	table.PauseWith(func(ctx context.Context, _ time.Duration) bool {
		d := deliveryOf(ctx)
		d.pauses++
		return d.pauses%maxPauses != 0
	})
	if err := register(table, set.menu.versions[0]); err != nil {
		return nil, err
	}
	for i := range w.on {
		w.on[i] = &runner.Runner{
			Sessions: records{w}, Programs: w.catalog, Actions: watched{table}, Identity: set.identity(i),
			TTL: runner.DefaultTTL, Now: func() time.Time { return now },
		}
		if set.remember {
			w.on[i].Recent = runner.NewRecent(recent)
		}
	}
	if set.deep {
		w.first = []string{"", "1", "1*1", "1*1*1"}[ch.pick(4)]
	}
	w.tellf("menu: %s; dialled ahead %q", set.menu.name, w.first)
	w.callbacks = []*callback{{text: w.first}}
	return w, nil
}

// recent is how many sessions an instance of a world remembers.
const recent = 8

// maxPauses is how often an action is tried again before its time is up.
const maxPauses = 6
