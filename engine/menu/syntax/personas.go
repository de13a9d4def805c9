package syntax

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// MaxPersonas bounds the callers of dial scripts, because each new number is compared
// with all others.
const MaxPersonas = 1_000

// ReadPersonas reads the callers of dial scripts from one file, as a rule
// people.yaml. Positions show the file's path below dir. Entries that can't be
// read are left out and reported.
//
//	people:
//	  Amina: {phone: 0712345678, pin: 1234, language: en}
//	  Juma:
//	    phone: 0722000111
//	    worker: {id: NW-00C0FFEE, name: Juma Otieno}
//	    remembers: {city: Kisumu}
//	answers:
//	  withdraw: wrong_pin, then done ref=QX81
//	numbers: [0712345679]
//	pins: [4321]
//
// The first of people calls where a script names no caller. answers lists the outcomes
// of actions; the last of several repeats. numbers and pins belong to no persona.
func ReadPersonas(fsys fs.FS, name, dir string) (engine.Personas, diag.List) {
	r := &peopleReader{reader: &reader{fsys: fsys, dir: dir, file: &File{}, named: map[string]Text{}}}
	if root := r.open(name, Text{}); root != nil {
		r.fields(root, "people.yaml", map[string]parser{
			"people":  r.people,
			"answers": r.answers,
			"numbers": r.numbers,
			"pins":    r.pins,
		})
	}
	r.out.Sort()
	return r.read, r.out
}

type peopleReader struct {
	*reader
	read engine.Personas
}

// place stores the position of a text below the keys that lead to it.
func (r *peopleReader) place(t Text, keys ...string) {
	if r.read.Places == nil {
		r.read.Places = map[string]engine.Pos{}
	}
	r.read.Places[strings.Join(keys, ".")] = t.Pos
}

func (r *peopleReader) people(e entry) {
	for _, one := range r.entries(e.node, `"people"`) {
		if len(r.read.List) == MaxPersonas {
			r.find("U003", one.key, fmt.Sprintf("There are more than %d people.", MaxPersonas), "")
			return
		}
		r.person(one)
	}
}

func (r *peopleReader) person(e entry) {
	p := engine.Persona{Name: e.key.Value}
	r.fields(e.node, "a person", map[string]parser{
		"phone": func(e entry) { p.Phone = r.phone(e) },
		"pin":   func(e entry) { p.PIN = r.pin(e) },
		"language": func(e entry) {
			if t, ok := r.scalar(e, `a language's code, as "sw"`); ok {
				p.Lang = t.Value
				r.place(t, "people", p.Name, "language")
			}
		},
		"worker":    func(e entry) { p.Values = append(p.Values, r.settings(e, p.Name, "worker.")...) },
		"remembers": func(e entry) { p.Values = append(p.Values, r.settings(e, p.Name, "")...) },
	})
	switch other, taken := r.byPhone(p.Phone); {
	case p.Phone == "" && !r.said(e.key):
		r.find("U003", e.key, fmt.Sprintf("%q has no phone to call from.", p.Name), "Write a line like 'phone: 0712345678'.")
	case p.Phone == "":
	case taken:
		r.find("U007", e.key, fmt.Sprintf("%q has the same number as %q.", p.Name, other), "Give each a number of their own.")
	default:
		r.read.List = append(r.read.List, p)
	}
}

// said reports a diagnostic below a key's own line, so that the same is not said
// twice.
func (r *peopleReader) said(key Text) bool {
	for _, f := range r.out {
		if f.Pos.Line >= key.Pos.Line && f.Pos.File == key.Pos.File {
			return true
		}
	}
	return false
}

func (r *peopleReader) byPhone(phone string) (string, bool) {
	for _, p := range r.read.List {
		if p.Phone == phone {
			return p.Name, true
		}
	}
	return "", false
}

const phoneWanted = "a phone number, as 0712345678, or with + and the country code"

// phone reads a number as scripts write it and returns an MSISDN, "" if it is not
// one.
func (r *peopleReader) phone(e entry) string {
	t, ok := r.scalar(e, phoneWanted)
	if !ok {
		return ""
	}
	if digits, ok := msisdn.Parse(t.Value); ok {
		return digits
	}
	if strings.HasPrefix(t.Value, "+") {
		if digits, ok := msisdn.Digits(strings.NewReplacer(" ", "", "-", "").Replace(t.Value)); ok {
			return digits
		}
	}
	r.find("U003", t, fmt.Sprintf("%q needs %s, but here is %q.", e.key.Value, phoneWanted, Short(t.Value)), "")
	return ""
}

var PinForm = regexp.MustCompile(`^\d{4,8}$`)

func (r *peopleReader) pin(e entry) engine.Secret {
	t, ok := r.scalar(e, "a PIN of 4 to 8 digits")
	if ok && !PinForm.MatchString(t.Value) {
		r.find("U003", t, "A test PIN has 4 to 8 digits.", "")
		ok = false
	}
	if !ok {
		return engine.Secret{}
	}
	return engine.NewSecret(t.Value)
}

// settings returns names and plain values of a person.
func (r *peopleReader) settings(e entry, person, prefix string) []engine.Setting {
	var list []engine.Setting
	for _, one := range r.entries(e.node, `"`+e.key.Value+`"`) {
		if !r.goodName(one.key, "a value") {
			continue
		}
		if t, ok := r.scalar(one, "a value"); ok {
			list = append(list, engine.Setting{Name: prefix + one.key.Value, Text: t.Value})
			r.place(one.key, "people", person, prefix+one.key.Value)
		}
	}
	return list
}

// answers reads an action's answers, on one line or as a list.
func (r *peopleReader) answers(e entry) {
	r.read.Answers = map[string][]engine.Answer{}
	r.place(e.key, "answers")
	for _, one := range r.entries(e.node, `"answers"`) {
		if !r.goodName(one.key, "an action") {
			continue
		}
		r.place(one.key, "answers", one.key.Value)
		for _, item := range r.items(one, `answers like "done ref=QX81"`) {
			t, ok := r.scalar(item, `an answer like "done ref=QX81"`)
			if !ok {
				continue
			}
			list, err := engine.ParseAnswers(t.Value)
			if err != nil {
				r.find("U003", t, Upper(err.Error())+".", "")
				continue
			}
			for _, answer := range list {
				r.place(t, "answers", one.key.Value, strconv.Itoa(len(r.read.Answers[one.key.Value])))
				r.read.Answers[one.key.Value] = append(r.read.Answers[one.key.Value], answer)
			}
		}
	}
}

func (r *peopleReader) numbers(e entry) {
	for _, item := range r.items(e, "numbers") {
		if digits := r.phone(item); digits != "" {
			r.read.Numbers = append(r.read.Numbers, digits)
		}
	}
}

func (r *peopleReader) pins(e entry) {
	for _, item := range r.items(e, "PINs") {
		if pin := r.pin(item); pin.IsSet() {
			r.read.PINs = append(r.read.PINs, pin)
		}
	}
}
