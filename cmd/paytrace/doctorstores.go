package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// database looks at the database, and at the keys that open what is in it.
func (d *doctor) database(ctx context.Context) []finding {
	address := d.config.DatabaseURL.Reveal()
	path, file := sqliteFile(address)
	look := func() ([]finding, bool) { return d.postgres(ctx, address) }
	if file {
		look = func() ([]finding, bool) { return d.sqlite(ctx, path) }
	}
	list, usable := look()
	if !usable {
		return append(list, finding{Name: "keys", State: stateSkipped, Found: "the database can't be asked which keys it needs"})
	}
	return append(list, d.keys(ctx, file)...)
}

func (d *doctor) sqlite(ctx context.Context, path string) (list []finding, usable bool) {
	ctx, cancel := d.asking(ctx)
	defer cancel()
	exists, current, err := sqlite.Look(ctx, sqlite.Config{Path: path})
	switch {
	case err != nil:
		return []finding{wrong("database", err, schemaMend(err))}, false
	case !exists:
		return []finding{ok("database", "SQLite file %s, which serve makes at its first start", path)}, false
	case !current:
		return []finding{ok("database", "SQLite file %s, which serve brings to this program's version at its start", path)}, false
	}
	return []finding{ok("database", "SQLite file %s", path)}, true
}

// schemaMend leaves the mending to errors that say it.
func schemaMend(err error) string {
	if errors.Is(err, store.ErrSchema) {
		return "what it says"
	}
	return "check that the database runs, and DATABASE_URL: host, port, name, user, password"
}

func (d *doctor) postgres(ctx context.Context, address string) (list []finding, usable bool) {
	ctx, cancel := d.asking(ctx)
	defer cancel()
	asked := time.Now()
	report, err := postgres.Look(ctx, postgres.Config{URL: address})
	answered := time.Now()
	if err != nil {
		return []finding{wrong("database", err, schemaMend(err))}, false
	}
	list = []finding{clock("database", report.Clock, asked, answered)}
	switch {
	case report.OldService:
		return append(list, finding{
			"database", stateWrong, fmt.Sprintf("Postgres, as the service before this one left it, with %d accounts", report.Workers),
			"run: paytrace migrate",
		}), false
	case !report.UpToDate() && report.Version == 0:
		return append(list, ok("database", "Postgres, empty: serve fills it at its first start")), false
	case !report.UpToDate():
		return append(list, ok("database", "Postgres, at version %d of %d: serve or \"paytrace migrate\" takes it forward", report.Version, report.Known)), false
	}
	list = append(list, ok("database", "Postgres, version %d, %d accounts", report.Version, report.Workers))
	if n := len(report.Undecided()); n > 0 {
		list = append(list, finding{
			"numbers", stateWarning, counted(n, "number is", "numbers are") + " held by several accounts, and nobody has decided which one answers",
			"run: paytrace migrate --dry-run, then: paytrace migrate --keep WORKER-ID",
		})
	}
	return list, true
}

// keys opens the database as serve does, which is at this program's version, and
// tries the keys on it.
func (d *doctor) keys(ctx context.Context, embedded bool) []finding {
	ctx, cancel := d.asking(ctx)
	defer cancel()
	s := &service{}
	if _, err := s.database(ctx, d.config, slog.New(slog.DiscardHandler)); err != nil {
		return []finding{wrong("keys", err, "")}
	}
	defer func() { _ = s.Close() }()
	key, note, err := existingKey(d.config, embedded)
	if errors.Is(err, errNoKeyFile) {
		if _, started := s.db.Setting(ctx, identityTag); errors.Is(started, store.ErrNotFound) {
			return []finding{ok("keys", "%s, which serve makes at its first start", keyFile)}
		}
	}
	if err != nil {
		return []finding{wrong("keys", err, "what it says")}
	}
	return d.tryKeys(ctx, s.db, key.Reveal(), note)
}

// triedWallets is how many wallets the doctor opens: enough to see a wrong key.
// "paytrace keys rewrap --dry-run" opens all.
const triedWallets = 100

