package syntax

// AgainFor holds the texts that stand in place of a question after one kind of wrong
// answer.
type AgainFor struct{ Format, Range, Mismatch Text }

// againKinds lists the kinds of wrong answers that a text can be written for.
var againKinds = []struct {
	key string
	of  func(*AgainFor) *Text
}{
	{"format", func(a *AgainFor) *Text { return &a.Format }},
	{"range", func(a *AgainFor) *Text { return &a.Range }},
	{"mismatch", func(a *AgainFor) *Text { return &a.Mismatch }},
}

// AgainKinds lists the keys of the texts for one kind of wrong answer.
func AgainKinds() []string {
	var list []string
	for _, kind := range againKinds {
		list = append(list, kind.key)
	}
	return list
}

// Text returns the text for one kind of wrong answer, by its key.
func (a *AgainFor) Text(key string) Text {
	for _, kind := range againKinds {
		if kind.key == key {
			return *kind.of(a)
		}
	}
	return Text{}
}
