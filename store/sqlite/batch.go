package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
)

// A batch is a row of call_batches. Its notes are JSON, each an array:
//
//	{"notes": [[AT, ENDED, TOOK, CALLER, SESSION, …, FAULT, NETWORK, GOALS, WRONG, TURN], …], "words": ["africastalking", …]}
//
// AT is in microseconds since 1970, TOOK in microseconds, ENDED and WRONG are 0 or 1. Notes
// of an earlier version end with FAULT. The other
// columns are texts; a number in place of a text is its index in words. Most texts are
// those of other notes too, so a note takes a third of the space.
type batch struct {
	newest         time.Time
	count          int
	callers, notes string
}

// noteTexts points to the texts of a note, in the order of the columns. The first
// inline of them differ between most notes, so they are not in words.
func noteTexts(n *store.CallNote) [texts]*string {
	return [...]*string{&n.Caller, &n.Session, &n.Provider, &n.Service, &n.Program, &n.Screen, &n.Input, &n.Shown, &n.Fault, &n.Network, &n.Goals}
}

const (
	inline  = 2
	numbers = 3 // columns before the texts
	texts   = 11
	columns = numbers + texts + 2 // and WRONG and TURN
	// earlier is how many columns, and earlierTexts how many texts, a note of an earlier
	// version has.
	earlier      = numbers + earlierTexts
	earlierTexts = 9
)

var errTimeless = errors.New("a note on a call has no time")

// newBatch writes notes as a row.
func newBatch(notes []store.CallNote) (batch, error) {
	w := batchWriter{notes: make([]byte, 0, len(notes)*usualNote), words: map[string]int{}, callers: map[string]struct{}{}}
	b := batch{count: len(notes)}
	w.notes = append(w.notes, `{"notes":[`...)
	for i := range notes {
		if notes[i].At.IsZero() {
			return batch{}, errTimeless
		}
		if notes[i].At.After(b.newest) {
			b.newest = notes[i].At
		}
		if i > 0 {
			w.notes = append(w.notes, ',')
		}
		w.note(&notes[i])
	}
	w.notes = append(append(append(w.notes, `],"words":[`...), w.list...), `]}`...)
	b.notes, b.callers = string(w.notes), w.everyCaller.String()+","
	return b, nil
}

// usualNote is the size of most notes, in bytes.
const usualNote = 160

// batchWriter writes the columns of a row. All notes pass through it, and
// encoding/json takes five times as long.
type batchWriter struct {
	notes, list []byte
	words       map[string]int
	// last has the word that each column had last: most notes repeat it.
	last        [columns]lastWord
	callers     map[string]struct{}
	everyCaller strings.Builder
}

type lastWord struct {
	text  string
	index int
	set   bool
}

func (w *batchWriter) note(n *store.CallNote) {
	ended, wrong := byte('0'), byte('0')
	if n.Ended {
		ended = '1'
	}
	if n.Wrong {
		wrong = '1'
	}
	w.notes = strconv.AppendInt(append(w.notes, '['), n.At.UnixMicro(), 10)
	w.notes = append(w.notes, ',', ended, ',')
	w.notes = strconv.AppendInt(w.notes, n.Took.Microseconds(), 10)
	for i, text := range noteTexts(n) {
		w.notes = append(w.notes, ',')
		if i < inline {
			w.notes = appendText(w.notes, *text)
		} else {
			w.notes = strconv.AppendInt(w.notes, int64(w.word(i, *text)), 10)
		}
	}
	w.notes = append(w.notes, ',', wrong, ',')
	w.notes = append(strconv.AppendInt(w.notes, int64(n.Turn), 10), ']')
	if _, known := w.callers[n.Caller]; !known {
		w.callers[n.Caller] = struct{}{}
		w.everyCaller.WriteString("," + n.Caller)
	}
}

// word returns the index of a text in words, and adds it if it is new.
func (w *batchWriter) word(column int, text string) int {
	last := &w.last[column]
	if last.set && last.text == text {
		return last.index
	}
	i, known := w.words[text]
	if !known {
		i = len(w.words)
		w.words[text] = i
		if i > 0 {
			w.list = append(w.list, ',')
		}
		w.list = appendText(w.list, text)
	}
	*last = lastWord{text, i, true}
	return i
}

// appendText writes a string as JSON.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string has no error
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// readBatch reads the notes of a row.
func readBatch(text string) ([]store.CallNote, error) {
	var stored struct {
		Notes [][]any
		Words []string
	}
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, fmt.Errorf("read a batch of notes on calls: %w", err)
	}
	notes := make([]store.CallNote, len(stored.Notes))
	for i, row := range stored.Notes {
		if err := readNote(&notes[i], row, stored.Words); err != nil {
			return nil, fmt.Errorf("read note %d of a batch of notes on calls: %w", i, err)
		}
	}
	return notes, nil
}

func readNote(n *store.CallNote, row []any, words []string) error {
	count := texts
	var number [numbers + 2]int64
	places := [...]int{0, 1, 2, columns - 2, columns - 1}
	switch len(row) {
	case columns:
	case earlier:
		count, number = earlierTexts, [...]int64{numbers + 1: store.NoTurn}
	default:
		return fmt.Errorf("it has %d columns, want %d", len(row), columns)
	}
	for i, at := range places {
		if at >= len(row) {
			break
		}
		value, ok := row[at].(float64)
		if !ok {
			return fmt.Errorf("column %d is %T, want a number", at, row[at])
		}
		number[i] = int64(value)
	}
	n.Wrong, n.Turn = number[3] != 0, int(number[4])
	n.At, n.Ended, n.Took = time.UnixMicro(number[0]).UTC(), number[1] != 0, time.Duration(number[2])*time.Microsecond
	all := noteTexts(n)
	for i, into := range all[:count] {
		switch value := row[numbers+i].(type) {
		case string:
			*into = value
		case float64:
			at := int(value)
			if at < 0 || at >= len(words) {
				return fmt.Errorf("column %d is word %d of %d", numbers+i, at, len(words))
			}
			*into = words[at]
		default:
			return fmt.Errorf("column %d is %T, want a text", numbers+i, value)
		}
	}
	return nil
}
