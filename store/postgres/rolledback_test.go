package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestRolledBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"the server refused", &pgconn.PgError{Severity: "FEHLER", SeverityUnlocalized: "ERROR", Code: "40001"}, true},
		{"an old server refused", &pgconn.PgError{Severity: "ERROR", Code: "23505"}, true},
		{"an error before made COMMIT a ROLLBACK", fmt.Errorf("x: %w", pgx.ErrTxCommitRollback), true},
		{"the server went down", &pgconn.PgError{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: "57P01"}, false},
		{"the server crashed", &pgconn.PgError{SeverityUnlocalized: "PANIC", Code: "XX000"}, false},
		{"the server does not know", &pgconn.PgError{SeverityUnlocalized: "ERROR", Code: "40003"}, false},
		{"a proxy lost the server", &pgconn.PgError{SeverityUnlocalized: "ERROR", Code: "08006"}, false},
		{"an error without a code", &pgconn.PgError{}, false},
		{"the network was lost", io.ErrUnexpectedEOF, false},
		{"what pgx makes of a lost network", pgconn.ErrConnClosed, false},
		{"the time was over", context.DeadlineExceeded, false},
		{"anything else", errors.New("?"), false},
	} {
		if got := rolledBack(c.err); got != c.want {
			t.Errorf("%s: rolledBack is %v, want %v", c.name, got, c.want)
		}
	}
}
