package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Budgets of a callback. A gateway waits 10 s at most and callers less; what is
// not done in four seconds is answered as unknown.
const (
	CallbackBudget = 4 * time.Second
	// SessionBudget bounds one round trip to the session store; a slower one
	// counts as down.
	SessionBudget = 150 * time.Millisecond
	// admitBudget bounds the question whether a session may begin. A database
	// that counts takes milliseconds; with one that does not answer the call
	// goes on in time for its menu.
	admitBudget = 500 * time.Millisecond
	// maxRounds bounds how often a callback starts over because another one of
	// the same session was saved in between.
	maxRounds = 3
	// MaxCalls is how many actions one input may lead through.
	MaxCalls = 16
)

// DefaultTTL is how long a network keeps a USSD session open.
const DefaultTTL = 180 * time.Second

// Runner answers callbacks: it loads the session, steps, acts and saves. All
// its fields but Log are needed.
type Runner struct {
	Sessions Sessions
	Programs Programs
	Actions  Actions
	Identity Identity
	// TTL is how long a session's record is kept after its last callback.
	TTL time.Duration
	Now func() time.Time
	// Log is told of actions and faults; nil for silence. It is never given
	// what a caller typed.
	Log *slog.Logger

	// Recent lets callbacks be answered without loading the record first, where
	// it is known or the text tells it; nil to load it always.
	Recent *Recent

	// Watch is told what happened in each callback that moved a session, nil for
	// nobody. It may be called by several goroutines at once.
	Watch func(p *Program, moves []Move)

	// Admit is asked once more for every callback of a session that has no
	// record, before anything else is done for it, whether its caller may begin
	// one more; id names the session. ErrLimited refuses; any other error does
	// not, since the count is no reason to be closed. It must answer the same to
	// the same id. Nil lets every call in.
	Admit func(ctx context.Context, req Request, id string) error
}

// sessionKey is where the service before this one kept its sessions, too.
func sessionKey(id string) string { return "ussd:session:" + id }

var (
	errDiverged = errors.New("the callback does not belong to this session")
	errExpired  = errors.New("a result that the caller has seen can't be found")
	errUnseen   = errors.New("a consent or a secret can't be shown to have been asked for, and not be kept")
	errUpdated  = errors.New("the session's menu is not known here")
)

// Handle answers one callback. Whatever happens, the caller sees a screen.
func (r *Runner) Handle(ctx context.Context, req Request) (reply Reply) {
	if end, ok := ctx.Deadline(); !ok || time.Until(end) > CallbackBudget {
		within := WithTimeout(ctx, CallbackBudget)
		defer within.End()
		ctx = within
	}
	t := &turn{Runner: r, req: req}
	defer func() {
		// A menu or an action that panics ends one call, not the service.
		if x := recover(); x != nil {
			reply = t.fault(fmt.Errorf("panic: %v", x))
		}
	}()
	t.program, t.ahead = r.Programs.ForCode(req.Service)
	t.text = joinText(t.ahead, req.Text)
	return t.run(ctx)
}

// joinText puts what a deep dial typed ahead before the rest.
func joinText(ahead, text string) string {
	if ahead == "" || text == "" {
		return ahead + text
	}
	return ahead + "*" + text
}

// turn is the work on one callback.
type turn struct {
	*Runner
	req     Request
	program *Program
	ahead   string // inputs in the service code
	text    string // all inputs, joined with "*"
	lang    string // what the session speaks, once that is known
	owner   string // the session's owner as records have it, once that is known
	offers  string // the dropped session that the caller is asked about
	heard   string // the last input, as Reply.Heard
	// guessing says that the record has not been loaded, and asks that it has
	// to be.
	guessing, asks bool
	// refolded says that the record was left aside, since the callback's action
	// is withdrawn.
	refolded bool
	// unsaved says that the record could not be saved, or not be told to be.
	unsaved bool
}

func (t *turn) run(ctx context.Context) Reply {
	reply, stored, known, done := t.aheadOf(ctx)
	if done {
		return reply
	}
	var err error
	if !known {
		stored, err = t.load(ctx, sessionKey(t.req.Session))
	}
	if err != nil {
		t.logFault("sessions can't be read; answering from the text alone", err)
		return t.answer(ctx, nil, nil)
	}
	for range maxRounds {
		var again bool
		reply := t.answer(ctx, stored, func(expect string, next []byte, ttl time.Duration) ([]byte, bool) {
			var saved bool
			saved, stored = t.save(ctx, expect, next, ttl)
			again = !saved
			return stored, saved
		})
		if !again {
			return reply
		}
	}
	return t.end(t.program, "busy", fmt.Errorf("session changed %d times under one callback", maxRounds))
}

