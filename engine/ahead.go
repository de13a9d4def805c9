package engine

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// Saving ahead: a callback whose state before it is known without asking for the
// record is answered in one round trip, the save. What is known is either told
// by the text alone, where nothing on its path came from anywhere else, or it is
// a record that this instance saved. Either way the save decides: it stores
// nothing unless the record that stands has the very head that was expected,
// and brings that record back if it does not.

// errAsk says that the record has to be asked for after all: an action is to be
// run, or a screen has to be seen.
var errAsk = errors.New("the record has to be loaded")

// aheadOf tries to answer without loading the record. done is false if it has to
// be loaded; stored is what a save has brought back then, and known says that
// it has.
func (t *turn) aheadOf(ctx context.Context) (reply Reply, stored []byte, known, done bool) {
	if t.Recent == nil {
		return Reply{}, nil, false, false
	}
	t.guessing = true
	defer func() { t.guessing = false }()
	save := func(expect string, next []byte, ttl time.Duration) ([]byte, bool) {
		var saved bool
		saved, stored = t.save(ctx, expect, next, ttl)
		known = !saved
		return stored, saved
	}
	recent := t.recent()
	if recent != nil && (!t.program.textTells || !strings.Contains(strings.TrimPrefix(t.text[recent.rec.V-1:], "*"), "*")) {
		reply = t.answerFrom(ctx, recent, save)
		done = !t.asks
	} else {
		reply, done = t.fromText(ctx, save)
	}
	// What looks wrong from here may be right by the record that stands.
	return reply, stored, known, done && !known && reply.Fault == nil
}

// recent is the session as this instance saved it last, if the callback is its
// caller's and goes on from it. A repeat is not answered from it: the call may
// have gone on elsewhere, and a late callback shows where it stands. Where stars
// are left beyond it the text may tell more.
func (t *turn) recent() *saved {
	from := t.Recent.get(t.req.Session)
	if from == nil || len(t.text) <= from.rec.V-1 || !from.session.of(&t.req) {
		return nil
	}
	return from
}

// remembered is the session as this instance saved it last, for when the store has
// lost its record or has an older one. It is nil unless it is all that the
// callback needs: one that was answered before, or has one input more, which moves
// the session.
func (t *turn) remembered() (from *saved, moves bool) {
	if t.Recent == nil {
		return nil, false
	}
	from = t.Recent.get(t.req.Session)
	if from == nil || !from.session.of(&t.req) || t.Now().After(from.until) {
		return nil, false
	}
	_, ahead := from.program.dialled(t.req.Service)
	text := joinText(ahead, t.req.Text)
	seen := from.rec.V - 1
	if moves = len(text) > seen; moves && strings.Contains(strings.TrimPrefix(text[seen:], "*"), "*") {
		return nil, false
	}
	return from, moves
}

// restore answers from the session that this instance remembers, and puts its
// record in the place of what stands there, of which expect is the head. Where
// another one stands by then, a callback that was answered before moves nothing,
// and is shown what is remembered all the same.
func (t *turn) restore(ctx context.Context, from *saved, moves bool, expect string, save saveFunc) Reply {
	p, s := from.program, from.session
	t.lang, t.owner = s.Lang(), from.rec.Owner
	if save == nil {
		return t.answerFrom(ctx, from, nil)
	}
	record, err := p.encode(&s, from.rec)
	if err != nil {
		return t.fault(err)
	}
	if !moves {
		_, _ = t.save(ctx, expect, record, from.until.Sub(t.Now()))
	} else if _, saved := save(expect, record, from.until.Sub(t.Now())); !saved {
		return Reply{}
	}
	return t.answerFrom(ctx, from, save)
}

// of reports whether a request is of this session and its caller.
func (s *Session) of(r *Request) bool {
	return s.ID == r.Session && s.Provider == r.Provider && s.Caller == r.Caller && s.Service == r.Service
}

// fromText goes on from what the inputs alone lead to: no action ran, and no
// screen was passed that a deep dial must stop at.
func (t *turn) fromText(ctx context.Context, save saveFunc) (Reply, bool) {
	p := t.program
	if !p.textTells || t.text == "" && t.Admit != nil {
		return Reply{}, false
	}
	f := fold{turn: t, p: p, told: true, s: p.Begin(t.req, p.Today(t.Now()))}
	if f.event(ctx, Event{Kind: EventDial, Start: p.StartFor(t.req.Service)}, false) != nil {
		return Reply{}, false
	}
	var inputs []string
	expect := ""
	if t.text != "" {
		f.inputs, inputs = splitText(t.text)
		for _, in := range inputs[:len(inputs)-1] {
			if f.s.Ended || f.stops() || f.input(ctx, in, false) != nil {
				return Reply{}, false
			}
		}
		if f.s.Ended || f.stops() {
			return Reply{}, false
		}
		before := f.headAt(max(0, len(t.text)-len(inputs[len(inputs)-1])-1))
		expect = before.head()
		inputs = inputs[len(inputs)-1:]
	}
	reply := t.finish(ctx, &f, f.take(ctx, inputs), expect, save)
	return reply, !t.asks
}

// inputsTell reports whether the inputs of a session alone can tell its state:
// nothing in it depends on the day, the network, or a call before it.
func (p *Program) inputsTell() bool {
	return p.def.Session.Resume == 0 && !p.dated && !p.uses(p.slots[slotNetwork].Name)
}

// saved is a session as it was written down. None of it is written to.
type saved struct {
	rec     recordHead
	program *Program
	session Session
	// until is how long it is good for in place of a record that was lost.
	until time.Time
}

// Recent are sessions that this instance saved, the newest of them: a bounded
// memory in two halves, of which the older is dropped when the newer is full.
type Recent struct {
	mu         sync.Mutex
	most       int
	young, old map[string]*saved
}

// DefaultRecent is how many sessions an instance remembers. One takes about a
// kilobyte.
const DefaultRecent = 32_768

// NewRecent remembers at most that many sessions.
func NewRecent(most int) *Recent {
	return &Recent{most: max(2, most), young: map[string]*saved{}, old: map[string]*saved{}}
}

func (r *Recent) get(session string) *saved {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.young[session]; ok {
		return s
	}
	return r.old[session]
}

func (r *Recent) put(s *saved) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.young) >= r.most/2 {
		clear(r.old)
		r.old, r.young = r.young, r.old // whose memory is used again
	}
	r.young[s.session.ID] = s
}
