package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/africastalking"
	"github.com/paytrace/paytrace/server"
	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/sms"
	atsms "github.com/paytrace/paytrace/sms/africastalking"
	"github.com/paytrace/paytrace/sms/logonly"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/journal"
	"github.com/paytrace/paytrace/store/memory"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// service is everything that answers calls, wired.
type service struct {
	db     store.Store
	table  *actions.Table
	runner *engine.Runner
	kept   *keeper
	// reload puts changed menus into service; nil where nobody asked for it.
	reload *reloader
	server *server.Server
	sender sms.Sender
	// funder is nil where no wallets are funded.
	funder *wallet.Funder
	// journal is nil where no notes of calls are kept.
	journal *journal.Journal
	// code is what is dialled first, and opens what lets a callback in.
	code  string
	opens door
	// chose says in a line each what the settings led to.
	chose []choice
	ready []server.Check
	close []func() error
	// seams are empty but in tests.
	seams seams
}

// seams are where a proof puts itself between the service and what it stands
// on: to count, to end the process at a point, to take a safeguard out.
type seams struct {
	store    func(store.Store) store.Store
	sessions func(engine.Sessions) engine.Sessions
	actions  func(engine.Actions) engine.Actions
	handle   func(handle) handle
	// register adds actions to those there are.
	register func(*actions.Table) error
}

type handle = func(context.Context, engine.Request) engine.Reply

// through puts a seam round something, if there is one.
func through[T any](seam func(T) T, x T) T {
	if seam == nil {
		return x
	}
	return seam(x)
}

// door is what a callback must bring.
type door uint8

const (
	byNothing door = iota
	byKey
	byPath
)

type choice struct{ what, which string }

func (s *service) choose(what, format string, args ...any) {
	s.chose = append(s.chose, choice{what, fmt.Sprintf(format, args...)})
}

// Close lets go of everything, the last made first.
func (s *service) Close() error {
	var errs []error
	for i := len(s.close) - 1; i >= 0; i-- {
		errs = append(errs, s.close[i]())
	}
	return errors.Join(errs...)
}

const (
	defaultDatabase = "paytrace.db"
	// openTimeout bounds the first contact with a database, migrations
	// included.
	openTimeout = time.Minute
)

// live makes the service that the settings ask for.
func live(ctx context.Context, c Config, folder *menuFolder, std streams, log *slog.Logger, between seams) (*service, error) {
	s := &service{runner: &engine.Runner{TTL: c.SessionTTL, Now: time.Now, Log: log}, seams: between}
	if err := s.wire(ctx, c, folder, std, log); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *service) wire(ctx context.Context, c Config, folder *menuFolder, std streams, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	embedded, err := s.database(ctx, c, log)
	if err != nil {
		return err
	}
	s.db = through(s.seams.store, s.db)
	if err := s.keys(ctx, c, embedded, log); err != nil {
		return err
	}
	if err := s.menus(ctx, c, folder, std); err != nil {
		return err
	}
	err = errors.Join(s.sessions(ctx, c, log), s.messages(c, log))
	s.runner.Sessions = through(s.seams.sessions, s.runner.Sessions)
	s.runner.Actions = through(s.seams.actions, s.runner.Actions)
	return errors.Join(err, s.http(c, log))
}

// keys finds the keys, and makes the actions that use them.
func (s *service) keys(ctx context.Context, c Config, embedded bool, log *slog.Logger) error {
	key, note, err := encryptionKey(ctx, s.db, c, embedded)
	if err != nil {
		return err
	}
	s.choose("keys", "%s", note)
	identity, err := identityKey(ctx, s.db, c, key)
	if err != nil {
		return err
	}
	s.runner.Identity = engine.NewIdentity(identity)
	sealer, err := wallet.NewSealer(stellar.Keys{}, time.Now, key.Reveal(), c.EncryptionOld...)
	if err != nil {
		return err
	}
	if err := s.funding(c, sealer, log); err != nil {
		return err
	}
	if s.table, err = registered(s.db, sealer, identity, c, time.Now); err == nil && s.seams.register != nil {
		err = s.seams.register(s.table)
	}
	s.runner.Actions = s.table
	if err == nil && c.Sessions > 0 {
		s.runner.Admit = s.table.Admit(c.Sessions)
	}
	return err
}

