package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// LanguageVersion is the version of the menu language that programs are
// compiled from; it is part of a program's identity.
const LanguageVersion = 1

// Program is a compiled menu: immutable, content-hashed, safe for concurrent
// use.
type Program struct {
	def   Definition
	hash  string
	zone  *time.Location
	nodes map[string]*node
	// machine carries every change of screen.
	machine *machine

	slots         []Var
	slotIndex     map[string]int
	remembered    []int
	defaultLang   string
	langs         map[string]int
	inputsSuffice bool // see InputsSuffice
	// acts says that a menu's action may change something.
	acts bool
	// dated says that a session depends on the day.
	dated bool
	// navs are the navigation lines, by language and navBits.
	navs [][navKinds]string
}

// Slots of the built-in facts.
const (
	slotCaller = iota
	slotLang
	slotToday
	slotNetwork
	slotService
	slotWorker
	builtinSlots
)

// WorkerType is the record "worker": the account of the caller's own number.
func WorkerType() Type {
	return Type{Kind: KindRecord, Record: "worker", Fields: []Field{
		{"id", Type{Kind: KindText, Width: workerIDWidth}},
		{"phone", Type{Kind: KindPhone, Width: phoneWidth}},
		{"name", Type{Kind: KindText, Width: workerNameWidth}},
	}}
}

const (
	workerIDWidth   = len("NW-00C0FFEE")
	workerNameWidth = 20 // longer names are cut: a screen has 160 characters
)

// BuiltinVars are the values every menu has without asking.
func BuiltinVars(languages []Language) []Var {
	langs := make([]string, len(languages))
	width := 0
	for i, l := range languages {
		langs[i] = l.Code
		width = max(width, len(l.Name))
	}
	return []Var{
		slotCaller:  {Name: "caller", Type: Type{Kind: KindPhone, Width: phoneWidth}},
		slotLang:    {Name: "lang", Type: Type{Kind: KindChoice, Options: langs, Width: width}},
		slotToday:   {Name: "today", Type: Type{Kind: KindDate, Width: dateWidth}},
		slotNetwork: {Name: "network", Type: Type{Kind: KindText, Width: networkWidth}},
		slotService: {Name: "service", Type: Type{Kind: KindText, Width: MaxText}},
		slotWorker:  {Name: "worker", Type: WorkerType()},
	}
}

// networkWidth is the longest network code: MCC and MNC have six digits at most
// (ITU-T E.212); unknown codes are opaque and cut.
const networkWidth = 6

// States that every machine has besides the menu's screens. The parentheses
// keep them apart from names a menu can have.
const (
	stateIdle       = "(idle)"
	stateResume     = "(resume)"
	stateFailed     = "(failed)"
	statePending    = "(pending)"
	stateLimited    = "(limited)"
	stateGaveUp     = "(gave up)"
	defaultRetries  = 3
	defaultCurrency = "KES"
	defaultSeptets  = 160
	defaultUnits    = 70
)

// node is a screen, linked.
type node struct {
	*Screen
	// facts says that entering or showing it needs the start facts.
	facts bool
	// home says that the nav's home leads on from here.
	home bool
	// still is the screen by language where it never changes and fits one page;
	// nil otherwise. See render.go.
	still      []still
	askSlot    int
	rowSlot    int
	doContract *Contract
}

// still is a screen that always shows the same, without its navigation.
type still struct {
	text string
	rows []row
}

// New links a definition into a Program. Every name must be defined; the error
// lists all that are not.
func New(def Definition) (*Program, error) {
	p := &Program{def: def, nodes: make(map[string]*node, len(def.Screens)+8), slotIndex: map[string]int{}, langs: map[string]int{}}
	p.defaults()
	l := &linker{p: p}
	l.zone()
	l.slots()
	l.screens()
	l.table()
	if err := errors.Join(l.errs...); err != nil {
		return nil, fmt.Errorf("menu %s: %w", def.Name, err)
	}
	p.machine = newMachine(l.transitions)
	p.hash = hashOf(&p.def)
	p.navs = make([][navKinds]string, len(p.def.Languages))
	for lang := range p.navs {
		for bits := range p.navs[lang] {
			p.navs[lang][bits] = p.navLine(lang, bits)
		}
	}
	for _, n := range p.nodes {
		p.prepare(n)
	}
	p.dated = p.asksDay()
	p.inputsSuffice = p.def.Session.Resume == 0 && !p.dated && !p.uses(p.slots[slotNetwork].Name)
	for _, n := range p.nodes {
		p.acts = p.acts || n.Kind == ScreenDo && p.Writes(n.Do.Action)
	}
	return p, nil
}

