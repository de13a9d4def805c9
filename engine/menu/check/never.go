package check

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// neverReached checks U108: what is written for a wrong answer can happen.
//
// Nothing is missed: each part of a screen that depends on a kind of wrong answer, or on
// the last one, is compared with the question.
func (c *checker) neverReached() {
	for _, s := range c.f.Screens {
		for _, kind := range syntax.AgainKinds() {
			if text := s.AgainFor.Text(kind); text.Written() {
				c.againOccurs(s, kind, text)
			}
		}
		if s.Ask == nil {
			continue
		}
		if a := s.Ask; a.Retries.N == engine.Unlimited && a.GiveUp.Written() {
			c.find(a.GiveUp, fmt.Sprintf("%s asks without an end, so it never gives up.", syntax.Quote(s.Name.Value)), `Delete "give_up", or give "retries" a number.`)
		}
		c.errorOccurs(s)
	}
}

// againOccurs reports a text for a kind of wrong answer that a screen does not have.
func (c *checker) againOccurs(s *syntax.Screen, kind string, text syntax.Text) {
	if s.Ask == nil {
		c.find(text, fmt.Sprintf("%s asks no question, so it has no wrong answers of the kind %s.", syntax.Quote(s.Name.Value), syntax.Quote(kind)), `Write one text: "again: …".`)
		return
	}
	switch t, known := c.askedType(s); {
	case kind == "mismatch" && !s.Ask.Repeat.Written():
		c.find(text, fmt.Sprintf("%s does not ask twice, so no two answers differ.", syntax.Quote(s.Name.Value)), `Delete the text, or ask twice: "repeat: …".`)
	case kind == "range" && known && t.Kind != engine.KindNone && !t.HasRange():
		c.find(text, fmt.Sprintf("%s is %s without a range, so no answer is outside of it.", syntax.Quote(s.Ask.Var.Value), typeName(t)), `Delete the text, or write it as "format".`)
	}
}

// errorOccurs reports an "error" that other texts replace in every case.
func (c *checker) errorOccurs(s *syntax.Screen) {
	t, known := c.askedType(s)
	ranged := s.AgainFor.Range.Written() || known && t.Kind != engine.KindNone && !t.HasRange()
	if s.Error != nil && s.Error.Value != "" && s.AgainFor.Format.Written() && ranged {
		c.find(*s.Error, fmt.Sprintf("The texts of \"again\" of %s replace this one in every case.", syntax.Quote(s.Name.Value)), "Delete one of them.")
	}
}
