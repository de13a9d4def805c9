// Package enginetest draws menus for tests of the engine and of the runner.
package enginetest

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
)

// Words returns a text in one language.
func Words(s string) engine.Localized { return engine.Localized{{{Lit: s}}} }

// AnyText draws texts of every sort: plain, with extension characters, with
// characters outside GSM-7, long words, empty lines.
func AnyText(most int) *rapid.Generator[string] {
	alphabet := rapid.SampledFrom([]rune("aaaabcdefgh ijklmno     pqrstu,.:0123456789\n{}[]€^~|’–ñéÄ漢😀"))
	return rapid.StringOfN(alphabet, 0, most, -1)
}

// AnyWords draws one text that may contain the value name.
func AnyWords(t *rapid.T, most int, name string) engine.Localized {
	text := engine.Text{{Lit: AnyText(most).Draw(t, "text")}}
	if rapid.Bool().Draw(t, "placeholder") {
		text = append(text, engine.Part{Ref: engine.Ref{Name: name}})
	}
	return engine.Localized{text}
}

// AnyMenu draws a program with one screen of each kind, and texts and values of any
// length, even those that the checker would refuse.
func AnyMenu(t *rapid.T) engine.Definition {
	def := engine.Definition{
		Name: "any", Codes: []engine.Code{{Dial: "*1#", Start: "s0"}},
		Limits: engine.Limits{Septets: rapid.SampledFrom([]int{60, 160, 182}).Draw(t, "septets"), Units: rapid.SampledFrom([]int{30, 70, 80}).Draw(t, "units")},
		Vars: []engine.Var{
			{Name: "v", Type: engine.Type{Kind: engine.KindText, Width: rapid.IntRange(1, 160).Draw(t, "width")}},
			{Name: "row", Type: rowType},
			{Name: "rows", Type: engine.Type{Kind: engine.KindList, Record: "row", Fields: rowType.Fields}},
			{Name: "pick", Type: engine.Type{Kind: engine.KindChoice}},
		},
		Contracts: []engine.Contract{{Name: "fetch", Outcomes: []engine.OutcomeContract{{Name: "ok"}}}},
		Nav: engine.Nav{
			Back: engine.NavKey{Key: "0", Label: Words("Back")}, More: engine.NavKey{Key: "98", Label: Words("More")},
			Home: engine.NavKey{Key: "00", Label: Words("Home")}, HomeScreen: "s0", Invalid: AnyWords(t, 80, "v"),
		},
	}
	pick := &def.Vars[3]
	for i := range rapid.IntRange(1, 12).Draw(t, "choices") {
		pick.Type.Options = append(pick.Type.Options, fmt.Sprint("c", i))
		pick.Labels = append(pick.Labels, engine.Localized{{{Lit: AnyText(30).Draw(t, "label")}}})
	}
	n := rapid.IntRange(1, 6).Draw(t, "screens")
	to := func() string { return fmt.Sprintf("s%d", rapid.IntRange(0, n-1).Draw(t, "to")) }
	def.Screens = append(def.Screens, engine.Screen{Name: "fetch", Kind: engine.ScreenDo, Do: &engine.Do{
		Action: "fetch", Outcomes: []engine.OutcomeCase{{Outcome: "ok", Go: "s0"}},
	}})
	def.Codes[0].Start = "fetch"
	for i := range n {
		s := engine.Screen{Name: fmt.Sprintf("s%d", i), Say: []engine.Say{{Words: AnyWords(t, 400, "v")}}}
		s.Kind = rapid.SampledFrom([]engine.ScreenKind{engine.ScreenMenu, engine.ScreenAsk, engine.ScreenConfirm, engine.ScreenShow, engine.ScreenList}).Draw(t, "kind")
		switch s.Kind {
		case engine.ScreenMenu:
			s.Numbered = true
			for range rapid.IntRange(1, 12).Draw(t, "options") {
				s.Options = append(s.Options, engine.Option{Label: AnyWords(t, 60, "v"), Go: to()})
			}
		case engine.ScreenAsk:
			s.Ask = &engine.Ask{Var: rapid.SampledFrom([]string{"v", "pick"}).Draw(t, "var"), Go: to(), GiveUp: to()}
		case engine.ScreenConfirm:
			s.Confirm = &engine.Confirm{Yes: to(), No: to()}
		case engine.ScreenList:
			s.List = &engine.List{Items: engine.Ref{Name: "rows"}, As: "row", Each: engine.Localized{{{Ref: engine.Ref{Name: "row", Field: "name"}}}}, Go: to(), Empty: "s0"}
			s.Say = nil
		}
		def.Screens = append(def.Screens, s)
	}
	if def.Screens[1].Kind == engine.ScreenList {
		def.Screens[1] = engine.Screen{Name: "s0", Kind: engine.ScreenShow, Say: []engine.Say{{Words: AnyWords(t, 400, "v")}}}
	}
	return def
}

var rowType = engine.Type{Kind: engine.KindRecord, Record: "row", Fields: []engine.Field{{Name: "name", Type: engine.Type{Kind: engine.KindText, Width: 50}}}}

// Fetched draws an outcome of the action "fetch" of AnyMenu.
func Fetched(t *rapid.T) engine.Outcome {
	var rows []engine.Value
	for range rapid.IntRange(0, 15).Draw(t, "rows") {
		rows = append(rows, engine.RecordValue([]engine.Named{{Name: "name", Value: engine.TextValue(AnyText(80).Draw(t, "name"))}}))
	}
	return engine.Outcome{Name: "ok", Values: []engine.Named{
		{Name: "v", Value: engine.TextValue(AnyText(200).Draw(t, "v"))}, {Name: "rows", Value: engine.ListValue(rows)},
	}}
}
