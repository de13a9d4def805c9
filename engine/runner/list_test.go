package runner_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
)

// A list with more rows than callers see is a warning in the log, which names it and
// shows none of it.
func TestCutListIsLogged(t *testing.T) {
	name := []engine.Field{{Name: "name", Type: engine.Type{Kind: engine.KindText, Width: 12}}}
	def := engine.Definition{
		Codes: []engine.Code{{Dial: "*1#", Start: "find"}}, Nav: engine.Nav{More: engine.NavKey{Key: "98", Label: words("More")}},
		Vars: []engine.Var{
			{Name: "place", Type: engine.Type{Kind: engine.KindRecord, Record: "place", Fields: name}},
			{Name: "places", Type: engine.Type{Kind: engine.KindList, Record: "place", Fields: name}},
		},
		Contracts: []engine.Contract{{Name: "find", Reads: true}},
		Screens: []engine.Screen{
			{Name: "find", Kind: engine.ScreenDo, Do: &engine.Do{Action: "find", Outcomes: []engine.OutcomeCase{{Outcome: "found", Go: "list"}}}},
			{Name: "list", Kind: engine.ScreenList, List: &engine.List{
				Items: engine.Ref{Name: "places"}, As: "place", Each: engine.Localized{{{Ref: engine.Ref{Name: "place", Field: "name"}}}}, Go: "bye", Empty: "bye",
			}},
			{Name: "bye", Kind: engine.ScreenEnd, Say: []engine.Say{{Words: words("Bye")}}},
		},
	}
	for rows, warns := range map[int]bool{engine.MaxRows: false, engine.MaxRows + 5: true} {
		items := make([]engine.Value, rows)
		for i := range items {
			items[i] = engine.RecordValue([]engine.Named{{Name: "name", Value: engine.TextValue("Secret shop")}})
		}
		l := newLine(t, def, func(context.Context, engine.Call) (engine.Outcome, error) {
			return engine.Outcome{Name: "found", Values: []engine.Named{{Name: "places", Value: engine.ListValue(items)}}}, nil
		})
		var log bytes.Buffer
		l.r.Log = slog.New(slog.NewTextHandler(&log, nil))
		if got := l.type_(""); !strings.HasPrefix(got, "CON 1. Secret shop") {
			t.Fatalf("%d rows: %q", rows, got)
		}
		if got := strings.Contains(log.String(), "level=WARN msg=action") && strings.Contains(log.String(), "list=places rows=905 shown=900"); got != warns {
			t.Errorf("%d rows: warned %v, want %v\n%s", rows, got, warns, &log)
		}
		if strings.Contains(log.String(), "Secret") {
			t.Errorf("the log shows a row: %s", &log)
		}
	}
}
