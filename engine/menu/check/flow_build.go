package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

func names(set []syntax.Assign) []string {
	var list []string
	for _, a := range set {
		list = append(list, a.Name.Value)
	}
	return list
}

// buildFlow makes the graph. It leaves out Back, which restores an earlier state.
func (c *index) buildFlow() *flow {
	fl := &flow{c: c, of: map[*syntax.Screen]*step{}, firsts: map[*syntax.Screen]*step{}, calls: map[*syntax.Call][]*step{}}
	fl.readers()
	fl.begin, fl.over = fl.step(nil, nil), fl.step(nil, nil)
	fl.over.shown, fl.begin.first = true, true
	for _, s := range c.f.Screens {
		fl.of[s] = fl.step(s, s.Do)
	}
	for _, s := range c.f.Screens {
		fl.screen(s, fl.of[s])
	}
	fl.starts()
	for i := 0; i < len(fl.steps); i++ { // the loop appends to steps
		fl.build()
		if fl.steps[i].facts {
			fl.unread(fl.steps[i])
		}
	}
	fl.solve()
	return fl
}

// build adds the edges of the first screens that were found since the last call.
func (fl *flow) build() {
	for len(fl.unbuilt) > 0 {
		st := fl.unbuilt[0]
		fl.unbuilt = fl.unbuilt[1:]
		fl.screen(st.screen, st)
	}
}

// readers finds the screens and actions that need the data read at the start of a
// call: the caller's account and the remembered values.
func (fl *flow) readers() {
	kept := map[string]bool{"worker": true}
	for _, name := range fl.c.f.Remember {
		kept[name.Value] = true
	}
	fl.needs = map[any]bool{"lang": kept["lang"]}
	for _, u := range fl.c.uses {
		switch {
		case !kept[u.name] || u.screen == nil:
		case u.call != nil:
			fl.needs[u.call] = true
		default:
			fl.needs[u.screen] = true
		}
	}
	// Remembered values are read before they are set, which shows what changed.
	for _, call := range fl.c.calls {
		contract := fl.c.contracts[call.Action.Value]
		if contract == nil {
			continue
		}
		for _, o := range contract.Outcomes {
			if slices.ContainsFunc(o.Gives, func(g engine.Field) bool { return kept[g.Name] }) {
				fl.needs[call] = true
			}
		}
	}
	for _, s := range fl.c.f.Screens {
		set := names(s.Assigns())
		for _, k := range kinds.On(s) {
			if k.gives != nil {
				set = append(set, k.gives(s)...)
			}
		}
		for _, name := range set {
			if kept[name] {
				fl.needs[s] = true
			}
		}
	}
}

func (fl *flow) starts() {
	f := fl.c.f
	whole := len(f.Dials) == 0
	for _, d := range f.Dials {
		if d.Screen.Written() {
			fl.to(fl.begin, edgeStart, "the code "+d.Code.Value, d.Screen)
		} else {
			whole = true
		}
	}
	if whole && f.Start.Written() {
		fl.to(fl.begin, edgeStart, `"start"`, f.Start)
	}
}
