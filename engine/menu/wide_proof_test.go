package menu

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// callsInCI says how many calls the differential proof makes where PAYTRACE_CALLS
// does not say. The race detector finds nothing in it and takes ten times as long, so .ci/run makes more calls
// without it, and "make soak" makes millions. callsMeetingAll is enough to draw a
// menu that is refused for each code alone.
const (
	callsInCI       = 6_000
	callsMeetingAll = 60_000
)

func proofCalls(t *testing.T) int {
	t.Helper()
	return numberSet(t, "PAYTRACE_CALLS", callsInCI)
}

// numberSet returns the number that an environment variable sets, or the usual one.
func numberSet(t *testing.T, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; expected a number from 1", name, text)
	}
	return n
}

// callsPerMenu are the calls made on one menu: enough to come to most screens.
const callsPerMenu = 250

// wideContracts are those of the tests, with the caller's own history.
var wideContracts = menutest.Contracts

// drawWide draws a menu; risky ones have mistakes.
func drawWide(seed uint64, risky bool) (fstest.MapFS, *rand.Rand) {
	r := rand.New(rand.NewPCG(seed, 7))
	m := &wideMenu{Rand: r, n: 5 + int(seed%9), risky: risky}
	fsys := m.write()
	if m.langs {
		m.translate(fsys)
	}
	return fsys, r
}

// errorsOf returns the codes of errors, each once.
func errorsOf(found diag.List) map[string]bool {
	codes := map[string]bool{}
	for _, f := range found {
		if f.Severity == diag.Error {
			codes[f.Code] = true
		}
	}
	return codes
}

// Menus that the checks let pass run: no call meets an unknown screen, a value
// that is not set, a screen over its limit, steps without end, a secret that is
// shown, or money that moves without a Yes. That the walk would see each of these
// is shown by menus that were refused for it and for nothing else: the checks
// without that rule would have let them pass.
func TestWhatPassesRuns(t *testing.T) {
	most := proofCalls(t)
	made, menus, fine := 0, 0, 0
	alone, met := map[string]int{}, map[string]int{}
	for seed := uint64(0); made < most; seed++ {
		fsys, r := drawWide(seed, seed%2 == 1)
		f, found := check.Diagnose(fsys, "wide.yaml", "", wideContracts)
		codes := errorsOf(found)
		menus++
		calls := callsPerMenu
		if codes["U001"] {
			t.Fatalf("seed %d:\n%s", seed, menutest.Printed(t, f.Source, found))
		}
		switch {
		case len(codes) > 1:
			continue
		case len(codes) == 0:
			fine++
		default:
			calls /= 2
		}
		fault := ""
		p, err := compile.Compile(f, wideContracts, compile.Options{})
		if err != nil {
			fault = "no program: " + err.Error()
		} else {
			fault = newWalker(p, f, r).calls(calls)
		}
		if len(codes) == 0 {
			made += calls
			if fault != "" {
				t.Fatalf("seed %d: %s\n%s\n%s", seed, fault, fsys["wide.yaml"].Data, moreOf(fsys))
			}
			continue
		}
		for code := range codes {
			alone[code]++
			if fault != "" {
				met[code]++
			}
		}
	}
	t.Logf("%d calls on %d fine menus of %d; refused for one code alone %v, of which calls met the fault %v", made, fine, menus, alone, met)
	const enough = 5 // menus; with fewer no call may have come to the place
	for _, code := range []string{"U101", "U104", "U205", "U210", "U212", "U301", "U501", "U601"} {
		if alone[code] >= enough && met[code] == 0 || alone[code] == 0 && made >= callsMeetingAll {
			t.Errorf("no call has met what %s foretells (%d menus): the walk could not see it", code, alone[code])
		}
	}
	if fine*10 < menus {
		t.Errorf("only %d of %d menus are fine", fine, menus)
	}
}

func moreOf(fsys fstest.MapFS) string {
	if f := fsys["more.yaml"]; f != nil {
		return string(f.Data)
	}
	return ""
}

