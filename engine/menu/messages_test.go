package menu

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// A translator may repeat the key that the menu has before the words, or leave
// it out; callers see it once.
func TestTranslatedNavKeys(t *testing.T) {
	const src = `ussd: 1
service: Shop
dial: "*384*1#"
languages: {en: English, sw: Kiswahili}
start: main
nav: {back: 0 Back, home: 00 Home -> main, confirm: 1 Yes}
screens:
  main:
    end: Hello.
`
	for _, c := range []struct{ key, written, want string }{
		{"nav.back", "0 Rudi", "Rudi"},
		{"nav.back", "Rudi", "Rudi"},
		{"nav.home", "00 Mwanzo", "Mwanzo"},
		{"nav.confirm", "1 Ndiyo", "Ndiyo"},
		{"nav.confirm", "1 1", "1"},
		{"nav.back", "00 Rudi", "00 Rudi"}, // another key: part of the words
		{"nav.back", "0", "0"},
	} {
		f, _ := syntax.Read(fstest.MapFS{
			"shop.yaml":    {Data: []byte(src)},
			"shop.sw.yaml": {Data: []byte(c.key + ": \"" + c.written + "\"\n")},
		}, "shop.yaml", "")
		if got := syntax.NewMessages(f).In(c.key)[1].Value; strings.TrimSpace(got) != c.want {
			t.Errorf("%s: %s is %q, want %q", c.key, c.written, got, c.want)
		}
		p, err := compile.Compile(f, nil, compile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		nav := p.Definition().Nav
		label := map[string]engine.Localized{"nav.back": nav.Back.Label, "nav.home": nav.Home.Label, "nav.confirm": nav.Confirm.Label}[c.key]
		if got := strings.TrimSpace(label.In(1).String()); got != c.want {
			t.Errorf("%s: %s is shown as %q, want %q", c.key, c.written, got, c.want)
		}
	}
}
