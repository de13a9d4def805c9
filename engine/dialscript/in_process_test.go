package dialscript_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/report"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/memory"
)

// TestUpdateEndToEnd: every screen of a script is made wrong, the script is
// played to its end and updated, and then passes, with its placeholders.
func TestUpdateEndToEnd(t *testing.T) {
	source, err := os.ReadFile("testdata/play/passes.dial")
	if err != nil {
		t.Fatal(err)
	}
	var wrong []string
	for _, line := range strings.Split(string(source), "\n") {
		if strings.HasPrefix(line, "| ") && line != "| ..." {
			line = "| x" + line[2:]
		}
		wrong = append(wrong, line)
	}
	spoiled := strings.Join(wrong, "\n")
	local, player := walletService(t)
	player.KeepGoing = true
	play := func(text string) (*dialscript.File, []dialscript.Result) {
		f, found := dialscript.Parse("u.dial", []byte(text))
		if len(found) > 0 {
			t.Fatal(found)
		}
		return f, dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{Parallel: 4})
	}
	f, results := play(spoiled)
	got := string(dialscript.Update([]byte(spoiled), f, results))
	if _, results = play(got); strings.Contains(report.Summary(results), "failed") {
		var out strings.Builder
		if err := report.Text(&out, report.Report{Results: results}); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("%s\n%s", out.String(), got)
	}
	for _, line := range []string{
		"| Sent KES 500 to 0712345678. Ref {*}.", "| Worker {id=*}, {date}.", "|/0:Back .*/", "| Withdraw {sum=money} to {phone}?",
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("%q is missing", line)
		}
	}
}

// storedActions answers as registered actions do: it runs each action once for its
// ID.
type storedActions struct {
	runner.MemoryActions
	mu     sync.Mutex
	stored map[string]engine.Outcome
	calls  []engine.Call
	closed int
}

func newStoredActions() *storedActions {
	r := &storedActions{stored: map[string]engine.Outcome{}}
	r.MemoryActions = runner.NewMemoryActions(r.Do)
	return r
}

// Do runs an action once for its ID.
func (r *storedActions) Do(_ context.Context, call engine.Call) (engine.Outcome, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, call)
	if out, again := r.stored[call.ID]; again {
		return out, nil
	}
	out := engine.Outcome{Name: engine.Done}
	switch call.Action {
	case "quote":
		out = engine.Outcome{Name: "priced", Values: []engine.Named{{Name: "fee", Value: engine.MoneyValue(2700)}, {Name: "total", Value: engine.MoneyValue(52700)}}}
	case "withdraw":
		out.Values = []engine.Named{{Name: "ref", Value: engine.TextValue("REAL")}}
	}
	r.stored[call.ID] = out
	return out, nil
}

func (r *storedActions) Messages() []dialscript.Message {
	return []dialscript.Message{{To: "254712345678", Text: "from the store"}}
}

func (r *storedActions) Close() error { r.closed++; return nil }

func TestRealActions(t *testing.T) {
	local, player := walletService(t)
	var made []*storedActions
	local.NewReal = func(context.Context, func() time.Time) (dialscript.Registered, error) {
		made = append(made, newStoredActions())
		return made[len(made)-1], nil
	}
	f, found := dialscript.Parse("r.dial", []byte(`=== Real, with one that is not
(real actions)
(language sw)
(remembered worker.id=NW-1)
> *384*8481*3*500#
(quote was called once)
> 1
> 1234
(gateway sends both at once)
(withdraw was called once with pin=1234)
(SMS to 0712345678: from the store)
=== Scripted over real
(real actions)
(withdraw answers done ref=SCRIPT)
> *384*8481*3*500#
> 1
> 1234
| Sent KES 500 to 0712345678. Ref SCRIPT.
=== Real, but slow
(real actions)
(withdraw takes 12s)
(SMS is down)
> *384*8481*3*500#
> 1
> 1234
| In progress. {*}
(withdraw was called once)
(no SMS)
`))
	if len(found) > 0 {
		t.Fatal(found)
	}
	results := dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{})
	for _, r := range results {
		if r.Status != dialscript.Passed {
			t.Errorf("%s: %+v %s", r.Call.Title, r.Problems, r.Why)
		}
	}
	for i, r := range made {
		if r.closed != 1 {
			t.Errorf("call %d: closed %d times", i, r.closed)
		}
	}
	first := made[0].calls[0]
	if first.Action != engine.CallRemember || len(first.Remember) != 1 || first.Remember[0].Name != "lang" || first.Remember[0].Value.Text() != "sw" ||
		first.Caller != "254712345678" || first.Service != "*384*8481#" {
		t.Errorf("what is remembered is stored first, found %+v", first)
	}
}

