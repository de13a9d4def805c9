package wallettest

import "time"

// Kind says how a request fails. It describes what happens to a submission; a query
// with any fault gets no good answer.
type Kind uint8

const (
	// Fine means that nothing fails.
	Fine Kind = iota
	// Lost means that the transaction never arrives, and the answer is Status.
	Lost
	// Silent means that it gets into a ledger, but the answer is lost.
	Silent
	// Late means that the answer is lost. After the time After the transaction gets
	// into a ledger, if it is still valid.
	Late
	// Refused means that it is refused with Code, whatever its state.
	Refused
	// Garbage means that it gets into a ledger, but the answer is not JSON.
	Garbage
)

// Fault describes how one request fails.
type Fault struct {
	Kind  Kind
	After time.Duration
	// Status is the answer's status: 429, 500, 502, 503 or 504; 0 breaks the
	// connection.
	Status int
	// Code is the code of a refused transaction, such as "tx_bad_seq".
	Code string
}

// Request describes the request that a fault may depend on.
type Request struct {
	Submits bool
	// Envelope is the submitted envelope.
	Envelope string
	// Path is the path of a query, or the method for RPC.
	Path string
}

// Faults decides how a request fails; nil means that none does.
type Faults func(Request) Fault

func (f Faults) of(r Request) Fault {
	if f == nil {
		return Fault{}
	}
	return f(r)
}

// submit submits a transaction with a fault.
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

// submitted is the outcome of a submission.
type submitted struct {
	record    *record // nil if it is in no ledger
	code      string  // the code of a Refused fault
	unknown   bool    // the answer does not say what happened
	garbage   bool
	malformed bool
	result    resultXDR
}
