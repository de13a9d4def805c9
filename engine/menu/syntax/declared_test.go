package syntax

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/internal/fuzz"
)

func readDeclared(source string) (Declared, diag.List) {
	return ReadDeclared(fstest.MapFS{DeclaredFile: {Data: []byte(source)}}, DeclaredFile, "menus")
}

func TestReadDeclared(t *testing.T) {
	got, found := readDeclared(`actions:
  pay_fees:
    about: Pays school fees.
    takes: {pupil: text 12, amount: money 1..100000, pin: pin 4, term: choice one|two}
    ends:
      paid: {receipt: text 10}
      wrong_pin:
    within: 3s
    is: [money, followed by a SIM prompt]
  list_pupils:
    ends:
      listed: {pupils: {list of: pupil, name: text 12, owes: money 0..90000}, school: {record of: school, name: text 9}}
    is: read only
`)
	if len(found) > 0 {
		t.Fatal(found)
	}
	field := func(name, typ string) engine.Field { return engine.Field{Name: name, Type: menutest.TypeOf(typ)} }
	want := []engine.Contract{
		{
			Name: "pay_fees", About: "Pays school fees.", Takes: 3 * time.Second, Money: true, SIMPrompt: true, TellsLate: true,
			Params: []engine.Field{
				field("pupil", "text 12"), field("amount", "money 1..100000"), field("pin", "pin 4"),
				{Name: "term", Type: engine.Type{Kind: engine.KindChoice, Options: []string{"one", "two"}, Width: 3}},
			},
			Outcomes: []engine.OutcomeContract{{Name: "paid", Gives: []engine.Field{field("receipt", "text 10")}}, {Name: "wrong_pin"}},
		},
		{
			Name: "list_pupils", Takes: 2 * time.Second, Reads: true,
			Outcomes: []engine.OutcomeContract{{Name: "listed", Gives: []engine.Field{
				{Name: "pupils", Type: engine.Type{Kind: engine.KindList, Record: "pupil", Fields: []engine.Field{field("name", "text 12"), field("owes", "money 0..90000")}}},
				{Name: "school", Type: engine.Type{Kind: engine.KindRecord, Record: "school", Fields: []engine.Field{field("name", "text 9")}}},
			}}},
		},
	}
	if diff := cmp.Diff(want, got.Contracts); diff != "" {
		t.Error(diff)
	}
}

func TestReadDeclaredFindings(t *testing.T) {
	for name, c := range map[string]struct{ source, code, says string }{
		"key":     {"acts: {}\n", "U002", `"acts" is not a key`},
		"no end":  {"actions:\n  pay: {about: Pays.}\n", "U003", "has no outcomes"},
		"failed":  {"actions:\n  pay: {ends: {failed: , done: }}\n", "U007", `has the outcome "failed"`},
		"type":    {"actions:\n  pay: {takes: {n: numbr 1..2}, ends: {done: }}\n", "U003", "is not a type"},
		"time":    {"actions:\n  pay: {within: soon, ends: {done: }}\n", "U003", "a time, as 2s"},
		"trait":   {"actions:\n  pay: {is: fast, ends: {done: }}\n", "U003", `can't be "fast"`},
		"group":   {"actions:\n  pay: {ends: {done: {all: {name: text 9}}}}\n", "U003", "without its kind"},
		"a name":  {"actions:\n  pay now: {ends: {done: }}\n", "U003", "cannot be the name of an action"},
		"a list":  {"actions: [pay]\n", "U003", "a list"},
		"twice":   {"actions:\n  pay: {ends: {done: }}\n  pay: {ends: {done: }}\n", "U005", "twice"},
		"no YAML": {"actions: [\n", "U001", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := readDeclared(c.source)
			for _, f := range found {
				if f.Code == c.code && strings.Contains(f.Message, c.says) {
					return
				}
			}
			t.Errorf("%v, want %s %q", found, c.code, c.says)
		})
	}
}

func TestReadPosts(t *testing.T) {
	got, found := readDeclared(`actions:
  find: {ends: {found: }, is: read only, post: /members/find}
  pay: {ends: {paid: }, within: 3500ms, post: "https://pay.example/v1"}
  note: {ends: {noted: }, post: "${NOTES_URL}/note"}
  later: {ends: {done: }, within: 20s}
serve_at: ${SACCO_URL}/api/
`)
	if len(found) > 0 || len(got.Contracts) != 4 {
		t.Fatal(got, found)
	}
	var posts []string
	for _, p := range got.Posts {
		posts = append(posts, p.Action+" "+p.To.String()+" "+p.Pos.String())
	}
	want := []string{
		"pay https://pay.example/v1 menus/actions.yaml:3:48", "note ${NOTES_URL}/note menus/actions.yaml:4:34",
		"find ${SACCO_URL}/api/members/find menus/actions.yaml:2:48",
	}
	if diff := cmp.Diff(want, posts); diff != "" {
		t.Error(diff)
	}
}

func TestReadPostsFindings(t *testing.T) {
	for name, c := range map[string]struct{ source, says string }{
		"no base":     {"actions:\n  a: {ends: {b: }, post: /a}\n", "nothing says on which host"},
		"no TLS":      {"serve_at: http://sacco.example\nactions:\n  a: {ends: {b: }, post: /a}\n", "write https://"},
		"a password":  {"serve_at: https://me:secret@sacco.example\nactions:\n  a: {ends: {b: }}\n", "a password"},
		"a key":       {"serve_at: ${ENCRYPTION_KEY}\nactions:\n  a: {ends: {b: }}\n", "ends in _URL"},
		"a query":     {"serve_at: ${A_URL}\nactions:\n  a: {ends: {b: }, post: \"/a?b=1\"}\n", `after "?"`},
		"no path":     {"actions:\n  a: {ends: {b: }, post: members}\n", "not an address"},
		"takes long":  {"serve_at: ${A_URL}\nactions:\n  a: {ends: {b: }, within: 4s, post: /a}\n", "at most 3.5s"},
		"post of two": {"serve_at: [a, b]\nactions:\n  a: {ends: {b: }}\n", "needs an address"},
	} {
		t.Run(name, func(t *testing.T) {
			declared, found := readDeclared(c.source)
			if len(found) != 1 || !strings.Contains(found[0].Message+found[0].Help, c.says) || name != "post of two" && found[0].Code != "U902" {
				t.Errorf("%v, want one that says %q", found, c.says)
			}
			if name != "takes long" && len(declared.Posts) > 0 {
				t.Errorf("requests go to %v", declared.Posts)
			}
		})
	}
}

func FuzzReadDeclared(tf *testing.F) {
	f := fuzz.New(tf)
	f.Add("actions:\n  pay: {takes: {n: number 1..2}, ends: {done: {all: {list of: one, name: text 9}}}, within: 2s, is: money}\n")
	f.Add("serve_at: ${A_URL}/v1\nactions:\n  a: {ends: {b: }, post: /a}\n  c: {ends: {d: }, post: http://localhost:1}\n")
	f.Fuzz(func(t *testing.T, source string) {
		declared, found := readDeclared(source)
		for _, c := range declared.Contracts {
			if len(found) == 0 && (c.Name == "" || len(c.Outcomes) == 0 || c.Takes <= 0) {
				t.Errorf("%+v was read without a diagnostic", c)
			}
		}
	})
}
