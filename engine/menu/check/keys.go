package check

import (
	"fmt"
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// mostFixedKeys is what one digit can choose.
const mostFixedKeys = 9

// optionCount checks U401: a screen offers what a person can keep in mind.
func (c *checker) optionCount() {
	limit := syntax.DefaultOptions
	if n := c.f.Limits.Options.N; n > 0 {
		limit = n
	}
	for _, s := range c.f.Screens {
		n := len(s.Menu)
		shown := c.decisions.together(s.Menu)
		switch {
		case n > mostFixedKeys && !s.Numbered:
			c.add(diag.Error, s.MenuPos, len("menu"), fmt.Sprintf("%s has %d options; with keys of their own at most %d can be.", syntax.Quote(s.Name.Value), n, mostFixedKeys), "Write them as a list (- Label -> screen), which pages and numbers itself, or divide the menu.", nil)
		case shown > limit && shown < n:
			c.findKey(s.MenuPos, "menu", fmt.Sprintf("%s can show %d of its %d options at once; %d are the limit.", syntax.Quote(s.Name.Value), shown, n, limit), "Divide it into several menus.")
		case shown > limit:
			c.findKey(s.MenuPos, "menu", fmt.Sprintf("%s has %d options; %d are the limit.", syntax.Quote(s.Name.Value), n, limit), "Divide it into several menus.")
		}
	}
	for _, v := range c.f.Choices() {
		if n := len(v.Options); n > limit {
			c.find(v.Name, fmt.Sprintf("%s has %d options to choose from; %d are the limit.", syntax.Quote(v.Name.Value), n, limit), "Ask two questions in its place.")
		}
	}
}

// navKeys returns the keys of navigation and what they mean.
func (c *checker) navKeys() []struct {
	key  syntax.Text
	does string
} {
	n := &c.f.Nav
	return []struct {
		key  syntax.Text
		does string
	}{{n.Back.Key, "Back"}, {n.Home.Key, "Home"}, {n.More.Key, "More"}}
}

// keysFree checks U402: no key means two things on one screen.
//
// Nothing is missed: written keys and the numbers that rows may get are compared
// with every key of navigation that may live on the screen.
func (c *checker) keysFree() {
	c.navKeysDiffer()
	for _, s := range c.f.Screens {
		for _, key := range keysOn(s) {
			if key.Written() {
				c.keyFree(s, key)
			}
		}
		c.numbersFree(s)
		c.listKeys(s)
	}
}

// keysOn returns the keys that a screen writes for what can be chosen.
func keysOn(s *syntax.Screen) []syntax.Text {
	var keys []syntax.Text
	for _, k := range kinds.On(s) {
		if k.keys != nil {
			keys = append(keys, k.keys(s)...)
		}
	}
	return keys
}

func (c *checker) navKeysDiffer() {
	seen := map[string]string{}
	for _, k := range c.navKeys() {
		if !k.key.Written() {
			continue
		}
		if other, twice := seen[k.key.Value]; twice {
			c.find(k.key, fmt.Sprintf("The key %s already means %s.", syntax.Quote(k.key.Value), other), "Give each its own key.")
			continue
		}
		seen[k.key.Value] = k.does
	}
	n := &c.f.Nav
	if yes, no := keyOr(n.Confirm, engine.DefaultYesKey), keyOr(n.Cancel, engine.DefaultNoKey); yes == no {
		at := n.Cancel.Key
		if !at.Written() {
			at = n.Confirm.Key
		}
		c.find(at, fmt.Sprintf("The key %s would mean both Yes and No.", syntax.Quote(yes)), "Give each its own key.")
	}
	for _, k := range []struct {
		key  syntax.Text
		does string
	}{{n.Confirm.Key, "Yes"}, {n.Cancel.Key, "No"}} {
		if other := seen[k.key.Value]; k.key.Written() && other != "" {
			c.find(k.key, fmt.Sprintf("The key %s already means %s.", syntax.Quote(k.key.Value), other), "Give each its own key.")
		}
	}
}

// keyFree compares a key with those of navigation that live on its screen.
func (c *checker) keyFree(s *syntax.Screen, key syntax.Text) {
	for _, k := range c.navKeys() {
		hidden := s.NavOff && !c.divided(s)
		if k.key.Written() && k.key.Value == key.Value && !hidden {
			c.find(key, fmt.Sprintf("The key %s already means %s.", syntax.Quote(key.Value), k.does), "Choose another key.", diag.At(k.key.Pos, "It is declared here."))
		}
	}
}

// divided reports whether a screen may be shown on several pages. Then the keys of
// navigation live on it even with "nav: none".
func (c *checker) divided(s *syntax.Screen) bool {
	if !c.pages(s) {
		return false
	}
	limits := syntax.LimitsOf(c.f)
	r, phone := newRuler(c), room{limits.Septets, limits.Units}
	for lang := range c.msgs.Langs {
		if s.List != nil || !phone.fits(worstOf(r.layouts(s, lang, false))) {
			return true
		}
	}
	return false
}

// numbersFree compares the numbers that rows are given with the keys of
// navigation.
func (c *checker) numbersFree(s *syntax.Screen) {
	n := c.numbered(s)
	for _, k := range c.navKeys() {
		row, err := strconv.Atoi(k.key.Value)
		if err != nil || strconv.Itoa(row) != k.key.Value || row < 1 || row > n || s.NavOff && !c.divided(s) {
			continue
		}
		c.find(s.Name, fmt.Sprintf("Row %d of %s would have the key of %s.", row, syntax.Quote(s.Name.Value), k.does), "Give the navigation a key that no row has, as 0, 00 and 98.", diag.At(k.key.Pos, "It is declared here."))
	}
}

// numbered returns how many rows of a screen are numbered from 1 on.
func (c *checker) numbered(s *syntax.Screen) int {
	n := 0
	for _, k := range kinds.On(s) {
		if k.numbered != nil {
			n += k.numbered(c, s)
		}
	}
	return n
}

// keysTyped checks U403: a key is typed on a keypad, and * and # belong to the
// network.
//
// Nothing is missed: it looks at every key that is written.
func (c *checker) keysTyped() {
	n := &c.f.Nav
	keys := []syntax.Text{n.Back.Key, n.Home.Key, n.More.Key, n.Confirm.Key, n.Cancel.Key}
	for _, s := range c.f.Screens {
		keys = append(keys, keysOn(s)...)
	}
	for _, k := range keys {
		if k.Written() && (!syntax.AllDigits(k.Value) || len(k.Value) > syntax.MaxKeyDigits) {
			c.find(k, fmt.Sprintf("The key %s cannot be typed.", syntax.Quote(k.Value)), fmt.Sprintf("A key has one to %d digits; * and # belong to the network.", syntax.MaxKeyDigits))
		}
	}
}
