package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/sqlite"
)

// database checks the database, and the keys on what is in it.
func (d *Doctor) database(ctx context.Context) []Check {
	look, files := d.postgres, []string{KeyFile}
	if path, embedded := d.Settings.SQLiteFile(); embedded {
		look, files = d.sqlite, append(sqlite.Files(path), KeyFile)
	}
	readable := readableByOthers(files)
	list, usable := look(ctx)
	list = append(list, readable...)
	if !usable {
		return append(list, Check{Name: "keys", State: StateSkipped, Found: "the database can't say which keys it needs"})
	}
	return append(list, d.keys(ctx)...)
}

// readableByOthers finds files with keys and numbers that other users of the machine
// can read.
func readableByOthers(files []string) []Check {
	var readable []string
	for _, name := range files {
		info, err := os.Stat(name)
		if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&othersRights != 0 {
			readable = append(readable, fmt.Sprintf("%s (mode %o)", name, info.Mode().Perm()))
		}
	}
	if readable == nil {
		return nil
	}
	return []Check{{
		"files", StateWarning, "other users of this machine could read " + strings.Join(readable, ", "),
		"chmod 600; every paytrace that opens them does so, also this check. Those users may have copied numbers and keys",
	}}
}

func (d *Doctor) sqlite(ctx context.Context) (list []Check, usable bool) {
	ctx, cancel := d.asking(ctx)
	defer cancel()
	path, _ := d.Settings.SQLiteFile()
	exists, current, err := sqlite.Inspect(ctx, sqlite.Config{Path: path})
	switch {
	case err != nil:
		return []Check{wrong("database", err, schemaFix(err))}, false
	case !exists:
		return []Check{ok("database", "SQLite file %s, which serve makes at its first start", path)}, false
	case !current:
		return []Check{ok("database", "SQLite file %s, which serve brings to this program's version at its start", path)}, false
	}
	return []Check{ok("database", "SQLite file %s", path)}, true
}

// schemaFix returns no fix for errors that name one themselves.
func schemaFix(err error) string {
	if errors.Is(err, store.ErrSchema) {
		return ""
	}
	return "check that the database runs, and DATABASE_URL: host, port, name, user, password"
}

func (d *Doctor) postgres(ctx context.Context) (list []Check, usable bool) {
	ctx, cancel := d.asking(ctx)
	defer cancel()
	asked := time.Now()
	report, err := postgres.Inspect(ctx, postgres.Config{URL: d.Settings.DatabaseURL.Reveal()})
	answered := time.Now()
	if err != nil {
		return []Check{wrong("database", err, schemaFix(err))}, false
	}
	list = []Check{clock("database", report.Clock, asked, answered)}
	switch {
	case report.Legacy:
		return append(list, Check{
			"database", StateWrong, fmt.Sprintf("Postgres, as the legacy service left it, with %d accounts", report.Workers),
			"run: paytrace migrate",
		}), false
	case !report.UpToDate() && report.Version == 0:
		return append(list, ok("database", "Postgres, empty: serve fills it at its first start")), false
	case !report.UpToDate():
		return append(list, ok("database", "Postgres, at version %d of %d: serve or \"paytrace migrate\" takes it forward", report.Version, report.Known)), false
	}
	list = append(list, ok("database", "Postgres, version %d, %d accounts", report.Version, report.Workers))
	if n := len(report.Undecided()); n > 0 {
		list = append(list, Check{
			"numbers", StateWarning, fmt.Sprintf("numbers that several accounts hold, without a decision which one answers: %d", n),
			"run: paytrace migrate --dry-run, then: paytrace migrate --keep WORKER-ID",
		})
	}
	return list, true
}

// keys opens the database, which is at this program's version, as serve does,
// and tries the keys on it.
func (d *Doctor) keys(ctx context.Context) []Check {
	ctx, cancel := d.asking(ctx)
	defer cancel()
	db, err := OpenStore(ctx, d.Settings, slog.New(slog.DiscardHandler))
	if err != nil {
		return []Check{wrong("keys", err, "")}
	}
	defer func() { _ = db.Close() }()
	key, note, err := ExistingKey(d.Settings)
	if errors.Is(err, ErrNoKeyFile) {
		if _, started := db.Setting(ctx, IdentityTag); errors.Is(started, store.ErrNotFound) {
			return []Check{ok("keys", "%s, which serve makes at its first start", KeyFile)}
		}
	}
	if err != nil {
		return []Check{wrong("keys", err, "")}
	}
	return append(d.tryKeys(ctx, db, key, note), apiKeys(ctx, db)...)
}

// apiKeys finds keys to the API that somebody shows though they have ended.
func apiKeys(ctx context.Context, db store.Store) []Check {
	list, err := db.ListAPIKeys(ctx)
	if err != nil {
		return []Check{wrong("API keys", err, "")}
	}
	var used []string
	for _, k := range list {
		if k.UsedAfterEnd() {
			used = append(used, fmt.Sprintf("%s (%s, last on %s)", k.ID, k.Name, k.UsedAt.UTC().Format(time.DateOnly)))
		}
	}
	if used == nil {
		return nil
	}
	return []Check{{
		"API keys", StateWarning, "used after they were revoked or had expired: " + strings.Join(used, ", "),
		"find the program that shows them, or who has copied them; the log names the peer of each refusal",
	}}
}

// checkedAddresses is how many wallets the doctor compares with the addresses of
// their rows. "paytrace keys rewrap --dry-run" compares all.
const checkedAddresses = 100