func (p *Program) defaults() {
	d := &p.def
	if len(d.Languages) == 0 {
		d.Languages = []Language{{"en", "English"}}
	}
	for i, l := range d.Languages {
		p.langs[l.Code] = i
	}
	p.defaultLang = d.Default
	if _, ok := p.langs[p.defaultLang]; !ok {
		p.defaultLang = d.Languages[0].Code
	}
	if d.Limits.Septets == 0 {
		d.Limits.Septets = defaultSeptets
	}
	if d.Limits.Units == 0 {
		d.Limits.Units = defaultUnits
	}
	if d.Currency == "" {
		d.Currency = defaultCurrency
	}
	if d.Nav.Confirm.Key == "" {
		d.Nav.Confirm.Key = "1"
	}
	if d.Nav.Cancel.Key == "" {
		d.Nav.Cancel.Key = "2"
	}
	if d.Session.Country == "" {
		d.Session.Country = "KE"
	}
}

func hashOf(d *Definition) string {
	h := sha256.New()
	fmt.Fprintf(h, "language %d\nname %s\ndefault %s\n", LanguageVersion, d.Name, d.Default)
	h.Write(d.Source)
	return hex.EncodeToString(h.Sum(nil))[:hashLength]
}

// hashLength is enough hex digits (96 bits) that two menus never share one.
const hashLength = 24

// Hash is the program's identity: it changes with any byte of its source.
func (p *Program) Hash() string { return p.hash }

// Name is the menu's name.
func (p *Program) Name() string { return p.def.Name }

// Codes are the dialled codes the program answers.
func (p *Program) Codes() []Code { return p.def.Codes }

// Definition is what the program was made of; it must not be changed.
func (p *Program) Definition() *Definition { return &p.def }

// Screen is a screen by name, with false if there is none.
func (p *Program) Screen(name string) (*Screen, bool) {
	n, ok := p.nodes[name]
	if !ok {
		return nil, false
	}
	return n.Screen, true
}

// StartFor returns the first screen of a call to code.
func (p *Program) StartFor(code string) string {
	start, _ := p.match(code)
	return start
}

// TypedAhead returns the inputs that a dialled code carries after the longest
// code that p answers.
func (p *Program) TypedAhead(code string) string {
	_, ahead := p.match(code)
	return ahead
}

func (p *Program) match(code string) (start, ahead string) {
	whole := CodeKey(code)
	best, start := -1, p.def.Codes[0].Start
	for _, c := range p.def.Codes {
		key := CodeKey(c.Dial)
		if (whole == key || strings.HasPrefix(whole, key+"*")) && len(key) > best {
			best, start = len(key), c.Start
			ahead = strings.TrimPrefix(whole[len(key):], "*")
		}
	}
	return start, ahead
}

// CodeKey returns a service code in the form in which codes are compared: without
// spaces around it and the final "#".
func CodeKey(code string) string { return strings.TrimSuffix(strings.TrimSpace(code), "#") }

// Acts reports whether any action of the menu may change something.
func (p *Program) Acts() bool { return p.acts }

// Dated reports whether a session depends on the day.
func (p *Program) Dated() bool { return p.dated }

// InputsSuffice reports whether a session's inputs alone determine its state as
// long as no action runs: it depends on neither the day, the network nor an
// earlier call.
func (p *Program) InputsSuffice() bool { return p.inputsSuffice }

// Reads reports whether an action of the menu changes nothing.
func (p *Program) Reads(action string) bool {
	for i := range p.def.Contracts {
		if p.def.Contracts[i].Name == action {
			return p.def.Contracts[i].Reads
		}
	}
	return false
}

// Writes reports whether a call is an action of the menu that may change
// something.
func (p *Program) Writes(action string) bool {
	return action != CallFacts && !IsFollowUp(action) && !p.Reads(action)
}

// Builtin returns a built-in text in the menu's wording, in a language by code or
// in the menu's default language.
func (p *Program) Builtin(which Builtin, lang string) string {
	i, ok := p.langs[lang]
	if !ok {
		i = p.langs[p.defaultLang]
	}
	text, _ := p.def.Nav.words(which).in(i).fixed()
	return text
}

// asksDay reports whether anything in a session depends on the day.
func (p *Program) asksDay() bool {
	for i := range p.slots[builtinSlots:] {
		if p.slots[builtinSlots+i].Type.Kind == KindDate {
			return true
		}
	}
	return p.uses(p.slots[slotToday].Name)
}

