package dialscript_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/report"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

func typed(t testing.TB, spelled string) engine.Type {
	t.Helper()
	typ, err := engine.ParseType(spelled)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// walletContracts are the actions of testdata/play/wallet.yaml.
func walletContracts(t testing.TB) []engine.Contract {
	amount, any := typed(t, "money 10..70000"), typed(t, "money 0..100000")
	return []engine.Contract{
		{Name: "quote", Reads: true, Params: []engine.Field{{Name: "amount", Type: amount}}, Outcomes: []engine.OutcomeContract{
			{Name: "priced", Gives: []engine.Field{{Name: "fee", Type: any}, {Name: "total", Type: any}}},
		}},
		{Name: "withdraw", Params: []engine.Field{{Name: "amount", Type: amount}, {Name: "pin", Type: typed(t, "pin 4")}}, Outcomes: []engine.OutcomeContract{
			{Name: "done", Gives: []engine.Field{{Name: "ref", Type: typed(t, "text 10")}}}, {Name: "wrong_pin"},
		}},
	}
}

func walletService(t testing.TB) (*dialscript.InProcess, *dialscript.Player) {
	t.Helper()
	file, found := syntax.Read(os.DirFS("testdata/play"), "wallet.yaml", "testdata/play")
	p, err := compile.Compile(file, walletContracts(t), menu.Options{})
	if err != nil {
		t.Fatalf("%v\n%v", err, found)
	}
	player := &dialscript.Player{}
	for _, c := range p.Codes() {
		player.Codes = append(player.Codes, c.Dial)
	}
	return &dialscript.InProcess{Menus: []*engine.Program{p}, NewRecords: newRecords}, player
}

// parseAnswers reads answers as people.yaml writes them.
func parseAnswers(text string) []engine.Answer {
	answers, err := engine.ParseAnswers(text)
	if err != nil {
		panic(err)
	}
	return answers
}

func walletPeople() *engine.Personas {
	done := parseAnswers("done ref=QX00")
	return &engine.Personas{
		List: []engine.Persona{
			{Name: "Amina", Phone: "254712345678", PIN: engine.NewSecret("1234")},
			{Name: "Juma", Phone: "254722000111", PIN: engine.NewSecret("8305"), Lang: "sw"},
		},
		Answers: map[string][]engine.Answer{"quote": parseAnswers("priced fee=27 total=527"), "withdraw": done, "of_another_menu": done},
	}
}

func script(t testing.TB, path string) *dialscript.File {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := dialscript.Parse(path, source)
	return f
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if updating() {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s (-want +got); run with -update if it is meant so\n%s", path, cmp.Diff(string(want), string(got)))
	}
}

// withoutHash makes reports of a menu the same from one version of the
// language's implementation to the next.
func withoutHash(b []byte, local *dialscript.InProcess) []byte {
	return bytes.ReplaceAll(b, []byte(local.Menus[0].Hash()), []byte("HASH"))
}

// TestPlayGoldens plays the scripts of testdata/play and compares both reports.
func TestPlayGoldens(t *testing.T) {
	for _, name := range []string{"passes", "fails"} {
		t.Run(name, func(t *testing.T) {
			local, player := walletService(t)
			path := filepath.Join("testdata/play", name+".dial")
			results := dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(script(t, path)), dialscript.Options{Parallel: 3, Seed: 1})
			var text, tap bytes.Buffer
			if err := errors.Join(report.Text(&text, report.Report{Results: results}), report.TAP(&tap, report.Report{Results: results})); err != nil {
				t.Fatal(err)
			}
			golden(t, path+".txt", withoutHash(text.Bytes(), local))
			golden(t, path+".tap", tap.Bytes())
			for _, r := range results {
				if passed := r.Status == dialscript.Passed; passed != (name == "passes") {
					t.Errorf("%s: %s", r.Call.Title, r.Status)
				}
			}
		})
	}
}

