package dialscript

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Line is a phone line to a service. What else of the service can be seen or
// made to happen through it, it says by implementing the interfaces below; what
// it does not implement is reported as not checked. A Line is used by one call,
// but two callbacks may come at once.
type Target interface {
	// Type delivers one callback and gives the screen. An error says that there
	// was no answer, or none that a gateway could show.
	Type(ctx context.Context, cb Callback) (Screen, error)
}

// What a Line may let one see.
type (
	// SeesMessages shows the SMS that have gone out since the call began.
	SeesMessages interface{ Messages() []Message }
	// SeesActions shows the runs of actions since the call began, each once
	// however often its callback came, and which actions there are at all.
	SeesActions interface {
		Runs() []ActionRun
		HasAction(name string) bool
	}
	// SeesValues shows a session's value by name, as "worker.id". known is
	// false where the menu has no such value; a value that is not set is known.
	SeesValues interface {
		Value(ctx context.Context, cb Callback, name string) (v engine.Value, known bool, err error)
	}
	// SeesSession shows all values that are set in a session, in the menu's order.
	// Secrets are not kept between two callbacks, so there are none among them.
	SeesSession interface {
		Values(ctx context.Context, cb Callback) ([]engine.Named, error)
	}
	// SeesLog shows all that the service has logged since the call began.
	SeesLog interface{ Log() string }
)

// Assumes says what of the scene is taken for granted on this line, and can't be
// seen to hold.
type Assumes interface{ Assumed() []string }

// What a Line may let happen.
type (
	// Waits lets time pass for the service. ErrCannotSet says that it can't be so
	// long.
	Waits interface {
		Wait(ctx context.Context, d time.Duration) error
	}
	// Forgets loses the records of all sessions.
	Forgets interface{ Forget() }
	// Publishes puts another version of every menu into force, with the same
	// screens.
	Publishes interface{ Publish() error }
)

// Opener opens a line of its own for each call: own store, own clock.
type Opener interface {
	// Open sets the scene. ErrCannotSet says that this service can't be brought
	// into it; any other error fails the call. The line is closed after the
	// call if it is an io.Closer.
	Open(ctx context.Context, scene Scene) (Target, error)
}

// ErrCannotSet marks a scene that a line can't set, as an action's answers in a
// service elsewhere. The call is then not checked.
var ErrCannotSet = errors.New("this line can't set the scene")

// Callback is what a gateway sends, and what its request is made of.
type Callback struct {
	// Gateway is the name of its profile.
	Gateway string
	Session string
	// Phone is the caller's MSISDN: digits, no plus sign.
	Phone string
	// Network is the operator's code, "" where nothing is said.
	Network string
	// Dialled is the code as the caller dialled it, "*384*8481*1#"; Service is
	// the code that the gateway knows of it, "*384*8481#".
	Dialled, Service string
	// Text is all that was typed in this session, what was dialled behind the
	// service code included, joined with "*"; Last the latest of it, for
	// gateways that send only that.
	Text, Last string
}

// Request is the callback as the engine takes it.
func (cb Callback) Request() engine.Request {
	return engine.Request{
		Provider: cb.Gateway, Session: cb.Session, Caller: cb.Phone, Service: cb.Service,
		Network: cb.Network, Text: cb.Text,
	}
}

// Screen is what the phone shows, and what else the line knows of it.
type Screen struct {
	Text string
	// End says that the session is over with this screen.
	End bool
	// Took is how long the answer was in coming.
	Took time.Duration

	// Name is the screen's name in the menu, Pos its line, and Program the
	// menu's version; empty where the line can't see them.
	Name    string
	Pos     engine.Pos
	Program string
	// Fault is what went wrong behind the screen; "" for nothing.
	Fault string
}

// Message is an SMS that has gone out. To is an MSISDN.
type Message struct{ To, Text string }

// ActionRun is one run of an action and its arguments by name.
type ActionRun struct {
	Action string
	Args   []engine.Named
}

// SplitDial parts a dialled code as a gateway does: the service code it knows,
// the longest of codes that matches, and what was dialled behind it. A code
// that none of them begins is a service code of its own, without a rest.
func SplitDial(codes []string, dialled string) (service, rest string) {
	whole := strings.TrimSuffix(strings.TrimSpace(dialled), "#")
	service = dialled
	longest := -1
	for _, code := range codes {
		key := strings.TrimSuffix(strings.TrimSpace(code), "#")
		if len(key) <= longest || whole != key && !strings.HasPrefix(whole, key+"*") {
			continue
		}
		longest, service = len(key), code
		rest = strings.TrimPrefix(strings.TrimPrefix(whole, key), "*")
	}
	return service, rest
}

// dialledCode is a service code as it is typed on a phone.
var dialledCode = regexp.MustCompile(`^\*\d[\d*]*#$`)

func IsCode(s string) bool { return dialledCode.MatchString(s) }
