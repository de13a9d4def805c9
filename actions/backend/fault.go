package backend

import (
	"errors"
	"fmt"
)

// A Kind says how a request failed. It is a label of metrics, too.
type Kind string

// The kinds of faults.
const (
	// Refused says that the request may not be sent: its host or address is not allowed.
	Refused Kind = "refused"
	// Paused says that the host failed several times and is left alone for a while.
	Paused Kind = "paused"
	// Unreachable says that the connection failed.
	Unreachable Kind = "unreachable"
	// Late says that there was no answer in time.
	Late Kind = "late"
	// Cut says that the answer ended early.
	Cut Kind = "cut"
	// Status says that the answer has a status other than 200.
	Status Kind = "status"
	// Conflict says that the backend knows the Idempotency-Key from another request.
	Conflict Kind = "conflict"
	// Malformed says that the answer does not keep to the contract.
	Malformed Kind = "malformed"
	// Stopped says that this program ended the request.
	Stopped Kind = "stopped"
)

// A Fault says why there is no outcome. It contains nothing of the request's values and
// nothing of the answer's body.
type Fault struct {
	Action, Host string
	Kind         Kind
	Status       int // of the answer, or 0
	Why          string
	// Certain says that this request surely did nothing. It says nothing of other tries
	// under the same ID.
	Certain bool
}

func (f *Fault) Error() string {
	effect := "it may have acted"
	if f.Certain {
		effect = "it did nothing"
	}
	return fmt.Sprintf("backend %s, action %s: %s (%s)", f.Host, f.Action, f.Why, effect)
}

// isDown reports whether an error says that the host does not work. A host that refuses a
// request works.
func isDown(err error) bool {
	var f *Fault
	if !errors.As(err, &f) {
		return err != nil
	}
	switch f.Kind {
	case Unreachable, Late, Cut:
		return true
	case Status:
		return f.Status >= 500
	}
	return false
}

// isStopped reports whether an error says nothing about the host.
func isStopped(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == Stopped
}
