package coverage

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// Count is what results have shown of menus, in the menus' order. Versions of a
// menu that a script has published count as the menu: they have its screens.
func Count(programs []*engine.Program, results []dialscript.Result) []*Menu {
	menus := make([]*Menu, len(programs))
	byName := map[string]*Menu{}
	for i, p := range programs {
		menus[i] = Of(p)
		byName[p.Name()] = menus[i]
	}
	for i := range results {
		came := map[*Menu]bool{}
		for n := range results[i].Events {
			m := byName[results[i].Events[n].Menu]
			if m == nil {
				continue
			}
			m.see(results[i].Events[n:], &results[i])
			if !came[m] {
				came[m] = true
				m.Calls++
			}
		}
	}
	for _, m := range menus {
		m.sort()
	}
	return menus
}

// heard is the language of the first of events: of an outcome that of the screen
// it leads to, since what is remembered may not have been read before.
func heard(events []dialscript.Event) string {
	if events[0].Trigger.Kind == engine.TriggerOutcome {
		for _, e := range events {
			if e.Trigger.Kind == engine.TriggerShown && e.Step == events[0].Step {
				return e.Lang
			}
		}
	}
	return events[0].Lang
}

// see counts the first of a call's events, which the others follow.
func (m *Menu) see(events []dialscript.Event, r *dialscript.Result) {
	e := &events[0]
	m.further(e)
	m.taken[row{e.Screen, e.Trigger}] = true
	for _, k := range keys(e) {
		it := m.byKey[k]
		if it == nil {
			continue
		}
		it.Langs[heard(events)] = true
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

// further adds the pages that an event gives away.
func (m *Menu) further(e *dialscript.Event) {
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

func shownKeys(e *dialscript.Event) []itemKey {
	spoken := itemKey{group: Languages, row: row{screen: e.Screen}, lang: e.Lang}
	if e.Screen == engine.Resume {
		return []itemKey{{group: Resumes, row: row{e.Screen, e.Trigger}}, spoken}
	}
	list := []itemKey{screenKey(e.Screen), spoken}
	if e.Page > 0 {
		list = append(list, itemKey{group: Pages, row: row{screen: e.Screen}, lang: e.Lang, page: e.Page})
	}
	return list
}

func screenKey(name string) itemKey { return itemKey{group: Screens, row: row{screen: name}} }
