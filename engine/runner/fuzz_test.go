package runner_test

import (
	"context"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/internal/fuzz"
)

// FuzzTexts sends two texts of one call, the second of them twice. It checks that each
// has a screen that fits, that a repeat gets the same screen, that no record has the PIN,
// and that money moves once at most.
func FuzzTexts(tf *testing.F) {
	f := fuzz.New(tf)
	const most = 200 // bytes of a screen: 160 characters of the default alphabet, and some of two bytes
	for _, texts := range [][3]string{
		{"*384*9#", "", "1"},
		{"*384*9#", "1", "1*1*500*1*1234"},
		{"*384*9#", "1*1*500*1", "1*1*500*1*1*1*1234"},
		{"*384*9*1*1*500#", "", "1"},
		{"*384*9#", "1*3*7391", "1*3*7391*7391"},
		{"*384*9#", "2*98*98*0*00", "2*98*98*0*00*1"},
		{"", "**", "*"},
		{"*384*9#", "1*2", "2*1"},
		{"*384*9#", "9999*é*\xff", "é"},
	} {
		f.Add(texts[0], texts[1], texts[2])
	}
	var d *desk
	f.Fuzz(func(t *testing.T, code, first, second string) {
		if d == nil {
			d = newDesk(t)
		}
		d.bank = newBank()
		d.bank.worker = true
		d.r.Actions = d.bank
		d.sessions.Forget()
		handle := func(text string) string {
			req := d.req
			req.Service, req.Text = code, text
			reply := d.r.Handle(context.Background(), req)
			switch {
			case reply.Text == "" || len(reply.Text) > most || !utf8.ValidString(reply.Text):
				t.Errorf("the screen is %q, %d bytes", reply.Text, len(reply.Text))
			case strings.ContainsFunc(reply.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
				t.Errorf("the screen has a control character: %q", reply.Text)
			}
			return reply.Text
		}
		handle(first)
		if once, twice := handle(second), handle(second); once != twice {
			t.Errorf("a repeat of %q behind %q is answered with %q, and before with %q", second, first, twice, once)
		}
		b, err := d.sessions.Load(context.Background(), "ussd:session:"+d.req.Session)
		if err == nil && strings.Contains(string(b), `"1234"`) {
			t.Errorf("the record has the PIN: %s", b)
		}
		if n := d.bank.ran["send"]; n > 1 && !strings.Contains(first+second, "*1*") {
			t.Errorf("money was sent %d times", n)
		}
	})
}
