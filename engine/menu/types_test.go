package menu_test

import (
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu"
)

// TestSharedOptions asks two questions with the options of one type, which a part of
// the menu has. The translation names each of its words once, one of them by the words
// themselves.
func TestSharedOptions(t *testing.T) {
	files := fstest.MapFS{
		"a.yaml": {Data: []byte(`ussd: 1
service: A
dial: "*1#"
start: language
languages: {en: English, sw: Kiswahili}
include: [types.yaml]
vars:
  clean: agree
  near: {type: agree, error: 1 or 2.}
screens:
  language:
    say: Language
    languages: -> first
  first:
    say: Is it clean?
    ask: clean -> second
  second:
    say: Is it near?
    ask: near -> last
  last:
    say:
      - {if: clean = yes and near = no, say: "{clean}, {near}"}
      - say: Thank you
    menu:
      1: Agree -> bye
  bye: {end: Thank you}
`)},
		"types.yaml": {Data: []byte("types:\n  agree: {yes: Agree, no: Disagree}\n")},
		"a.sw.yaml": {Data: []byte(`Agree: Nakubali
agree.no: Sikubali
near.error: 1 au 2.
language.say: Lugha
first.say: Ni safi?
second.say: Ni karibu?
last.say.1: "{clean}, {near}"
last.1: Ndiyo
Thank you: Asante
`)},
	}
	p, found := menu.Load(files, "a.yaml", "", nil, menu.Options{})
	for _, f := range found {
		if f.Code != "U314" {
			t.Errorf("%s: %s %s", f.Pos, f.Code, f.Message)
		}
	}
	if p == nil {
		t.Fatal("no program")
	}
	d := dial(t, p, "*1#").types("1").shows("Is it clean?\n1. Agree\n2. Disagree")
	d.types("1").shows("Is it near?\n1. Agree\n2. Disagree").types("3").shows("1 or 2.\nIs it near?\n1. Agree\n2. Disagree")
	d.types("2").shows("Agree, Disagree\n1. Agree").types("1").shows("Thank you")

	d = dial(t, p, "*1#").types("2").shows("Ni safi?\n1. Nakubali\n2. Sikubali")
	d.types("1").types("2").shows("Nakubali, Sikubali\n1. Ndiyo").types("1").shows("Asante")
}
