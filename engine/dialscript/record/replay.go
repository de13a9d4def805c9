package record

import (
	"fmt"
	"maps"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// A Verdict compares a recorded session with another version of the menu.
type Verdict string

// These are the verdicts, from best to worst.
const (
	Same       Verdict = "same"        // every screen as it was
	OtherWords Verdict = "other words" // the same screens, worded otherwise
	OtherPath  Verdict = "other way"   // the same keys lead elsewhere
	Broken     Verdict = "broken"      // the keys can't be played to the end
	NoScreens  Verdict = "not checked" // nothing is known of what was shown
)

// Verdicts lists all of them, in that order.
var Verdicts = []Verdict{Same, OtherWords, OtherPath, Broken, NoScreens}

// A Replayed is one recorded session on another version.
type Replayed struct {
	Call    *dialscript.Call
	Verdict Verdict
	// Why says what differs first. Step is the index of its step, or -1.
	Why  string
	Step int
	// Was and Is are the two screens there.
	Was, Is []string
	Keys    []string
	Screen  dialscript.Screen
}

// A Replayer plays recorded sessions against other menus.
type Replayer struct {
	People *engine.Personas
	// From has the menus that the sessions were recorded on. If it is nil,
	// recorded screens are recognised by their words.
	From []*engine.Program
	To   []*engine.Program
	// First stops at the first screen that differs, also where only the words do.
	First bool
	// Play plays a call to its end on menus, whatever it shows.
	Play func(menus []*engine.Program, call *dialscript.Call) dialscript.Result
}

// Replay compares one recorded session. The screens of the call are the recorded
// ones.
func (r *Replayer) Replay(call *dialscript.Call) Replayed {
	out := Replayed{Call: call, Step: -1, Verdict: Same}
	var before *dialscript.Result
	if len(r.From) > 0 {
		own := *call
		own.Steps = slices.Clone(call.Steps)
		result := newGuide(r.From, r.People, func(c *dialscript.Call) dialscript.Result { return r.Play(r.From, c) }).answers(&own)
		before, call.Given = &result, own.Given
		recall(call, result)
	}
	if before == nil && !hasScreens(call) {
		out.Verdict, out.Why = NoScreens, "the log has no screens; name the menu it was recorded on with --from"
	}
	g := newGuide(r.To, r.People, func(c *dialscript.Call) dialscript.Result { return r.Play(r.To, c) })
	var now dialscript.Result
	if before != nil {
		now = r.Play(r.To, call)
	} else {
		now = g.answers(call)
	}
	words := screenWords(r.To)
	for i := range call.Steps {
		r.step(&out, call, before, now, i, words)
		if r.First && out.Differs() {
			break
		}
	}
	return out
}

// Differs reports whether a screen is not as it was recorded.
func (r *Replayed) Differs() bool { return r.Verdict != Same && r.Verdict != NoScreens }

func hasScreens(call *dialscript.Call) bool {
	return slices.ContainsFunc(call.Steps, func(s dialscript.Step) bool { return len(s.Shown) > 0 })
}

// recall takes the screens of the old menu where the log has none.
func recall(call *dialscript.Call, r dialscript.Result) {
	for i := range call.Steps {
		if s := r.Screens[i]; s != nil && len(call.Steps[i].Shown) == 0 {
			for _, line := range dialscript.Lines(s.Text) {
				call.Steps[i].Shown = append(call.Steps[i].Shown, dialscript.LiteralLine(line))
			}
		}
	}
}

// step compares one step, and keeps the worst verdict so far.
func (r *Replayer) step(out *Replayed, call *dialscript.Call, before *dialscript.Result, now dialscript.Result, i int, words map[string][][]string) {
	verdict, why := r.compare(call, before, now, i, words)
	if verdict == "" || slices.Index(Verdicts, verdict) <= slices.Index(Verdicts, out.Verdict) && out.Verdict != NoScreens || out.Verdict == NoScreens && verdict != Broken {
		return
	}
	out.Verdict, out.Why, out.Step = verdict, why, i
	out.Was, out.Is, out.Keys = nil, nil, nil
	for _, s := range call.Steps[i].Shown {
		out.Was = append(out.Was, s.Display())
	}
	if s := now.Screens[i]; s != nil {
		out.Is, out.Screen = dialscript.Lines(s.Text), *s
	}
	for _, s := range call.Steps[:i+1] {
		out.Keys = append(out.Keys, s.Input.String())
	}
}

// compare returns the verdict on one step, or "" if nothing is known.
func (r *Replayer) compare(call *dialscript.Call, before *dialscript.Result, now dialscript.Result, i int, words map[string][][]string) (Verdict, string) {
	step, is := &call.Steps[i], now.Screens[i]
	if is == nil {
		if i > 0 && now.Screens[i-1] == nil {
			return "", ""
		}
		return Broken, fmt.Sprintf("%q is not answered: %s", step.Input, stopped(now))
	}
	if is.Fault != "" {
		return Broken, "the service fails: " + is.Fault
	}
	if len(step.Shown) == 0 {
		return "", ""
	}
	if dialscript.MatchScreen(step.Shown, dialscript.Lines(is.Text), dialscript.Captures{}) < 0 {
		return Same, ""
	}
	was := shownWords(step.Shown)
	score := alike(was, wordsOf(is.Text))
	refused := refusedAt(now, i) && !(before != nil && refusedAt(*before, i))
	if before != nil {
		return r.named(before, is, i, refused, step)
	}
	if refused && score < surelyTheSame {
		return Broken, fmt.Sprintf("%q was accepted and is refused now", step.Input)
	}
	name, best := nearest(was, words)
	if name != is.Name && best > score+clearlyMore || score < hardlyAlike {
		return OtherPath, elsewhere(is.Name, name, best)
	}
	return OtherWords, "the screen " + is.Name + " is worded otherwise"
}

// These thresholds come from the shipped menus and variants of them: a screen
// with one changed line keeps more than half of its words, and two screens of
// one menu share a fifth.
const (
	surelyTheSame = 0.9
	clearlyMore   = 0.15
	hardlyAlike   = 0.34
)

// named compares the names of screens, if the old menu gives them.
func (r *Replayer) named(before *dialscript.Result, is *dialscript.Screen, i int, refused bool, step *dialscript.Step) (Verdict, string) {
	was := before.Screens[i]
	switch {
	case refused:
		return Broken, fmt.Sprintf("%q was accepted and is refused now", step.Input)
	case was == nil:
		return OtherPath, "the old menu does not come this far"
	case r.renamed(was.Name) == is.Name && was.End == is.End:
		return OtherWords, "the screen " + is.Name + " is worded otherwise"
	}
	return OtherPath, elsewhere(is.Name, was.Name, 1)
}

// renamed returns the name of a screen in the new menus.
func (r *Replayer) renamed(name string) string {
	for _, p := range r.To {
		if to, ok := p.Definition().Renamed[name]; ok {
			return to
		}
	}
	return name
}

func elsewhere(is, was string, likeness float64) string {
	if was == "" || was == is || likeness < hardlyAlike {
		return fmt.Sprintf("the keys lead to %s now, which is a different screen", is)
	}
	return fmt.Sprintf("the keys lead to %s now, and led to %s", is, was)
}

// refusedAt reports whether the input of a step was refused.
func refusedAt(r dialscript.Result, step int) bool {
	return slices.ContainsFunc(r.Events, func(e dialscript.Event) bool { return e.Trigger.Kind == engine.TriggerInvalid && e.Step == step })
}

// stopped says why a call ended before its keys did.
func stopped(r dialscript.Result) string {
	for _, p := range r.Problems {
		if p.Line < 0 {
			return p.Message
		}
	}
	if r.Why != "" {
		return r.Why
	}
	return "the session is over"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
