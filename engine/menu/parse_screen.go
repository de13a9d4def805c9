package menu

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// screenReader reads one screen. keys are those given, verbs the ones among
// them that say what the screen does, in their order.
type screenReader struct {
	*reader
	s     *Screen
	keys  map[string]Text
	verbs []Text
}

// screenKeys is every key a screen may have, and what reads it.
var screenKeys map[string]func(*screenReader, entry)

func init() { // a table of methods that in turn name the table's keys
	screenKeys = map[string]func(*screenReader, entry){
		"say":       func(r *screenReader, e entry) { r.s.HasSay = true; r.s.Say = r.says(e) },
		"menu":      (*screenReader).menu,
		"ask":       (*screenReader).ask,
		"retries":   func(r *screenReader, e entry) { r.s.ask().Retries = r.number(e, 1, mostRetries) },
		"give_up":   func(r *screenReader, e entry) { r.s.ask().GiveUp = r.name(e, "a screen") },
		"offer":     (*screenReader).offers,
		"accept":    (*screenReader).accepts,
		"repeat":    func(r *screenReader, e entry) { r.text(e, &r.s.ask().Repeat) },
		"confirm":   (*screenReader).confirm,
		"cancel":    (*screenReader).cancel,
		"list":      (*screenReader).list,
		"each":      func(r *screenReader, e entry) { r.text(e, &r.s.list().Each) },
		"empty":     func(r *screenReader, e entry) { r.s.list().Empty = r.name(e, "a screen") },
		"languages": (*screenReader).languages,
		"show":      func(r *screenReader, e entry) { r.s.Show = r.textOrNone(e) },
		"end":       func(r *screenReader, e entry) { r.s.End = r.textOrNone(e) },
		"do":        (*screenReader).do,
		"when":      (*screenReader).when,
		"set":       func(r *screenReader, e entry) { r.s.SetPos = e.key.Pos; r.s.Set = r.assigns(e) },
		"go":        func(r *screenReader, e entry) { r.s.Go = r.goTo(e) },
		"sms":       (*screenReader).sms,
		"choose":    (*screenReader).choose,
		"nav":       (*screenReader).navOff,
		"skip":      func(r *screenReader, e entry) { r.s.Skip = r.oneCase(e) },
		"error":     func(r *screenReader, e entry) { r.s.Error = r.textOrNone(e) },
		"again":     func(r *screenReader, e entry) { r.s.Again = r.textOrNone(e) },
	}
}

// screenVerbs are the keys of which a screen has exactly one.
var screenVerbs = map[string]bool{
	"menu": true, "ask": true, "confirm": true, "list": true, "languages": true,
	"show": true, "end": true, "do": true, "set": true, "sms": true, "choose": true,
}

func (p *reader) screens(e entry) {
	for _, s := range p.entries(e.node, `"screens"`) {
		if len(p.file.Screens) >= MaxScreens {
			p.find("U001", s.key, fmt.Sprintf("The menu has more than %d screens.", MaxScreens), "Divide it into several menus.")
			return
		}
		if !p.goodName(s.key, "a screen") || !p.claim("screen", s.key) {
			continue
		}
		if prefixes[s.key.Value] {
			p.find("U007", s.key, fmt.Sprintf("%q is a name that every menu has.", s.key.Value), "Choose another name for the screen.")
		}
		p.file.Screens = append(p.file.Screens, p.screen(s))
	}
}

func (p *reader) screen(e entry) *Screen {
	r := &screenReader{reader: p, s: &Screen{Name: e.key, File: p.src.path}, keys: map[string]Text{}}
	known := slices.Sorted(maps.Keys(screenKeys))
	what := fmt.Sprintf("the screen %q", e.key.Value)
	for _, f := range p.entries(e.node, what) {
		parse, ok := screenKeys[f.key.Value]
		if !ok {
			p.unknown(f.key, what, known)
			continue
		}
		r.keys[f.key.Value] = f.key
		if screenVerbs[f.key.Value] {
			r.verbs = append(r.verbs, f.key)
		}
		parse(r, f)
	}
	if e.node.Kind == yaml.MappingNode {
		r.oneThing()
		r.belongs()
		r.complete()
	}
	return r.s
}

// textOrNone is a text that may be empty: error: "".
func (r *screenReader) textOrNone(e entry) *Text {
	t, ok := r.words(e)
	if !ok {
		return nil
	}
	return &t
}

func (r *screenReader) navOff(e entry) {
	t, ok := r.scalar(e, `"none"`)
	if !ok {
		return
	}
	if r.s.NavOff = t.Value == "none"; !r.s.NavOff {
		r.find("U003", t, fmt.Sprintf(`A screen's "nav" is "none" or not there, but here is %q.`, short(t.Value)), `Write "nav: none".`)
	}
}

