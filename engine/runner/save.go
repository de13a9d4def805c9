package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// saveFunc saves a record. If another record stood there, it returns that one
// and false.
type saveFunc func(expect string, next []byte, ttl time.Duration) (stored []byte, saved bool)

// finish saves the session and shows it. err says why the replay failed, if it
// did.
func (t *turn) finish(ctx context.Context, f *replay, err error, expect string, save saveFunc) engine.Reply {
	t.lang = f.s.Lang()
	if errors.Is(err, errNeedRecord) {
		t.needsRecord = true
		return engine.Reply{}
	}
	if errors.Is(err, engine.ErrFenced) {
		return t.fenced(ctx, f, expect, save)
	}
	if err == nil && save == nil && f.skipped && f.p.ReplayStop(&f.s) != engine.ReplayShows {
		err = errUnseen
	}
	if err != nil {
		return t.failed(f.p, err)
	}
	if save != nil {
		head := f.head()
		next, err := f.p.Encode(&f.s, head)
		if err != nil {
			return t.fault(err)
		}
		if !t.keep(f, expect, next, save) {
			return engine.Reply{}
		}
		if t.unsaved && (expect == "" || f.textOnly) {
			// A record may exist that the store could not return.
			if err := t.agree(ctx, f.p); err != nil {
				return t.failed(f.p, err)
			}
		}
		t.remember(f, head)
		t.noteCaller(ctx, f.p, &f.s)
	} else if !f.skipped {
		t.remember(f, f.head())
	}
	if f.Watch != nil && len(f.moves) > 0 {
		f.Watch(f.p, f.moves)
	}
	return t.show(f.p, &f.s)
}

// fenced answers a callback whose action a duplicate has fenced. The duplicate
// had no record and asked the caller again, so this callback does the same.
func (t *turn) fenced(ctx context.Context, f *replay, expect string, save saveFunc) engine.Reply {
	if t.recovered || f.s.OfferedResume() {
		return t.end(f.p, engine.BuiltinExpired, fmt.Errorf("%w: %w", errExpired, engine.ErrFenced))
	}
	t.recovered = true
	f, err := t.fromStart(ctx, f.p, nil)
	return t.finish(ctx, f, err, expect, save)
}

// keep saves the record after a replay. If it finds another record, the callback
// starts over from that one. But a callback that has acted knows more than an
// older record, or none, and replaces it.
func (t *turn) keep(f *replay, expect string, next []byte, save saveFunc) bool {
	for range maxRounds {
		stored, saved := save(expect, next, max(t.TTL, f.p.Resume()))
		if saved {
			return true
		}
		if !f.wrote || !t.older(stored) {
			return false
		}
		expect = engine.HeadOf(stored)
	}
	return false
}

// older reports whether a record is missing or belongs to an earlier callback.
func (t *turn) older(stored []byte) bool {
	if stored == nil {
		return true
	}
	rec, err := engine.ParseRecord(stored)
	return err == nil && rec.V-1 < len(t.text)
}

// save reports whether the callback may be answered. It may also if the store
// gave no answer, because the session only caches what the text says.
func (t *turn) save(ctx context.Context, expect string, next []byte, ttl time.Duration) (bool, []byte) {
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	stored, saved, err := t.Sessions.Save(within, SessionKey(t.req.Session), expect, next, ttl)
	if err != nil {
		t.unsaved = true
		t.logFault("session not saved", err)
		return true, nil
	}
	return saved, stored
}

// remember keeps the session in memory for the next callback, even if the store
// could not save it.
func (t *turn) remember(f *replay, head engine.RecordHead) {
	if t.Recent != nil {
		t.Recent.put(&saved{head, f.p, f.s, t.Now().Add(max(t.TTL, f.p.Resume()))})
	}
}

// head returns the head of the record after this replay.
func (f *replay) head() engine.RecordHead { return f.headAt(len(f.text)) }

// headAt returns the head for a text of length bytes.
func (f *replay) headAt(length int) engine.RecordHead {
	lengths := make([]int, len(f.inputs))
	for i, in := range f.inputs {
		lengths[i] = len(in)
	}
	if f.owner == "" {
		f.owner = f.Identity.owner(&f.req)
	}
	return engine.RecordHead{
		V: 1 + length, H: f.Identity.head(&f.req, f.p.Hash(), f.inputs),
		Owner: f.owner, Inputs: lengths, Again: f.skipped, Twice: f.twice,
	}
}