// uses reports whether a screen uses a value.
func (p *Program) uses(name string) (found bool) {
	for _, n := range p.nodes {
		walkRefs(n.Screen, func(r Ref) { found = found || r.Name == name })
	}
	return found
}

// Today is the calendar day of now in the program's time zone.
func (p *Program) Today(now time.Time) Date { return DateOf(now.In(p.zone)) }

// Resume is how long a dropped call of this program can be taken up again.
func (p *Program) Resume() time.Duration { return p.def.Session.Resume }

type linker struct {
	p           *Program
	errs        []error
	transitions []Transition
	seen        map[[2]string]bool
}

func (l *linker) fail(pos Pos, format string, args ...any) {
	where := ""
	if pos != (Pos{}) {
		where = pos.String() + ": "
	}
	l.errs = append(l.errs, fmt.Errorf(where+format, args...))
}

func (l *linker) zone() {
	name := l.p.def.Session.Timezone
	if name == "" {
		name = "Africa/Nairobi"
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		l.fail(Pos{}, "no time zone %q; write one as Africa/Nairobi", name)
		zone = time.UTC
	}
	l.p.zone = zone
}

func (l *linker) slots() {
	p := l.p
	p.slots = append(BuiltinVars(p.def.Languages), p.def.Vars...)
	for i, v := range p.slots {
		if _, twice := p.slotIndex[v.Name]; twice {
			l.fail(v.Pos, "two values are called %q", v.Name)
		}
		p.slotIndex[v.Name] = i
	}
	for _, name := range p.def.Remember {
		i, ok := p.slotIndex[name]
		if !ok {
			l.fail(Pos{}, "nothing called %q to remember", name)
			continue
		}
		p.remembered = append(p.remembered, i)
	}
}

func (l *linker) screens() {
	d := &l.p.def
	for i := range d.Screens {
		l.add(&d.Screens[i])
	}
	end := func(name string, w Words) {
		l.add(&Screen{Name: name, Kind: ScreenEnd, Say: []Say{{Words: w}}})
	}
	l.add(&Screen{Name: stateIdle, Kind: ScreenSet})
	l.add(&Screen{
		Name: stateResume, Kind: ScreenConfirm, NoNav: true, Say: []Say{{Words: d.Nav.Resume}},
		Confirm: &Confirm{YesWords: d.Nav.ResumeYes, NoWords: d.Nav.ResumeNo},
	})
	end(stateFailed, d.Nav.words(BuiltinBusy))
	end(statePending, d.Nav.words(BuiltinInProgress))
	end(stateLimited, d.Nav.words(BuiltinLimited))
	end(stateGaveUp, d.Nav.words(BuiltinGaveUp))
}

func (l *linker) add(s *Screen) {
	if _, twice := l.p.nodes[s.Name]; twice {
		l.fail(s.Pos, "two screens are called %q", s.Name)
		return
	}
	l.p.nodes[s.Name] = &node{Screen: s, askSlot: -1, rowSlot: -1}
}

// on adds one row to the machine's table.
func (l *linker) on(src string, trigger Trigger, dst string, pos Pos) {
	if _, ok := l.p.nodes[dst]; !ok {
		l.fail(pos, "%q goes to %q, but there is no such screen", src, dst)
		return
	}
	// An outcome may have the words of another trigger.
	event := trigger.String()
	key := [2]string{src, event}
	if l.seen[key] {
		// looplab/fsm would silently keep the last of the two.
		l.fail(pos, "%q has two ways on for %q", src, event)
		return
	}
	l.seen[key] = true
	l.transitions = append(l.transitions, Transition{From: src, Trigger: trigger, To: dst})
}

func (l *linker) table() {
	l.seen = map[[2]string]bool{}
	d := &l.p.def
	starts := map[string]bool{}
	if len(d.Codes) == 0 {
		l.fail(Pos{}, "no dialled code")
	}
	for _, c := range d.Codes {
		if !starts[c.Start] {
			starts[c.Start] = true
			start := Trigger{Kind: TriggerStart, Name: c.Start}
			l.on(stateIdle, start, c.Start, c.Pos)
			l.on(stateResume, start, c.Start, c.Pos)
		}
	}
	l.on(stateIdle, Trigger{Kind: TriggerDropped}, stateResume, Pos{})
	for i := range d.Screens {
		if n := l.p.nodes[d.Screens[i].Name]; n.Screen == &d.Screens[i] {
			l.node(n)
		}
	}
	// The engine's own ends speak the caller's language, too. The one where an
	// action has failed is where facts lead that can't be read.
	l.facts(l.p.nodes[statePending])
	l.facts(l.p.nodes[stateLimited])
}

