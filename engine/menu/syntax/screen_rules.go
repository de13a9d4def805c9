package syntax

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
)

// oneThing finds a screen with no kind or with several.
func (r *screenReader) oneThing() {
	verbs := r.joined()
	switch {
	case len(verbs) == 1:
		return
	case len(verbs) == 0 && r.s.Partial:
		return // it may stand behind the key that nobody knows
	case len(verbs) > 1:
		second := verbs[1]
		help := "A screen does exactly one thing: divide it into several screens."
		if verbs[0].Value == "show" && len(verbs) == 2 && r.s.Say == nil && takesSay(second.Value) {
			help = `Write "say" in place of "show", which is a text alone.`
		}
		r.find("U006", second, fmt.Sprintf("The screen %q does several things: %s.", r.s.Name.Value, listOf(verbs)), help, diag.At(verbs[0].Pos, fmt.Sprintf("%q is here.", verbs[0].Value)))
	case r.s.HasSay:
		r.find("U006", r.s.Name, fmt.Sprintf("The screen %q says something, but not what comes then.", r.s.Name.Value), `Add "menu", "ask" or "confirm"; or write "show" (with Back and Home) or "end" in place of "say".`)
	default:
		r.find("U006", r.s.Name, fmt.Sprintf("The screen %q does nothing.", r.s.Name.Value), "It needs one of "+strings.Join(KindKeys(), ", ")+".")
	}
}

// takesSay reports whether a kind stands below a "say".
func takesSay(key string) bool {
	for _, k := range kinds.All() {
		if slices.Contains(k.says, key) {
			return slices.Contains(k.shares, "say")
		}
	}
	return false
}

// joined returns the kinds without those that go along with another: a menu below
// a list, the SMS of an end or a set.
func (r *screenReader) joined() []Text {
	var along []string
	for _, v := range r.verbs {
		along = append(along, besideKeys(v.Value)...)
	}
	var verbs []Text
	for _, v := range r.verbs {
		if !slices.Contains(along, v.Value) {
			verbs = append(verbs, v)
		}
	}
	return verbs
}

func listOf(names []Text) string {
	var quotedNames []string
	for _, n := range names {
		quotedNames = append(quotedNames, `"`+n.Value+`"`)
	}
	return strings.Join(quotedNames, ", ")
}

// belongs finds keys that mean nothing beside the screen's kind.
func (r *screenReader) belongs() {
	if len(r.verbs) == 0 {
		return
	}
	for _, o := range KeyOwners() {
		key, given := r.keys[o.Key]
		if given && !r.has(o.Kinds...) {
			r.find("U002", key, fmt.Sprintf("%q means nothing on a screen with %q.", o.Key, r.verbs[0].Value), "It goes with "+strings.Join(o.Kinds, ", ")+".")
		}
	}
}

func (r *screenReader) has(keys ...string) bool {
	for _, k := range keys {
		if r.keys[k].Written() {
			return true
		}
	}
	return false
}

// complete finds kinds that lack what they need.
func (r *screenReader) complete() {
	for _, n := range KindNeeds() {
		if !r.has(n.Says) || r.has(n.Key) || r.has(n.Unless) || n.Key == "say" && r.has("show") { // U006 says that
			continue
		}
		r.find("U003", r.keys[n.Says], fmt.Sprintf("A screen with %q needs %q.", n.Says, n.Key), fmt.Sprintf("Add a line like '%s'.", n.Example))
	}
}
