// Package rows has the SQL of the store once, for every database: the dialects
// agree on what is used here. Parameters are written $1.
package rows

import (
	"context"
	"fmt"
	"time"
)

// Conn runs statements, in a transaction or outside one.
type Conn interface {
	// Exec runs a statement and counts the affected rows.
	Exec(ctx context.Context, statement string, args ...any) (affected int64, err error)
	// QueryRow reads one row. Its Scan returns store.ErrNotFound if there is none.
	QueryRow(ctx context.Context, statement string, args ...any) Row
	// QueryRowLocked reads as QueryRow does, inside a transaction only. Until it ends,
	// other transactions that ask for the same key wait, and then read what it wrote.
	QueryRowLocked(ctx context.Context, key, statement string, args ...any) Row
	// Query calls each for every row.
	Query(ctx context.Context, each func(Row) error, statement string, args ...any) error
	// LegacyNumbers reports whether the database may hold rows of the legacy service,
	// with numbers in other forms, which paytrace_msisdn reads.
	LegacyNumbers() bool
}

// Row is one row of an answer.
type Row interface {
	Scan(into ...any) error
}

// column returns the single column of a query.
func column[T any](ctx context.Context, conn Conn, statement string, args ...any) ([]T, error) {
	return all(ctx, conn, func(row Row) (value T, err error) {
		err = row.Scan(&value)
		return value, err
	}, statement, args...)
}

// all returns every row of a query, read by scan.
func all[T any](ctx context.Context, conn Conn, scan func(Row) (T, error), statement string, args ...any) ([]T, error) {
	var list []T
	err := conn.Query(ctx, func(row Row) error {
		item, err := scan(row)
		list = append(list, item)
		return err
	}, statement, args...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// maxList bounds every list: a person reads it, and a page of a thousand is
// already too long.
const maxList = 1000

// Limit returns n, at least 1 and at most maxList.
func Limit(n int) int { return max(1, min(n, maxList)) }

// TimeFormat writes a time where the database has no type for it. It has one
// width, so that the order of the texts is the order of the times, and
// microseconds, as in Postgres.
const TimeFormat = "2006-01-02T15:04:05.000000Z"

// instant reads a time from either database; NULL is the zero time.
type instant struct{ time.Time }

// Scan implements sql.Scanner.
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

// orNull makes a parameter of a time: NULL for the zero time.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Microsecond)
}

// textOrNull makes a parameter of a text: NULL for the empty one.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// nullable reads a text; NULL is the empty one.
type nullable struct{ text string }

// Scan implements sql.Scanner.
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

// scanError reports a column whose type differs from the schema's.
type scanError struct{ value any }

// Error names the type, never the value, which may be a caller's.
func (e *scanError) Error() string {
	return fmt.Sprintf("the column has a value of type %T, which this schema does not have there", e.value)
}
