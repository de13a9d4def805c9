package proof_test

import (
	"maps"
	"strings"
)

// The oracle has its own idea of a menu, which shares no code with the engine. From a
// screen that the caller saw and from what the caller typed, it tells what may happen.

type kind int

const (
	kMenu kind = iota
	kNumber
	kText
	kPIN
	kConfirm
	kList
	kLang
	kResume // the question about a dropped call
	kDo
	kEnd
)

// A screen is one state of the oracle's menu.
type screen struct {
	kind    kind
	slot    int
	next    string            // where an answer leads
	options map[string]string // of a menu
	yes, no string            // of a confirm
	action  string
	args    []int // slots
	pin     bool  // the action takes the PIN
	look    bool  // the action reads the list's rows, and gives the first of them
	sms     bool  // a message goes out when the screen is entered, once in a call
	guarded bool  // a confirm must have been answered with these values
	out     map[string]string
}

type prog map[string]*screen

// A state is what the caller can know: a screen and its values.
type state struct {
	version int
	screen  string
	values  [4]string
	rows    string // of a list
	seen    int    // the effects that the state knows of
	ended   bool
	back    bool // the screen offers the way back
	lang    string
	pin     string
}

// answer takes one input, as a caller who reads the screen expects. wrong says that the
// screen has no such answer. The state may be that of an action, which is not done yet.
func (p prog) answer(s state, in string) (next state, wrong bool) {
	sc := p[s.screen]
	next = s
	next.pin = ""
	if s.back && in == backKey {
		return next, true // to where, only the next screen says
	}
	to := func(name string) (state, bool) {
		next.screen, next.rows = name, ""
		if t := p[name]; t != nil && t.kind == kEnd {
			next.ended = true
		}
		return next, false
	}
	digit := in == "1" || in == "2"
	switch sc.kind {
	case kMenu:
		if name, ok := sc.options[in]; ok {
			return to(name)
		}
	case kNumber:
		if digit {
			next.values[sc.slot] = in
			return to(sc.next)
		}
	case kText:
		if !strings.Contains(in, "*") {
			next.values[sc.slot] = in
			return to(sc.next)
		}
	case kPIN:
		if in == pinRight || in == pinWrong {
			next.pin = in
			return to(sc.next)
		}
	case kConfirm:
		if saysYes(in) {
			return to(sc.yes)
		}
		if in == "2" {
			return to(sc.no)
		}
	case kLang:
		if digit {
			next.lang = languages[in[0]-'1'].Code
			return to(sc.next)
		}
	case kResume:
		if in == "2" {
			return state{version: s.version, screen: "begin", lang: languages[0].Code}, false
		}
		return next, true // only the next screen says where the dropped call was
	case kList:
		if digit && len(s.rows) == 2 {
			next.values[sc.slot] = s.rows[in[0]-'1' : in[0]-'0']
			return to(sc.next)
		}
	}
	return next, true
}

// saysYes reports whether a caller means Yes. People also write 01 for 1.
func saysYes(in string) bool { return in == "1" || in == "01" }

func (p prog) acts(s state) bool { sc := p[s.screen]; return sc != nil && sc.kind == kDo }

// A menu has two versions, of which the second gives keys another meaning.
type menu struct {
	name     string
	versions [2]prog
	// back lets callers go back with backKey.
	back bool
	// resume lets callers who dial again go on with a dropped call.
	resume bool
}

// resumeScreen is the engine's name of the question about a dropped call.
const resumeScreen = "(resume)"

// backKey goes back to the screen before, and takes its values back.
const backKey = "0"

func to(kv ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return m
}

func do(action, next string, args ...int) *screen {
	return &screen{kind: kDo, action: action, args: args, out: to("done", next, "failed", "sorry")}
}

func guarded(s *screen) *screen { s.guarded = true; return s }

func withPIN(s *screen) *screen { s.pin = true; return s }

