package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// callColumns names the columns of a note, in the order of copyCalls.
var callColumns = []string{
	"at", "caller", "session", "provider", "service", "program", "screen", "heard", "shown", "ended", "took_us", "fault",
	"network", "goals", "wrong", "turn",
}

// AddCalls stores all notes by one COPY statement. It locks the table as COPY does
// before it reads who was forgotten: callerNotes waits for it, or the other way round.
func (s *Store) AddCalls(ctx context.Context, notes []store.CallNote) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `LOCK TABLE calls IN ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		notes, err := rows.WithoutForgotten(ctx, conn{tx}, notes)
		if err != nil || len(notes) == 0 {
			return err
		}
		_, err = tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(copyCalls(notes)), copyCallsSQL)
		return err
	})
	if err != nil {
		return fmt.Errorf("store notes on calls: %w", err)
	}
	return nil
}

// CallsOf lists a caller's notes, the newest first.
func (s *Store) CallsOf(ctx context.Context, caller string, limit int) ([]store.CallNote, error) {
	return s.listCalls(ctx, `WHERE caller = $1 ORDER BY at DESC, id DESC LIMIT $2`, caller, rows.Limit(limit))
}

// CallsIn lists the notes on sessions with an ID, the newest first.
func (s *Store) CallsIn(ctx context.Context, session string, limit int) ([]store.CallNote, error) {
	return s.listCalls(ctx, `WHERE session = $1 ORDER BY at DESC, id DESC LIMIT $2`, session, rows.Limit(limit))
}

// callsTogether is how many notes are read at a time: no statement takes long.
const callsTogether = 5000

// EachCall reads notes in parts, each behind the last note of the part before.
func (s *Store) EachCall(ctx context.Context, from, to time.Time, fn func(store.CallNote) error) error {
	after, last := from, int64(-1)
	for {
		var notes []store.CallNote
		err := s.conn(ctx).Query(ctx, func(row rows.Row) error {
			n, err := scanCall(row, &last)
			notes = append(notes, n)
			return err
		}, `SELECT id, `+readCallColumns+` FROM calls WHERE at >= $1 AND (at, id) > ($1, $2) AND at < $3 ORDER BY at, id LIMIT $4`, after, last, to, callsTogether)
		if err != nil {
			return fmt.Errorf("read notes on calls: %w", err)
		}
		for _, n := range notes {
			if err := fn(n); err != nil {
				return err
			}
		}
		if len(notes) < callsTogether {
			return nil
		}
		after = notes[len(notes)-1].At
	}
}

const readCallColumns = `at, caller, session, provider, service, program, screen, heard, shown, ended, took_us, coalesce(fault, ''), network, goals, wrong, turn`

// scanCall reads a note, and before it the values of more columns.
func scanCall(row rows.Row, more ...any) (n store.CallNote, err error) {
	var took int64
	err = row.Scan(append(more, &n.At, &n.Caller, &n.Session, &n.Provider, &n.Service, &n.Program, &n.Screen, &n.Input, &n.Shown, &n.Ended, &took, &n.Fault,
		&n.Network, &n.Goals, &n.Wrong, &n.Turn)...)
	n.At, n.Took = n.At.UTC(), time.Duration(took)*time.Microsecond
	return n, err
}

func (s *Store) listCalls(ctx context.Context, which string, args ...any) ([]store.CallNote, error) {
	var list []store.CallNote
	err := s.conn(ctx).Query(ctx, func(row rows.Row) error {
		n, err := scanCall(row)
		list = append(list, n)
		return err
	}, `SELECT `+readCallColumns+` FROM calls `+which, args...)
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	return list, nil
}

// DropCalls removes the oldest notes.
func (s *Store) DropCalls(ctx context.Context, before time.Time, limit int) (int, error) {
	n, err := s.conn(ctx).Exec(ctx,
		`DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE at < $1 ORDER BY at LIMIT $2)`, before, limit)
	if err != nil {
		return 0, fmt.Errorf("drop old notes on calls: %w", err)
	}
	return int(n), nil
}

// callerNotes counts the notes on a caller, and removes them if told to.
func callerNotes(ctx context.Context, conn rows.Conn, caller string, remove bool) (count int, sessions []string, err error) {
	if remove {
		if _, err := conn.Exec(ctx, `LOCK TABLE calls IN SHARE MODE`); err != nil {
			return 0, nil, err
		}
	}
	err = conn.Query(ctx, func(row rows.Row) error {
		var session string
		var n int
		err := row.Scan(&session, &n)
		sessions, count = append(sessions, session), count+n
		return err
	}, `SELECT session, count(*) FROM calls WHERE caller = $1 GROUP BY session ORDER BY session`, caller)
	if err == nil && remove {
		_, err = conn.Exec(ctx, `DELETE FROM calls WHERE caller = $1`, caller)
	}
	return count, sessions, err
}

var copyCallsSQL = "COPY calls (" + strings.Join(callColumns, ", ") + ") FROM STDIN (FORMAT binary)"

// copyCalls writes notes in the binary format of COPY, for the columns of
// callColumns. There is a note for every callback, and the library's own
// writer, which finds out the type of each value, costs ten times as much. Source:
// Postgres's manual, "COPY", "Binary Format".
func copyCalls(notes []store.CallNote) []byte {
	b := copyWriter(make([]byte, 0, len(copyHeader)+len(notes)*usualNote))
	b = append(b, copyHeader...)
	for i := range notes {
		n := &notes[i]
		b = binary.BigEndian.AppendUint16(b, uint16(len(callColumns)))
		b.time(n.At)
		for _, text := range [...]string{n.Caller, n.Session, n.Provider, n.Service, n.Program, n.Screen, n.Input, n.Shown} {
			b.text(text)
		}
		b.flag(n.Ended)
		b.number(n.Took.Microseconds())
		if n.Fault == "" {
			b.null()
		} else {
			b.text(n.Fault)
		}
		b.text(n.Network)
		b.text(n.Goals)
		b.flag(n.Wrong)
		b.length(4)
		b = binary.BigEndian.AppendUint32(b, uint32(int32(n.Turn)))
	}
	return append(b, copyEnd...)
}

const (
	// copyHeader has the signature, no flags, and no extension.
	copyHeader = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"
	// copyEnd is -1 in place of the next row's number of columns.
	copyEnd = "\xff\xff"
	// usualNote is the size of most notes, in bytes.
	usualNote = 320
)

// copyWriter writes values, each after its length.
type copyWriter []byte

func (b *copyWriter) length(n int32) { *b = binary.BigEndian.AppendUint32(*b, uint32(n)) }

func (b *copyWriter) null() { b.length(-1) }

func (b *copyWriter) text(s string) {
	b.length(int32(len(s)))
	*b = append(*b, s...)
}

func (b *copyWriter) number(n int64) {
	b.length(8)
	*b = binary.BigEndian.AppendUint64(*b, uint64(n))
}

func (b *copyWriter) flag(value bool) {
	b.length(1)
	if value {
		*b = append(*b, 1)
	} else {
		*b = append(*b, 0)
	}
}

// time writes a TIMESTAMPTZ: microseconds since the start of 2000.
func (b *copyWriter) time(t time.Time) {
	if t.IsZero() {
		b.null()
		return
	}
	b.number(t.UnixMicro() - copyEpoch)
}

var copyEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
