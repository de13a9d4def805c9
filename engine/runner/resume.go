package runner

import (
	"context"
	"errors"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// dropped returns the call that this caller did not finish, if the menu resumes
// such calls.
func (t *turn) dropped(ctx context.Context, p *engine.Program) *engine.Snapshot {
	if p.Resume() == 0 {
		return nil
	}
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	id, _ := t.latest(within)
	if id == "" || id == t.req.Session {
		return nil
	}
	stored, err := t.Sessions.Load(within, SessionKey(id))
	if err != nil || stored == nil {
		return nil
	}
	rec, err := engine.ParseRecord(stored)
	if err != nil || rec.Ended || rec.Resting == nil {
		return nil
	}
	if !t.sameMenu(within, p, rec, id) || !p.CanResume(rec.Resting) || p.Acts() && t.outdated(ctx, id, rec) {
		return nil
	}
	t.offers = id
	return rec.Resting
}

// outdated reports whether the database was told more of a session's call than its
// record knows, or can't be asked. The call may have paid then, and its Yes would pay
// again.
func (t *turn) outdated(ctx context.Context, session string, rec *engine.Record) bool {
	then := t.req
	then.Session = session
	call := RowKey{Name: rec.Row}
	if rec.Row == "" {
		// A version before stored the record. The name is known if the same code is dialled.
		names, ok := t.Identity.of(&then, rec.Owner)
		if !ok {
			return true
		}
		call = names.row(&then)
	}
	more := false
	err := t.Actions.Update(ctx, call, t.req.Caller, func(row *Row) error {
		more = row.Generation > rec.Generation || row.Generation == rec.Generation && row.Epoch > rec.Epoch
		return ErrHalt
	})
	return more || !errors.Is(err, ErrHalt)
}

// sameMenu reports whether a session's record belongs to a version of p. If that
// version is not available here, the dialled code decides.
func (t *turn) sameMenu(ctx context.Context, p *engine.Program, rec *engine.Record, session string) bool {
	if old, err := t.Programs.Find(ctx, rec.Program); err == nil {
		return old.Name() == p.Name()
	}
	then := t.req
	then.Session = session
	_, ours := t.Identity.of(&then, rec.Owner)
	return ours
}

// latest returns the session that the caller can resume, and the session in
// which the question about it was asked. The inputs of the latter mean nothing
// without its record.
func (t *turn) latest(ctx context.Context) (resumable, asked string) {
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	note, err := t.Sessions.Latest(within, t.Identity.Caller(&t.req))
	if other, ok := t.Identity.Other(); ok && err == nil && note == "" {
		note, err = t.Sessions.Latest(within, other.Caller(&t.req))
	}
	if err != nil {
		return "", ""
	}
	resumable, asked, _ = strings.Cut(note, askedMark)
	return resumable, asked
}

// askedMark separates the two sessions of a note, which is opaque to Sessions.
// No gateway's session ID has a line break.
const askedMark = "\n"

// noteCaller stores which session the caller can resume after a drop: this one,
// or none once the call has ended.
func (t *turn) noteCaller(ctx context.Context, p *engine.Program, s *engine.Session) {
	if p.Resume() == 0 || s.AsksResume() && t.offers == "" {
		return
	}
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	note := t.req.Session
	switch {
	case s.AsksResume():
		note = t.offers
	case s.Ended:
		note = ""
	}
	if s.OfferedResume() {
		note += askedMark + t.req.Session
	}
	err := t.Sessions.SetLatest(within, t.Identity.Caller(&t.req), note, p.Resume())
	if other, ok := t.Identity.Other(); ok {
		// An instance that has the keys the other way round must not find an older note.
		err = errors.Join(err, t.Sessions.SetLatest(within, other.Caller(&t.req), note, p.Resume()))
	}
	if err != nil {
		t.logFault("resume not noted", err)
	}
}
