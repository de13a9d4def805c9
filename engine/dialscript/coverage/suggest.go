package coverage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
)

// A Draft is a script for the missing items of a menu.
type Draft struct {
	Program *engine.Program
	File    *dialscript.File
	// Results has the result of each call. All of them pass.
	Results []dialscript.Result
}

// maxRounds bounds the searches for new calls. A call may show that a screen has
// pages, which the next round then searches for.
const maxRounds = 5

// An Author writes scripts for missing items.
type Author struct {
	People *engine.Personas
	// Play plays calls to their end, on the menus.
	Play func([]*dialscript.Call) []dialscript.Result
	// Path returns the name of a menu's script. Taken returns the titles that it has
	// already.
	Path  func(*engine.Program) string
	Taken func(*engine.Program) []string
	// States bounds the states that a search visits; 0 stands for MaxStates.
	States int

	searches map[*engine.Program]*search
}

// FindPaths is Menu.FindPaths with what the author's searches found already.
func (a *Author) FindPaths(m *Menu) error {
	x, err := m.findPaths(a.People, cmp.Or(a.States, MaxStates), m.Missing(), a.searches[m.Program])
	if err != nil {
		return err
	}
	if a.searches == nil {
		a.searches = map[*engine.Program]*search{}
	}
	a.searches[m.Program] = x
	return nil
}

// Suggest writes the shortest call for each item that results do not cover. Calls
// with many inputs come first, because they also show what is on their path. The
// menus returned count the new calls, too.
func (a *Author) Suggest(programs []*engine.Program, results []dialscript.Result) ([]*Menu, []*Draft, error) {
	drafts := make([]*Draft, len(programs))
	for i, p := range programs {
		drafts[i] = &Draft{Program: p, File: &dialscript.File{Path: a.Path(p)}}
	}
	for round := 0; ; round++ {
		menus := counted(programs, results, drafts)
		more := false
		for i, m := range menus {
			if err := a.FindPaths(m); err != nil {
				return nil, nil, err
			}
			more = round < maxRounds && a.add(drafts[i], m) || more
		}
		if !more {
			return menus, drafts, nil
		}
	}
}

// counted counts the given results and those of drafts.
func counted(programs []*engine.Program, results []dialscript.Result, drafts []*Draft) []*Menu {
	all := slices.Clip(results)
	for _, d := range drafts {
		all = append(all, d.Results...)
	}
	return Count(programs, all)
}

// add writes calls for the missing items of a menu. It reports whether one of them
// covers something new.
func (a *Author) add(d *Draft, m *Menu) bool {
	x := newSearch(m.Program, a.People, MaxStates)
	titles := map[string]bool{}
	for _, t := range a.Taken(m.Program) {
		titles[t] = true
	}
	for i := range d.File.Calls {
		titles[d.File.Calls[i].Title] = true
	}
	planned := map[itemKey]bool{}
	fresh := &dialscript.File{Path: d.File.Path}
	for _, it := range deepest(m.Missing()) {
		if it.found == nil || planned[it.key] || len(d.File.Calls)+len(fresh.Calls) >= dialscript.MaxCalls {
			continue
		}
		it.found.passes(planned)
		call := x.callTo(it)
		call.Title = title(it, titles)
		fresh.Calls = append(fresh.Calls, call)
	}
	if len(fresh.Calls) == 0 {
		return false
	}
	results := record.Settle(fresh, a.Play)
	before := m.Total().Covered
	for i := range results {
		if results[i].Status != dialscript.Passed {
			continue // it can't be played as it was searched, so it is no suggestion
		}
		covered := m.Total().Covered
		for n := range results[i].Events {
			m.count(results[i].Events[n:], &results[i])
		}
		if m.Total().Covered > covered {
			d.File.Calls = append(d.File.Calls, fresh.Calls[i])
			d.Results = append(d.Results, results[i])
		}
	}
	for i := range d.Results { // the calls have moved
		d.Results[i].Call = &d.File.Calls[i]
	}
	return m.Total().Covered > before
}

// deepest sorts items by the length of their paths, the longest first.
func deepest(items []*Item) []*Item {
	inputs := func(it *Item) int {
		if it.found == nil {
			return 0
		}
		return it.found.inputs
	}
	list := slices.Clone(items)
	slices.SortStableFunc(list, func(a, b *Item) int { return inputs(b) - inputs(a) })
	return list
}

// passes adds all items that a call shows to seen.
func (n *node) passes(seen map[itemKey]bool) {
	for at := n; at != nil; at = at.from {
		for _, k := range at.shows {
			seen[k] = true
		}
	}
}

// pause is how long a caller takes to dial again after a drop.
const pause = time.Minute

// callTo returns a call that shows an item, without the texts of its screens.
func (x *search) callTo(it *Item) dialscript.Call {
	call := dialscript.Call{Given: x.given(it.found)}
	var nodes []*node
	for at := it.found; at.from != nil; at = at.from {
		nodes = append(nodes, at)
	}
	for _, n := range slices.Backward(nodes) {
		if last := len(call.Steps) - 1; n.dropped && last >= 0 {
			call.Steps[last].Directions = append(call.Steps[last].Directions,
				dialscript.Direction{Kind: dialscript.Drops, Text: "network drops"},
				dialscript.Direction{Kind: dialscript.Wait, Span: pause, Text: "wait 1 min"})
		}
		step := dialscript.Step{}
		if n.typed != "" {
			step.Input = dialscript.Text{{Lit: n.typed}}
		}
		call.Steps = append(call.Steps, step)
	}
	if last := len(call.Steps) - 1; it.Group == DropOffs && last >= 0 {
		call.Steps[last].Directions = append(call.Steps[last].Directions, dialscript.Direction{Kind: dialscript.HangsUp, Text: hangsUp})
	}
	return call
}

// hangsUp is the direction for a caller who ends the call.
const hangsUp = "hangs up"

// longestTitle is the length of a title that fits on a line of a report.
const longestTitle = 70

// title returns a title for the call that shows an item. Each title is used once.
func title(it *Item, taken map[string]bool) string {
	t := it.Name
	switch it.Group {
	case Wrongs:
		t = strings.Replace(it.Name, ": ", ", refused: ", 1)
	case GiveUps:
		t = it.Name + ", too many wrong answers"
	case DropOffs:
		t = it.Name + ", then the caller hangs up"
	case Resumes:
		t = strings.ToUpper(it.Name[:1]) + it.Name[1:]
	}
	t = strings.Join(strings.Fields(t), " ")
	if r := []rune(t); len(r) > longestTitle {
		t = string(r[:longestTitle-1]) + "…"
	}
	whole := t
	for n := 2; taken[t]; n++ {
		t = fmt.Sprintf("%s (%d)", whole, n)
	}
	taken[t] = true
	return t
}
