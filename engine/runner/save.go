package runner

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// keep saves a point as the session's record and shows it. expect is the head of the
// record that stands in the store. acted says that the database has been told of this
// step. ok is false if another record stands there that the callback must start over
// from; it is in t.stored.
func (t *turn) keep(ctx context.Context, next point, expect string, acted bool) (reply engine.Reply, ok bool) {
	t.lang = next.s.Lang()
	for range maxRounds {
		record := t.encode(&next)
		if record == nil {
			return t.fault(engine.ErrSecret), true
		}
		stored, saved, err := t.save(ctx, expect, record, max(t.TTL, next.p.Resume()))
		if err != nil && t.req.LastInput {
			return t.notSaved(&next, acted, err), true
		}
		if err != nil && t.textOnly {
			// Nothing confirms that the text was read as the record has it.
			t.needsRecord = true
			return engine.Reply{}, true
		}
		if err != nil && !acted && t.pin(ctx, &next) {
			return t.recover(ctx, expect)
		}
		if saved || err != nil {
			t.done(ctx, &next)
			return t.show(next.p, &next.s), true
		}
		t.stored = stored
		older, differs := t.older(stored, &next)
		if !acted || !older {
			return engine.Reply{}, false
		}
		next.unsure = next.unsure || differs
		expect = engine.HeadOf(stored)
	}
	return engine.Reply{}, false
}

// pin stores in the row where the call stands, because the store of records did not
// answer the save and may have an older record. Nothing runs on that one any more: it
// is behind the row. fenced says that another delivery has moved the call. If the row
// can't be written either, the caller may be asked again.
func (t *turn) pin(ctx context.Context, pt *point) (fenced bool) {
	if len(pt.inputs) == 0 || !pt.p.Acts() {
		return false
	}
	err := t.tell(ctx, pt)
	if err != nil && !errors.Is(err, engine.ErrFenced) {
		t.logFault("where the call stands is stored nowhere", err)
	}
	return errors.Is(err, engine.ErrFenced)
}

// tell stores in the row where the call stands, and moves the epoch. It returns
// engine.ErrFenced if the database was told more by another delivery.
func (t *turn) tell(ctx context.Context, pt *point) error {
	err := t.Actions.Update(ctx, t.Identity.row(&t.req), t.req.Caller, func(row *Row) error {
		if row.Epoch != pt.epoch || row.Generation != pt.generation || row.Length > pt.length {
			return engine.ErrFenced
		}
		return t.keepRow(row, pt)
	})
	if err == nil {
		pt.epoch++
	}
	return err
}

// keepRow makes a point the row's snapshot and moves the epoch.
func (t *turn) keepRow(row *Row, pt *point) error {
	kept := *pt
	kept.epoch = row.Epoch + 1
	record := t.encode(&kept)
	if record == nil {
		return Halt(engine.ErrSecret)
	}
	row.Generation, row.Program, row.Day = pt.generation, pt.p.Hash(), pt.s.Day()
	row.Epoch, row.From, row.Snapshot, row.Results, row.Dial = kept.epoch, -1, record, nil, nil
	row.Length, row.Inputs, row.Head = pt.length, lengths(pt.inputs), t.Identity.head(&t.req, pt.p.Hash(), pt.inputs)
	return nil
}

// older reports whether a record knows less than a point that the database was told of:
// its epoch is lower, and its text no longer. differs says that it shows something else
// at the same text, which the caller may have seen.
func (t *turn) older(stored []byte, next *point) (older, differs bool) {
	if stored == nil {
		return true, false
	}
	rec, err := engine.ParseRecord(stored)
	if err != nil || rec.Generation > next.generation {
		return false, false
	}
	if rec.Generation < next.generation {
		return true, false
	}
	if rec.Epoch >= next.epoch || rec.V-1 > next.length {
		return false, false
	}
	if rec.V-1 < next.length {
		return true, false
	}
	s, err := next.p.Decode(rec, t.req)
	if err != nil || rec.Program != next.p.Hash() {
		return true, true
	}
	theirs, _ := next.p.Encode(&s, engine.RecordHead{})
	ours, _ := next.p.Encode(&next.s, engine.RecordHead{})
	return true, !bytes.Equal(theirs, ours)
}

// save saves a record within its time. See Sessions.Save.
func (t *turn) save(ctx context.Context, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	stored, saved, err := t.Sessions.Save(within, SessionKey(t.req.Session), expect, next, ttl)
	if err != nil && !t.away {
		t.logFault("session not saved", err)
	}
	return stored, saved, err
}

// done remembers a point that was saved, or that the caller sees without.
func (t *turn) done(ctx context.Context, pt *point) {
	if t.Recent != nil {
		kept := *pt
		kept.inputs = nil // what was typed may be a PIN
		t.Recent.put(&saved{point: kept, head: t.head(pt), until: t.Now().Add(max(t.TTL, pt.p.Resume()))})
	}
	if !t.away {
		t.noteCaller(ctx, pt.p, &pt.s)
	}
	if t.Watch != nil && len(t.moves) > 0 {
		t.Watch(pt.p, t.moves)
	}
}

// encode returns the record of a point, or nil if a secret prevents one.
func (t *turn) encode(pt *point) []byte {
	record, err := pt.p.Encode(&pt.s, t.head(pt))
	if err != nil {
		return nil
	}
	return record
}

// head returns the head of a point's record.
func (t *turn) head(pt *point) engine.RecordHead {
	inputs := pt.inputs
	if t.req.LastInput {
		// Stand-ins are the same in every call. What tells records apart is added.
		inputs = append(inputs[:len(inputs):len(inputs)], strconv.Itoa(pt.generation), strconv.Itoa(pt.sequence))
	}
	row := ""
	if pt.p.Resume() > 0 && pt.p.Acts() {
		row = t.Identity.row(&t.req).Name
	}
	return engine.RecordHead{
		V: 1 + pt.length, Epoch: pt.epoch, H: t.Identity.head(&t.req, pt.p.Hash(), inputs),
		Owner: t.Identity.owner(&t.req), Inputs: lengths(pt.inputs), Generation: pt.generation, Unsure: pt.unsure,
		Sequence: pt.sequence, Code: pt.code, Row: row,
	}
}

func lengths(inputs []string) []int {
	list := make([]int, len(inputs))
	for i, in := range inputs {
		list[i] = len(in)
	}
	return list
}