func (t *turn) load(ctx context.Context, key string) ([]byte, error) {
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	return t.Sessions.Load(within, key)
}

// save reports whether the callback may be answered: also when the store did
// not answer, since the session is only a cache of what the text says.
func (t *turn) save(ctx context.Context, expect string, next []byte, ttl time.Duration) (bool, []byte) {
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	stored, saved, err := t.Sessions.Save(within, sessionKey(t.req.Session), expect, next, ttl)
	if err != nil {
		t.unsaved = true
		t.logFault("session not saved", err)
		return true, nil
	}
	return saved, stored
}

// saveFunc returns what stands in the way of a record that was not saved.
type saveFunc func(expect string, next []byte, ttl time.Duration) (stored []byte, saved bool)

// keep saves the record after a fold. Where it runs into another one the callback
// starts over from that. But if it has acted it knows more than is told by an
// older record, or by none, and prevails.
func (t *turn) keep(f *fold, expect string, next []byte, save saveFunc) bool {
	for range maxRounds {
		stored, saved := save(expect, next, max(t.TTL, f.p.Resume()))
		if saved {
			return true
		}
		if !f.wrote || !t.older(stored) {
			return false
		}
		expect = HeadOf(stored)
	}
	return false
}

// older reports whether a record is of an earlier callback than this, or missing.
func (t *turn) older(stored []byte) bool {
	if stored == nil {
		return true
	}
	rec, err := parseRecord(stored)
	return err == nil && rec.V-1 < len(t.text)
}

// answer works out the reply from the record that is stored, and saves the
// next one. A nil save answers without writing.
func (t *turn) answer(ctx context.Context, stored []byte, save saveFunc) Reply {
	if stored == nil {
		if from, moves := t.remembered(); from != nil {
			return t.restore(ctx, from, moves, "", save)
		}
		return t.fresh(ctx, save)
	}
	rec, err := parseRecord(stored)
	if err != nil {
		t.logFault("session record ignored", err)
		return t.fresh(ctx, nil)
	}
	p, err := t.Programs.Find(ctx, rec.Program)
	switch {
	case errors.Is(err, ErrNoProgram):
		return t.end(t.program, "updated", fmt.Errorf("%w: %w", errUpdated, err))
	case err != nil:
		// Whether it is kept can't be told now; the record stays as it is.
		return t.fault(fmt.Errorf("the session's menu can't be read: %w", err))
	}
	s, err := p.decode(rec, t.req)
	if err != nil {
		return t.end(p, "updated", err)
	}
	head := rec.top()
	if from, moves := t.remembered(); from != nil && from.rec.V > rec.V {
		return t.restore(ctx, from, moves, head.head(), save)
	}
	if rec.Owner != t.Identity.owner(&t.req) {
		return t.end(p, "expired", fmt.Errorf("%w: another owner", errDiverged))
	}
	return t.answerFrom(ctx, &saved{rec: head, program: p, session: s}, save)
}

// answerFrom works out the reply from a session as it was saved.
func (t *turn) answerFrom(ctx context.Context, from *saved, save saveFunc) Reply {
	p, s, rec := from.program, from.session, &from.rec
	t.lang, t.owner = s.Lang(), rec.Owner
	// The session's own version says what of the code was typed ahead: a newer
	// one may answer a longer code.
	_, ahead := p.dialled(t.req.Service)
	t.text = joinText(ahead, t.req.Text)
	switch seen := rec.V - 1; {
	case len(t.text) < seen:
		return t.show(p, &s) // a late one: it moves nothing
	case len(t.text) == seen:
		return t.repeat(p, &s, rec)
	default:
		return t.goOn(ctx, p, s, rec, save)
	}
}

// repeat answers a callback that came before with the same bytes.
func (t *turn) repeat(p *Program, s *Session, rec *recordHead) Reply {
	inputs, err := cutInputs(t.text, rec.Inputs)
	if err == nil && t.Identity.head(&t.req, p.hash, inputs) != rec.H {
		err = fmt.Errorf("%w: other inputs of the same length", errDiverged)
	}
	if err != nil {
		return t.end(p, "expired", err)
	}
	return t.show(p, s)
}

