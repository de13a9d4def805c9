package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/paytrace/paytrace/engine/machine"
)

// LanguageVersion is the version of the menu language from which programs are
// compiled. It is part of a program's identity.
const LanguageVersion = 1

// Defaults of definitions made without a menu.
const (
	defaultCurrency = "KES"
	defaultSeptets  = 160
	defaultUnits    = 70
)

// The keys that answer a confirm screen where a menu names no others.
const (
	DefaultYesKey = "1"
	DefaultNoKey  = "2"
)

// New links a definition into a Program. Every name must be defined; the error
// lists all that are not.
func New(def Definition) (*Program, error) {
	p := &Program{def: def, nodes: make(map[string]*node, len(def.Screens)+8), slotIndex: map[string]int{}, langs: map[string]int{}, patterns: map[string]*regexp.Regexp{}, leavable: map[int]bool{}}
	p.defaults()
	l := &linker{p: p, seen: map[[2]string]bool{}}
	l.zone()
	l.slots()
	l.codes()
	l.screens()
	l.dropped()
	l.table()
	if err := errors.Join(l.errs...); err != nil {
		return nil, fmt.Errorf("menu %s: %w", def.Name, err)
	}
	rows := make([]machine.Row[Trigger], len(l.transitions))
	for i, t := range l.transitions {
		rows[i] = machine.Row[Trigger](t)
	}
	p.table = machine.New(rows, Trigger.String)
	p.hash = cmp.Or(p.def.Hash, hashOf(&p.def))
	p.navs = make([][navSets]string, len(p.def.Languages))
	for lang := range p.navs {
		for shown := range navSets {
			p.navs[lang][shown] = p.navLine(lang, shown)
		}
	}
	for _, n := range p.nodes {
		p.prepare(n)
		p.acts = p.acts || n.acts || n.SMS != nil
	}
	p.acts = p.acts || len(p.remembered) > 0
	p.hasGoals = p.def.hasGoals()
	p.findEffects()
	p.dated = p.asksDay()
	p.inputsSuffice = p.def.Session.Resume == 0 && !p.dated && !p.uses(p.slots[slotNetwork].Name)
	return p, nil
}

