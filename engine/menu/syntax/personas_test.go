package syntax

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/menus"
)

func readPeople(source string) (engine.Personas, diag.List) {
	return ReadPersonas(fstest.MapFS{"people.yaml": {Data: []byte(source)}}, "people.yaml", "menus")
}

func TestReadPersonas(t *testing.T) {
	people, found := readPeople(`people:
  Amina: {phone: 0712345678, pin: 0000, language: en}
  Juma:
    phone: +256 772 000333
    worker: {id: NW-00C0FFEE, name: "Juma, O."}
    remembers: {city: Kisumu}
answers:
  withdraw: wrong_pin, then done ref=QX81
  lookup_worker: [found worker_id=NW-1, not_found]
numbers: [0799000999, "+254110000222"]
pins: [4321]
`)
	if len(found) > 0 {
		t.Fatal(found)
	}
	if pin := people.List[0].PIN.Reveal(); pin != "0000" {
		t.Errorf("a PIN keeps its noughts: %q", pin)
	}
	if len(people.PINs) != 1 || people.PINs[0].Reveal() != "4321" {
		t.Errorf("pins: %d", len(people.PINs))
	}
	for _, keys := range []string{"people.Juma.worker.id", "people.Amina.language", "answers.withdraw.1", "answers.lookup_worker"} {
		if people.Places[keys].Line == 0 {
			t.Errorf("%s has no place: %v", keys, people.Places)
		}
	}
	people.List[0].PIN, people.PINs, people.Places = engine.Secret{}, nil, nil
	set := func(name, text string) engine.Setting { return engine.Setting{Name: name, Text: text} }
	want := engine.Personas{
		List: []engine.Persona{
			{Name: "Amina", Phone: "254712345678", Lang: "en"},
			{Name: "Juma", Phone: "256772000333", Values: []engine.Setting{set("worker.id", "NW-00C0FFEE"), set("worker.name", "Juma, O."), set("city", "Kisumu")}},
		},
		Answers: map[string][]engine.Answer{
			"withdraw":      {{Outcome: "wrong_pin"}, {Outcome: "done", Values: []engine.Setting{set("ref", "QX81")}}},
			"lookup_worker": {{Outcome: "found", Values: []engine.Setting{set("worker_id", "NW-1")}}, {Outcome: "not_found"}},
		},
		Numbers: []string{"254799000999", "254110000222"},
	}
	if diff := cmp.Diff(want, people, cmp.Comparer(func(a, b engine.Secret) bool { return a.Reveal() == b.Reveal() })); diff != "" {
		t.Error(diff)
	}
}

func TestReadPersonasDiagnostics(t *testing.T) {
	for name, c := range map[string]struct{ source, code, says string }{
		"unknown key":       {"peeple:\n  A: {phone: 0712345678}\n", "U002", `Did you mean "people"?`},
		"unknown field":     {"people:\n  A: {phone: 0712345678, pinn: 1234}\n", "U002", `Did you mean "pin"?`},
		"no phone":          {"people:\n  A: {pin: 1234}\n", "U003", "no phone to call from"},
		"no number":         {"people:\n  A: {phone: 12}\n", "U003", `needs a phone number`},
		"a number in words": {"people:\n  A: {phone: [0712345678]}\n", "U003", "needs a phone number"},
		"a short PIN":       {"people:\n  A: {phone: 0712345678, pin: 12}\n", "U003", "4 to 8 digits"},
		"two with a number": {"people:\n  A: {phone: 0712345678}\n  B: {phone: +254712345678}\n", "U007", `the same number as "A"`},
		"a name twice":      {"people:\n  A: {phone: 0712345678}\n  A: {phone: 0722000111}\n", "U005", "twice"},
		"no outcome":        {"answers:\n  pay: Done\n", "U003", "is not an outcome"},
		"no value":          {"answers:\n  pay: done ref\n", "U003", "is not a setting"},
		"an empty file":     {"# nothing\n", "U003", "no entries"},
	} {
		people, found := readPeople(c.source)
		if len(found) != 1 || found[0].Code != c.code || !strings.Contains(found[0].Message+" "+found[0].Help, c.says) {
			t.Errorf("%s: %v", name, found)
		}
		for _, p := range people.List {
			if p.Phone == "" {
				t.Errorf("%s: a person without a phone", name)
			}
		}
	}
	if _, found := ReadPersonas(fstest.MapFS{}, "people.yaml", ""); len(found) != 1 || !strings.Contains(found[0].Message, "no such file") {
		t.Errorf("no file: %v", found)
	}
}

func TestShippedPeople(t *testing.T) {
	people, found := ReadPersonas(menus.FS, "people.yaml", "menus")
	if len(found) > 0 {
		t.Error(found)
	}
	if amina, ok := people.Persona("amina"); !ok || amina.Phone != "254712345678" || amina.PIN.Reveal() != "1234" {
		t.Errorf("Amina: %v %+v", ok, amina)
	}
	if people.List[0].Name != "Amina" {
		t.Errorf("%s calls where a script does not say", people.List[0].Name)
	}
}

func FuzzReadPersonas(tf *testing.F) {
	f := fuzz.New(tf)
	shipped, err := fs.ReadFile(menus.FS, "people.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(shipped))
	f.Add("people:\n  A: {phone: 0712345678, worker: {id: x}}\nanswers: {a: [b, c d=\"e\"]}\n")
	f.Fuzz(func(t *testing.T, source string) {
		people, found := readPeople(source)
		for _, p := range people.List {
			if p.Phone == "" {
				t.Error("a person without a phone")
			}
		}
		if len(found) > MaxDiagnostics {
			t.Errorf("%d diagnostics", len(found))
		}
	})
}
