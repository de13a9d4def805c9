package syntax

import "fmt"

// The words of "answers".
const (
	// AnswersLabels takes the words behind a key as well as the key.
	AnswersLabels = "labels"
	// AnswersKeys takes keys alone.
	AnswersKeys = "keys"
)

// answers reads "labels" or "keys".
func (p *reader) answers(e entry) Text {
	t, ok := p.scalar(e, `"labels"`)
	if !ok {
		return Text{}
	}
	if t.Value != AnswersLabels && t.Value != AnswersKeys {
		p.find("U003", t, fmt.Sprintf(`"answers" is here %q.`, Short(t.Value)), `Write "answers: labels" to take the words of an option as well as its key, or "answers: keys" to take keys alone.`)
		return Text{}
	}
	return t
}

// TakesLabels reports whether the labels on a screen are answers, by its own word or by
// that of the menu.
func (f *File) TakesLabels(s *Screen) bool {
	word := s.Answers
	if !word.Written() {
		word = f.Nav.Answers
	}
	if word.Value != AnswersLabels {
		return false
	}
	for kind := range KindsOf(s) {
		if kind.Answered() {
			return true
		}
	}
	return false
}