// says reads one text, or a list of texts with conditions, the last without.
func (p *reader) says(e entry) []Say {
	if e.node.Kind != yaml.SequenceNode || e.node.Style&yaml.FlowStyle != 0 && !holdsMappings(e.node) {
		if t, ok := p.words(e); ok {
			return []Say{{Text: t}}
		}
		return nil
	}
	var list []Say
	for i, n := range e.node.Content {
		if n.Kind == yaml.ScalarNode {
			n = asSay(n)
		}
		say := Say{}
		hasIf := false
		p.fields(n, "a say", map[string]parser{
			"if":  func(e entry) { hasIf = true; say.If = p.condOf(e) },
			"say": func(e entry) { p.text(e, &say.Text) },
		})
		p.sayOrder(n, hasIf, i == len(e.node.Content)-1)
		if say.Text.Written() {
			list = append(list, say)
		}
	}
	return list
}

// sayOrder finds a text that is never said, and a list that may say nothing.
func (p *reader) sayOrder(n *yaml.Node, hasIf, last bool) {
	switch {
	case n.Kind != yaml.MappingNode:
	case hasIf && last:
		p.find("U003", p.at(n), `The last text of a "say" has no "if", so that there is always one to show.`, `Add "- say: …" behind it.`)
	case !hasIf && !last:
		p.find("U003", p.at(n), `This text has no "if", so the ones below it are never said.`, "Put it last.")
	}
}

// asSay is the group that a plain text in a say's list stands for.
func asSay(n *yaml.Node) *yaml.Node {
	key := &yaml.Node{Kind: yaml.ScalarNode, Value: "say", Line: n.Line, Column: n.Column}
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, n}, Line: n.Line, Column: n.Column}
}

func holdsMappings(n *yaml.Node) bool {
	for _, c := range n.Content {
		if c.Kind != yaml.MappingNode {
			return false
		}
	}
	return len(n.Content) > 0
}

// condOf is the condition that a key "if" holds.
func (p *reader) condOf(e entry) *Cond {
	t, ok := p.scalar(e, "a condition")
	if !ok {
		return nil
	}
	return p.cond(t)
}

// oneThing finds a screen with no verb or with several.
func (r *screenReader) oneThing() {
	verbs := r.joined()
	switch {
	case len(verbs) == 1:
		return
	case len(verbs) > 1:
		second := verbs[1]
		r.find("U006", second, fmt.Sprintf("The screen %q does several things: %s.", r.s.Name.Value, listOf(verbs)), "A screen does exactly one thing: divide it into several screens.", Note{verbs[0].Pos, fmt.Sprintf("%q is here.", verbs[0].Value)})
	case r.s.HasSay:
		r.find("U006", r.s.Name, fmt.Sprintf("The screen %q says something, but not what comes then.", r.s.Name.Value), `Add "menu", "ask" or "confirm"; or write "show" (with Back and Home) or "end" in place of "say".`)
	default:
		r.find("U006", r.s.Name, fmt.Sprintf("The screen %q does nothing.", r.s.Name.Value), "It needs one of menu, ask, confirm, list, languages, show, end, do, set, sms, choose.")
	}
}

// joined are the verbs without those that go along with another: a menu below
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

// owners are the verbs that a key goes with.
var owners = []struct {
	key   string
	verbs []string
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

// belongs finds keys that mean nothing beside the screen's verb.
func (r *screenReader) belongs() {
	if len(r.verbs) == 0 {
		return
	}
	for _, o := range owners {
		key, given := r.keys[o.key]
		if given && !r.has(o.verbs...) {
			r.find("U002", key, fmt.Sprintf("%q means nothing on a screen with %q.", o.key, r.verbs[0].Value), "It goes with "+strings.Join(o.verbs, ", ")+".")
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

// complete finds verbs that lack what they need.
func (r *screenReader) complete() {
	need := func(verb, key, example string) {
		if r.has(verb) && !r.has(key) {
			r.find("U003", r.keys[verb], fmt.Sprintf("A screen with %q needs %q.", verb, key), fmt.Sprintf("Add a line like '%s'.", example))
		}
	}
	need("menu", "say", "say: What would you like?")
	need("ask", "say", "say: Your phone number")
	need("confirm", "say", "say: Send {amount}?")
	need("list", "say", "say: Last payments")
	need("list", "each", `each: "{payment.date} {payment.amount}"`)
	need("list", "empty", "empty: no_payments")
	need("do", "when", "when: {done: next_screen}")
	need("set", "go", "go: next_screen")
	if !r.has("end") {
		need("sms", "go", "go: next_screen")
	}
}
