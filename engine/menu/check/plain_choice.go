package check

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// choicesHaveWords checks U208: callers see only choices that have words.
//
// Nothing is missed: c.uses lists every text that shows a value, and an answer is
// asked for on a screen with "ask" only.
func (c *checker) choicesHaveWords() {
	for _, u := range c.uses {
		if v := c.plain(u.name); v != nil && (u.purpose == shown || u.purpose == sent || u.purpose == offered) {
			c.withoutWords(u.at, v, fmt.Sprintf("%s is shown in %s, but its options have no words.", syntax.Quote(u.at.Value), u.in))
		}
	}
	for _, s := range c.f.Screens {
		if s.Ask == nil {
			continue
		}
		if v := c.plain(s.Ask.Var.Value); v != nil {
			c.withoutWords(s.Ask.Var, v, fmt.Sprintf("%s asks for %s, but its options have no words.", syntax.Quote(s.Name.Value), syntax.Quote(v.Name.Value)))
		}
	}
}

// plain returns a variable that is a choice without words, or nil.
func (c *checker) plain(name string) *syntax.Var {
	v := c.values[name]
	if v == nil || v.v == nil || v.v.Typed.Kind != engine.KindChoice || len(v.v.Options) > 0 {
		return nil
	}
	return v.v
}

func (c *checker) withoutWords(at syntax.Text, v *syntax.Var, message string) {
	if len(v.Typed.Options) == 0 {
		return // U003: its options could not be read
	}
	help := fmt.Sprintf("Give them words: %s: {type: choice, options: {%s: Words, …}}.", v.Name.Value, v.Typed.Options[0])
	c.find(at, message, help, diag.At(v.Name.Pos, fmt.Sprintf("%q is declared here.", v.Name.Value)))
}