func (s *service) menus(ctx context.Context, c Config, folder *menuFolder, std streams) error {
	all, err := buildMenus(folder, s.table.Contracts(), c.DefaultLanguage, std.err)
	if err != nil {
		return err
	}
	all, waiting := servable(all, s.table.Contracts())
	if len(all) == 0 {
		return misuse{fmt.Errorf("no menu can be served: %s", strings.Join(waiting, "; "))}
	}
	programs := programsOf(all)
	catalog, err := engine.NewCatalog(programs...)
	if err != nil {
		return misuse{err}
	}
	s.kept = newKeeper(s.db, catalog, s.table.Contracts(), c, time.Now)
	for _, b := range all {
		if err := s.kept.keep(ctx, b); err != nil {
			return err
		}
	}
	s.runner.Programs = catalog
	s.code = programs[0].Codes()[0].Dial
	s.choose("menus", "%s: %s", folder.shown, described(programs, waiting))
	return nil
}

// described names the menus that are served, and those that wait.
func described(programs []*engine.Program, waiting []string) string {
	var list []string
	for _, p := range programs {
		var codes []string
		for _, code := range p.Codes() {
			codes = append(codes, code.Dial)
		}
		list = append(list, p.Name()+" ("+strings.Join(codes, " ")+")")
	}
	line := strings.Join(list, ", ")
	if len(waiting) > 0 {
		line += "; not served: " + strings.Join(waiting, ", ")
	}
	return line
}

// registered is the table of all actions. A new one is one line here.
func registered(db store.Store, sealer *wallet.Sealer, identity []byte, c Config, now func() time.Time) (*actions.Table, error) {
	return registeredWith(rand.Reader, db, sealer, identity, c, now)
}

// registeredWith takes worker IDs and wallets from a source of its own.
func registeredWith(random io.Reader, db store.Store, sealer *wallet.Sealer, identity []byte, c Config, now func() time.Time) (*actions.Table, error) {
	table := actions.New(db, now)
	accounts := &actions.Accounts{
		Keys: stellar.Keys{}, Sealer: sealer, Rand: random, CodeKey: identity, Funds: c.StellarFunding.IsSet(),
		Registrations: c.Registrations, Lookups: c.Lookups, Codes: c.Codes, Tries: c.Tries, Lock: c.Lock,
	}
	return table, errors.Join(accounts.Register(table))
}

// sqliteFile is the SQLite file that DATABASE_URL names; false for Postgres.
func sqliteFile(url string) (path string, file bool) {
	if url == "" {
		return defaultDatabase, true
	}
	return strings.CutPrefix(url, "sqlite:")
}

func (s *service) database(ctx context.Context, c Config, log *slog.Logger) (embedded bool, err error) {
	url := c.DatabaseURL.Reveal()
	path, file := sqliteFile(url)
	if file {
		db, err := sqlite.Open(ctx, sqlite.Config{Path: path, Logger: onlyWarnings(log)})
		if err != nil {
			return true, err
		}
		s.db = db
		s.choose("database", "SQLite file %s", path)
	} else {
		db, err := postgres.Open(ctx, postgres.Config{
			URL: url, Connections: c.Connections, StatementTimeout: c.StatementTimeout, LockTimeout: c.LockTimeout,
			Logger: onlyWarnings(log),
		})
		if err != nil {
			return false, err
		}
		s.db = db
		s.choose("database", "Postgres")
	}
	s.close = append(s.close, s.db.Close)
	s.ready = append(s.ready, server.Check{Name: "database", Ask: s.db.Ping})
	return file, nil
}

// sessions finds where the records of calls are kept. The service starts without
// its Redis, as it goes on without; what is wrong with the address or the
// password is told now.
func (s *service) sessions(ctx context.Context, c Config, log *slog.Logger) error {
	if !c.RedisURL.IsSet() {
		s.runner.Sessions = memory.NewSessions(time.Now)
		s.choose("sessions", "in memory, for %s", c.SessionTTL)
		return nil
	}
	records, err := redis.Open(ctx, redis.Config{URL: c.RedisURL})
	if err != nil {
		return misuse{fmt.Errorf("REDIS_URL: %w", err)}
	}
	s.close = append(s.close, records.Close)
	if err := records.Ping(ctx); err != nil {
		log.Warn("Redis does not answer; calls are answered without it", "error", err)
	}
	s.runner.Sessions = redis.NewBreaker(records)
	s.runner.Recent = engine.NewRecent(engine.DefaultRecent)
	s.ready = append(s.ready, server.Check{Name: "redis", Ask: records.Ping, Spare: true})
	s.choose("sessions", "in Redis, for %s", c.SessionTTL)
	return nil
}

