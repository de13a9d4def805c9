package coverage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/graph"
)

// Of lists all items of a menu; none is covered yet. Counting adds the second page
// of a screen when the first says that another follows.
func Of(p *engine.Program) *Menu {
	m := &Menu{Program: p, byKey: map[itemKey]*Item{}, taken: map[row]bool{}}
	l := lister{m: m, def: p.Definition(), graph: graph.Of(p)}
	for i := range l.def.Screens {
		l.screen(&l.def.Screens[i])
	}
	l.resumes()
	m.sort()
	for _, name := range l.graph.Unreached() {
		for _, it := range m.Items {
			if it.Screen == name {
				it.Why = unreachedWhy
			}
		}
	}
	return m
}

const unreachedWhy = "no screen leads here. Add a -> to it, or remove it (U102)"

// An itemKey identifies an item of a menu.
type itemKey struct {
	group Group
	// row has the trigger of options, outcomes, wrong answers and resumes.
	row
	lang string // of pages and languages, and of an option that chooses one
	page int
}

// A row identifies a transition of the machine, or a screen if it has no trigger.
type row struct {
	screen  string
	trigger engine.Trigger
}

// add adds an item that its screen and trigger identify.
func (m *Menu) add(it Item, trigger engine.Trigger) {
	m.addKey(it, itemKey{group: it.Group, row: row{it.Screen, trigger}, lang: it.Lang})
}

func (m *Menu) addKey(it Item, key itemKey) {
	if m.byKey[key] != nil {
		return
	}
	it.key, it.Langs = key, map[string]bool{}
	m.Items = append(m.Items, &it)
	m.byKey[key] = &it
}

func simple(kind engine.TriggerKind) engine.Trigger { return engine.Trigger{Kind: kind} }

func (m *Menu) sort() {
	slices.SortStableFunc(m.Items, func(a, b *Item) int { return slices.Index(Groups, a.Group) - slices.Index(Groups, b.Group) })
}

// lister adds the items of a menu.
type lister struct {
	m     *Menu
	def   *engine.Definition
	graph *graph.Graph
}

func (l *lister) screen(s *engine.Screen) {
	if s.Kind == engine.ScreenDo {
		l.outcomes(s)
	}
	if s.Kind.Silent() {
		return
	}
	l.m.add(Item{Group: Screens, Screen: s.Name, Name: s.Name, Pos: s.Pos}, engine.Trigger{})
	if len(l.def.Languages) > 1 {
		for _, lang := range l.def.Languages {
			l.m.add(Item{Group: Languages, Screen: s.Name, Name: s.Name + " in " + lang.Name, Lang: lang.Code, Pos: s.Pos}, engine.Trigger{})
		}
	}
	l.options(s)
	l.wrongs(s)
	if l.m.Program.DropsAfter(s.Name) {
		l.m.add(Item{Group: DropOffs, Screen: s.Name, Name: s.Name, Pos: s.Pos}, simple(engine.TriggerLeft))
	}
	if s.Kind == engine.ScreenList && l.def.Nav.More.Key != "" {
		for _, lang := range l.def.Languages {
			l.m.page(s, 1, lang.Code)
		}
	}
}

// page adds a page of a screen, counted from 0. The number of pages of a list
// depends on the call, so only its second page counts.
func (m *Menu) page(s *engine.Screen, n int, lang string) {
	if s.Kind == engine.ScreenList && n > 1 {
		return
	}
	name := fmt.Sprintf("page %d of %s", n+1, s.Name)
	if def := m.Program.Definition(); len(def.Languages) > 1 {
		name += " in " + languageName(def, lang)
	}
	m.addKey(Item{Group: Pages, Screen: s.Name, Name: name, Lang: lang, Pos: s.Pos}, itemKey{group: Pages, row: row{screen: s.Name}, lang: lang, page: n})
}

func languageName(def *engine.Definition, code string) string {
	for _, l := range def.Languages {
		if l.Code == code {
			return l.Name
		}
	}
	return code
}

func (l *lister) option(s *engine.Screen, trigger engine.Trigger, name string, pos engine.Pos) {
	l.m.add(Item{Group: Options, Screen: s.Name, Name: s.Name + ": " + name, Pos: pos}, trigger)
}

// options adds what a caller can choose or answer on a screen. Navigation keys are
// the same everywhere and do not count.
func (l *lister) options(s *engine.Screen) {
	switch {
	case s.Ask != nil:
		l.option(s, simple(engine.TriggerAnswer), "an answer", s.Pos)
		for i, o := range s.Ask.Offers {
			label := words(o.Label)
			if label == "" {
				label = "{" + o.Value.String() + "}"
			}
			l.option(s, engine.Trigger{Kind: engine.TriggerOffer, Index: i, Name: o.Key}, o.Key+" "+label, o.Pos)
		}
	case s.Confirm != nil:
		l.option(s, simple(engine.TriggerYes), cmp.Or(words(s.Confirm.YesWords), words(l.def.Nav.Confirm.Label), "Yes"), s.Pos)
		l.option(s, simple(engine.TriggerNo), cmp.Or(words(s.Confirm.NoWords), words(l.def.Nav.Cancel.Label), "No"), s.Pos)
	case s.List != nil:
		l.option(s, simple(engine.TriggerRow), "a row", s.Pos)
		if s.List.Empty != "" {
			l.option(s, simple(engine.TriggerEmpty), "no rows", s.Pos)
		}
	case s.Kind == engine.ScreenLanguages:
		for _, lang := range l.def.Languages {
			if len(s.Only) == 0 || slices.Contains(s.Only, lang.Code) {
				l.m.addKey(Item{Group: Options, Screen: s.Name, Name: s.Name + ": " + lang.Name, Pos: s.Pos},
					itemKey{group: Options, row: row{s.Name, simple(engine.TriggerLanguage)}, lang: lang.Code})
			}
		}
	}
	for _, e := range l.graph.Out(s.Name) {
		if e.Trigger.Kind == engine.TriggerGo {
			l.option(s, e.Trigger, e.Label, s.Pos)
		}
	}
	for i := range s.Options {
		o := &s.Options[i]
		k := o.Key
		if s.Numbered || k == "" {
			k = ""
		}
		l.option(s, engine.Trigger{Kind: engine.TriggerOption, Index: i}, strings.TrimSpace(k+" "+words(o.Label)), o.Pos)
	}
}

