package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// A Record is a session as stored between callbacks. Its head, v and h, comes first;
// a save compares it. It contains no secret, no input and no reply: a repeat is
// rendered again, from the same state to the same bytes.
type Record struct {
	// V is 1 + the length of the text: a version number without a counter.
	V int `json:"v"`
	// Epoch is how much of the call the database had been told when this was written.
	Epoch int `json:"e,omitempty"`
	// H is a keyed hash of the session's owner, program and inputs.
	H string `json:"h"`
	// Step is the screen, under the key that the legacy service used.
	Step    string `json:"step"`
	Owner   string `json:"o"`
	Program string `json:"m"`
	// Inputs has the lengths of the inputs in bytes. They distinguish a typed "*" from
	// one between two inputs.
	Inputs []int `json:"n,omitempty"`

	Offset int    `json:"at,omitempty"`
	Pages  []int  `json:"pages,omitempty"`
	Wrong  int    `json:"wrong,omitempty"`
	Notice string `json:"notice,omitempty"`
	Repeat string `json:"repeat,omitempty"`
	Moved  bool   `json:"moved,omitempty"`
	Ended  bool   `json:"end,omitempty"`
	Facts  bool   `json:"facts,omitempty"`
	// Unsaved says that a remembered value is still to be stored.
	Unsaved bool `json:"unsaved,omitempty"`
	// Generation counts the calls that had this session ID before.
	Generation int `json:"gen,omitempty"`
	// Unsure says that the caller may have been shown another screen, so the next
	// answer gets this one once more.
	Unsure bool `json:"again,omitempty"`
	// Sequence and Code belong to gateways that send only the last input: the number of
	// the newest callback, and the service code that was dialled.
	Sequence int    `json:"seq,omitempty"`
	Code     string `json:"code,omitempty"`
	// Row names what the database knows of the call, for a menu that resumes calls: the
	// caller may dial another code then, and the name depends on the code.
	Row string `json:"row,omitempty"`

	Skipped []string `json:"skipped,omitempty"`
	Sent    []string `json:"sent,omitempty"`

	Lang string `json:"lang,omitempty"`
	// Chose says that the caller has chosen that language.
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

// A RecordHead has what a record knows beyond its session: which callback it belongs
// to, and what the database had been told by then.
type RecordHead struct {
	V, Epoch   int
	H, Owner   string
	Inputs     []int
	Generation int
	Unsure     bool
	// Sequence, Code and Row are as in Record.
	Sequence  int
	Code, Row string
}

// Head returns the head of the record.
func (rec *Record) Head() RecordHead {
	return RecordHead{rec.V, rec.Epoch, rec.H, rec.Owner, rec.Inputs, rec.Generation, rec.Unsure, rec.Sequence, rec.Code, rec.Row}
}

// An undo is an Undo with names instead of slots.
type undo struct {
	Step   string  `json:"s"`
	Offset int     `json:"at,omitempty"`
	Pages  []int   `json:"pages,omitempty"`
	Moved  bool    `json:"moved,omitempty"`
	Values []Named `json:"v,omitempty"`
	Yes    bool    `json:"yes,omitempty"`
}

// MaxRecord bounds a session's record, in bytes. Records take about 1 KB. A record
// that large is a fault, and moving it would delay every other session.
const MaxRecord = 256 << 10

// ErrRecord says that a stored record can't be read.
var ErrRecord = errors.New("unreadable session record")

// ParseRecord reads a stored record. It returns ErrRecord if the bytes are not one.
func ParseRecord(b []byte) (*Record, error) {
	var rec Record
	if !readRecord(b, &rec) {
		rec = Record{}
		if err := json.Unmarshal(b, &rec); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRecord, err)
		}
	}
	if rec.V < 1 || rec.H == "" || rec.Lang == "" {
		return nil, fmt.Errorf("%w: it has no head", ErrRecord)
	}
	good := rec.Wrong >= 0 && rec.Epoch >= 0 && rec.Generation >= 0 && rec.Sequence >= 0 && isPage(rec.Offset, rec.Pages)
	for _, u := range rec.Undo {
		good = good && isPage(u.Offset, u.Pages)
	}
	if !good {
		return nil, fmt.Errorf("%w: it has a negative number", ErrRecord)
	}
	return &rec, nil
}

// isPage reports whether pages may begin at these offsets.
func isPage(offset int, before []int) bool {
	return offset >= 0 && (len(before) == 0 || slices.Min(before) >= 0)
}

// Text returns the bytes that a save compares. They end with a delimiter, so no head
// is the beginning of another.
func (h *RecordHead) Text() string {
	epoch := ""
	if h.Epoch != 0 {
		epoch = `,"e":` + strconv.Itoa(h.Epoch)
	}
	return `{"v":` + strconv.Itoa(h.V) + epoch + `,"h":"` + h.H + `",`
}

// HeadOf returns the head of a stored record, or "" if there is no record or it is
// foreign.
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
