package coverage

import (
	"strconv"

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
	if events[0].Kind == dialscript.EventOutcome {
		for _, e := range events {
			if e.Kind == dialscript.EventScreen && e.Step == events[0].Step {
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
	if e.Way != "" {
		from := e.Screen
		if e.Kind == dialscript.EventDial {
			from = engine.Idle
		}
		m.taken[[2]string{from, e.Way}] = true
	}
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
	if e.Kind != dialscript.EventScreen || e.Page == 0 && !e.More {
		return
	}
	s, ok := m.Program.Screen(e.Screen)
	if !ok || m.byKey[key(Screens, e.Screen)] == nil {
		return
	}
	if e.Page > 0 {
		m.page(s, e.Page, e.Lang)
	}
	if e.More {
		m.page(s, e.Page+1, e.Lang)
	}
}

// keys are the items that an event shows.
func keys(e *dialscript.Event) []string {
	switch e.Kind {
	case dialscript.EventScreen:
		list := []string{key(Screens, e.Screen), key(Languages, e.Screen, e.Lang)}
		if e.Page > 0 {
			list = append(list, key(Pages, e.Screen, strconv.Itoa(e.Page), e.Lang))
		}
		return list
	case dialscript.EventLanguage:
		return []string{key(Options, e.Screen, "language "+e.Name)}
	case dialscript.EventOption, dialscript.EventOffer, dialscript.EventAnswer, dialscript.EventYes, dialscript.EventNo,
		dialscript.EventRow, dialscript.EventEmpty:
		return []string{key(Options, e.Screen, e.Way)}
	case dialscript.EventOutcome:
		return []string{key(Outcomes, e.Screen, e.Name)}
	case dialscript.EventWrong:
		return []string{key(Wrongs, e.Screen, e.Name)}
	case dialscript.EventGiveUp:
		return []string{key(GiveUps, e.Screen)}
	case dialscript.EventResume:
		list := []string{key(Resumes, e.Name)}
		if e.Name == "asked" {
			list = append(list, key(Languages, resumeScreen, e.Lang))
		}
		return list
	}
	return nil
}