// walker makes calls on a program.
type walker struct {
	*rand.Rand
	p     *engine.Program
	types map[string]engine.Type
	// dropped is where the last call that ended early would be resumed, and day the
	// day of that call.
	dropped *engine.Snapshot
	day     engine.Date
	// worst compares each screen with the checker's worst case, or is nil.
	worst *worstCases
}

func newWalker(p *engine.Program, f *syntax.File, r *rand.Rand) *walker {
	w := &walker{Rand: r, p: p, types: map[string]engine.Type{}}
	for _, v := range f.Vars {
		w.types[v.Name.Value] = v.Typed
	}
	return w
}

// calls makes some calls; it is the fault that one met, or "".
func (w *walker) calls(n int) string {
	for range n {
		if fault := w.call(); fault != "" {
			return fault
		}
	}
	return ""
}

// wideDays are days of calls: ordinary ones, those at the ends of months and years, and
// one of the first and the last that the checks assume.
var wideDays = []engine.Date{
	day(2026, time.March, 1), day(2026, time.March, 31), day(2024, time.February, 29), day(2027, time.December, 31), day(2028, time.January, 30),
	day(2020, time.January, 1), day(2099, time.December, 30),
}

func day(year int, month time.Month, n int) engine.Date {
	return engine.DateOf(time.Date(year, month, n, 0, 0, 0, 0, time.UTC))
}

// longestCall says how many steps a call is followed: about as many screens as a
// session has time for.
const longestCall = 40

// call makes one call.
func (w *walker) call() string {
	c := &oneCall{walker: w}
	code := wideCodes[w.IntN(len(wideCodes))]
	ev := engine.Event{Kind: engine.EventDial, Start: w.p.StartFor(code)}
	if w.dropped != nil && w.IntN(2) == 0 {
		ev.Resume = w.dropped
		w.day += engine.Date(w.IntN(2)) // it was dropped before midnight
	} else {
		w.day = wideDays[w.IntN(len(wideDays))]
	}
	c.s = w.p.Begin(engine.Request{Caller: "254711000111", Service: code, Network: "63902"}, w.day)
	w.dropped = nil
	if ahead := w.p.TypedAhead(code); ahead != "" {
		c.ahead = strings.Split(ahead, "*")
	}
	for range longestCall {
		next, eff, err := w.p.Step(c.s, ev)
		if err != nil {
			return fmt.Sprintf("%s: %v", c.path, err)
		}
		c.s = next
		if fault := c.holds(); fault != "" {
			return c.path + ": " + fault
		}
		if eff.Call != nil {
			if fault := c.acts(eff.Call); fault != "" {
				return c.path + ": " + fault
			}
			ev = c.outcome(eff.Call)
			continue
		}
		if fault := c.shows(eff); fault != "" {
			return c.path + ": " + fault
		}
		if eff.End {
			return ""
		}
		ev = c.answer()
	}
	if c.s.Resting.Screen != "" {
		at := c.s.Resting
		w.dropped = &at
	}
	return ""
}

// oneCall is a call on its way: what it has come through, and whether the Yes of
// the last confirm still holds, seen from outside of the program.
type oneCall struct {
	*walker
	s      engine.Session
	path   string
	yes    bool
	paying bool // the action that runs moves money
	// yesAt is whether a Yes held on each screen of the way back, which the key
	// Back returns to.
	yesAt [engine.MaxUndo + 1]bool
	depth int // of the way back, on the screen before
	typed string
	ahead []string // what the code carries after its own answer
}

// holds judges the values of the call: each is one of its type.
func (c *oneCall) holds() string {
	for name, t := range c.types {
		if v := c.p.Value(&c.s, name); v.IsSet() && outOfRange(t, v) {
			return fmt.Sprintf("%s is %s, which is outside of %s", name, v, t.String())
		}
	}
	return ""
}

// outOfRange reports a number or an amount that its type does not have.
func outOfRange(t engine.Type, v engine.Value) bool {
	return (t.Kind == engine.KindMoney || t.Kind == engine.KindNumber) && (t.Lo != 0 || t.Hi != 0) && (v.Int() < t.Lo || v.Int() > t.Hi)
}

