// Package runner answers the callbacks of a gateway: it loads the session, steps its
// program, runs actions and saves the session.
//
// A plain callback reads in five files, in the order of events: runner.go (what a Runner
// needs and what it knows of one callback), handle.go (load and choose), take.go (take
// the input), act.go (step and act), save.go (save and show). row.go has the one rule
// that decides whether an action may run; recover.go goes on from the row where the
// record is lost or behind.
package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

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
	// maxRecoveries bounds how often a callback asks the database where the call is. While
	// Redis is away, each delivery of a callback that comes at the same time may move the
	// call once, and a gateway may send three.
	maxRecoveries = 5
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

	// Stage chooses the version of a menu on which a call of a caller begins; p is the one
	// in force for the dialled code, or nil. It must choose the same one each time, as long
	// as nobody changes the stages. Nil chooses p.
	Stage func(caller, code string, p *engine.Program) Staged

	// flights joins the deliveries of one callback, for gateways that send only the last
	// input.
	flights singleflight.Group
}

var (
	errDiverged = errors.New("the callback does not belong to this session")
	errUpdated  = errors.New("the session's menu is not available here")
	errResumed  = errors.New("the call resumed an earlier one, and its record is lost")
	// errNeedRecord says that the stored record must be loaded first.
	errNeedRecord = errors.New("the session's record must be loaded first")
)

// A turn holds what is known about one callback.
type turn struct {
	*Runner
	req engine.Request
	// Identity is the Runner's, or that of the other valid key if the call has its
	// names by that one.
	Identity Identity

	program *engine.Program // in force for the dialled code
	staged  Staged
	ahead   string          // inputs in the service code
	text    string          // all inputs, joined with "*"
	lang    string          // the session's language, once known
	offers  string          // the dropped session that the caller is asked about
	tracing context.Context // for log lines, which may show the call's trace
	input   string          // the last input, as Reply.Input

	// stored is the record that stands in the store, as far as known.
	stored []byte
	// away says that the store of records did not answer the read.
	away bool
	// speculating says that the record was not loaded; needsRecord says that it
	// turned out to be necessary.
	speculating, needsRecord bool
	// outrun says that another delivery saved the session while this one was in flight.
	outrun bool
	// locked says that the row is held, so nothing else can be read now.
	locked bool
	// textOnly says that the text alone gave the state; no record was loaded.
	textOnly   bool
	recoveries int
	// looked has the outcomes of what was read for this callback, by Call.ID.
	looked map[string]engine.Outcome
	// moves collects what happened, for Watch.
	moves []engine.Move
}

// A point is a call between two callbacks: what a record holds.
type point struct {
	p *engine.Program
	s engine.Session
	// inputs are the first bytes of the text, up to length.
	inputs []string
	length int
	// epoch is how much the database had been told, generation how many calls had this
	// session ID before.
	epoch, generation int
	// unsure says that the caller may have been shown another screen.
	unsure bool
	lastOf
}

// after returns the point behind one more input, with the same session.
func (pt *point) after(in string, length int) point {
	next := *pt
	next.inputs = append(pt.inputs[:len(pt.inputs):len(pt.inputs)], in)
	next.length, next.unsure = length, false
	return next
}

// rest returns what the text has beyond a point. ok is false if the text does not go on
// from there.
func (pt *point) rest(text string) (typed string, ok bool) {
	if len(text) < pt.length {
		return "", false
	}
	typed = text[pt.length:]
	if len(pt.inputs) == 0 {
		return typed, true
	}
	return strings.CutPrefix(typed, "*")
}

func (t *turn) show(p *engine.Program, s *engine.Session) engine.Reply {
	text, end := p.Show(s)
	return engine.Reply{
		Text: text, End: end, Screen: s.Screen, Program: p.Hash(), Input: t.input, Leaving: p.Leaving(s),
		Goals: p.Goals(t.moves), Refused: t.input != "" && s.Refused(),
	}
}

// failed returns the last screen for a callback that the menu can't answer.
func (t *turn) failed(p *engine.Program, err error) engine.Reply {
	switch {
	case errors.Is(err, errDiverged), errors.Is(err, errResumed), errors.Is(err, ErrMismatch):
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
		t.Log.ErrorContext(t.tracing, msg, "session", engine.ShownSession(t.req.Session, t.req.Caller), "error", err)
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
