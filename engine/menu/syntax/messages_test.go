package syntax

import (
	"os"
	"testing"

	"github.com/paytrace/paytrace/engine"
)

func TestWordsOfTheSample(t *testing.T) {
	f, _ := Read(os.DirFS("../testdata/ok"), "sample.yaml", "")
	got := map[string]string{}
	for _, w := range ListMessages(f) {
		if _, twice := got[w.Key]; twice {
			t.Errorf("two texts are called %q", w.Key)
		}
		got[w.Key] = w.Text.Value
	}
	for key, want := range map[string]string{
		"texts.fees":                  "Fees are shown before you pay.",
		"gender.female":               "Female",
		"pin.error":                   "The PIN has 4 digits.",
		"main.say":                    "PayTrace",
		"main.2":                      "Sign in",
		"history_list.each":           "{payment.date} {payment.amount}",
		"withdraw_pin.when.wrong_pin": "Wrong PIN.",
		"withdraw_done.sms":           "PayTrace sent {amount}, fee {fee}. Ref {ref}.",
		"withdraw_done.say":           "Sent {amount} to {worker.phone}. Ref {ref}.",
		"nav.back":                    "Back",
		"nav.invalid":                 "Invalid option. Try again.",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
}

func written(s string) Text {
	return Text{Value: s, Pos: engine.Pos{File: "x.yaml", Line: 1, Column: 1}}
}

// partsText joins a text's parts, placeholders in brackets.
func partsText(parts []Part) string {
	text := ""
	for _, p := range parts {
		if p.Placeholder() {
			text += "[" + p.Name + "]"
		}
		text += p.Lit
	}
	return text
}

func TestLexicon(t *testing.T) {
	end := written("Sent. {texts.fee}{texts.loop}")
	l := NewMessages(&File{
		Languages: []Language{{Code: written("en")}, {Code: written("sw")}, {Code: written("fr")}},
		Texts:     []Named{{Name: written("fee"), Text: written("Fee {fee}.")}, {Name: written("loop"), Text: written("a{texts.loop}")}},
		Nav:       Nav{Busy: written("Busy!")},
		Screens:   []*Screen{{Name: written("bye"), End: &end}},
		Translations: []*Translation{{Lang: "sw", Entries: []Entry{
			{Key: written("texts.fee"), Text: written("Ada {fee}.")},
			{Key: written("no.such"), Text: written("?")},
		}}},
	})
	for _, c := range []struct {
		key  string
		lang int
		want string
	}{
		{"bye.say", 0, "Sent. Fee [fee].a"},
		{"bye.say", 1, "Sent. Ada [fee].a"}, // the sentence is not translated, the shared text is
		{"bye.say", 2, "Sent. Fee [fee].a"},
		{"nav.busy", 1, "Busy!"}, // the menu's own words, not the built-in Kiswahili
		{"nav.cancel", 1, "Hapana"},
		{"nav.cancel", 2, "No"},
		{"no.such", 1, ""},
	} {
		if got := partsText(l.Parts(c.key, c.lang)); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.key, l.Langs[c.lang].Code.Value, got, c.want)
		}
	}
	if l.Has("no.such") {
		t.Error("a translation must not add texts")
	}
}

// The engine words each of the built-in texts.
func TestBuiltinTexts(t *testing.T) {
	for key, name := range BuiltinKeys {
		if engine.Builtin(name).In("en") == "" {
			t.Errorf("%s has no built-in text", key)
		}
	}
}
