package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// AddCalls stores all notes by one COPY statement.
func (s *Store) AddCalls(ctx context.Context, notes []store.CallNote) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	err := s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		_, err := conn.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(copyCalls(notes)), copyCallsSQL)
		return err
	})
	if err != nil {
		return fmt.Errorf("store notes on calls: %w", err)
	}
	return nil
}

var copyCallsSQL = "COPY calls (" + strings.Join(rows.CallColumns, ", ") + ") FROM STDIN (FORMAT binary)"

// copyCalls writes notes in the binary format of COPY, for the columns of
// rows.CallColumns. There is a note for every callback, and the library's own
// writer, which finds out the type of each value, costs ten times as much. Source:
// Postgres's manual, "COPY", "Binary Format".
func copyCalls(notes []store.CallNote) []byte {
	b := copyWriter(make([]byte, 0, len(copyHeader)+len(notes)*usualNote))
	b = append(b, copyHeader...)
	for i := range notes {
		n := &notes[i]
		b = binary.BigEndian.AppendUint16(b, uint16(len(rows.CallColumns)))
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