// TestOrderDoesNotMatter: a call sees nothing of the calls before it.
func TestOrderDoesNotMatter(t *testing.T) {
	local, player := walletService(t)
	f := script(t, "testdata/play/passes.dial")
	for seed := range uint64(20) {
		results := dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{Parallel: 1 + int(seed)%4, Seed: seed})
		for i, r := range results {
			if r.Call != &f.Calls[i] || r.Status != dialscript.Passed {
				t.Fatalf("seed %d: %s: %s %v", seed, r.Call.Title, r.Status, r.Problems)
			}
		}
	}
}

// TestEveryExpectationCanFail is the control: with any one line of a passing
// script made wrong, its call fails.
func TestEveryExpectationCanFail(t *testing.T) {
	local, player := walletService(t)
	source, err := os.ReadFile("testdata/play/passes.dial")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(string(source), "\n")
	tried := 0
	for n, line := range all {
		wrong, ok := spoiled(line)
		if !ok {
			continue
		}
		tried++
		changed := slices.Clone(all)
		changed[n] = wrong
		f, _ := dialscript.Parse("spoiled.dial", []byte(strings.Join(changed, "\n")))
		call := &f.Calls[0]
		for i := range f.Calls {
			if f.Calls[i].Pos.Line <= n {
				call = &f.Calls[i]
			}
		}
		r := dialscript.Run(t.Context(), player, local, walletPeople(), []*dialscript.Call{call}, dialscript.Options{})[0]
		// A line that no longer keeps what it should is found below.
		if r.Status != dialscript.Failed || r.Problems[0].Pos.Line < n+1 {
			t.Errorf("line %d passes as %q, too", n+1, wrong)
		}
	}
	if tried < 50 {
		t.Errorf("only %d lines were tried", tried)
	}
}

// spoiled returns an expectation that is always false.
func spoiled(line string) (string, bool) {
	opposite := map[string]string{
		"(session ends)": "(session goes on)", "(session goes on)": "(session ends)",
		"(amount is not set)": "(amount is 1)",
	}
	switch {
	case opposite[line] != "":
		return opposite[line], true
	case line == "| ..." || line == "(no SMS)" || strings.HasSuffix(line, "nowhere in the log)"):
		return "", false
	case strings.HasPrefix(line, "|/"):
		return "|/no such line/", true
	case strings.HasPrefix(line, "| "):
		return "| x" + line[2:], true
	case strings.HasPrefix(line, "(at most"):
		return "(at most 3 characters)", true
	case strings.HasSuffix(line, "was not called)"):
		return strings.Replace(line, "was not called", "was called 7 times", 1), true
	case strings.HasPrefix(line, "(withdraw was called"), strings.HasPrefix(line, "(quote was called"):
		action, _, _ := strings.Cut(line, " ")
		return action + " was called 7 times)", true
	case strings.HasPrefix(line, "(SMS to"):
		return strings.Replace(line, ": ", ": x", 1), true
	case strings.HasPrefix(line, "(language is sw"):
		return "(language is en)", true
	case strings.HasPrefix(line, "(language is en"):
		return "(language is sw)", true
	case strings.HasPrefix(line, "(") && strings.Contains(line, " is ") && !strings.Contains(line, "SMS is down"):
		return strings.TrimSuffix(line, ")") + "9)", true
	}
	return "", false
}

// TestSecretInTheLogIsFound: the log that is searched is the one written to.
func TestSecretInTheLogIsFound(t *testing.T) {
	_, player := walletService(t)
	line := &fakeLine{log: "level=INFO msg=typed pin=4321\nlevel=INFO"}
	r := playText(t, player, "> *384*8481#\n| Hello\n(4321 is nowhere in the log)\n(1234 is nowhere in the log)", line)
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "pin=4321") {
		t.Errorf("problems %+v", r.Problems)
	}
}

// fakeLine is a scripted machine that sees its log and nothing else.
type fakeLine struct {
	blindLine
	log string
}

func (l *fakeLine) Log() string { return l.log }

// blindLine shows screens and nothing else, as a service elsewhere does.
type blindLine struct {
	screens []dialscript.Screen
	got     []dialscript.Callback
}

