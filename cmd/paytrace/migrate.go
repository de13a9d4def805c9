package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/store/postgres"
)

type migrateCmd struct{}

func (migrateCmd) Help() string {
	return `Takes a Postgres database forward in place, also one that the Python service
left: tables and columns are added, nothing is removed or rewritten, so that the
old service can still run on it. May be run again. "serve" brings an empty
database and one of its own up to date by itself; an old service's it leaves
alone until this verb has run.

Example:
  DATABASE_URL=postgres://user:password@localhost/workers paytrace migrate`
}

// Run migrates the database that DATABASE_URL names.
func (migrateCmd) Run(ctx context.Context, std streams) error {
	c, err := environment()
	if err != nil {
		return err
	}
	url := c.DatabaseURL.Reveal()
	if path, file := sqliteFile(url); file {
		return misuse{fmt.Errorf("migrate: DATABASE_URL names no Postgres database but the SQLite file %s, which \"serve\" brings up to date by itself", path)}
	}
	err = postgres.Migrate(ctx, postgres.Config{URL: url, Logger: onlyWarnings(logger(c, std.err))})
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopped: %w; what was done is whole, run it again", err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, "The database is at this program's version. Nothing was removed; paytrace serve can use it now.")
	return err
}