func (l *linker) node(n *node) {
	d := &l.p.def
	l.facts(n)
	if n.Skip != nil {
		l.on(n.Name, Trigger{Kind: TriggerSkip}, n.Skip.Go, n.Skip.Pos)
	}
	if !n.Kind.Silent() && n.Kind != ScreenEnd && !n.NoNav && d.Nav.Home.Key != "" {
		n.home = true
		l.on(n.Name, Trigger{Kind: TriggerHome}, d.Nav.HomeScreen, n.Pos)
	}
	switch n.Kind {
	case ScreenMenu:
		l.options(n)
	case ScreenAsk:
		l.ask(n)
	case ScreenConfirm:
		l.on(n.Name, Trigger{Kind: TriggerYes}, n.Confirm.Yes, n.Pos)
		l.on(n.Name, Trigger{Kind: TriggerNo}, n.Confirm.No, n.Pos)
	case ScreenList:
		n.rowSlot = l.slot(n.List.As, n.Pos)
		l.slot(n.List.Items.Name, n.Pos)
		l.on(n.Name, Trigger{Kind: TriggerRow}, n.List.Go, n.Pos)
		l.on(n.Name, Trigger{Kind: TriggerEmpty}, n.List.Empty, n.Pos)
		l.options(n)
	case ScreenLanguages:
		l.on(n.Name, Trigger{Kind: TriggerLanguage}, n.Go, n.Pos)
	case ScreenSet:
		l.on(n.Name, Trigger{Kind: TriggerGo}, n.Go, n.Pos)
	case ScreenChoose:
		for i, c := range n.Choose {
			l.on(n.Name, Trigger{Kind: TriggerCase, Index: i}, c.Go, c.Pos)
		}
	case ScreenDo:
		l.do(n)
	case ScreenShow, ScreenEnd:
	default:
		l.fail(n.Pos, "screen %q has no verb", n.Name)
	}
}

func (l *linker) options(n *node) {
	for i, o := range n.Options {
		l.on(n.Name, Trigger{Kind: TriggerOption, Index: i}, o.Go, o.Pos)
	}
}

func (l *linker) ask(n *node) {
	a := n.Ask
	n.askSlot = l.slot(a.Var, n.Pos)
	if a.Retries == 0 {
		a.Retries = defaultRetries
	}
	l.on(n.Name, Trigger{Kind: TriggerAnswer}, a.Go, n.Pos)
	giveUp := a.GiveUp
	if giveUp == "" {
		giveUp = stateGaveUp
	}
	l.on(n.Name, Trigger{Kind: TriggerGiveUp}, giveUp, n.Pos)
	for i, o := range a.Offers {
		to := o.Go
		if to == "" {
			to = a.Go
		}
		l.on(n.Name, Trigger{Kind: TriggerOffer, Index: i, Name: o.Key}, to, o.Pos)
	}
}

func (l *linker) do(n *node) {
	d := &l.p.def
	for i := range d.Contracts {
		if d.Contracts[i].Name == n.Do.Action {
			n.doContract = &d.Contracts[i]
		}
	}
	if n.doContract == nil {
		l.fail(n.Pos, "there is no action %q", n.Do.Action)
		return
	}
	if len(n.Do.Args) != len(n.doContract.Params) {
		l.fail(n.Pos, "action %q takes %d values, not %d", n.Do.Action, len(n.doContract.Params), len(n.Do.Args))
	}
	given := map[string]bool{}
	for _, o := range n.Do.Outcomes {
		given[o.Outcome] = true
		l.on(n.Name, outcomeTrigger(o.Outcome), o.Go, o.Pos)
	}
	l.fallback(n, given, Failed, d.OnFailed, stateFailed)
	l.fallback(n, given, Pending, d.OnPending, statePending)
	l.fallback(n, given, Limited, "", stateLimited)
}

func (l *linker) fallback(n *node, given map[string]bool, outcome, screen, state string) {
	if given[outcome] {
		return
	}
	if screen == "" {
		screen = state
	}
	l.on(n.Name, outcomeTrigger(outcome), screen, n.Pos)
}

func (l *linker) slot(name string, pos Pos) int {
	i, ok := l.p.slotIndex[name]
	if !ok {
		l.fail(pos, "there is no value %q", name)
		return -1
	}
	return i
}
