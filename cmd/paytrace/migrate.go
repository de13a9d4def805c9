package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/paytrace/paytrace/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
)

type migrateCmd struct {
	DryRun bool     `help:"Only tell what there is and what would be done."`
	Keep   []string `help:"Decide that these accounts answer for their numbers, which others hold too." placeholder:"WORKER-ID"`
	JSON   bool     `name:"json" help:"As JSON."`
}

func (migrateCmd) Help() string {
	return `Takes a Postgres database forward in place, also one that the Python service
left: tables, columns and indexes are added, nothing is removed or rewritten, so
that the old service can still run on it, also meanwhile. May be run again.
"serve" brings an empty database and one of its own up to date by itself; an old
service's it leaves alone until this verb has run.

Numbers stay as they are stored and are found by their digits: 0712 345-678 is
254712345678. Where two accounts turn out to hold one number the exit status is
1 until a person has said with --keep which of them answers; the others are set
aside, not changed otherwise, and another --keep takes it back.

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
		return misuse{fmt.Errorf("migrate: DATABASE_URL names no Postgres database but the SQLite file %s, which \"serve\" brings up to date by itself", path)}
	}
	if v.DryRun && len(v.Keep) > 0 {
		return misuse{errors.New("migrate: --dry-run changes nothing and --keep does; give one of them")}
	}
	return v.on(ctx, postgres.Config{URL: url, Logger: service.WarningsOnly(service.NewLogger(c, std.err))}, std.out)
}

func (v migrateCmd) on(ctx context.Context, config postgres.Config, out io.Writer) error {
	before, err := postgres.Look(ctx, config)
	if err != nil {
		return err
	}
	after := before
	if !v.DryRun {
		if after, err = v.forward(ctx, config); errors.Is(err, context.Canceled) {
			return fmt.Errorf("stopped: %w; what was done is whole, run it again", err)
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

// forward migrates, takes the decisions, and looks at what is there then.
func (v migrateCmd) forward(ctx context.Context, config postgres.Config) (postgres.Report, error) {
	if err := postgres.Migrate(ctx, config); err != nil {
		return postgres.Report{}, err
	}
	for _, id := range v.Keep {
		if _, err := postgres.Keep(ctx, config, id); errors.Is(err, store.ErrNotFound) {
			return postgres.Report{}, misuse{fmt.Errorf("migrate: --keep %s: there is no account with this Worker ID", id)}
		} else if err != nil {
			return postgres.Report{}, err
		}
	}
	return postgres.Look(ctx, config)
}
