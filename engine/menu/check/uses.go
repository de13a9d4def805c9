package check

import "github.com/paytrace/paytrace/engine/menu/syntax"

// purpose says what a value is used for.
type purpose uint8

const (
	shown   purpose = iota + 1 // a placeholder in a text on the screen
	sent                       // a placeholder in an SMS, or its number
	passed                     // a value for an action
	asked                      // compared in a condition
	tested                     // "is set", "is empty": it need not be set
	taken                      // set, listed, offered
	offered                    // an offer: not shown while it is not set
)

// use describes one place where a menu uses a value.
type use struct {
	screen *syntax.Screen // nil for texts that stand on every screen
	call   *syntax.Call   // set where the place comes after the screen was answered
	purpose
	name, field string
	at          syntax.Text
	// in names the text, for messages: `the text of "main"`.
	in string
	// op is the test of a tested value: "is set" or "is empty".
	op string
	// assume lists conditions that are true here in addition to those of the screen;
	// also lists additional values set here.
	assume []assumption
	also   []string
	// outcome is set for the text of a "retry": the outcome's values are there.
	outcome string
}

// assumption holds a condition and its outcome.
type assumption struct {
	cond  *syntax.Cond
	holds bool
}

// useWalk gathers the uses of one screen.
type useWalk struct {
	c    *checker
	base use
	uses []use
}

// collectUses lists every use of a value in the menu's first language.
// Translations show the same values: U312.
func (c *checker) collectUses() []use {
	w := &useWalk{c: c}
	for _, s := range c.f.Screens {
		w.base = use{screen: s}
		w.screen(s)
	}
	w.base = use{}
	for _, word := range c.msgs.All {
		if word.Screen == nil && word.Text.Written() && everywhere(word) {
			w.text(word.Text, "the text of "+syntax.Quote(word.Key), nil)
		}
	}
	return w.uses
}

// everywhere adds the uses of texts that may stand on any screen.
func everywhere(w syntax.Message) bool {
	return len(w.Key) > 4 && w.Key[:4] == "nav." || len(w.Key) > 7 && w.Key[:7] == "resume."
}

func (w *useWalk) add(p purpose, name, field string, at syntax.Text, in string, assume []assumption) {
	u := w.base
	u.purpose, u.name, u.field, u.at, u.in = p, name, field, at, in
	u.assume = append(u.assume[:len(u.assume):len(u.assume)], assume...)
	w.uses = append(w.uses, u)
}

// value adds the use of a name. A constant is not a use.
func (w *useWalk) value(p purpose, v syntax.Value, in string, assume []assumption) {
	if v.Name != "" {
		w.add(p, v.Name, v.Field, v.Text, in, assume)
	}
}

// text adds the values that a text shows. Those of shared texts count where the text
// is shown.
func (w *useWalk) text(t syntax.Text, in string, assume []assumption) {
	w.placeholders(shown, t, in, assume)
}

func (w *useWalk) placeholders(p purpose, t syntax.Text, in string, assume []assumption) {
	parts, _ := syntax.Parts(t)
	for _, part := range parts {
		switch {
		case !part.Placeholder():
		case part.Name == syntax.SharedTexts:
			for _, inner := range w.c.msgs.Own(syntax.SharedKey(part.Field), 0) {
				if inner.Placeholder() && inner.Name != syntax.SharedTexts {
					w.add(p, inner.Name, inner.Field, part.At, in, assume)
				}
			}
		default:
			w.add(p, part.Name, part.Field, part.At, in, assume)
		}
	}
}

// cond adds a condition's values. Those behind "and" and "or" count only while the
// part before does not decide the outcome.
func (w *useWalk) cond(k *syntax.Cond, in string, assume []assumption) {
	if k == nil {
		return
	}
	switch k.Op {
	case "and", "or":
		w.cond(k.A, in, assume)
		w.cond(k.B, in, with(assume, assumption{k.A, k.Op == "and"}))
	case "not":
		w.cond(k.A, in, assume)
	case "is set", "is empty":
		w.base.op = k.Op
		w.value(tested, k.Left, in, assume)
		w.base.op = ""
	default:
		left, right := w.c.operands(k)
		w.value(asked, left, in, assume)
		if w.c.values[left.Name] != nil || w.c.values[right.Name] != nil || left.Name == "" {
			w.value(asked, right, in, assume) // otherwise it may be an option of the missing value
		}
	}
}

func with[T any](list []T, more ...T) []T { return append(list[:len(list):len(list)], more...) }
