package syntax

import (
	"fmt"
	"strings"
)

// arrow leads to the next screen.
const arrow = "->"

// otherArrows lists wrong spellings that people type or editors produce, longest
// first.
var otherArrows = []string{"-->", "–>", "—>", "=>", "→", "➔", "➜", "»", "->", "-›"}

// splitArrow divides "Label -> target" at its last arrow. has is false if there is no
// arrow. A misspelled arrow is reported and used.
func (p *reader) splitArrow(t Text) (label, target Text, has bool) {
	if i := lastArrow(t.Value); i >= 0 {
		return t.Sub(0, i).Trim(), t.Sub(i+len(arrow), len(t.Value)).Trim(), true
	}
	for _, other := range otherArrows {
		i := strings.LastIndex(t.Value, other)
		if i < 0 || !looksLikeTarget(t.Value[i+len(other):]) {
			continue
		}
		label, target = t.Sub(0, i).Trim(), t.Sub(i+len(other), len(t.Value)).Trim()
		message := fmt.Sprintf("Here is %q; the arrow of a menu is written %q.", other, arrow)
		if other == arrow {
			message = "The arrow needs a space on both sides."
		}
		help := strings.TrimSpace(label.Value + " " + arrow + " " + target.Value)
		p.find("U008", t.Sub(i, i+len(other)), message, fmt.Sprintf("Write %q.", help)).sign(arrow, true)
		return label, target, true
	}
	return t, Text{}, false
}

// lastArrow returns the offset of the last arrow with a space or an end on both
// sides, or -1.
func lastArrow(s string) int {
	for i := strings.LastIndex(s, arrow); i >= 0; i = strings.LastIndex(s[:i], arrow) {
		before := i == 0 || s[i-1] == ' ' || s[i-1] == '\n'
		after := i+len(arrow) == len(s) || s[i+len(arrow)] == ' ' || s[i+len(arrow)] == '\n'
		if before && after {
			return i
		}
	}
	return -1
}

// looksLikeTarget reports whether the text behind a misspelled arrow can only be a
// target. "A=>B and more" stays a text.
func looksLikeTarget(s string) bool {
	s = strings.TrimSpace(s)
	n := nameEnd(s)
	return n > 0 && (n == len(s) || s[n] == '(' && strings.HasSuffix(s, ")"))
}

// jump reads "Label -> target", label and all. help shows the right form.
func (p *reader) jump(e entry, help string) (label Text, to Target, ok bool) {
	t, ok := p.scalar(e, "an arrow")
	if !ok {
		return Text{}, Target{}, false
	}
	label, target, has := p.splitArrow(t)
	if !has {
		if p.eaten(e.node, t, true) {
			return t, Target{}, false
		}
		p.find("U003", t, fmt.Sprintf("%q has no arrow, so it leads nowhere.", Short(t.Value)), "Write "+withArrow(e.key.Value, t.Value, help)+".")
		return t, Target{}, false
	}
	return label, p.target(target, t), true
}

// withArrow returns the line that the author may have meant, or the example help if
// that can't be guessed.
func withArrow(key, text, help string) string {
	confirms := key == "confirm" || key == "cancel"
	switch {
	case confirms && strings.HasSuffix(text, ")") && looksLikeTarget(text):
		return fmt.Sprintf("%q", key+": "+arrow+" "+text)
	case key == "ask" && nameEnd(text) == len(text):
		return fmt.Sprintf("%q", "ask: "+text+" "+arrow+" next_screen")
	case key == "-" && !strings.Contains(text, "\n"):
		return fmt.Sprintf("%q", "- "+Short(text)+" "+arrow+" next_screen")
	case AllDigits(key) && !strings.Contains(text, "\n"):
		return fmt.Sprintf("%q", key+": "+Short(text)+" "+arrow+" next_screen")
	}
	return help
}

// goTo reads a value that is only a target. Its arrow is optional.
func (p *reader) goTo(e entry) Target {
	t, ok := p.scalar(e, "a screen")
	if !ok {
		return Target{}
	}
	return p.bareTarget(t)
}

// bareTarget reads a target without a label; the arrow is optional.
func (p *reader) bareTarget(t Text) Target {
	label, target, has := p.splitArrow(t)
	if has && label.Value != "" {
		p.find("U003", label, fmt.Sprintf("Only a screen's name belongs here, so %q is never shown.", Short(label.Value)), fmt.Sprintf("Write %q.", target.Value))
	}
	if !has {
		target = t
	}
	return p.target(target, t)
}

// target reads one screen or one "action(values)". whole is the text around
// it, for a target that is not there.
func (p *reader) target(t, whole Text) Target {
	if t.Value == "" {
		p.find("U003", whole, "This arrow leads nowhere.", "Name a screen behind it.")
		return Target{}
	}
	if strings.Contains(t.Value, "(") {
		if call := p.call(t); call != nil {
			return Target{Call: call}
		}
		return Target{}
	}
	if !p.goodName(t, "a screen") {
		return Target{}
	}
	return Target{Screen: t}
}
