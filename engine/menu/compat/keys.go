package compat

import (
	"fmt"
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// A choice is what one key of a screen means to callers.
type choice struct {
	key, label string
	// meaning identifies what the key does: two keys with the same meaning lead a
	// caller to the same place with the same value.
	meaning string
	// target names the screen that the key leads to, if that is what it does.
	target string
	// text is the translation key of the label.
	text string
	pos  engine.Pos
}

// keys checks U802: callers who know a key by heart type it without reading.
func (c *comparison) keys(was, now *engine.Screen) {
	before, after := c.choices(c.old, was, true), c.choices(c.next, now, false)
	byKey := map[string]choice{}
	for _, o := range after {
		byKey[o.key] = o
	}
	for _, b := range before {
		o, stays := byKey[b.key]
		same := b.meaning == o.meaning
		switch {
		case !stays:
			c.find("U802", diag.Warning, now.Pos, fmt.Sprintf("Key %s on %s was %s and is no longer an option%s.", b.key, syntax.Quote(now.Name), syntax.Quote(b.label), keyNow(b, after)), "Callers who know it by heart get \"invalid\"; tell them.")
		case !same && b.label != o.label:
			c.find("U802", diag.Warning, o.pos, fmt.Sprintf("Key %s on %s was %s and is now %s%s.", b.key, syntax.Quote(now.Name), syntax.Quote(b.label), syntax.Quote(o.label), keyNow(b, after)), "Callers who know it by heart get something else; give new options new keys.")
		case !same && b.target != "":
			c.find("U802", diag.Warning, o.pos, fmt.Sprintf("Key %s on %s (%s) led to %s and now leads to %s.", b.key, syntax.Quote(now.Name), o.label, syntax.Quote(b.target), syntax.Quote(o.target)), "")
		case !same:
			c.find("U802", diag.Warning, o.pos, fmt.Sprintf("Key %s on %s (%s) gave the value %s and now gives %s.", b.key, syntax.Quote(now.Name), o.label, syntax.Quote(b.meaning), syntax.Quote(o.meaning)), "")
		}
		if to := carried(b, before, after); stays && same && b.label != o.label && to != "" {
			c.find("U802", diag.Warning, o.pos, fmt.Sprintf("Key %s on %s was %s and is now %s, but does the same; %s is key %s now.", b.key, syntax.Quote(now.Name), syntax.Quote(b.label), syntax.Quote(o.label), syntax.Quote(b.label), to), "Check that each option does what its words say.")
			c.told[o.text] = true
		}
		if !stays || !same {
			c.moves[move{was.Name, b.key}] = true
			c.told[o.text] = true
		}
	}
	c.newKeys(now, before, after)
}

// carried returns the key that has the words of an option now, and had others before. It
// is "" if there is none.
func carried(was choice, before, after []choice) string {
	for _, o := range after {
		if o.label != was.label || o.key == was.key {
			continue
		}
		for _, b := range before {
			if b.key == o.key && b.label != o.label {
				return o.key
			}
		}
	}
	return ""
}

// newKeys reports options with keys that meant nothing before.
func (c *comparison) newKeys(now *engine.Screen, before, after []choice) {
	had := map[string]bool{}
	for _, b := range before {
		had[b.key] = true
	}
	for _, o := range after {
		if !had[o.key] {
			c.told[o.text] = true
			c.notice(o.pos, "Key %s on %s is new: %s.", o.key, syntax.Quote(now.Name), syntax.Quote(o.label))
		}
	}
}

// keyNow describes the new key of an option that has lost its own: the key of the
// option with the same words and meaning, otherwise of one with the same meaning. It
// is "" if there is none.
func keyNow(before choice, after []choice) string {
	for _, o := range after {
		if o.meaning == before.meaning && o.label == before.label {
			return fmt.Sprintf("; %s is key %s now", syntax.Quote(before.label), o.key)
		}
	}
	for _, o := range after {
		switch {
		case o.meaning != before.meaning:
		case o.target != "":
			return fmt.Sprintf("; what it led to is key %s now", o.key)
		default:
			return fmt.Sprintf("; its value is key %s now", o.key)
		}
	}
	return ""
}

// choices lists the keys of a screen. Targets of the old version have their new names.
func (c *comparison) choices(d *engine.Definition, s *engine.Screen, old bool) []choice {
	var list []choice
	for i := range s.Options {
		o := &s.Options[i]
		key := optionKeyOf(s, i)
		ch := choice{key: key, label: labelOf(o), meaning: o.Go, target: o.Go, text: s.Name + "." + key, pos: o.Pos}
		if old {
			ch.meaning = c.moved(o.Go)
		}
		list = append(list, ch)
	}
	switch s.Kind {
	case engine.ScreenAsk:
		list = append(list, c.answers(d, s, old)...)
	case engine.ScreenLanguages:
		for i, l := range offered(d, s) {
			list = append(list, choice{key: strconv.Itoa(i + 1), label: l.Name, meaning: l.Code, text: "languages." + l.Code, pos: s.Pos})
		}
	}
	return list
}

// answers lists the keys of a question: the options of its choice, and what it offers.
func (c *comparison) answers(d *engine.Definition, s *engine.Screen, old bool) []choice {
	var list []choice
	if v := varNamed(d, s.Ask.Var); v != nil && v.Type.Kind == engine.KindChoice {
		for i, name := range v.Type.Options {
			label := name
			if i < len(v.Labels) {
				label = v.Labels[i].In(0).String()
			}
			list = append(list, choice{key: strconv.Itoa(i + 1), label: label, meaning: name, text: syntax.ChoiceKey(v.Name, name), pos: s.Pos})
		}
	}
	for _, o := range s.Ask.Offers {
		ch := choice{key: o.Key, label: o.Label.In(0).String(), meaning: o.Go, target: o.Go, text: s.Name + ".offer." + o.Key, pos: o.Pos}
		if old {
			ch.meaning = c.moved(o.Go)
		}
		if !o.Value.IsZero() {
			ch.meaning = "{" + o.Value.String() + "} " + ch.meaning
			if ch.label == "" {
				ch.label = "{" + o.Value.String() + "}"
			}
		}
		list = append(list, ch)
	}
	return list
}

// offered lists the languages that a screen offers, in the order of their keys.
func offered(d *engine.Definition, s *engine.Screen) []engine.Language {
	if len(s.Only) == 0 {
		return d.Languages
	}
	var list []engine.Language
	for _, code := range s.Only {
		for _, l := range d.Languages {
			if l.Code == code {
				list = append(list, l)
			}
		}
	}
	return list
}

func optionKeyOf(s *engine.Screen, i int) string {
	if key := s.Options[i].Key; key != "" && !s.Numbered {
		return key
	}
	return strconv.Itoa(i + 1)
}

func labelOf(o *engine.Option) string { return o.Label.In(0).String() }

// nav compares the keys that work on every screen.
func (c *comparison) nav() {
	was, now := &c.old.Nav, &c.next.Nav
	for _, k := range []struct {
		name       string
		was, now   engine.NavKey
		toWas, toI string
	}{
		{"back", was.Back, now.Back, "", ""},
		{"home", was.Home, now.Home, c.moved(was.HomeScreen), now.HomeScreen},
		{"more", was.More, now.More, "", ""},
		{"confirm", was.Confirm, now.Confirm, "", ""},
		{"cancel", was.Cancel, now.Cancel, "", ""},
	} {
		switch {
		case k.was.Key == "" && k.now.Key == "":
		case k.was.Key == "":
			c.told["nav."+k.name] = true
			c.notice(c.top(), "The key %s (%s) works on every screen now.", k.now.Key, k.now.Label.In(0))
		case k.now.Key == "":
			c.told["nav."+k.name] = true
			c.find("U802", diag.Warning, c.top(), fmt.Sprintf("The key %s (%s) works on no screen any more.", k.was.Key, k.was.Label.In(0)), "Callers who know it by heart get \"invalid\"; keep it in nav.")
		case k.was.Key != k.now.Key:
			c.find("U802", diag.Warning, c.top(), fmt.Sprintf("The key for nav.%s (%s) was %s and is now %s on every screen.", k.name, k.now.Label.In(0), k.was.Key, k.now.Key), "Callers who know it by heart get \"invalid\" or something else; keep the key.")
		case k.toWas != k.toI:
			c.find("U802", diag.Warning, c.top(), fmt.Sprintf("The key %s (%s) led to %s and now leads to %s.", k.now.Key, k.now.Label.In(0), syntax.Quote(k.toWas), syntax.Quote(k.toI)), "")
		}
	}
}
