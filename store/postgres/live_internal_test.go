package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paytrace/paytrace/store"
)

// onLive tries another connection only after an error of the connection.
func TestOnLive(t *testing.T) {
	t.Parallel()
	const connections = 3
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"it works", nil, 1},
		{"the server was restarted", &pgconn.PgError{SeverityUnlocalized: "FATAL", Code: "57P01"}, connections + 1},
		{"the connection was cut", fmt.Errorf("read: %w", io.ErrUnexpectedEOF), connections + 1},
		{"there is no server", fmt.Errorf("begin: %w", &pgconn.ConnectError{}), 1},
		{"the statement is refused", &pgconn.PgError{SeverityUnlocalized: "ERROR", Code: "57014"}, 1},
		{"there is nothing", store.ErrNotFound, 1},
		{"there is too much", fmt.Errorf("read worker: %w", store.ErrAmbiguous), 1},
	} {
		tries := 0
		_, err := onLive(t.Context(), &Store{config: Config{Connections: connections}}, func() (int, error) {
			tries++
			return tries, c.err
		})
		if !errors.Is(err, c.err) || tries != c.want {
			t.Errorf("%s: %d tries (%v), want %d", c.name, tries, err, c.want)
		}
	}
	tries := 0
	ended, end := context.WithCancel(t.Context())
	_, _ = onLive(ended, &Store{config: Config{Connections: connections}}, func() (int, error) {
		tries++
		end()
		return 0, io.ErrUnexpectedEOF
	})
	if tries != 1 {
		t.Errorf("%d tries although the time is up, want 1", tries)
	}
}