func (d *Doctor) tryKeys(ctx context.Context, db store.Store, key secret.Text, source string) []Check {
	sealer, err := d.Settings.Sealer(key)
	if err != nil {
		return []Check{wrong("keys", err, "")}
	}
	tried, err := tryKeys(ctx, db, d.Settings, sealer, key, source)
	if err != nil {
		return []Check{wrong("keys", err, "")}
	}
	list, err := db.SealedWallets(ctx, 0, checkedAddresses)
	if err != nil {
		return []Check{wrong("keys", err, "")}
	}
	for _, w := range list {
		if _, err := sealer.Open(w.Token, w.Address); err != nil {
			return []Check{wrong("keys", fmt.Errorf("the wallet of %s: %w", w.WorkerID, err),
				"restore the row from a backup; \"paytrace keys rewrap --dry-run\" counts all")}
		}
	}
	if t := tried.trial; t.Damaged > 0 {
		return []Check{wrong("keys", fmt.Errorf("damaged wallets, which no key opens: %d, the first is that of %s", t.Damaged, t.FirstDamaged),
			"restore their rows from a backup; \"paytrace keys rewrap --dry-run\" lists them")}
	}
	checks := []Check{ok("keys", "%s; wallets tried and opened: %d", source, tried.trial.Wallets)}
	if note := tried.identity.note(time.Now()); note.Found != "" {
		checks = append(checks, note)
	}
	if d.Settings.MPesa.On() {
		checks = append(checks, checkStop(ctx, db))
	}
	return checks
}

// redis checks Redis. Calls are answered without it, too.
func (d *Doctor) redis(ctx context.Context) []Check {
	if !d.Settings.RedisURL.IsSet() {
		return nil
	}
	ctx, cancel := d.asking(ctx)
	defer cancel()
	sessions, err := redis.Open(ctx, redis.Config{URL: d.Settings.RedisURL})
	if err != nil {
		return []Check{wrong("redis", err, "correct REDIS_URL")}
	}
	defer func() { _ = sessions.Close() }()
	asked := time.Now()
	report, err := sessions.Inspect(ctx)
	answered := time.Now()
	if err != nil {
		return []Check{wrong("redis", err, "check that Redis runs, and REDIS_URL; until then calls are answered without it")}
	}
	return []Check{evicting(report), clock("redis", report.Clock, asked, answered)}
}

// evicting judges what Redis does when its memory is full.
func evicting(r redis.Report) Check {
	c := ok("redis", "%s, evicts: %s", r.Version, r.Policy)
	switch {
	case r.MaxMemory == 0:
		c.Found += ", without a limit of memory"
	case r.Policy == "noeviction":
		c.State, c.Fix = StateWarning, "CONFIG SET maxmemory-policy volatile-ttl: when memory is full Redis now refuses the records of new calls and keeps old ones"
	case strings.HasPrefix(r.Policy, "allkeys"):
		c.State, c.Fix = StateWarning, "CONFIG SET maxmemory-policy volatile-ttl: Redis may now evict records of running calls, and other data that lives there"
	}
	return c
}

// menus checks the menus against the actions of this program.
func (d *Doctor) menus(ctx context.Context) []Check {
	found, err := d.checkMenus(ctx)
	if err != nil {
		return []Check{wrong("menus", err, "")}
	}
	return []Check{found}
}

func (d *Doctor) checkMenus(ctx context.Context) (found Check, err error) {
	folder, err := d.Program.OpenFolder(d.Menus)
	if err != nil {
		return found, err
	}
	defer folder.Close()
	db, err := sqlite.OpenMemory(ctx, sqlite.Config{})
	if err != nil {
		return found, err
	}
	defer func() { _ = db.Close() }()
	table, err := newTable(db, d.Settings, actions.Accounts{CodeKey: make([]byte, keyBytes)}, time.Now)
	if err != nil {
		return found, err
	}
	if err := d.Program.register(table); err != nil {
		return found, err
	}
	var printed bytes.Buffer
	// A backend that is not named well has a check of its own.
	if declared, err := folder.Declared(io.Discard); err == nil {
		if b, err := NewBackend(declared, d.Settings); err == nil {
			if err := b.register(table, b.Client(d.Settings, time.Now)); err != nil {
				return found, err
			}
		}
	}
	all, err := folder.Build(table.Contracts(), d.Settings.DefaultLanguage, &printed)
	if errors.Is(err, ErrMenus) {
		first, _, _ := strings.Cut(printed.String(), "\n")
		return wrong("menus", errors.New(first), "run: paytrace check"), nil
	}
	if err != nil {
		return found, err
	}
	all, waiting := servable(all, table.Contracts())
	if len(all) == 0 {
		return wrong("menus", fmt.Errorf("%s: no menu can be served: %s", folder.Shown, strings.Join(waiting, "; ")),
			buildActions), nil
	}
	programs := Programs(all)
	catalog, err := catalogOf(programs, d.Settings.DefaultMenu)
	if err != nil {
		return wrong("menus", err, "give each menu codes of its own, and set DEFAULT_MENU to one of them"), nil
	}
	if why := unspoken(programs, d.Settings.DefaultLanguage); why != "" {
		return Check{"menus", StateWarning, why, "set DEFAULT_LANGUAGE to one of them, or leave it unset"}, nil
	}
	return ok("menus", "%s: %s", folder.Shown, described(programs, catalog.ForUnknown(), waiting)), nil
}