// goOn takes what was typed since the record.
func (t *turn) goOn(ctx context.Context, p *Program, s Session, rec *recordHead, save saveFunc) Reply {
	inputs, err := cutInputs(t.text, rec.Inputs)
	if err == nil && t.Identity.head(&t.req, p.hash, inputs) != rec.H {
		err = fmt.Errorf("%w: other inputs before", errDiverged)
	}
	if err != nil {
		return t.end(p, "expired", err)
	}
	if s.Ended {
		return t.overtaken(ctx, p, &s, rec, save)
	}
	typed := t.text[rec.V-1:]
	if len(rec.Inputs) > 0 {
		typed = typed[1:]
	} else if rest, ok := strings.CutPrefix(typed, "*"); ok {
		// An empty first answer left the text empty, which was a repeat.
		inputs, typed = append(inputs, ""), rest
	}
	f := fold{turn: t, p: p, s: s, inputs: inputs, unsure: rec.Again}
	f.doubtful = rec.Again && !rec.Twice && p.yesActs(&s)
	if f.doubtful && strings.TrimSpace(typed) == p.def.Nav.Confirm.Key {
		return f.askTwice(ctx, typed, rec, save)
	}
	since, err := f.since(ctx, typed)
	if err != nil {
		return t.finish(ctx, &f, f.giveUp([]string{typed}, err), rec.head(), save)
	}
	if err = f.take(ctx, since); err == nil {
		err = f.giveUp(nil, f.settle(ctx))
	}
	return t.finish(ctx, &f, err, rec.head(), save)
}

// overtaken answers a callback of a call that has ended. That it came at all may
// mean that a late copy of an older callback, which had no record, ended the call
// in its own way: what this one has run goes before.
func (t *turn) overtaken(ctx context.Context, p *Program, s *Session, rec *recordHead, save saveFunc) Reply {
	if !p.acts {
		return t.show(p, s)
	}
	if t.guessing {
		t.asks = true
		return Reply{}
	}
	f := fold{turn: t, p: p, fresh: true}
	if !f.logged(ctx, t.text) || f.whole(ctx, nil) != nil || !f.wrote {
		return t.show(p, s)
	}
	return t.finish(ctx, &f, nil, rec.head(), save)
}

// fresh answers a session without a record: a call that begins, a deep dial, or
// one whose record was lost.
func (t *turn) fresh(ctx context.Context, save saveFunc) Reply {
	p := t.program
	t.text = joinText(t.ahead, t.req.Text)
	if !t.admitted(ctx) {
		return t.end(p, outcomeLimited, nil)
	}
	var dropped *Snapshot
	if t.text == "" && save != nil {
		dropped = t.dropped(ctx, p)
	} else if err := t.mayReplay(ctx, p); err != nil {
		return t.failed(p, err)
	}
	return t.fromStart(ctx, p, dropped, "", save)
}

// mayReplay reports why a text without its record can't be told on a program:
// the call goes on from another one, or began on another version. An empty text
// begins a call, unless there may be a record that can't be read.
func (t *turn) mayReplay(ctx context.Context, p *Program) error {
	if p.Resume() > 0 && t.text != "" {
		if _, asked := t.latest(ctx); asked == t.req.Session {
			return fmt.Errorf("%w: the call that was taken up", errExpired)
		}
	}
	return t.agree(ctx, p)
}

// fromStart folds the whole text.
func (t *turn) fromStart(ctx context.Context, p *Program, dropped *Snapshot, expect string, save saveFunc) Reply {
	f := fold{turn: t, p: p, fresh: true}
	err := f.whole(ctx, dropped)
	if err == nil {
		err = f.settle(ctx)
	}
	return t.finish(ctx, &f, err, expect, save)
}

// splitText cuts a text at every star, for want of a record that knows which of
// them were typed. An empty first answer left the text as it was, so it was a
// repeat of the first callback: it is taken already, and answers nothing.
func splitText(text string) (taken, inputs []string) {
	inputs = strings.Split(text, "*")
	if inputs[0] == "" && len(inputs) > 1 {
		return inputs[:1:1], inputs[1:]
	}
	return nil, inputs
}

