// Package legacy reads the table "workers" of the legacy service, which used Postgres
// before this program: its phone numbers are in any form that people type.
package legacy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store"
)

// Querier is a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, statement string, args ...any) (pgx.Rows, error)
}

// columns lists the columns of the legacy service's "workers" and whether they
// must have a value, as information_schema spells it.
var columns = []string{
	"created_at timestamp with time zone YES",
	"id integer NO",
	"name character varying(255) YES",
	"phone character varying(20) NO",
	"stellar_public_key character varying(56) NO",
	"stellar_secret_encrypted text NO",
	"worker_id character varying(20) NO",
}

// CheckTable returns an error, which wraps store.ErrSchema, if the table "workers"
// is not the legacy service's.
func CheckTable(ctx context.Context, db Querier) error {
	found, err := columnsOf(ctx, db, "workers")
	if err != nil {
		return fmt.Errorf("read the columns of the legacy service's table: %w", err)
	}
	for _, column := range columns {
		if !slices.Contains(found, column) {
			return fmt.Errorf("%w: the table \"workers\" has no column %q; it has %q; "+
				"this is not the table of the legacy service", store.ErrSchema, column, strings.Join(found, ", "))
		}
	}
	return nil
}

func columnsOf(ctx context.Context, db Querier, table string) ([]string, error) {
	found, err := db.Query(ctx, `
		SELECT column_name || ' ' || data_type ||
			COALESCE('(' || character_maximum_length || ')', '') || ' ' || is_nullable
		FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = $1
		ORDER BY column_name`, table)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowTo[string])
}