func (s *service) messages(c Config, log *slog.Logger) error {
	if !c.ATAPIKey.IsSet() {
		s.sender = logonly.Sender{Log: log}
		s.choose("SMS", "not sent: kept in the database, see them with: %s jobs --messages", program())
		return nil
	}
	sender, err := atsms.New(atsms.Config{Username: c.ATUsername, APIKey: c.ATAPIKey, From: c.ATSenderID, BaseURL: c.ATBaseURL})
	if err != nil {
		return misuse{err}
	}
	s.sender = sms.NewBreaker(sender)
	s.choose("SMS", "Africa's Talking, as %s", c.ATUsername)
	return nil
}

func (s *service) http(c Config, log *slog.Logger) error {
	var err error
	s.server, err = server.New(server.Config{
		Handle: through(s.seams.handle, s.noted(c, log)), Codec: africastalking.Codec{},
		Ready: s.ready, Routes: s.api(c, log), Reports: s.reports(),
		APIKey: present(c.USSDAPIKey.Reveal()), APIKeyOld: c.USSDAPIKeyOld, PathSecret: c.USSDPathSecret.Reveal(), PathSecretOld: c.USSDPathOld,
		Logger: log,
	})
	if err != nil {
		return misuse{err}
	}
	switch {
	case c.USSDAPIKey.IsSet() && c.USSDPathSecret.IsSet():
		s.opens = byKey
		s.choose("/ussd", "needs USSD_API_KEY, or USSD_PATH_SECRET in the path")
	case c.USSDAPIKey.IsSet():
		s.opens = byKey
		s.choose("/ussd", "needs USSD_API_KEY")
	case c.USSDPathSecret.IsSet():
		s.opens = byPath
		s.choose("/ussd", "needs USSD_PATH_SECRET in the path")
	default:
		s.choose("/ussd", "open to all: set USSD_PATH_SECRET or USSD_API_KEY before you put it online")
	}
	return nil
}

// noted answers callbacks and notes what came of them.
func (s *service) noted(c Config, log *slog.Logger) journal.Handle {
	if c.JournalDays == 0 {
		return s.runner.Handle
	}
	const day = 24 * time.Hour
	s.journal = journal.New(journal.Config{Calls: s.db, Keep: time.Duration(c.JournalDays) * day, Log: log})
	return s.journal.Around(s.runner.Handle)
}

// reports takes what Africa's Talking says of messages it took.
func (s *service) reports() server.Reports {
	return server.Reports{Fields: atsms.ReportFields, Take: func(ctx context.Context, field func(string) string) error {
		report, err := atsms.ReadReport(field)
		if err != nil {
			return gateway.Refuse("This is no delivery report: %v.", err)
		}
		return actions.StoreReport(ctx, s.db, report, time.Now())
	}}
}

// api are the routes for programs.
func (s *service) api(c Config, log *slog.Logger) []server.Route {
	api := rest.New(rest.Config{
		Actions: s.table, Store: s.db, Identity: s.runner.Identity, Rand: rand.Reader, Now: time.Now,
		PerMinute: c.APIMinute, PerDay: c.APIDay, Logger: log,
	})
	var routes []server.Route
	for _, r := range api.Routes() {
		routes = append(routes, server.Route(r))
	}
	return routes
}

func present(key string) []string {
	if key == "" {
		return nil
	}
	return []string{key}
}

// handlers are the background work there is, by kind of job.
func (s *service) handlers() map[string]store.JobHandler {
	all := map[string]store.JobHandler{
		actions.JobSMS: actions.DeliverSMS(s.db, s.sender, time.Now),
	}
	if s.funder != nil {
		all[actions.JobFund] = actions.FundWallets(s.funder, time.Now)
	}
	return all
}