func words(w engine.Localized) string { return w.In(0).String() }

// wrongs adds the wrong answers that a screen asks again after, and giving up.
func (l *lister) wrongs(s *engine.Screen) {
	wrong := func(trigger engine.Trigger, name string, pos engine.Pos) {
		l.m.add(Item{Group: Wrongs, Screen: s.Name, Name: s.Name + ": " + name, Pos: pos}, trigger)
	}
	switch s.Kind.Role() {
	case engine.RoleChoice, engine.RoleConsent:
		wrong(simple(engine.TriggerInvalid), "no such option", s.Pos)
	case engine.RoleQuestion:
		wrong(simple(engine.TriggerInvalid), "no "+l.typeName(s.Ask.Var), s.Pos)
		if s.AgainFor.Range != nil {
			wrong(engine.Trigger{Kind: engine.TriggerInvalid, Name: engine.WrongRange}, "out of the range of "+l.typeName(s.Ask.Var), s.Pos)
		}
		if s.AgainFor.Mismatch != nil {
			wrong(engine.Trigger{Kind: engine.TriggerInvalid, Name: engine.WrongMismatch}, "two answers that differ", s.Pos)
		}
		for i, a := range s.Ask.Accept {
			wrong(engine.Trigger{Kind: engine.TriggerRefused, Index: i}, "not "+a.If.String(), s.Pos)
		}
		if s.Ask.Retries != engine.Unlimited {
			l.m.add(Item{Group: GiveUps, Screen: s.Name, Name: s.Name, Pos: s.Pos}, simple(engine.TriggerGiveUp))
		}
	}
}

// typeName returns the type that a question asks for: "phone", "money 10..500".
func (l *lister) typeName(name string) string {
	for _, v := range l.def.Vars {
		if v.Name == name {
			return v.Type.String()
		}
	}
	return "answer"
}

// outcomes adds the outcomes of an action on the step that runs it: those of its
// contract, and the three that every action has.
func (l *lister) outcomes(s *engine.Screen) {
	var names []string
	general := engine.GeneralOutcomes(false)
	for _, c := range l.def.Contracts {
		if c.Name == s.Do.Action {
			general = engine.GeneralOutcomes(c.Reads)
			for _, o := range c.Outcomes {
				names = append(names, o.Name)
			}
		}
	}
	for _, name := range append(names, general...) {
		pos := s.Pos
		for _, o := range s.Do.Outcomes {
			if o.Outcome == name && o.Pos.Line > 0 {
				pos = o.Pos
			}
			if o.Outcome == name && o.Asks() {
				l.retry(s, o)
			}
		}
		text := fmt.Sprintf("%s answers %s (%s)", s.Do.Action, name, asker(s.Name))
		l.m.add(Item{Group: Outcomes, Screen: s.Name, Name: text, Pos: pos}, engine.Trigger{Kind: engine.TriggerOutcome, Name: name})
	}
}

// asker returns the screen whose arrow leads to a step without a name of its own:
// "ask_promo" for "ask_promo/price/2".
func asker(step string) string {
	screen, _, _ := strings.Cut(step, "/")
	return screen
}

// retry adds an outcome after which the question is asked again.
func (l *lister) retry(s *engine.Screen, o engine.OutcomeCase) {
	text := fmt.Sprintf("%s: %s", o.Go, cmp.Or(words(o.Retry), words(o.Again)))
	l.m.add(Item{Group: Wrongs, Screen: o.Go, Name: text, Pos: o.Pos}, engine.Trigger{Kind: engine.TriggerRetry, Name: o.Outcome})
}

// resumes adds what a caller can see and do after a dropped call.
func (l *lister) resumes() {
	if l.def.Session.Resume == 0 {
		return
	}
	pos := l.def.Codes[0].Pos
	for _, r := range []struct {
		kind engine.TriggerKind
		name string
	}{{engine.TriggerShown, "whether to go on"}, {engine.TriggerResumed, "continued"}, {engine.TriggerStart, "begun again"}} {
		l.m.add(Item{Group: Resumes, Screen: engine.Resume, Name: "a dropped call: " + r.name, Pos: pos}, simple(r.kind))
	}
	if len(l.def.Languages) > 1 {
		for _, lang := range l.def.Languages {
			l.m.add(Item{Group: Languages, Screen: engine.Resume, Name: "the question about a dropped call in " + lang.Name, Lang: lang.Code, Pos: pos}, engine.Trigger{})
		}
	}
}
