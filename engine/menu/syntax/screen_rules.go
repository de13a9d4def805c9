package syntax

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
)

// KindKeys lists the keys of which a screen has exactly one.
var KindKeys = map[string]bool{
	"menu": true, "ask": true, "confirm": true, "list": true, "languages": true,
	"show": true, "end": true, "do": true, "set": true, "sms": true, "choose": true,
}

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
		if verbs[0].Value == "show" && len(verbs) == 2 && r.s.Say == nil && takesSay[second.Value] {
			help = `Write "say" in place of "show", which is a text alone.`
		}
		r.find("U006", second, fmt.Sprintf("The screen %q does several things: %s.", r.s.Name.Value, listOf(verbs)), help, diag.At(verbs[0].Pos, fmt.Sprintf("%q is here.", verbs[0].Value)))
	case r.s.HasSay:
		r.find("U006", r.s.Name, fmt.Sprintf("The screen %q says something, but not what comes then.", r.s.Name.Value), `Add "menu", "ask" or "confirm"; or write "show" (with Back and Home) or "end" in place of "say".`)
	default:
		r.find("U006", r.s.Name, fmt.Sprintf("The screen %q does nothing.", r.s.Name.Value), "It needs one of menu, ask, confirm, list, languages, show, end, do, set, sms, choose.")
	}
}

// takesSay lists the kinds below a "say".
var takesSay = map[string]bool{"menu": true, "ask": true, "confirm": true, "list": true, "languages": true}

// joined returns the kinds without those that go along with another: a menu below
// a list, the SMS of an end or a set.
func (r *screenReader) joined() []Text {
	along := map[string]bool{}
	for _, v := range r.verbs {
		along["menu"] = along["menu"] || v.Value == "list"
		along["sms"] = along["sms"] || v.Value == "end" || v.Value == "set"
	}
	var verbs []Text
	for _, v := range r.verbs {
		if !along[v.Value] {
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

// KeyOwners lists the kinds that a key goes with.
var KeyOwners = []struct {
	Key   string
	Kinds []string
}{
	{"say", []string{"menu", "ask", "confirm", "list", "languages"}},
	{"retries", []string{"ask"}},
	{"give_up", []string{"ask"}},
	{"offer", []string{"ask"}},
	{"accept", []string{"ask"}},
	{"repeat", []string{"ask"}},
	{"cancel", []string{"confirm"}},
	{"each", []string{"list"}},
	{"empty", []string{"list"}},
	{"go", []string{"set", "sms"}},
	{"error", []string{"menu", "ask", "confirm", "list", "languages"}},
	{"again", []string{"menu", "ask", "confirm", "list", "languages"}},
}

// belongs finds keys that mean nothing beside the screen's kind.
func (r *screenReader) belongs() {
	if len(r.verbs) == 0 {
		return
	}
	for _, o := range KeyOwners {
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

// KindNeeds lists the keys that a kind can't do without, and how they look.
var KindNeeds = []struct{ Kind, Key, Example string }{
	{"menu", "say", "say: What would you like?"},
	{"ask", "say", "say: Your phone number"},
	{"confirm", "say", "say: Send {amount}?"},
	{"list", "say", "say: Last payments"},
	{"list", "each", `each: "{payment.date} {payment.amount}"`},
	{"list", "empty", "empty: no_payments"},
	{"do", "when", "when: {done: next_screen}"},
	{"set", "go", goExample},
}

const goExample = "go: next_screen"

// complete finds kinds that lack what they need.
func (r *screenReader) complete() {
	for _, n := range KindNeeds {
		r.needs(n.Kind, n.Key, n.Example)
	}
	if !r.has("end") {
		r.needs("sms", "go", goExample)
	}
}

func (r *screenReader) needs(verb, key, example string) {
	if r.has(verb) && !r.has(key) && !(key == "say" && r.has("show")) { // U006 says that
		r.find("U003", r.keys[verb], fmt.Sprintf("A screen with %q needs %q.", verb, key), fmt.Sprintf("Add a line like '%s'.", example))
	}
}