func (d *doctor) tryKeys(ctx context.Context, db store.Store, key, note string) []finding {
	tag, err := db.Setting(ctx, identityTag)
	if err == nil {
		_, _, err = wallet.FindIdentityKey(tag, d.config.IDKey.Reveal(), key, d.config.EncryptionOld...)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return []finding{wrong("keys", err, "what it says")}
	}
	sealer, err := wallet.NewSealer(stellar.Keys{}, time.Now, key, d.config.EncryptionOld...)
	if err != nil {
		return []finding{wrong("keys", err, "")}
	}
	list, err := db.SealedWallets(ctx, 0, triedWallets)
	if err != nil {
		return []finding{wrong("keys", err, "")}
	}
	for _, w := range list {
		if _, err := sealer.Open(w.Token, w.Address); err != nil {
			return []finding{wrong("keys", fmt.Errorf("the wallet of %s: %w", w.WorkerID, err),
				"add the key it was sealed with to ENCRYPTION_KEY_OLD; \"paytrace keys rewrap --dry-run\" counts all")}
		}
	}
	return []finding{ok("keys", "%s, which opens the %s tried", note, counted(len(list), "wallet", "wallets"))}
}

// redis looks at Redis, without which calls are answered too.
func (d *doctor) redis(ctx context.Context) []finding {
	if !d.config.RedisURL.IsSet() {
		return nil
	}
	ctx, cancel := d.asking(ctx)
	defer cancel()
	sessions, err := redis.Open(ctx, redis.Config{URL: d.config.RedisURL})
	if err != nil {
		return []finding{wrong("redis", err, "correct REDIS_URL")}
	}
	defer func() { _ = sessions.Close() }()
	asked := time.Now()
	report, err := sessions.Look(ctx)
	answered := time.Now()
	if err != nil {
		return []finding{wrong("redis", err, "check that Redis runs, and REDIS_URL; until then calls are answered without it")}
	}
	return []finding{evicting(report), clock("redis", report.Clock, asked, answered)}
}

// evicting judges what Redis does when its memory is full.
func evicting(r redis.Report) finding {
	f := ok("redis", "%s, evicts: %s", r.Version, r.Policy)
	switch {
	case r.MaxMemory == 0:
		f.Found += ", without a limit of memory"
	case r.Policy == "noeviction":
		f.State, f.Mend = stateWarning, "CONFIG SET maxmemory-policy volatile-ttl: when memory is full Redis now refuses new calls' records, and keeps old ones"
	case strings.HasPrefix(r.Policy, "allkeys"):
		f.State, f.Mend = stateWarning, "CONFIG SET maxmemory-policy volatile-ttl: now it may evict what is not about to end anyway, and whatever else lives there"
	}
	return f
}

// loadMenus checks the menus against the actions of this program.
func (d *doctor) loadMenus(ctx context.Context) []finding {
	folder, err := openMenus(d.menus)
	if err != nil {
		return []finding{wrong("menus", err, "")}
	}
	defer folder.close()
	db, err := sqlite.OpenMemory(ctx, sqlite.Config{})
	if err != nil {
		return []finding{wrong("menus", err, "")}
	}
	defer func() { _ = db.Close() }()
	table, err := registered(db, nil, make([]byte, keyBytes), d.config, time.Now)
	if err != nil {
		return []finding{wrong("menus", err, "")}
	}
	var told bytes.Buffer
	all, err := buildMenus(folder, table.Contracts(), d.config.DefaultLanguage, io.Writer(&told))
	if errors.As(err, &outcome{}) {
		first, _, _ := strings.Cut(told.String(), "\n")
		return []finding{wrong("menus", errors.New(first), "run: paytrace check")}
	}
	if err != nil {
		return []finding{wrong("menus", err, "")}
	}
	all, waiting := servable(all, table.Contracts())
	if len(all) == 0 {
		return []finding{wrong("menus", fmt.Errorf("%s: no menu can be served: %s", folder.shown, strings.Join(waiting, "; ")),
			"have the actions built, or name another folder with --menus")}
	}
	return []finding{ok("menus", "%s: %s", folder.shown, described(programsOf(all), waiting))}
}
