package engine

import "fmt"

// Encode returns the record of a session. It returns ErrSecret rather than store a
// secret.
func (p *Program) Encode(s *Session, head RecordHead) ([]byte, error) {
	rec := Record{
		V: head.V, Epoch: head.Epoch, H: head.H, Owner: head.Owner, Inputs: head.Inputs,
		Generation: head.Generation, Unsure: head.Unsure, Sequence: head.Sequence, Code: head.Code, Row: head.Row,
		Step: s.Screen, Program: p.hash,
		Offset: s.Offset, Pages: s.Pages,
		Wrong: s.Wrong, Notice: s.Notice, Repeat: s.Repeat,
		Moved: s.Moved, Ended: s.Ended, Facts: s.Facts, Unsaved: s.Unsaved,
		Skipped: s.Skipped, Sent: s.Sent,
		Lang: s.Lang(), Chose: s.Values[slotLang].IsSet(),
		Today: s.Values[slotToday].n, Network: s.Network,
		Values:  p.named(s.Values),
		Guarded: s.Guarded, Offered: s.offered, Start: s.start,
	}
	if w := s.Values[slotWorker]; w.IsSet() {
		rec.Worker = &w
	}
	for _, u := range s.Undo {
		rec.Undo = append(rec.Undo, undo{u.Screen, u.Offset, u.Pages, u.Moved, p.namedChanges(u.Values), u.Yes})
	}
	if s.Resting.Screen != "" && !s.Ended {
		rec.Resting = &s.Resting
	}
	return appendRecord(make([]byte, 0, recordSize), &rec)
}

// recordSize is the size of most records in bytes.
const recordSize = 256

func (p *Program) namedChanges(list []Change) []Named {
	var named []Named
	for _, c := range list {
		named = append(named, Named{p.slots[c.Slot].Name, c.Old})
	}
	return named
}

// Decode returns the session of a record. The caller of the session comes from r;
// compare its owner with the record's first. It returns ErrRecord if the program has
// no such screens.
func (p *Program) Decode(rec *Record, r Request) (Session, error) {
	r.Network = rec.Network // what the call began with, whatever a repeat says
	s := p.Begin(r, Date(rec.Today))
	if n := p.nodes[rec.Step]; n == nil || n.kind.silent {
		return s, fmt.Errorf("%w: program %s has no screen %q to show", ErrRecord, p.hash, rec.Step)
	}
	s.Screen, s.Shown = rec.Step, rec.Step
	s.Offset, s.Pages = rec.Offset, rec.Pages
	s.Wrong, s.Notice, s.Repeat = rec.Wrong, rec.Notice, rec.Repeat
	s.Moved, s.Ended, s.Facts = rec.Moved, rec.Ended, rec.Facts
	s.Unsaved = rec.Unsaved
	s.Skipped, s.Sent = rec.Skipped, rec.Sent
	s.Values[slotLang] = unchosen(rec.Lang)
	if rec.Chose {
		s.Values[slotLang] = ChoiceValue(rec.Lang)
	}
	if rec.Worker != nil {
		s.Values[slotWorker] = *rec.Worker
	}
	p.put(s.Values, rec.Values)
	for _, u := range rec.Undo {
		if n := p.nodes[u.Step]; n == nil || n.kind.silent {
			return s, fmt.Errorf("%w: program %s has no screen %q to go back to", ErrRecord, p.hash, u.Step)
		}
		s.Undo = append(s.Undo, Undo{u.Step, u.Offset, u.Pages, u.Moved, p.changes(u.Values), u.Yes})
	}
	if rec.Resting != nil {
		s.Resting = *rec.Resting
	}
	s.Guarded, s.offered, s.start = rec.Guarded, rec.Offered, rec.Start
	return s, nil
}

func (p *Program) put(values []Value, named []Named) {
	for _, n := range named {
		if i, ok := p.slotIndex[n.Name]; ok && fitsType(n.Value, &p.slots[i].Type) {
			values[i] = n.Value
		}
	}
}

func (p *Program) changes(named []Named) []Change {
	var list []Change
	for _, n := range named {
		if i, ok := p.slotIndex[n.Name]; ok {
			list = append(list, Change{i, n.Value})
		}
	}
	return list
}