func (p *Program) defaults() {
	d := &p.def
	if len(d.Languages) == 0 {
		d.Languages = []Language{{"en", "English"}}
	}
	for i, l := range d.Languages {
		p.langs[l.Code] = i
		p.forms = append(p.forms, numberFormOf(l.Code))
		p.months = append(p.months, monthsIn(l.Code))
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
		d.Nav.Confirm.Key = DefaultYesKey
	}
	if d.Nav.Cancel.Key == "" {
		d.Nav.Cancel.Key = DefaultNoKey
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

// hashLength is enough hex digits (96 bits) that two menus never share a hash.
const hashLength = 24

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
		l.pattern(v)
	}
	p.sums = make(map[string]*NamedSum, len(p.def.Sums))
	for i := range p.def.Sums {
		p.sums[p.def.Sums[i].Name] = &p.def.Sums[i]
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

// pattern compiles the pattern of a value's type.
func (l *linker) pattern(v Var) {
	if v.Type.Form.Kind != FormPattern {
		return
	}
	whole, err := wholeText(v.Type.Form.Pattern)
	if err != nil {
		l.fail(v.Pos, "the pattern of %q can't be read: %v", v.Name, err)
		return
	}
	l.p.patterns[v.Type.Form.Pattern] = whole
}

func (l *linker) screens() {
	d := &l.p.def
	for i := range d.Screens {
		l.add(&d.Screens[i], kindOf(d.Screens[i].Kind))
	}
	end := func(name string, b Builtin) {
		l.add(&Screen{Name: name, Kind: ScreenEnd, Say: []Say{{Words: d.Nav.words(b)}}}, kindOf(ScreenEnd))
	}
	l.add(&Screen{Name: Idle, Kind: ScreenSet}, kindOf(ScreenSet))
	l.add(&Screen{
		Name: Resume, Kind: ScreenConfirm, NoNav: true, Labels: d.Nav.Labels, Say: []Say{{Words: d.Nav.Resume}},
		Confirm: &Confirm{YesWords: d.Nav.ResumeYes, NoWords: d.Nav.ResumeNo},
	}, kindOf(ScreenConfirm))
	end(stateFailed, BuiltinBusy)
	end(statePending, BuiltinInProgress)
	end(stateLimited, BuiltinLimited)
	end(stateGaveUp, BuiltinGaveUp)
}

func (l *linker) add(s *Screen, k *kind) {
	if _, twice := l.p.nodes[s.Name]; twice {
		l.fail(s.Pos, "two screens are called %q", s.Name)
		return
	}
	l.p.nodes[s.Name] = &node{Screen: s, kind: k, slot: -1}
}

func (l *linker) table() {
	d := &l.p.def
	starts := map[string]bool{}
	if len(d.Codes) == 0 {
		l.fail(Pos{}, "no dialled code")
	}
	for _, c := range d.Codes {
		if !starts[c.Start] {
			starts[c.Start] = true
			start := Trigger{Kind: TriggerStart, Name: c.Start}
			l.on(Idle, start, c.Start, c.Pos)
			l.on(Resume, start, c.Start, c.Pos)
		}
	}
	l.on(Idle, Trigger{Kind: TriggerDropped}, Resume, Pos{})
	l.p.nodes[Resume].replay = ReplayAsks
	for i := range d.Screens {
		if n := l.p.nodes[d.Screens[i].Name]; n.Screen == &d.Screens[i] {
			l.node(n)
		}
	}
	// The engine's own ends speak the caller's language, too. The one after a
	// failed action does not: it is where unreadable facts lead.
	l.facts(l.p.nodes[statePending])
	l.facts(l.p.nodes[stateLimited])
}

func (l *linker) node(n *node) {
	nav := &l.p.def.Nav
	n.take(nav)
	if n.again = n.Again; n.again == nil && n.Kind.AsksAgain() {
		n.again = nav.Again
	}
	l.facts(n)
	if n.Skip != nil {
		l.on(n.Name, Trigger{Kind: TriggerSkip}, n.Skip.Go, n.Skip.Pos)
	}
	if !n.kind.silent && !n.kind.ends && !n.NoNav && nav.Home.Key != "" {
		n.home = true
		l.on(n.Name, Trigger{Kind: TriggerHome}, nav.HomeScreen, n.Pos)
	}
	if n.kind.link != nil {
		n.kind.link(l, n)
	}
}

// facts decides whether a screen needs what is read at the start of a call: the
// caller's account, or anything remembered. It is read only then, so a menu that
// asks for neither touches no database on its first screen.
func (l *linker) facts(n *node) {
	needs := map[string]bool{"worker": true}
	for _, name := range l.p.def.Remember {
		needs[name] = true
	}
	// The screen where unreadable facts lead does not wait for them again.
	if needs["lang"] && !n.kind.silent && n.Name != l.p.def.OnFailed {
		n.facts = true
	}
	if n.kind.gives != nil {
		for _, name := range n.kind.gives(&l.p.def, n.Screen) {
			if needs[name] {
				n.facts = true // facts read later would replace the value
			}
		}
	}
	l.p.refs(n, func(r Ref) {
		if needs[r.Name] {
			n.facts = true
		}
		if _, ok := l.p.slotIndex[r.Name]; !ok {
			l.fail(r.Pos, "screen %q uses %q, but there is no such value", n.Name, r.Name)
		}
	})
	if n.facts {
		to := l.p.def.OnFailed
		if to == "" || to == n.Name {
			to = stateFailed
		}
		l.on(n.Name, Trigger{Kind: TriggerNoFacts}, to, n.Pos)
	}
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
		p.refs(n, func(r Ref) { found = found || r.Name == name })
	}
	return found
}
