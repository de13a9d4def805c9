package check

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// formatsFit checks U211: a value can be shown in the form that a text gives it.
//
// Nothing is missed: it looks at every placeholder of every text in every language.
func (c *checker) formatsFit() {
	c.eachFormat(func(p syntax.Part, _ string, _ int) {
		if p.Wrong != nil {
			c.find(p.Form, syntax.Upper(p.Wrong.Error())+".", "")
			return
		}
		t, known := typeIn(c.values, syntax.Value{Name: p.Name, Field: p.Field})
		if fits, which := p.Format.Fits(t); known && t.Kind != engine.KindNone && !fits {
			c.find(p.Form, fmt.Sprintf("%s is %s, and only %s can be shown with %q.", syntax.Quote(p.At.Value), typeName(t), which, p.Form.Value), fmt.Sprintf("Write {%s}.", p.At.Value))
		}
	})
}

// monthsNamed checks U317: the engine knows the months of the language in which it
// shows their names.
func (c *checker) monthsNamed() {
	said := map[int]bool{} // once a language
	c.eachFormat(func(p syntax.Part, key string, lang int) {
		if p.Wrong != nil || !p.Format.NamesMonth() {
			return
		}
		for read := range c.msgs.Langs {
			reads := read == lang || c.msgs.Shown(key, read).Pos == c.msgs.Shown(key, lang).Pos
			if !reads || said[read] || engine.HasMonths(c.msgs.Langs[read].Code.Value) {
				continue
			}
			said[read] = true
			c.find(p.Form, fmt.Sprintf("The months have no names in %s here; callers read them in English.", c.language(read)), "Write the month as a number in this language, as {"+p.At.Value+" as DD/MM/YYYY}.")
		}
	})
}

// eachFormat calls see with every placeholder that has a form, in each language in which
// its text is written.
func (c *checker) eachFormat(see func(p syntax.Part, key string, lang int)) {
	for _, w := range c.msgs.All {
		for lang, t := range c.msgs.In(w.Key) {
			parts, _ := syntax.Parts(t)
			for _, p := range parts {
				if p.Placeholder() && p.Form.Written() {
					see(p, w.Key, lang)
				}
			}
		}
	}
}
