// Package runner answers the callbacks of a gateway: it loads the session,
// steps its program, runs actions and saves the session.
//
// A plain callback reads in five files, in the order of events: runner.go (what
// a Runner needs and what it knows of one callback), handle.go (load and
// choose), replay.go (take the input), act.go (step and act), save.go (save and
// show). The other files serve calls that lost their record, callbacks that
// arrive twice, and menus that change during a call.
package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Limits of a callback. A gateway waits 10 s at most and callers less, so after
// four seconds the outcome counts as unknown.
const (
	CallbackBudget = 4 * time.Second
	// SessionBudget bounds one round trip to the session store. A slower store
	// counts as down.
	SessionBudget = 150 * time.Millisecond
	// admitBudget bounds the count of a caller's sessions. A healthy database
	// takes milliseconds; without an answer there is still time for the menu.
	admitBudget = 500 * time.Millisecond
	// maxRounds bounds how often a callback starts over because another one of
	// its session was saved meanwhile.
	maxRounds = 3
	// MaxCalls is the greatest number of actions that one input may run.
	MaxCalls = 16
)

// DefaultTTL is how long a network keeps a USSD session open.
const DefaultTTL = 180 * time.Second

// A Runner answers callbacks. It is safe for concurrent use. Log, Recent, Watch
// and Admit may be nil; the other fields are required.
type Runner struct {
	Sessions Sessions
	Programs Programs
	Actions  Actions
	Identity Identity
	// TTL is how long a session's record lives after its last callback.
	TTL time.Duration
	Now func() time.Time
	// Log receives actions and faults, but never what a caller typed.
	Log *slog.Logger

	// Recent lets a callback skip the load where this instance saved the session
	// itself or the text alone determines it. Nil loads always.
	Recent *Recent

	// Watch receives what happened in each callback that moved a session.
	// Several goroutines may call it at once.
	Watch func(p *engine.Program, moves []engine.Move)

	// Admit decides whether a session without a record may begin; id names the
	// session. Only ErrLimited refuses it: a failed count must not close the
	// service. Admit is called again for every callback without a record and
	// must give one id the same answer each time. Nil admits every session.
	Admit func(ctx context.Context, req engine.Request, id string) error
}

var (
	errDiverged   = errors.New("the callback does not belong to this session")
	errExpired    = errors.New("no stored result for an action that the caller has seen")
	errUnseen     = errors.New("a consent or secret must be shown, but the session can't be saved")
	errUpdated    = errors.New("the session's menu is not available here")
	errNeedRecord = errors.New("the session's record must be loaded first")
)

// A turn holds what is known about one callback.
type turn struct {
	*Runner
	req     engine.Request
	program *engine.Program
	ahead   string // inputs in the service code
	text    string // all inputs, joined with "*"
	lang    string // the session's language, once known
	owner   string // the session's owner as in its record, once known
	offers  string // the dropped session that the caller is asked about
	input   string // the last input, as Reply.Input
	// speculating says that the record was not loaded; needsRecord says that it
	// turned out to be necessary.
	speculating, needsRecord bool
	// recovered says that the session was recovered from its text because a
	// duplicate fenced this callback's action.
	recovered bool
	// unsaved says that the store gave no answer to the save.
	unsaved bool
}

// A replay takes inputs into a session and runs the actions on the way. With a
// record that is one input, mostly; without one it is the whole text.
type replay struct {
	*turn
	p *engine.Program
	s engine.Session
	// inputs are those taken so far.
	inputs []string
	// fresh says that the session has no record: its inputs were typed ahead or
	// are replayed, and none of them is a consent.
	fresh bool
	// textOnly says that the text alone gave the state; no record was loaded.
	textOnly bool
	// recorded says that the first input answers a screen that was seen,
	// according to a record.
	recorded bool
	// probing says that no consent is proven yet. Only stored results of writes
	// count then; finding one is the proof.
	probing bool
	// moves collects what happened, for Watch.
	moves []engine.Move
	// skipped says that inputs are left behind the screen shown, which the
	// caller may not have seen: a consent, a secret, a list.
	skipped bool
	// doubtful says that a Yes to the consent in the record may answer another
	// screen. twice says that this consent is asked once more.
	doubtful, twice bool
	// reading notes screens and actions for a comparison of versions, or is nil.
	reading *reading
	// tried says that the last input led to a write, wrote that the write's
	// result is known.
	tried, wrote bool
	// day is the day the call began, taken from the first stored result.
	day engine.Date
	// unsure says that the inputs may be read in another way, or may answer
	// another screen than the record has.
	unsure bool
}

func (t *turn) show(p *engine.Program, s *engine.Session) engine.Reply {
	text, end := p.Show(s)
	return engine.Reply{Text: text, End: end, Screen: s.Screen, Program: p.Hash(), Input: t.input}
}

// failed returns the last screen for a callback that can't be replayed.
func (t *turn) failed(p *engine.Program, err error) engine.Reply {
	switch {
	case errors.Is(err, errExpired):
		return t.end(p, engine.BuiltinExpired, err)
	case errors.Is(err, errUpdated):
		return t.end(p, engine.BuiltinUpdated, err)
	}
	return t.fault(err)
}

func (t *turn) fault(err error) engine.Reply {
	t.logFault("callback not answered by the menu", err)
	return t.end(t.program, engine.BuiltinBusy, err)
}

// end returns a built-in last screen.
func (t *turn) end(p *engine.Program, which engine.Builtin, err error) engine.Reply {
	reply := engine.Reply{Text: which.In(""), End: true, Screen: "(" + string(which) + ")", Fault: err, Input: t.input}
	if p != nil {
		reply.Text, reply.Program = p.Builtin(which, t.lang), p.Hash()
	}
	return reply
}

func (t *turn) logFault(msg string, err error) {
	if t.Log != nil {
		t.Log.Error(msg, "session", engine.ShownSession(t.req.Session, t.req.Caller), "error", err)
	}
}

// joinText puts the inputs of a deep dial before the typed ones.
func joinText(ahead, text string) string {
	if ahead == "" || text == "" {
		return ahead + text
	}
	return ahead + "*" + text
}

// cutInputs cuts text into inputs of the given lengths, separated by "*".
func cutInputs(text string, lengths []int) ([]string, error) {
	inputs := make([]string, 0, len(lengths)+1)
	at := 0
	for i, n := range lengths {
		if i > 0 {
			if at >= len(text) || text[at] != '*' {
				return nil, fmt.Errorf("%w: the inputs are separated elsewhere", errDiverged)
			}
			at++
		}
		if n < 0 || n > len(text)-at {
			return nil, fmt.Errorf("%w: the inputs are shorter", errDiverged)
		}
		inputs = append(inputs, text[at:at+n])
		at += n
	}
	if len(lengths) > 0 && at < len(text) && text[at] != '*' {
		return nil, fmt.Errorf("%w: the last input is longer", errDiverged)
	}
	return inputs, nil
}
