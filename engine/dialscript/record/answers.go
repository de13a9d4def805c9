package record

import (
	"regexp"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/sample"
)

// A guide finds the answers of the actions of a recorded call, so the call can
// be played: those that fit the recorded screens best, with the values that they
// show.
type guide struct {
	menus     []*engine.Program
	contracts map[string]*engine.Contract
	standard  map[string][]engine.Answer
	play      func(*dialscript.Call) dialscript.Result
}

// maxGuesses bounds the plays of one call, which has some actions with some
// outcomes each.
const maxGuesses = 200

func newGuide(menus []*engine.Program, people *engine.Personas, play func(*dialscript.Call) dialscript.Result) *guide {
	return &guide{menus: menus, contracts: dialscript.Contracts(menus), standard: people.Answers, play: play}
}

// answers adds the answers of the actions to the call as directions, and returns
// its result with them.
func (g *guide) answers(call *dialscript.Call) dialscript.Result {
	given := call.Given
	plan := map[string][]engine.Answer{}
	for _, d := range given {
		if d.Kind == dialscript.RealActions || d.Kind == dialscript.Answers {
			return g.play(call) // the script says it itself
		}
	}
	result := g.play(call)
	settled := map[int]bool{}
	for range maxGuesses {
		action, turn, step, found := g.open(call, result, settled)
		if !found {
			break
		}
		result = g.best(call, given, plan, action, turn, step)
		settled[g.run(result, action, turn)] = true
	}
	return result
}

// Answered adds to a call the answers of its actions that fit its screens best,
// or any answer if nothing says how they answer. play plays the call to its end
// on menus.
func Answered(menus []*engine.Program, people *engine.Personas, call *dialscript.Call, play func(*dialscript.Call) dialscript.Result) dialscript.Result {
	return newGuide(menus, people, play).answers(call)
}

// run returns the index, among all runs of actions, of one turn of an action.
func (g *guide) run(r dialscript.Result, action string, turn int) int {
	n, seen := 0, 0
	for _, e := range r.Events {
		if e.Kind != "outcome" {
			continue
		}
		if e.Action == action {
			if seen == turn {
				return n
			}
			seen++
		}
		n++
	}
	return n
}

// open returns the first run of an action that is not settled and whose step
// differs from the recorded one.
func (g *guide) open(call *dialscript.Call, r dialscript.Result, settled map[int]bool) (action string, turn, step int, found bool) {
	n := 0
	turns := map[string]int{}
	for _, e := range r.Events {
		if e.Kind != "outcome" {
			continue
		}
		if !settled[n] && e.Step < len(call.Steps) && g.score(call, r, e.Step) < 1 && g.contracts[e.Action] != nil {
			return e.Action, turns[e.Action], e.Step, true
		}
		turns[e.Action]++
		n++
	}
	return "", 0, 0, false
}

// score says how well a step shows what was recorded; 1 means exactly.
func (g *guide) score(call *dialscript.Call, r dialscript.Result, step int) float64 {
	shown := call.Steps[step].Shown
	if len(shown) == 0 {
		// Nothing is known. A screen that faulted is still wrong.
		if s := r.Screens[step]; s != nil && s.Fault == "" {
			return 1
		}
		return 0
	}
	s := r.Screens[step]
	if s == nil {
		return -1
	}
	if dialscript.MatchScreen(shown, dialscript.Lines(s.Text), dialscript.Captures{}) < 0 {
		return 1
	}
	return 0.99 * alike(shownWords(shown), wordsOf(s.Text))
}

// best tries every ending of one run and keeps the one that fits best.
func (g *guide) best(call *dialscript.Call, given []dialscript.Direction, plan map[string][]engine.Answer, action string, turn, step int) dialscript.Result {
	before := plan[action]
	if before == nil {
		before = g.standard[action]
	}
	head := make([]engine.Answer, turn+1)
	for i := range head {
		if len(before) > 0 {
			head[i] = before[min(i, len(before)-1)]
		} else {
			head[i] = synthetic(g.contracts[action], 0)
		}
	}
	var result dialscript.Result
	var chosen []engine.Answer
	top := -2.0
	try := func(a engine.Answer) {
		next := append(append([]engine.Answer(nil), head[:turn]...), a)
		plan[action] = next
		call.Given = WithAnswers(given, plan)
		r := g.play(call)
		if s := g.score(call, r, step); s > top {
			top, result, chosen = s, r, next
		}
	}
	try(head[turn])
	for _, a := range g.endings(action) {
		try(a)
	}
	if seen, ok := g.seen(call, result, step, chosen[turn], action); ok {
		try(seen)
	}
	plan[action] = chosen
	call.Given = WithAnswers(given, plan)
	return result
}

