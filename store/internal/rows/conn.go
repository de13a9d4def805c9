// Package rows holds the statements of the store once, for every SQL database:
// the dialects agree on what is used here. Parameters are written $1.
package rows

import (
	"context"
	"time"
)

// Conn runs statements, in a transaction or outside one.
type Conn interface {
	Exec(ctx context.Context, statement string, args ...any) (affected int64, err error)
	// QueryRow's Scan gives store.ErrNotFound where there is no row.
	QueryRow(ctx context.Context, statement string, args ...any) Row
	// Query calls each for every row.
	Query(ctx context.Context, each func(Row) error, statement string, args ...any) error
	// OtherForms says that the database may hold rows of the service before
	// this one, with numbers in forms that paytrace_msisdn reads.
	OtherForms() bool
}

// Row is one row of an answer.
type Row interface {
	Scan(into ...any) error
}

// TimeFormat is how a time is written where the database has no type for it:
// of one width, so that the order of texts is the order of times, and to the
// microsecond, as Postgres keeps it.
const TimeFormat = "2006-01-02T15:04:05.000000Z"

// instant reads a time from either database; NULL is the zero time.
type instant struct{ time.Time }

// Scan takes what a driver gives for a time.
func (i *instant) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		i.Time = time.Time{}
	case time.Time:
		i.Time = v.UTC()
	case string:
		return i.parse(v)
	case []byte:
		return i.parse(string(v))
	default:
		return &scanError{value}
	}
	return nil
}

func (i *instant) parse(text string) error {
	t, err := time.Parse(time.RFC3339Nano, text)
	i.Time = t.UTC()
	return err
}

// orNull is a time as a parameter: NULL for the zero time.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Microsecond)
}

// textOrNull is a text as a parameter: NULL for the empty one.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// nullable reads a text; NULL is the empty one.
type nullable struct{ text string }

// Scan takes what a driver gives for a text.
func (n *nullable) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		n.text = ""
	case string:
		n.text = v
	case []byte:
		n.text = string(v)
	default:
		return &scanError{value}
	}
	return nil
}
