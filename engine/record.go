package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// record is a session as it is kept between callbacks. Its head, v and h, comes
// first and is what a save compares. It holds no secret, no input and no reply:
// a repeat is rendered again, from the same state to the same bytes.
type Record struct {
	// V is 1 + the length of the text so far: a version without a counter.
	V int `json:"v"`
	// H is a keyed hash of whose session this is, its program and its inputs.
	H string `json:"h"`
	// Step is the screen, as the service before this one called it.
	Step    string `json:"step"`
	Owner   string `json:"o"`
	Program string `json:"m"`
	// Inputs are the lengths in bytes of the inputs so far, so that a typed "*"
	// is told from the one between two inputs.
	Inputs []int `json:"n,omitempty"`

	Offset int    `json:"at,omitempty"`
	Pages  []int  `json:"pages,omitempty"`
	Wrong  int    `json:"wrong,omitempty"`
	Notice string `json:"notice,omitempty"`
	Repeat string `json:"repeat,omitempty"`
	Moved  bool   `json:"moved,omitempty"`
	Ended  bool   `json:"end,omitempty"`
	Facts  bool   `json:"facts,omitempty"`
	// Again says that the screen was asked again for want of a record, so that
	// the caller may have been further.
	Again bool `json:"again,omitempty"`
	// Twice says that a consent was asked a second time since, so that a Yes to
	// it is one.
	Twice   bool     `json:"twice,omitempty"`
	Skipped []string `json:"skipped,omitempty"`
	Sent    []string `json:"sent,omitempty"`

	Lang string `json:"lang,omitempty"`
	// Chose says that the caller chose that language.
	Chose   bool    `json:"chose,omitempty"`
	Today   int64   `json:"today"`
	Network string  `json:"net,omitempty"`
	Values  []Named `json:"values,omitempty"`
	Worker  *Value  `json:"worker,omitempty"`
	Undo    []undo  `json:"undo,omitempty"`

	Resting *Snapshot `json:"rest,omitempty"`
	Guarded bool      `json:"guarded,omitempty"`
	Offered *Snapshot `json:"offered,omitempty"`
	Start   string    `json:"start,omitempty"`
}

// RecordHead is what of a record the session does not tell: which callback it is
// of, and how that was taken.
type RecordHead struct {
	V            int
	H, Owner     string
	Inputs       []int
	Again, Twice bool
}

func (rec *Record) Head() RecordHead {
	return RecordHead{rec.V, rec.H, rec.Owner, rec.Inputs, rec.Again, rec.Twice}
}

// undo is an Undo with names for slots.
type undo struct {
	Step   string  `json:"s"`
	Offset int     `json:"at,omitempty"`
	Pages  []int   `json:"pages,omitempty"`
	Moved  bool    `json:"moved,omitempty"`
	Values []Named `json:"v,omitempty"`
}

// MaxRecord bounds a session's record, in bytes. Records take about 1 KB. A record
// that large is a fault, and moving it would delay every other session.
const MaxRecord = 256 << 10

// ErrRecord: a stored record can't be read.
var ErrRecord = errors.New("unreadable session record")

// encode writes a session down. It fails rather than write a secret.
func (p *Program) Encode(s *Session, head RecordHead) ([]byte, error) {
	rec := Record{
		V: head.V, H: head.H, Owner: head.Owner, Inputs: head.Inputs, Again: head.Again, Twice: head.Twice,
		Step: s.Screen, Program: p.hash,
		Offset: s.Offset, Pages: s.Pages,
		Wrong: s.Wrong, Notice: s.Notice, Repeat: s.Repeat,
		Moved: s.Moved, Ended: s.Ended, Facts: s.Facts,
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
		rec.Undo = append(rec.Undo, undo{u.Screen, u.Offset, u.Pages, u.Moved, p.namedChanges(u.Values)})
	}
	if s.Resting.Screen != "" && !s.Ended {
		rec.Resting = &s.Resting
	}
	return appendRecord(make([]byte, 0, recordSize), &rec)
}

// recordSize is what most records take, in bytes.
const recordSize = 256

func (p *Program) namedChanges(list []Change) []Named {
	var named []Named
	for _, c := range list {
		named = append(named, Named{p.slots[c.Slot].Name, c.Old})
	}
	return named
}

// decode reads a session back. Who is calling comes from the request, whose
// owner the caller of decode has compared.
func (p *Program) Decode(rec *Record, r Request) (Session, error) {
	r.Network = rec.Network // what the call began with, whatever a repeat says
	s := p.Begin(r, Date(rec.Today))
	if n := p.nodes[rec.Step]; n == nil || n.Kind.Silent() {
		return s, fmt.Errorf("%w: program %s has no screen %q to show", ErrRecord, p.hash, rec.Step)
	}
	s.Screen, s.Shown = rec.Step, rec.Step
	s.Offset, s.Pages = rec.Offset, rec.Pages
	s.Wrong, s.Notice, s.Repeat = rec.Wrong, rec.Notice, rec.Repeat
	s.Moved, s.Ended, s.Facts = rec.Moved, rec.Ended, rec.Facts
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
		if n := p.nodes[u.Step]; n == nil || n.Kind.Silent() {
			return s, fmt.Errorf("%w: program %s has no screen %q to go back to", ErrRecord, p.hash, u.Step)
		}
		s.Undo = append(s.Undo, Undo{u.Step, u.Offset, u.Pages, u.Moved, p.changes(u.Values)})
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

func ParseRecord(b []byte) (*Record, error) {
	var rec Record
	if err := json.Unmarshal(b, &rec); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	if rec.V < 1 || rec.H == "" || rec.Lang == "" {
		return nil, fmt.Errorf("%w: it has no head", ErrRecord)
	}
	good := rec.Wrong >= 0 && isPage(rec.Offset, rec.Pages)
	for _, u := range rec.Undo {
		good = good && isPage(u.Offset, u.Pages)
	}
	if !good {
		return nil, fmt.Errorf("%w: it counts below zero", ErrRecord)
	}
	return &rec, nil
}

// isPage reports whether pages can begin at these offsets.
func isPage(offset int, before []int) bool {
	return offset >= 0 && (len(before) == 0 || slices.Min(before) >= 0)
}

// head is the part of a record that a save compares. It ends in a delimiter, so
// that no head is the beginning of another.
func (h *RecordHead) Text() string {
	return `{"v":` + strconv.Itoa(h.V) + `,"h":"` + h.H + `",`
}

// HeadOf is the head of a stored record, as Sessions.Save compares it; "" when
// there is no record or it is none of ours.
func HeadOf(stored []byte) string {
	const mark = `,"h":"`
	i := bytes.Index(stored, []byte(mark))
	if i < 0 || !bytes.HasPrefix(stored, []byte(`{"v":`)) {
		return ""
	}
	end := bytes.Index(stored[i+len(mark):], []byte(`",`))
	if end < 0 {
		return ""
	}
	return string(stored[:i+len(mark)+end+len(`",`)])
}
