package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
)

type migrateCmd struct {
	DryRun bool     `help:"Change nothing: report the state and what would be done."`
	Keep   []string `help:"Accounts that answer for their number, if several accounts have the same one." placeholder:"WORKER-ID"`
	JSON   bool     `name:"json" help:"Print JSON."`
}

func (migrateCmd) Help() string {
	return `Migrates a Postgres database in place, also one of the legacy Python service. It
adds tables, columns and indexes, and removes or rewrites nothing: the legacy
service can still run on the database, also during the migration. It may be run
again. "serve" migrates an empty database and one of its own by itself; it refuses
a legacy database until this subcommand has run.

Numbers stay as they are stored and are found by their digits: 0712 345-678 is
254712345678. Where two accounts hold one number, the exit status is 1 until you
decide with --keep which of them answers. The others are set aside and not changed
otherwise; another --keep changes the decision.

Example:
  DATABASE_URL=postgres://user:password@localhost/workers paytrace migrate`
}

// Run migrates the database that DATABASE_URL names.
func (v migrateCmd) Run(ctx context.Context, std streams) error {
	c, err := service.FromEnvironment()
	if err != nil {
		return err
	}
	url := c.DatabaseURL.Reveal()
	if path, file := c.SQLiteFile(); file {
		return misuse{fmt.Errorf("DATABASE_URL: found the SQLite file %s, expected a Postgres database; \"serve\" migrates SQLite files by itself", path)}
	}
	if v.DryRun && len(v.Keep) > 0 {
		return misuse{errors.New("--dry-run changes nothing and --keep does; give one of them")}
	}
	return v.on(ctx, postgres.Config{URL: url, Logger: service.WarningsOnly(service.NewLogger(c, std.err))}, std.out)
}

func (v migrateCmd) on(ctx context.Context, config postgres.Config, out io.Writer) error {
	before, err := postgres.Inspect(ctx, config)
	if err != nil {
		return err
	}
	after := before
	if !v.DryRun {
		if after, err = v.forward(ctx, config); errors.Is(err, context.Canceled) {
			return fmt.Errorf("stopped: %w; every step done so far is complete, run it again", err)
		}
		if err != nil {
			return err
		}
	}
	report := newMigrateReport(v.DryRun, before, after)
	if v.JSON {
		err = json.NewEncoder(out).Encode(report)
	} else {
		err = report.print(out)
	}
	if err == nil && report.undecided() > 0 {
		return outcome{exitDiagnostics}
	}
	return err
}

// forward migrates, stores the decisions, and returns the new state.
func (v migrateCmd) forward(ctx context.Context, config postgres.Config) (postgres.Report, error) {
	if err := postgres.Migrate(ctx, config); err != nil {
		return postgres.Report{}, err
	}
	for _, id := range v.Keep {
		if _, err := postgres.Keep(ctx, config, id, actor()); errors.Is(err, store.ErrNotFound) {
			return postgres.Report{}, misuse{fmt.Errorf("--keep %s: there is no account with this Worker ID", id)}
		} else if err != nil {
			return postgres.Report{}, err
		}
	}
	return postgres.Inspect(ctx, config)
}