func (l *blindLine) Type(_ context.Context, cb dialscript.Callback) (dialscript.Screen, error) {
	l.got = append(l.got, cb)
	if len(l.screens) == 0 {
		return dialscript.Screen{Text: "Hello"}, nil
	}
	s := l.screens[min(len(l.got), len(l.screens))-1]
	return s, nil
}

func playText(t testing.TB, player *dialscript.Player, text string, line dialscript.Target) dialscript.Result {
	t.Helper()
	f, found := dialscript.Parse("test.dial", []byte("=== A call\n"+text))
	if len(found) > 0 {
		t.Fatal(found)
	}
	scene, err := dialscript.SceneOf(&f.Calls[0], walletPeople())
	if err != nil {
		t.Fatal(err)
	}
	return player.Play(t.Context(), &f.Calls[0], scene, line)
}

// TestWhatCanNotBeSeenIsNotChecked: a blind line passes nothing that it can't
// see.
func TestWhatCanNotBeSeenIsNotChecked(t *testing.T) {
	_, player := walletService(t)
	r := playText(t, player, strings.Join([]string{
		"> *384*8481#", "| Hello", "(screen is main)", "(language is sw)", "(amount is 5)", "(no SMS)",
		"(SMS to 0712345678: x)", "(withdraw was not called)", "(1234 is nowhere in the log)", "(session goes on)",
	}, "\n"), &blindLine{})
	if r.Status != dialscript.Passed || len(r.Unchecked) != 7 || r.Checks != 2 {
		t.Errorf("%s, %d checks, not checked: %+v", r.Status, r.Checks, r.Unchecked)
	}
	for _, text := range []string{
		"> *384*8481#\n(screen is main)\n(no SMS)",
		"> *384*8481#\n| Hello\n(wait 40s)",
		"> *384*8481#\n| Hello\n(redials after 2 min)\n| Hello",
		"> *384*8481#\n| Hello\n(sessions are lost)",
		"> *384*8481#\n| Hello\n(menu is published while on the line)\n> 1\n| Wrong",
	} {
		if r := playText(t, player, text, &blindLine{}); r.Status != dialscript.NotChecked || r.Why == "" {
			t.Errorf("%q: %s %q", text, r.Status, r.Why)
		}
	}
}

