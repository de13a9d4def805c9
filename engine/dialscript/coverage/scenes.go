package coverage

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
	"github.com/paytrace/paytrace/engine/sample"
)

// A source is where calls begin: who calls, what is remembered, which code is
// dialled.
type source struct {
	program *engine.Program
	scene   dialscript.Scene
	given   []dialscript.Direction
	code    string
	// said counts the directions that change something.
	said int
	// facts has the remembered values, by name.
	facts map[string]engine.Value
}

// another is the cost of a caller other than the first persona: a reader must look
// them up in people.yaml.
const another = 2

// maxScenes bounds the scenes that calls are tried in.
const maxScenes = 128

// sources returns the scenes that a menu's paths may depend on, the simplest first.
func (x *search) sources() ([]*source, error) {
	var list []*source
	for _, given := range x.scenes() {
		call := &dialscript.Call{Given: given}
		scene, err := dialscript.SceneOf(call, x.people)
		if err != nil {
			return nil, err
		}
		p, err := dialscript.InLanguage(x.program, scene.Lang())
		if err != nil {
			return nil, err
		}
		facts := map[string]engine.Value{}
		readable := true
		for name, t := range x.types {
			v, err := scene.Fact(t, name)
			readable = readable && err == nil
			facts[name] = v
		}
		if !readable {
			continue // no direction can write a value of this type
		}
		for n, code := range p.Codes() {
			if len(list) == maxScenes {
				return list, nil
			}
			said := len(given) - 1
			if given[0].Name != x.people.List[0].Name {
				said += another
			}
			if n > 0 {
				said++
			}
			list = append(list, &source{program: p, scene: scene, given: given, code: sample.Code(p, code.Dial), said: said, facts: facts})
		}
	}
	slices.SortStableFunc(list, func(a, b *source) int { return a.said - b.said })
	return list, nil
}

// scenes combines who calls, the language, the remembered values that conditions ask
// for, and the date.
func (x *search) scenes() [][]dialscript.Direction {
	var list [][]dialscript.Direction
	for i, persona := range x.people.List {
		if i > 0 && !x.differs(i) {
			continue
		}
		list = append(list, []dialscript.Direction{{Kind: dialscript.As, Name: persona.Name, Text: "as " + persona.Name}})
	}
	list = crossed(list, x.languages())
	for _, name := range x.remembered() {
		list = crossed(list, x.memories(name))
	}
	return crossed(list, x.clocks())
}

// crossed returns each scene with each choice of directions.
func crossed(scenes, choices [][]dialscript.Direction) [][]dialscript.Direction {
	if len(choices) == 0 {
		return scenes
	}
	var list [][]dialscript.Direction
	for _, choice := range choices {
		for _, scene := range scenes {
			list = append(list, append(slices.Clip(scene), choice...))
		}
	}
	return list
}

// differs reports whether a call of the n-th persona can differ from one of the
// first: other values are remembered, or a condition asks for the number.
func (x *search) differs(n int) bool {
	first, other := x.people.List[0], x.people.List[n]
	return first.Lang != other.Lang || !slices.Equal(first.Values, other.Values) || x.decides.names["caller"]
}

// languages returns the directions that set each language of the menu, and none.
func (x *search) languages() [][]dialscript.Direction {
	list := [][]dialscript.Direction{nil}
	langs := x.program.Definition().Languages
	if len(langs) < 2 {
		return list
	}
	for _, l := range langs {
		list = append(list, []dialscript.Direction{{Kind: dialscript.LanguageGiven, Name: l.Code, Text: "language " + l.Code}})
	}
	return list
}

// remembered returns the names of values that an earlier call may have stored and
// that conditions ask for.
func (x *search) remembered() []string {
	var list []string
	for _, name := range append([]string{"worker"}, x.program.Definition().Remember...) {
		if name != "lang" && x.decides.names[name] {
			list = append(list, name)
		}
	}
	return list
}

// memories returns the directions that set a remembered value: none, and one for
// each value to try.
func (x *search) memories(name string) [][]dialscript.Direction {
	list := [][]dialscript.Direction{nil}
	t := x.types[name]
	remember := func(settings ...engine.Setting) {
		text := "remembered"
		for _, s := range settings {
			text += " " + s.Name + "=" + record.SettingText(s.Text)
		}
		list = append(list, []dialscript.Direction{{Kind: dialscript.Remembered, Settings: settings, Text: text}})
	}
	if name == "worker" {
		remember(engine.Setting{Name: "worker.id", Text: workerID})
		if !x.decides.fields["worker.name"] {
			return list
		}
		remember(engine.Setting{Name: "worker.id", Text: workerID}, engine.Setting{Name: "worker.name", Text: "Amina O."})
		return list
	}
	unset := func(string) engine.Value { return engine.Value{} }
	texts := writable(x.samples.Texts(&t, x.decides.near(name, unset)))
	if !x.decides.compares(name) {
		texts = texts[:min(1, len(texts))]
	}
	for _, text := range texts {
		if t.Kind == engine.KindChoice && !slices.Contains(t.Options, text) {
			continue
		}
		remember(engine.Setting{Name: name, Text: text})
	}
	return list
}

// workerID is a Worker ID that belongs to nobody.
const workerID = "NW-00C0FFEE"

// clocks returns directions that set the date to those that conditions name, and to
// the days before and after.
func (x *search) clocks() [][]dialscript.Direction {
	if !x.decides.names["today"] {
		return nil
	}
	list := [][]dialscript.Direction{nil}
	seen := map[engine.Date]bool{}
	for _, v := range x.decides.constants["today"] {
		for _, day := range []engine.Date{engine.Date(v.Int()), engine.Date(v.Int()) + 1, engine.Date(v.Int()) - 1} {
			if !seen[day] {
				seen[day] = true
				when := day.Time().Add(callHour)
				list = append(list, []dialscript.Direction{{Kind: dialscript.Clock, Clock: when, Text: "clock " + when.Format("2006-01-02 15:04")}})
			}
		}
	}
	return list
}