func (g *guide) endings(action string) []engine.Answer {
	c := g.contracts[action]
	var list []engine.Answer
	for i := range c.Outcomes {
		list = append(list, synthetic(c, i))
	}
	return append(list, engine.Answer{Outcome: engine.Failed}, engine.Answer{Outcome: engine.Pending}, engine.Answer{Outcome: engine.Limited})
}

// synthetic returns an ending with invented values.
func synthetic(c *engine.Contract, outcome int) engine.Answer {
	if outcome >= len(c.Outcomes) {
		return engine.Answer{Outcome: engine.Failed}
	}
	a := engine.Answer{Outcome: c.Outcomes[outcome].Name}
	for _, f := range c.Outcomes[outcome].Gives {
		a.Values = append(a.Values, engine.Setting{Name: f.Name, Text: sample.Written(&f.Type)})
	}
	return a
}

// seen returns the ending with the values that the recorded screen shows.
func (g *guide) seen(call *dialscript.Call, r dialscript.Result, step int, a engine.Answer, action string) (engine.Answer, bool) {
	contract, ok := g.contracts[action].Outcome(a.Outcome)
	if !ok || len(contract.Gives) == 0 || r.Screens[step] == nil {
		return a, false
	}
	values := g.values(r.Screens[step].Name, shownText(call.Steps[step].Shown))
	out := engine.Answer{Outcome: a.Outcome}
	found := false
	for _, f := range contract.Gives {
		i := slices.IndexFunc(a.Values, func(s engine.Setting) bool { return s.Name == f.Name })
		if i < 0 {
			continue // the outcome may leave it out
		}
		s := a.Values[i]
		if text := values[f.Name]; text != "" {
			if _, ok := dialscript.ReadValue(&f.Type, text); ok && !strings.Contains(text, `"`) {
				s.Text, found = text, true
			}
		}
		out.Values = append(out.Values, s)
	}
	return out, found
}

func shownText(shown []dialscript.ScreenLine) string {
	var parts []string
	for _, s := range shown {
		parts = append(parts, s.Display())
	}
	return strings.Join(parts, "\n")
}

// values returns what the text of a screen shows in the places of its values.
func (g *guide) values(screen, text string) map[string]string {
	for _, p := range g.menus {
		s, ok := p.Screen(screen)
		if !ok {
			continue
		}
		for lang := range p.Definition().Languages {
			for _, say := range s.Say {
				if found := captured(say.Words, lang, text); found != nil {
					return found
				}
			}
		}
	}
	return nil
}

func captured(w engine.Localized, lang int, text string) map[string]string {
	if lang >= len(w) || w[lang] == nil {
		return nil
	}
	var source strings.Builder
	var names []string
	for _, p := range w[lang] {
		if p.Ref.IsZero() {
			source.WriteString(regexp.QuoteMeta(p.Lit))
			continue
		}
		source.WriteString("(.+?)")
		names = append(names, p.Ref.Name)
	}
	re, err := regexp.Compile("(?m)" + source.String() + "$")
	if err != nil {
		return nil
	}
	m := re.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	out := map[string]string{}
	for i, name := range names {
		out[name] = m[i+1]
	}
	return out
}

// WithAnswers returns a call's given directions with the answers of its actions,
// by action and in turn.
func WithAnswers(given []dialscript.Direction, plan map[string][]engine.Answer) []dialscript.Direction {
	out := append([]dialscript.Direction(nil), given...)
	for _, action := range sortedKeys(plan) {
		var parts []string
		for _, a := range plan[action] {
			text := a.Outcome
			for _, v := range a.Values {
				text += " " + v.Name + "=" + SettingText(v.Text)
			}
			parts = append(parts, text)
		}
		out = append(out, dialscript.Direction{Kind: dialscript.Answers, Name: action, Answers: plan[action], Text: action + " answers " + strings.Join(parts, ", then ")})
	}
	return out
}

// SettingText returns a value as directions write it, in quotes if it has
// spaces.
func SettingText(s string) string {
	if s == "" || strings.ContainsAny(s, " ,") {
		return `"` + s + `"`
	}
	return s
}