// TestCallbacks: what a gateway would send.
func TestCallbacks(t *testing.T) {
	player := &dialscript.Player{Codes: []string{"*384*8481#", "*384#"}}
	line := &blindLine{}
	playText(t, player, "(as Juma)\n(gateway safaricom)\n> *384*8481*1*0712345678#\n> 12*34\n>\n(gateway sends that twice)\n(an older callback arrives late)\n(network drops)\n> *999#", line)
	var got []string
	for _, cb := range line.got {
		got = append(got, fmt.Sprintf("%s %s %s %q last %q", cb.Gateway, cb.Phone, cb.Service, cb.Text, cb.Last))
	}
	want := []string{
		`safaricom 254722000111 *384*8481# "1*0712345678" last "1*0712345678"`,
		`safaricom 254722000111 *384*8481# "1*0712345678*12*34" last "12*34"`,
		`safaricom 254722000111 *384*8481# "1*0712345678*12*34*" last ""`,
		`safaricom 254722000111 *384*8481# "1*0712345678*12*34*" last ""`,
		`safaricom 254722000111 *384*8481# "1*0712345678*12*34" last "12*34"`,
		`safaricom 254722000111 *384*8481# "1*0712345678*12*34*" last ""`,
		`safaricom 254722000111 *999# "" last ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	sessions := map[string]bool{}
	for _, cb := range line.got {
		sessions[cb.Session] = true
	}
	if len(sessions) != 2 || line.got[0].Session != line.got[5].Session {
		t.Errorf("%d sessions", len(sessions))
	}
}

func TestSplitDial(t *testing.T) {
	codes := []string{"*384#", "*384*8481#", "*384*8481*9#"}
	for dialled, want := range map[string][2]string{
		"*384#":                   {"*384#", ""},
		"*384*8481#":              {"*384*8481#", ""},
		"*384*8481*3*0712345678#": {"*384*8481#", "3*0712345678"},
		"*384*8481*9#":            {"*384*8481*9#", ""},
		"*384*8481*9*1#":          {"*384*8481*9#", "1"},
		"*384*84812#":             {"*384#", "84812"},
		"*384*8481**#":            {"*384*8481#", "*"},
		"*385#":                   {"*385#", ""},
	} {
		if service, rest := dialscript.SplitDial(codes, dialled); [2]string{service, rest} != want {
			t.Errorf("%s: %q %q, want %q", dialled, service, rest, want)
		}
	}
}

// TestUnaskedChecks: length, and the same bytes for the same callback.
func TestUnaskedChecks(t *testing.T) {
	_, player := walletService(t)
	long := dialscript.Screen{Text: strings.Repeat("x", 161)}
	wide := dialscript.Screen{Text: "š" + strings.Repeat("x", 70)}
	fits := dialscript.Screen{Text: strings.Repeat("x", 160)}
	for name, c := range map[string]struct {
		screens []dialscript.Screen
		text    string
		want    string
	}{
		"long":   {[]dialscript.Screen{long}, "> *384*8481#", "it takes 161, and the phone shows 160"},
		"wide":   {[]dialscript.Screen{wide}, "> *384*8481#", "it takes 71, and the phone shows 70"},
		"late":   {[]dialscript.Screen{fits, fits, long, fits}, "> *384*8481#\n> 1\n(an older callback arrives late)", "it takes 161"},
		"twice":  {[]dialscript.Screen{fits, {Text: "y"}}, "> *384*8481#\n(gateway sends that twice)", "answered differently"},
		"ends":   {[]dialscript.Screen{fits, {Text: fits.Text, End: true}}, "> *384*8481#\n(gateway sends that twice)", "answered differently"},
		"moved":  {[]dialscript.Screen{fits, fits, fits, {Text: "y"}}, "> *384*8481#\n> 1\n(an older callback arrives late)", "answered differently"},
		"took":   {[]dialscript.Screen{{Text: "x", Took: 9e9}}, "> *384*8481#\n(answered within 8s)", "it took 9s"},
		"other":  {[]dialscript.Screen{{Text: "x", Program: "v1"}, {Text: "x", Program: "v2"}}, "> *384*8481#\n> 1", "began with version v1"},
		"passes": {[]dialscript.Screen{fits}, "> *384*8481#\n| {*}\n(gateway sends that twice)", ""},
	} {
		r := playText(t, player, c.text, &blindLine{screens: c.screens})
		if c.want == "" && r.Status == dialscript.Passed {
			continue
		}
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, c.want) || c.want == "" {
			t.Errorf("%s: %+v", name, r.Problems)
		}
	}
}

// TestServiceThatDoesNotAnswer fails a call; one that can't be reached with
// this scene leaves it unchecked.
func TestServiceThatDoesNotAnswer(t *testing.T) {
	_, player := walletService(t)
	r := playText(t, player, "> *384*8481#\n| Hello", brokenLine{errors.New("connection refused")})
	if r.Status != dialscript.Failed || !strings.Contains(r.Problems[0].Message, "connection refused") {
		t.Errorf("%+v", r)
	}
	r = playText(t, player, "> *384*8481#\n| Hello", brokenLine{dialscript.ErrCannotSet})
	if r.Status != dialscript.NotChecked {
		t.Errorf("%+v", r)
	}
	local, player := walletService(t)
	f, _ := dialscript.Parse("test.dial", []byte("=== Real\n(real actions)\n> *384*8481#\n| PayTrace\n| ..."))
	for _, r := range dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{}) {
		if r.Status != dialscript.NotChecked {
			t.Errorf("%+v", r)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, r := range dialscript.Run(ctx, player, local, walletPeople(), callsOf(f), dialscript.Options{}) {
		if r.Status != dialscript.NotChecked || !strings.Contains(r.Why, "stopped") {
			t.Errorf("%+v", r)
		}
	}
}

type brokenLine struct{ err error }

func (l brokenLine) Type(context.Context, dialscript.Callback) (dialscript.Screen, error) {
	return dialscript.Screen{}, l.err
}