// finish saves the session and shows it, if it could be folded.
func (t *turn) finish(ctx context.Context, f *fold, err error, expect string, save saveFunc) Reply {
	t.lang = f.s.Lang()
	if errors.Is(err, errAsk) {
		t.asks = true
		return Reply{}
	}
	if errors.Is(err, ErrWithdrawn) {
		return t.withdrawn(ctx, f, expect, save)
	}
	if err == nil && save == nil && f.skipped && f.p.nodes[f.s.Screen].Kind != ScreenList {
		err = errUnseen
	}
	if err != nil {
		return t.failed(f.p, err)
	}
	if save != nil {
		head := f.head()
		next, err := f.p.encode(&f.s, head)
		if err != nil {
			return t.fault(err)
		}
		if !t.keep(f, expect, next, save) {
			return Reply{}
		}
		if t.unsaved && (expect == "" || f.told) {
			// There may be a record that could not be told of.
			if err := t.agree(ctx, f.p); err != nil {
				return t.failed(f.p, err)
			}
		}
		t.remember(f, head)
		t.noteCaller(ctx, f.p, &f.s)
	} else if !f.skipped {
		t.remember(f, f.head())
	}
	f.tell()
	return t.show(f.p, &f.s)
}

// remember keeps what is shown now, for the callback after this one: also where the
// store could not be told.
func (t *turn) remember(f *fold, head recordHead) {
	if t.Recent == nil {
		return
	}
	f.s.before = nil // on the way it may have held a secret
	t.Recent.put(&saved{head, f.p, f.s, t.Now().Add(max(t.TTL, f.p.Resume()))})
}

// withdrawn answers a callback whose action a twin has withdrawn: the twin had
// no record, and asked again for what the caller has given. So does this one.
func (t *turn) withdrawn(ctx context.Context, f *fold, expect string, save saveFunc) Reply {
	if t.refolded || f.s.start != "" {
		return t.end(f.p, "expired", fmt.Errorf("%w: %w", errExpired, ErrWithdrawn))
	}
	t.refolded = true
	return t.fromStart(ctx, f.p, nil, expect, save)
}

// cutInputs cuts a text into the inputs of the given lengths, which must be
// parted by "*".
func cutInputs(text string, lengths []int) ([]string, error) {
	inputs := make([]string, 0, len(lengths)+1)
	at := 0
	for i, n := range lengths {
		if i > 0 {
			if at >= len(text) || text[at] != '*' {
				return nil, fmt.Errorf("%w: the inputs are parted elsewhere", errDiverged)
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

func (t *turn) show(p *Program, s *Session) Reply {
	text, end := p.Show(s)
	return Reply{Text: text, End: end, Screen: s.Screen, Program: p.hash, Heard: t.heard}
}

// failed chooses the screen for a fold that could not be done.
func (t *turn) failed(p *Program, err error) Reply {
	switch {
	case errors.Is(err, errExpired):
		return t.end(p, "expired", err)
	case errors.Is(err, errUpdated):
		return t.end(p, "updated", err)
	}
	return t.fault(err)
}

func (t *turn) fault(err error) Reply {
	t.logFault("callback not answered by the menu", err)
	return t.end(t.program, "busy", err)
}

// end is a built-in last screen.
func (t *turn) end(p *Program, which string, err error) Reply {
	reply := Reply{Text: builtinBusy, End: true, Screen: "(" + which + ")", Fault: err, Heard: t.heard}
	if p == nil {
		return reply
	}
	nav := &p.def.Nav
	words := map[string]Words{
		"busy": builtin(nav.Busy, builtinBusy), "expired": builtin(nav.Expired, builtinExpired),
		"updated": builtin(nav.Updated, builtinUpdated), outcomeLimited: builtin(nav.Limited, builtinLimited),
	}[which]
	lang, ok := p.langs[t.lang]
	if !ok {
		lang = p.langs[p.defaultLang]
	}
	reply.Text, _ = words.in(lang).fixed()
	reply.Program = p.hash
	return reply
}

// Built-in texts of programs made without a menu; menus have them in every
// language.
const (
	builtinBusy    = "The service is busy. Please try again later."
	builtinExpired = "Your session has expired. Please dial again."
	builtinUpdated = "The service was updated. Please dial again."
	builtinLimited = "You have reached the limit. Please try again later."
)

func (t *turn) logFault(msg string, err error) {
	if t.Log != nil {
		t.Log.Error(msg, "session", t.req.Session, "error", err)
	}
}
