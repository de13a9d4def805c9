package runner

import "github.com/paytrace/paytrace/engine"

// maxOption is the longest input that may name an option: no menu has a hundred
// options, and a PIN typed on the wrong screen is longer.
const maxOption = 2

// answerKinds stand for the answers to questions.
var answerKinds = [...]string{
	engine.KindNone: "(answer)", engine.KindText: "(text)", engine.KindNumber: "(number)", engine.KindMoney: "(amount)",
	engine.KindDate: "(date)", engine.KindPhone: "(phone number)", engine.KindSecret: "(secret)",
	engine.KindRecord: "(answer)", engine.KindList: "(answer)",
}

// redact returns what may be stored of an input. It allocates nothing, because
// every callback calls it.
func redact(p *engine.Program, s *engine.Session, in string) string {
	if _, ok := p.Screen(s.Screen); !ok {
		return ""
	}
	if t := p.Question(s); t != nil && t.Kind != engine.KindChoice {
		return answerKinds[t.Kind]
	}
	if len(in) > maxOption {
		return "(no option)"
	}
	return in
}