// acts judges what an action is given.
func (c *oneCall) acts(call *engine.Call) string {
	c.path += " " + call.Action
	for i, arg := range call.Args {
		if !arg.IsSet() && !optionalParam(call.Action, i) {
			return fmt.Sprintf("value %d of %s is not set", i+1, call.Action)
		}
		if secretIn(arg.Text()) {
			return "a secret is given away as a text"
		}
		if t := paramOf(call.Action, i); arg.IsSet() && t != nil && outOfRange(*t, arg) {
			return fmt.Sprintf("value %d of %s is %s, which is outside of %s", i+1, call.Action, arg, t.String())
		}
	}
	if call.Action == engine.CallSMS {
		return wrongText(call.Args[1].Text())
	}
	for _, contract := range wideContracts {
		if contract.Name == call.Action && contract.Money {
			if !c.yes && len(c.s.Undo) < engine.MaxUndo { // else the way back has been cut
				return "money moves without a Yes"
			}
			c.paying = true
		}
	}
	return ""
}

// optionalParam reports whether an action can do without a value.
func optionalParam(action string, i int) bool {
	t := paramOf(action, i)
	return t != nil && t.Optional
}

// paramOf returns the type of a parameter, or nil for the calls of the program itself.
func paramOf(action string, i int) *engine.Type {
	for _, contract := range wideContracts {
		if contract.Name == action {
			return &contract.Params[i].Type
		}
	}
	return nil
}

func (c *oneCall) outcome(call *engine.Call) engine.Event {
	ev := engine.Event{Kind: engine.EventOutcome, Outcome: randomOutcome(c.Rand, call)}
	if call.Action == "history" && ev.Outcome.Name == "listed" {
		ev.Outcome.Values = []engine.Named{{Name: "payments", Value: c.rows()}}
	}
	for i, v := range ev.Outcome.Values {
		if v.Name == "visits" {
			ev.Outcome.Values[i].Value = c.visits()
		}
	}
	if moved := ev.Outcome.Name == "done" || ev.Outcome.Name == "asked" || ev.Outcome.Name == engine.Pending; c.paying && moved {
		// A payment uses up every Yes; one that was refused does not.
		c.yes, c.yesAt = false, [engine.MaxUndo + 1]bool{}
	}
	c.paying = false
	c.path += "=" + ev.Outcome.Name
	return ev
}

// rows returns a list as long as lists may be, with rows as wide as they may be.
func (c *oneCall) rows() engine.Value {
	rows := make([]engine.Value, c.IntN(engine.MaxRows+1))
	for i := range rows {
		rows[i] = engine.RecordValue([]engine.Named{
			{Name: "date", Value: engine.DateValue(20000)},
			{Name: "amount", Value: engine.MoneyValue(7_000_000)},
			{Name: "to", Value: engine.TextValue(strings.Repeat("~", 20))},
		})
	}
	return engine.ListValue(rows)
}

// visits returns a list in which some rows lack a field.
func (c *oneCall) visits() engine.Value {
	rows := make([]engine.Value, c.IntN(4))
	for i := range rows {
		fields := []engine.Named{{Name: "date", Value: engine.DateValue(20000)}}
		if c.IntN(2) == 0 {
			fields = append(fields, engine.Named{Name: "remark", Value: engine.TextValue(strings.Repeat("~", 20))})
		}
		rows[i] = engine.RecordValue(fields)
	}
	return engine.ListValue(rows)
}

// shows judges a screen.
func (c *oneCall) shows(eff engine.Effect) string {
	if fault := wrongText(eff.Text); fault != "" {
		return fault
	}
	if !gsm7.Fits(eff.Text, 160, 70) || c.whole() && !strings.Contains(eff.Text, "$") {
		return fmt.Sprintf("too long: %q", eff.Text)
	}
	if c.worst != nil {
		if fault := c.worst.fault(c.p, &c.s, eff.Text); fault != "" {
			return fault
		}
	}
	screen, ok := c.p.Screen(c.s.Screen)
	if !ok && !strings.HasPrefix(c.s.Screen, "(") {
		return "an unknown screen: " + c.s.Screen
	}
	if screen.Kind != engine.ScreenAsk && screen.Kind != engine.ScreenConfirm {
		c.yes = false
	}
	depth := len(c.s.Undo)
	if c.typed == backKey && depth < c.depth {
		c.yes = c.yesAt[depth]
	}
	c.yesAt[depth], c.depth = c.yes, depth
	return ""
}

