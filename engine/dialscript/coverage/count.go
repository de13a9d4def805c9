package coverage

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// Count counts what the calls of results showed, for each program in order. A
// version that a script published counts as its menu, because it has the same
// screens.
func Count(programs []*engine.Program, results []dialscript.Result) []*Menu {
	menus := make([]*Menu, len(programs))
	byName := map[string]*Menu{}
	for i, p := range programs {
		menus[i] = Of(p)
		byName[p.Name()] = menus[i]
	}
	for i := range results {
		counted := map[*Menu]bool{}
		for n := range results[i].Events {
			m := byName[results[i].Events[n].Menu]
			if m == nil {
				continue
			}
			m.count(results[i].Events[n:], &results[i])
			if !counted[m] {
				counted[m] = true
				m.Calls++
			}
		}
	}
	for _, m := range menus {
		m.sort()
	}
	return menus
}

// spoken returns the language of the first event. An outcome counts in the language
// of the screen that follows it, because the caller's language may be read first.
func spoken(events []dialscript.Event) string {
	if events[0].Trigger.Kind == engine.TriggerOutcome {
		for _, e := range events {
			if e.Trigger.Kind == engine.TriggerShown && e.Step == events[0].Step {
				return e.Lang
			}
		}
	}
	return events[0].Lang
}

// count counts the first event of a call. The events after it say which language
// was spoken.
func (m *Menu) count(events []dialscript.Event, r *dialscript.Result) {
	e := &events[0]
	m.addPages(e)
	m.taken[row{e.Screen, e.Trigger}] = true
	for _, k := range keys(e) {
		it := m.byKey[k]
		if it == nil {
			continue
		}
		it.Langs[spoken(events)] = true
		if it.last == r {
			continue
		}
		it.last = r
		it.Calls++
		if it.First == nil && r != nil {
			it.First = r.Call
		}
	}
}

// addPages adds the pages that an event shows or announces.
func (m *Menu) addPages(e *dialscript.Event) {
	if e.Trigger.Kind != engine.TriggerShown || e.Page == 0 && !e.More {
		return
	}
	s, ok := m.Program.Screen(e.Screen)
	if !ok || m.byKey[screenKey(e.Screen)] == nil {
		return
	}
	if e.Page > 0 {
		m.page(s, e.Page, e.Lang)
	}
	if e.More {
		m.page(s, e.Page+1, e.Lang)
	}
}

// keys returns the items that an event shows.
func keys(e *dialscript.Event) []itemKey {
	k := itemKey{row: row{e.Screen, e.Trigger}}
	switch e.Trigger.Kind {
	case engine.TriggerShown:
		return shownKeys(e)
	case engine.TriggerLanguage:
		k.group, k.lang = Options, e.Chosen
	case engine.TriggerOption, engine.TriggerOffer, engine.TriggerAnswer, engine.TriggerYes, engine.TriggerNo,
		engine.TriggerRow, engine.TriggerEmpty:
		k.group = Options
	case engine.TriggerOutcome:
		k.group = Outcomes
	case engine.TriggerInvalid, engine.TriggerRefused, engine.TriggerRetry:
		k.group = Wrongs
	case engine.TriggerGiveUp:
		k.group = GiveUps
	case engine.TriggerResumed:
		k.group = Resumes
	case engine.TriggerLeft:
		k.group = DropOffs
	case engine.TriggerStart:
		if e.Screen != engine.Resume {
			return nil
		}
		k.group, k.trigger.Name = Resumes, ""
	default:
		return nil
	}
	return []itemKey{k}
}

// shownKeys returns the items that a shown screen covers.
func shownKeys(e *dialscript.Event) []itemKey {
	inLang := itemKey{group: Languages, row: row{screen: e.Screen}, lang: e.Lang}
	if e.Screen == engine.Resume {
		return []itemKey{{group: Resumes, row: row{e.Screen, e.Trigger}}, inLang}
	}
	list := []itemKey{screenKey(e.Screen), inLang}
	if e.Page > 0 {
		list = append(list, itemKey{group: Pages, row: row{screen: e.Screen}, lang: e.Lang, page: e.Page})
	}
	return list
}

func screenKey(name string) itemKey { return itemKey{group: Screens, row: row{screen: name}} }
