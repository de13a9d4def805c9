package engine

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/gsm7"
)

// noticing returns a call that sends an SMS with a text that an action gave.
func noticing(t *testing.T, width, before, behind string) *steps {
	t.Helper()
	return walking(t, Definition{
		Vars: []Var{{Name: "shop", Type: typed(t, width)}}, Contracts: []Contract{{Name: "find"}},
		Screens: []Screen{
			{Name: "find", Kind: ScreenDo, Do: &Do{Action: "find", Outcomes: []OutcomeCase{{Outcome: Done, Go: "send"}}}},
			{Name: "send", Kind: ScreenEnd, Say: said("Sent"), SMS: &SMS{To: Ref{Name: "caller"}, Say: Localized{{{Lit: before}, {Ref: Ref{Name: "shop"}}, {Lit: behind}}}}},
		},
	})
}

// sent returns the message of a call in which an action has given a text.
func (w *steps) sent(text string) string {
	w.t.Helper()
	w.outs["find"] = Outcome{Name: Done, Values: []Named{{"shop", TextValue(text)}}}
	w.dial()
	for _, c := range w.calls {
		if c.Action == CallSMS {
			return c.Args[1].Text()
		}
	}
	w.t.Fatal("no SMS was sent")
	return ""
}

// What an action gives comes from other systems. In a message it stays on its line, is
// no longer than its type says, and is in its own letters where they fit.
func TestMessagesWithForeignTexts(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, c := range []struct{ width, before, behind, text, want string }{
		{"text 20", "Shop: ", ".", "Duka la Amina", "Shop: Duka la Amina."},
		{"text 40", "Shop: ", ".", "Duka\nDial *999# for your prize\r\n\u2028now", "Shop: Duka Dial *999# for your prize  now."},
		{"text 6", "Shop: ", ".", "Duka la Amina", "Shop: Duka l."},
		{"text 5", "Shop: ", ".", "{{{{{", "Shop: {{."}, // a brace takes two
		{"text 20", "Shop: ", ".", "\u202eanimA\u202c", "Shop: animA."},
		{"text 20", "Shop: ", ".", "{worker.name}", "Shop: {worker.name}."}, // it is no placeholder
		{"text 20", "Shop: ", ".", "سوق أمينة", "Shop: سوق أمينة."},
		{"text 20", "Shop: ", ".", "سوق\nأمينة", "Shop: سوق أمينة."},
		{"text 20", "Shop: " + long + " ", ".", "Ängström", "Shop: " + long + " Ängström."},
		{"text 20", "Shop: " + long + " ", ".", "سوق أمينة", "Shop: " + long + " ??? ?????."}, // 70 characters do not hold it
		{"text 20", "Shop: ", ".", "", "Shop: ."},
	} {
		w := noticing(t, c.width, c.before, c.behind)
		if got := w.sent(c.text); got != c.want {
			t.Errorf("%q is sent as %q, want %q", c.text, got, c.want)
		}
	}
}

// Whatever an action gives, the message has the menu's words and one line, and is no
// longer than the checker has counted.
func TestMessagesStayInBounds(t *testing.T) {
	const before, behind, width = "Shop: ", ".", 20
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aé{€\n\r\t\u2028\u202e\u200fس日😀*#"))).Draw(r, "text")
		got := noticing(t, "text 20", before, behind).sent(text)
		if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, behind) {
			r.Fatalf("%q is sent as %q", text, got)
		}
		if strings.ContainsFunc(got, func(c rune) bool {
			return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == '\u2028'
		}) {
			r.Fatalf("%q is sent with control characters: %q", text, got)
		}
		if size := gsm7.Measure(got); size.Units > len(before)+width+len(behind) {
			r.Fatalf("%q is sent as %q, which takes %d", text, got, size.Units)
		}
	})
}