// menus lists small menus of the kinds of screens that a replay has to cope with.
func menus() []menu {
	list := forward()
	for _, m := range forward() {
		m.name, m.back = m.name+", with Back", true
		for _, p := range m.versions {
			for _, s := range p {
				if s.guarded { // the checker refuses a menu with a way back to it (U605)
					s.out["done"] = "bye"
				}
			}
		}
		list = append(list, m)
	}
	for _, m := range forward() {
		if m.consents() {
			m.name, m.resume = m.name+", with resume", true
			for _, p := range m.versions {
				p[resumeScreen] = &screen{kind: kResume}
			}
			list = append(list, m)
		}
	}
	return list
}

// consents reports whether an action needs a Yes, and no screen sends a message, which a
// resumed call sends again.
func (m *menu) consents() bool {
	yes := false
	for _, s := range m.versions[0] {
		if s.sms {
			return false
		}
		yes = yes || s.guarded
	}
	return yes
}

func forward() []menu {
	number := func(slot int, next string) *screen { return &screen{kind: kNumber, slot: slot, next: next} }
	text := func(slot int, next string) *screen { return &screen{kind: kText, slot: slot, next: next} }
	options := func(kv ...string) *screen { return &screen{kind: kMenu, options: to(kv...)} }
	sure := func(yes, no string) *screen { return &screen{kind: kConfirm, yes: yes, no: no} }
	look := func(action, next string, args ...int) *screen {
		s := do(action, next, args...)
		s.look, s.slot = true, 1
		return s
	}
	return []menu{
		both("question, write", prog{
			"begin": number(0, "w"), "w": do("w", "after", 0),
		}),
		both("two questions, write", prog{
			"begin": number(0, "q2"), "q2": number(1, "w"), "w": do("w", "after", 0, 1),
		}),
		both("question, confirm, write", prog{
			"begin": number(0, "sure"), "sure": sure("w", "begin"), "w": guarded(do("w", "after", 0)),
		}),
		both("question, confirm, PIN, write", prog{
			"begin": number(0, "sure"), "sure": sure("pin", "begin"), "pin": {kind: kPIN, next: "w"},
			"w": guarded(withPIN(&screen{kind: kDo, action: "pay", args: []int{0}, out: to("done", "after", "failed", "sorry", "wrong_pin", "pin")})),
		}),
		both("two actions, the second with the PIN", prog{
			"begin": number(0, "pin"), "pin": {kind: kPIN, next: "a"}, "a": do("a", "b", 0), "b": withPIN(do("b", "after", 0)),
		}),
		both("look-up, confirm, write", prog{
			"begin": number(0, "look"), "look": look("look", "sure", 0), "sure": sure("w", "begin"), "w": guarded(do("w", "after", 0, 1)),
		}),
		both("list, write", prog{
			"begin": options("1", "rd", "2", "q7"), "rd": look("rd", "list"), "list": {kind: kList, slot: 2, next: "w"}, "w": do("w", "after", 2),
		}),
		both("list, confirm, write", prog{
			"begin": options("1", "rd", "2", "bye"), "rd": look("rd", "list"), "list": {kind: kList, slot: 2, next: "sure"},
			"sure": sure("w", "begin"), "w": guarded(do("w", "after", 2)),
		}),
		both("No, then another write", prog{
			"begin": options("1", "q1", "2", "q2"), "q1": number(0, "sure"), "sure": sure("w", "begin"),
			"w": guarded(do("w", "after", 0)), "q2": number(1, "w2"), "w2": do("w2", "after", 1),
		}),
		both("text, write", prog{
			"begin": text(0, "w"), "w": do("w", "after", 0),
		}),
		both("text, question, write", prog{
			"begin": text(0, "q2"), "q2": number(1, "w"), "w": do("w", "after", 0, 1),
		}),
		both("question, text, write", prog{
			"begin": number(0, "t2"), "t2": text(1, "w"), "w": do("w", "after", 0, 1),
		}),
		both("three questions, write", prog{
			"begin": number(0, "q2"), "q2": number(1, "q3"), "q3": number(2, "w"), "w": do("w", "after", 0, 1, 2),
		}),
		both("question, menu, question, write", prog{
			"begin": number(0, "m"), "m": options("1", "q2", "2", "begin"), "q2": number(1, "w"), "w": do("w", "begin", 0, 1),
		}),
		both("question, text, question, write", prog{
			"begin": number(0, "t"), "t": text(1, "q2"), "q2": number(2, "w"), "w": do("w", "begin", 0, 1, 2),
		}),
		both("question, write, again", prog{
			"begin": number(0, "w"), "w": do("w", "begin", 0),
		}),
		both("menu of writes, again", prog{
			"begin": options("1", "w", "2", "m2"), "m2": options("1", "m3", "2", "bye"), "m3": options("1", "q7", "2", "bye"), "w": do("w", "begin"),
		}),
		both("write, then a confirm", prog{
			"begin": number(0, "w"), "w": do("w", "q2", 0), "q2": number(1, "sure"), "sure": sure("w2", "begin"), "w2": guarded(do("w2", "after", 1)),
		}),
		both("menu writes", prog{
			"begin": options("1", "w", "2", "q2"), "q2": number(1, "sure"), "sure": sure("w2", "begin"), "w": do("w", "after"), "w2": guarded(do("w2", "bye", 1)),
		}),
		both("language, question, write", prog{
			"begin": {kind: kLang, next: "q2"}, "q2": number(0, "w"), "w": do("w", "begin", 0),
		}),
		both("question, language, confirm, write", prog{
			"begin": number(0, "l"), "l": {kind: kLang, next: "sure"}, "sure": sure("w", "begin"), "w": guarded(do("w", "after", 0)),
		}),
		withSMS("after", both("question, write, message", prog{
			"begin": number(0, "w"), "w": do("w", "after", 0),
		})),
		withSMS("q2", both("question, message with the next, confirm, write", prog{
			"begin": number(0, "q2"), "q2": number(1, "sure"), "sure": sure("w", "begin"), "w": guarded(do("w", "after", 0, 1)),
		})),
		withSMS("q2", both("question, write, message with a question, write", prog{
			"begin": number(0, "w"), "w": do("w", "q2", 0), "q2": number(1, "w2"), "w2": do("w2", "begin", 1),
		})),
		both("confirm first", prog{
			"begin": sure("w", "q7"), "w": guarded(do("w", "after")),
		}),
		both("confirm, question, write", prog{
			"begin": number(0, "sure"), "sure": sure("q2", "begin"), "q2": number(1, "w"), "w": guarded(do("w", "after", 0, 1)),
		}),
	}
}

// withSMS lets a screen send a message.
func withSMS(name string, m menu) menu {
	for _, p := range m.versions {
		p[name].sms = true
	}
	return m
}

// both adds the screens that every menu has, and makes the second version: its options
// have changed places, or a menu stands in front.
func both(name string, p prog) menu {
	p["after"] = &screen{kind: kMenu, options: to("1", "begin", "2", "bye")}
	p["sorry"] = &screen{kind: kMenu, options: to("1", "begin", "2", "q7")}
	p["bye"] = &screen{kind: kEnd}
	p["q7"] = &screen{kind: kNumber, slot: 3, next: "w7"}
	p["w7"] = do("w7", "bye", 3)
	q := prog{}
	for k, s := range p {
		c := *s
		if c.kind == kMenu && k != "sorry" {
			c.options = maps.Clone(s.options)
			c.options["1"], c.options["2"] = s.options["2"], s.options["1"]
		}
		q[k] = &c
	}
	if b := q["begin"]; b.kind != kMenu {
		q["begin0"] = b
		q["begin"] = &screen{kind: kMenu, options: to("1", "q7", "2", "begin0")}
	}
	return menu{name: name, versions: [2]prog{p, q}}
}