// TestFakeActions: an action that is not built answers as people.yaml says, once
// for each ID; all others are the real ones.
func TestFakeActions(t *testing.T) {
	local, _ := walletService(t)
	people := walletPeople()
	people.Answers["withdraw"] = parseAnswers("done ref=A1, then failed")
	people.Answers["quote"] = parseAnswers("priced fee=27")
	do := func(a runner.Actions, id, action string) string {
		call := engine.Call{ID: id, Action: action}
		at, err := runner.FirstPlace(runner.RowKey{Name: id}, &call)
		if err != nil {
			return err.Error()
		}
		out, err := a.Act(t.Context(), call, &at)
		if err != nil {
			return err.Error()
		}
		text := out.Name
		for _, v := range out.Values {
			text += " " + v.Value.Text()
		}
		return text
	}
	for _, c := range []struct {
		title string
		lacks []string
		calls [][2]string // the ID and the action
		want  []string
	}{
		{"one is real", nil, [][2]string{{"1", "withdraw"}}, []string{"done REAL"}},
		{
			"one answers in turn",
			[]string{"withdraw"},
			[][2]string{{"1", "withdraw"}, {"1", "withdraw"}, {"2", "withdraw"}, {"3", "withdraw"}},
			[]string{"done A1", "done A1", "it fails, as the answer given for it says", "it fails, as the answer given for it says"},
		},
		{
			"one lacks a value",
			[]string{"quote", "withdraw"},
			[][2]string{{"1", "quote"}, {"2", "withdraw"}},
			[]string{"people.yaml: quote gives total where it ends as priced; write (quote answers priced total=…)", "done A1"},
		},
		{
			"one has no answer",
			[]string{"pay"},
			[][2]string{{"1", "pay"}},
			[]string{`pay is only declared, and people.yaml has no answer for it; write one under "answers"`},
		},
	} {
		t.Run(c.title, func(t *testing.T) {
			real := newStoredActions()
			a := dialscript.FakeActions(real, local.Menus[0], c.lacks, people)
			for i, call := range c.calls {
				if got := do(a, call[0], call[1]); got != c.want[i] {
					t.Errorf("%v: found %q, expected %q", call, got, c.want[i])
				}
			}
		})
	}
}

func TestSceneThatCanNotBe(t *testing.T) {
	local, player := walletService(t)
	for text, says := range map[string]string{
		"(withdraws takes 12s)\n> *384*8481#\n| PayTrace": `Did you mean "withdraw"?`,
		"(remembered lang=fr)\n> *384*8481#\n| PayTrace":  "lang=fr can't be remembered",
	} {
		f, found := dialscript.Parse("s.dial", []byte("=== A call\n"+text))
		if len(found) > 0 {
			t.Fatal(found)
		}
		r := dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{})[0]
		if r.Status != dialscript.Failed || !strings.Contains(r.Problems[0].Message, says) {
			t.Errorf("%q: %s %+v", text, r.Status, r.Problems)
		}
	}
	// Nothing says how quote answers.
	people := walletPeople()
	people.Answers = nil
	f, _ := dialscript.Parse("s.dial", []byte("=== A call\n> *384*8481*3*500#\n| Withdraw KES 500"))
	r := dialscript.Run(t.Context(), player, local, people, callsOf(f), dialscript.Options{})[0]
	if r.Status != dialscript.Failed || !strings.Contains(r.Problems[0].Message, "nothing says how quote answers") {
		t.Errorf("%s %+v", r.Status, r.Problems)
	}
}

// Two menus of one folder have different languages: what is remembered of a caller is
// read as the menu that is called has it.
func TestRememberedByMenu(t *testing.T) {
	t.Parallel()
	say := []engine.Say{{Words: engine.Localized{{{Lit: "Hello"}}, {{Lit: "Hello there"}}}}}
	var menus []*engine.Program
	for i, code := range []string{"sw", "fr"} {
		p, err := engine.New(engine.Definition{
			Name: code, Codes: []engine.Code{{Dial: fmt.Sprintf("*384*%d#", i+1), Start: "main"}}, Remember: []string{"lang"},
			Languages: []engine.Language{{Code: "en", Name: "English"}, {Code: code, Name: code}},
			Screens:   []engine.Screen{{Name: "main", Kind: engine.ScreenEnd, Say: say}},
		})
		if err != nil {
			t.Fatal(err)
		}
		menus = append(menus, p)
	}
	people := &engine.Personas{List: []engine.Persona{{Name: "Amina", Phone: "254712345678"}}}
	file, found := dialscript.Parse("a.dial", []byte("=== One\n(language sw)\n> *384*1#\n| Hello there\n\n=== Two\n(language fr)\n> *384*2#\n| Hello there\n"))
	if len(found) > 0 {
		t.Fatal(found)
	}
	local := &dialscript.InProcess{Menus: menus, NewRecords: func(now func() time.Time) dialscript.Records { return memory.NewSessions(now) }}
	player := &dialscript.Player{Codes: []string{"*384*1#", "*384*2#"}}
	calls := []*dialscript.Call{&file.Calls[0], &file.Calls[1]}
	for _, r := range dialscript.Run(t.Context(), player, local, people, calls, dialscript.Options{Parallel: 1}) {
		if r.Status != dialscript.Passed {
			t.Errorf("%s: %s %+v", r.Call.Title, r.Status, r.Problems)
		}
	}
}
