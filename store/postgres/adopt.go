package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/schema"
)

// oldColumns are the columns of the old service's "workers" and whether they
// must have a value, as information_schema spells it.
var oldColumns = []string{
	"created_at timestamp with time zone YES",
	"id integer NO",
	"name character varying(255) YES",
	"phone character varying(20) NO",
	"stellar_public_key character varying(56) NO",
	"stellar_secret_encrypted text NO",
	"worker_id character varying(20) NO",
}

// adoptOld is the judge of Migrate: it takes the old service's database too,
// if the table that it will read is the one it expects.
func adoptOld(ctx context.Context, pool *pgxpool.Pool, found schema.State) error {
	if !found.OldService() {
		return found.Refuse()
	}
	columns, err := columnsOf(ctx, pool, "workers")
	if err != nil {
		return fmt.Errorf("look at the old table: %w", err)
	}
	for _, column := range oldColumns {
		if !slices.Contains(columns, column) {
			return fmt.Errorf("%w: the table \"workers\" lacks the column %q; it has %q; "+
				"this is not the table of the service before this one", store.ErrSchema, column, strings.Join(columns, ", "))
		}
	}
	return nil
}

func columnsOf(ctx context.Context, pool *pgxpool.Pool, table string) ([]string, error) {
	found, err := pool.Query(ctx, `
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
