package dialscript

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A Target is a phone line to a service. It shows more of the service, or makes
// more happen, by implementing the interfaces below; the rest is reported as not
// checked. One call uses a Target, but two callbacks may come at once.
type Target interface {
	// Type delivers one callback and returns the screen. It returns an error if
	// there was no answer, or none that a gateway could show.
	Type(ctx context.Context, cb Callback) (Screen, error)
}

// A Target may show these.
type (
	// SeesMessages shows the SMS that were sent since the call began.
	SeesMessages interface{ Messages() []Message }
	// SeesActions shows which actions exist, and their runs since the call
	// began: each run once, however often its callback came.
	SeesActions interface {
		Runs() []ActionRun
		HasAction(name string) bool
	}
	// SeesValues shows a value of a session by name, such as "worker.id". known
	// is false if the menu has no such value; a value that is not set is known.
	SeesValues interface {
		Value(ctx context.Context, cb Callback, name string) (v engine.Value, known bool, err error)
	}
	// SeesSession shows all values that are set in a session, in the menu's
	// order. There are no secrets: they are not stored between two callbacks.
	SeesSession interface {
		Values(ctx context.Context, cb Callback) ([]engine.Named, error)
	}
	// SeesLog shows the log of the service since the call began.
	SeesLog interface{ Log() string }
)

// Assumes says what of the scene this target takes for granted and can't see.
type Assumes interface{ Assumed() []string }

// A Target may make these happen.
type (
	// Waits lets time pass for the service. It returns ErrCannotSet if the time
	// is too long.
	Waits interface {
		Wait(ctx context.Context, d time.Duration) error
	}
	// HangsUpOn tells the service that the caller has ended a session, as gateways do
	// that report such events. The callback is its last.
	HangsUpOn interface {
		HangUp(ctx context.Context, last Callback) error
	}
	// Forgets loses the records of all sessions.
	Forgets interface{ Forget() }
	// Publishes puts another version of every menu into service, with the same
	// screens.
	Publishes interface{ Publish() error }
)

// An Opener opens a new target for each call, with its own store and clock.
type Opener interface {
	// Open sets the scene. It returns ErrCannotSet if the service can't be
	// brought into it; any other error fails the call. The target is closed
	// after the call if it is an io.Closer.
	Open(ctx context.Context, scene Scene) (Target, error)
}

// ErrCannotSet marks a scene that a target can't set, such as an action's
// answers in a remote service. The call is then not checked.
var ErrCannotSet = errors.New("this target can't set the scene")

// A Callback holds what a gateway sends.
type Callback struct {
	// Gateway is the name of its profile.
	Gateway string
	Session string
	// Phone is the caller's MSISDN: digits without a plus sign.
	Phone string
	// Network is the code of the operator, or "" if it is unknown.
	Network string
	// Dialled is the code as the caller dialled it, "*384*8481*1#". Service is
	// the part that the gateway knows, "*384*8481#".
	Dialled, Service string
	// Text has everything that was typed in this session, joined with "*",
	// including what was dialled behind the service code. Last is the latest
	// input, for gateways that send only that.
	Text, Last string
	// Number counts the callbacks of the session, from 1. A repeat has the same number.
	Number int
	// First says that this is the first callback of the session.
	First bool
}

// Request returns the callback as the engine takes it.
func (cb Callback) Request() engine.Request {
	return engine.Request{
		Provider: cb.Gateway, Session: cb.Session, Caller: cb.Phone, Service: cb.Service,
		Network: cb.Network, Text: cb.Text, First: cb.First,
	}
}

// A Screen is what the phone shows, and what else the target knows of it.
type Screen struct {
	Text string
	// End says that the session ends with this screen.
	End bool
	// Took is the time until the answer came.
	Took time.Duration

	// Name is the name of the screen, Pos its line in the menu, and Program the
	// menu's version. They are empty if the target can't see them.
	Name    string
	Pos     engine.Pos
	Program string
	// Fault says what went wrong behind the screen, or "".
	Fault string
}

// A Message is an SMS that was sent. To is an MSISDN.
type Message struct{ To, Text string }

// An ActionRun is one run of an action, with its arguments by name.
type ActionRun struct {
	Action string
	Args   []engine.Named
}

// SplitDial splits a dialled code as a gateway does: into the longest of codes
// that matches, and what was dialled behind it. If none matches, the whole code
// is a service code, and so is one that carries an answer: "*822*500#" for
// "*822*{amount}#".
func SplitDial(codes []string, dialled string) (service, rest string) {
	whole := strings.TrimSuffix(strings.TrimSpace(dialled), "#")
	service = dialled
	longest := -1
	for _, code := range codes {
		base, name := engine.SplitCode(strings.TrimSpace(code))
		if name != "" {
			key := strings.TrimSuffix(base, "#") + "*"
			if len(key) > longest && strings.HasPrefix(whole, key) && len(whole) > len(key) {
				longest, service, rest = len(key), dialled, ""
			}
			continue
		}
		key := strings.TrimSuffix(strings.TrimSpace(code), "#")
		if len(key) <= longest || whole != key && !strings.HasPrefix(whole, key+"*") {
			continue
		}
		longest, service = len(key), code
		rest = strings.TrimPrefix(strings.TrimPrefix(whole, key), "*")
	}
	return service, rest
}

// dialledCode matches a service code as it is typed on a phone.
var dialledCode = regexp.MustCompile(`^\*\d[\d*]*#$`)

// IsCode reports whether a text is a service code as it is typed on a phone.
func IsCode(s string) bool { return dialledCode.MatchString(s) }

// Dialled reads a service code in any of its spellings: 384*8481, with spaces, in
// full-width letters. A star or a "#" tells it from an answer.
func Dialled(typed string) (code string, ok bool) {
	if IsCode(typed) {
		return typed, true
	}
	code = engine.DialledCode(typed)
	return code, IsCode(code) && strings.ContainsAny(typed, "*#＊＃")
}