const backKey = "00"

// whole reports a screen that may not be divided; a choice's options may.
func (c *oneCall) whole() bool {
	screen, _ := c.p.Screen(c.s.Screen)
	choice := screen.Kind == engine.ScreenAsk && c.types[screen.Ask.Var].Kind == engine.KindChoice
	return onePage(c.p, &c.s) && !choice
}

// wrongText returns what is wrong with a text that people read.
func wrongText(text string) string {
	switch {
	case strings.Contains(text, "[]"):
		return fmt.Sprintf("a value is not set: %q", text)
	case secretIn(text):
		return fmt.Sprintf("a secret is shown: %q", text)
	case strings.Contains(text, "KES -"):
		return fmt.Sprintf("money is less than nothing: %q", text)
	}
	return ""
}

// The control of what few random menus lead to: texts that must never be shown
// are seen.
func TestWalkSeesWrongTexts(t *testing.T) {
	for text, wrong := range map[string]bool{
		"Your PIN is [" + typedPIN + "]$": true, typedWord: true, "Sent [] to you$": true, "Sent [KES -200]$": true, "Sent [KES 200]$": false,
	} {
		if (wrongText(text) != "") != wrong {
			t.Errorf("%q: %q", text, wrongText(text))
		}
	}
}

// The control of arguments, which few random calls bring to their limits: one that is
// outside of the range of its parameter is seen.
func TestWalkSeesArgumentsOutOfRange(t *testing.T) {
	for cents, wrong := range map[int64]bool{-1: true, 0: false, 200_000: false, 200_001: true} {
		c := &oneCall{walker: &walker{}}
		fault := c.acts(&engine.Call{Action: "price_for", Args: []engine.Value{engine.MoneyValue(cents), engine.NumberValue(7)}})
		if (fault != "") != wrong {
			t.Errorf("%d cents: %q", cents, fault)
		}
	}
}

func secretIn(text string) bool {
	return strings.Contains(text, typedPIN) || strings.Contains(text, typedWord)
}

// answer returns what the caller types: mostly what the screen asks for.
func (c *oneCall) answer() engine.Event {
	screen, _ := c.p.Screen(c.s.Screen)
	typed := typedAnswers[c.IntN(len(typedAnswers))]
	switch {
	case len(c.ahead) > 0:
		typed, c.ahead = c.ahead[0], c.ahead[1:]
	case c.IntN(8) == 0:
		typed = []string{backKey, "000", "98", "0", "x"}[c.IntN(5)]
	case screen.Kind == engine.ScreenAsk && c.IntN(5) > 0:
		typed = c.answerTo(screen.Ask.Var)
	case c.IntN(5) > 0:
		typed = []string{"1", "2", "3", "4", "5"}[c.IntN(5)]
	}
	if screen.Kind == engine.ScreenConfirm && (typed == "1" || typed == "2") {
		c.yes = typed == "1"
	}
	c.typed = typed
	c.path += " " + typed
	return engine.Event{Kind: engine.EventInput, Input: typed, Digest: "of " + typed}
}

// answerTo returns an answer of a variable's type.
func (w *walker) answerTo(name string) string {
	switch t := w.types[name]; {
	case t.Kind == engine.KindSecret && t.Digits > 0:
		return typedPIN
	case t.Kind == engine.KindSecret:
		return typedWord
	}
	if w.worst != nil && name == "city" && w.IntN(3) > 0 {
		return "ሣራ Ọ̀ṣun 漢" // its letters change the length of a screen
	}
	for _, v := range slices.Concat(wideVars, formVars) {
		if v.name == name {
			return v.answers[w.IntN(len(v.answers))]
		}
	}
	return "1"
}
