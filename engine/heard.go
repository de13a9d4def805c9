package engine

// maxOption is the longest input that may name an option: no menu has a hundred.
// A PIN typed at the wrong screen is longer.
const maxOption = 2

// heardKinds are what is told of answers to questions.
var heardKinds = [...]string{
	KindNone: "(answer)", KindText: "(text)", KindNumber: "(number)", KindMoney: "(amount)", KindDate: "(date)",
	KindPhone: "(phone number)", KindSecret: "(secret)", KindRecord: "(answer)", KindList: "(answer)",
}

// heard says of an input what may be kept of it. It makes no new text: every
// callback asks.
func (p *Program) heard(s *Session, in string) string {
	n := p.nodes[s.Screen]
	if n == nil {
		return ""
	}
	if n.askSlot >= 0 {
		if kind := p.slots[n.askSlot].Type.Kind; kind != KindChoice {
			return heardKinds[kind]
		}
	}
	if len(in) > maxOption {
		return "(no option)"
	}
	return in
}

// SessionKey is the ID under which a store of Sessions keeps a gateway's
// session.
func SessionKey(session string) string { return sessionKey(session) }
