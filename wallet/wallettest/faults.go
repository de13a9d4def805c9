package wallettest

import "time"

// Kind is a way to fail.
type Kind uint8

// The ways to fail. Where a transaction is handed in, the first group says what
// happens to it; a question is lost either way.
const (
	// Fine: nothing fails.
	Fine Kind = iota
	// Lost: it never arrives, and the answer is Status or a broken connection.
	Lost
	// Silent: it gets in a ledger, and the answer is lost.
	Silent
	// Late: the answer is lost, and After later it gets in a ledger, if it is
	// still valid then.
	Late
	// Refused: it is not taken, with Code, whatever its state.
	Refused
	// Garbage: it gets in a ledger, and the answer is no JSON.
	Garbage
)

// Fault is how one request fails.
type Fault struct {
	Kind  Kind
	After time.Duration
	// Status is the answer's where one is given: 429, 500, 502, 503 or 504. 0
	// breaks the connection.
	Status int
	// Code is a transaction's, as "tx_bad_seq".
	Code string
}

// Request is what a fault may depend on.
type Request struct {
	Submits bool
	// Envelope is what is handed in.
	Envelope string
	// Path of a question, or the method's name for RPC.
	Path string
}

// Faults decides how a request fails; nil: none does.
type Faults func(Request) Fault

func (f Faults) of(r Request) Fault {
	if f == nil {
		return Fault{}
	}
	return f(r)
}

// submit hands a transaction in under a fault. known is false where nobody
// tells what became of it.
func (l *Ledger) submit(envelope string, f Fault) (outcome submitted) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	if _, hash, err := l.read(envelope); err != nil {
		return submitted{malformed: true}
	} else if r, ok := l.applied[hash]; ok && f.Kind == Fine {
		return submitted{record: r, result: r.result}
	}
	switch {
	case f.Kind == Lost:
		return submitted{unknown: true}
	case f.Kind == Refused:
		return submitted{code: f.Code}
	case l.waits(envelope):
		return submitted{unknown: true}
	case f.Kind == Late:
		l.waiting = append(l.waiting, waiting{envelope, l.closedAt.Add(f.After)})
		return submitted{unknown: true}
	}
	r, result := l.take(envelope)
	return submitted{record: r, result: result, unknown: f.Kind == Silent, garbage: f.Kind == Garbage}
}

// submitted is what became of a transaction, and whether that is told.
type submitted struct {
	record    *record // nil if it is in no ledger
	code      string  // a code made up
	unknown   bool
	garbage   bool
	malformed bool
	result    resultXDR
}
