// Package service is PayTrace, wired: it answers the callbacks of a gateway over
// HTTP, with menus from a folder, stores, background jobs, keys and logs. Package
// github.com/paytrace/paytrace/service is what other programs import of it.
package service

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/internal/service/metrics"
	"github.com/paytrace/paytrace/internal/service/tracing"
	"github.com/paytrace/paytrace/server"
	"github.com/paytrace/paytrace/server/pay"
	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/sms"
	atsms "github.com/paytrace/paytrace/sms/africastalking"
	"github.com/paytrace/paytrace/sms/logonly"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/journal"
	"github.com/paytrace/paytrace/store/memory"
	"github.com/paytrace/paytrace/store/redis"
	money "github.com/paytrace/paytrace/wallet/payments"
)

// Options say what a service is made of.
type Options struct {
	Settings Settings
	// Menus are served. The folder stays open while the service runs, and the
	// caller closes it.
	Menus *Folder
	// Reload puts menus into force when their files change. It needs a folder on
	// disk.
	Reload bool
	// Register adds actions to the built-in ones; nil adds none.
	Register func(*actions.Table) error
	// Demo makes the service a demonstration: actions that are only declared, or that a
	// backend answers, get the answers of these people. Nil for a real service.
	Demo *engine.Personas
	// Decorators wrap the service's ports.
	Decorators Decorators
	// Diagnostics receives what is wrong with the menus, for a person; nil
	// discards it.
	Diagnostics io.Writer
	// Log defaults to slog.Default().
	Log *slog.Logger
	// Command is how the user calls the paytrace command; "paytrace" by default.
	Command string
}

// A Service answers callbacks and works through the jobs that they leave. New
// makes one, Serve runs it, and Close ends it.
type Service struct {
	options  Options
	settings Settings
	log      *slog.Logger

	db      store.Store
	table   *actions.Table
	runner  *runner.Runner
	catalog *runner.Catalog
	server  *server.Server
	// desk moves money, and posts takes what Safaricom posts; nil and empty without
	// M-Pesa.
	desk  *payments.Desk
	books money.Books // what the provider tells of its own
	posts pay.Config
	inner net.Listener // nil where INNER_ADDRESS is not set
	jobs  map[string]store.JobHandler
	// background holds what runs while the service serves, beside the jobs.
	background []func(context.Context)
	journal    *journal.Journal // nil where no notes of calls are written
	metrics    *metrics.Metrics // nil where INNER_ADDRESS is not set
	audited    lastAudit
	tracing    *tracing.Tracing // nil where OTEL_EXPORTER_OTLP_ENDPOINT is not set

	ready   []server.Check
	close   []func() error
	choices []Choice
}

// A Choice says what the settings led to, as Which, for one part of the service,
// What.
type Choice struct{ What, Which string }

// openTimeout bounds the first contact with the stores, migrations included.
const openTimeout = time.Minute

// New wires a service: it opens the stores, finds the keys and compiles the
// menus. It returns a UsageError for what the user can correct, and ErrMenus
// where menus have errors.
func New(ctx context.Context, o Options) (*Service, error) {
	if o.Diagnostics == nil {
		o.Diagnostics = io.Discard
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Command == "" {
		o.Command = "paytrace"
	}
	if o.Reload && o.Menus.Embedded() {
		return nil, usagef("the embedded menus never change, so there is nothing to reload; name a folder with --menus, or make a folder %s", DefaultFolder)
	}
	s := &Service{options: o, settings: o.Settings, log: o.Log, jobs: map[string]store.JobHandler{}}
	if s.settings.TracesTo != nil {
		s.trace()
	}
	s.runner = &runner.Runner{TTL: s.settings.SessionTTL, Now: time.Now, Log: s.log}
	if s.settings.InnerAddress != "" {
		s.measure()
	}
	if err := s.wire(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Store returns the database of the service.
func (s *Service) Store() store.Store { return s.db }

// Contracts returns the contracts of all actions that are built.
func (s *Service) Contracts() []engine.Contract { return s.table.Contracts() }

// Choices returns what the settings led to, for a greeting.
func (s *Service) Choices() []Choice { return s.choices }

// DefaultCode returns the code that is dialled for the first menu.
func (s *Service) DefaultCode() string {
	return s.catalog.First().Codes()[0].Dial
}

func (s *Service) choose(what, format string, args ...any) {
	s.choices = append(s.choices, Choice{what, fmt.Sprintf(format, args...)})
}

// Close closes the stores, the last opened first.
func (s *Service) Close() error {
	var errs []error
	for i := len(s.close) - 1; i >= 0; i-- {
		errs = append(errs, s.close[i]())
	}
	return errors.Join(errs...)
}

func (s *Service) wire(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	for _, step := range []func(context.Context) error{s.openStore, s.registerActions, s.registerBackend, s.loadMenus, s.openSessions} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.background = append(s.background, s.sendDrops)
	return errors.Join(s.chooseSender(), s.serveHTTP())
}

func (s *Service) openStore(ctx context.Context) error {
	db, err := OpenStore(ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	if path, embedded := s.settings.SQLiteFile(); embedded {
		s.choose("database", "SQLite file %s", path)
	} else {
		s.choose("database", "Postgres")
	}
	s.close = append(s.close, db.Close)
	s.ready = append(s.ready, server.Check{Name: "database", Ask: db.Ping})
	s.db = decorate(db, s.options.Decorators.Store, traced(s, s.tracing.Store)...)
	return nil
}

// upgradedAt returns when an existing database got the states of calls. It returns the
// zero time for a new one, on which no earlier version has answered a call.
func upgradedAt(ctx context.Context, db store.Store) (time.Time, error) {
	if _, err := db.Setting(ctx, IdentityTag); errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	text, err := db.Setting(ctx, store.CallStatesSince)
	if err != nil {
		return time.Time{}, fmt.Errorf("find out when the database was upgraded: %w", err)
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("the setting %s of the database is %q, and a time was expected: %w", store.CallStatesSince, text, err)
	}
	return at, nil
}

// registerActions finds the keys and makes the actions that use them.
func (s *Service) registerActions(ctx context.Context) error {
	key, note, err := encryptionKey(ctx, s.db, s.settings)
	if err != nil {
		return err
	}
	if with := s.settings.SealsWith(); with != "ENCRYPTION_KEY" {
		note += "; wallets are sealed with " + with
	}
	s.choose("keys", "%s", note)
	sealer, err := s.settings.Sealer(key)
	if err != nil {
		return err
	}
	tried, err := tryKeys(ctx, s.db, s.settings, sealer, key, note)
	if err != nil {
		return err
	}
	if n := tried.trial.Damaged; n > 0 {
		s.log.Error("wallets are damaged and no key opens them; restore their rows from a backup", "wallets", n, "first", tried.trial.FirstDamaged)
	}
	upgraded, err := upgradedAt(ctx, s.db)
	if err != nil {
		return err
	}
	if err := tried.identity.keep(ctx, s.db, time.Now()); err != nil {
		return err
	}
	s.runner.Identity = tried.identity.names()
	if note := tried.identity.note(time.Now()); note.State == StateWarning {
		s.log.Warn(note.Found + "; " + note.Fix)
	}
	funder, how, err := newFunder(s.db, s.settings, sealer, s.log)
	if err != nil {
		return err
	}
	s.choose("wallets", "%s", how)
	if funder != nil {
		s.jobs[actions.JobFund] = actions.FundWallets(funder, time.Now)
	}
	accounts := actions.Accounts{Sealer: sealer, Rand: rand.Reader, CodeKey: tried.identity.Key, OtherCodeKey: tried.identity.Other}
	if s.table, err = newTable(s.db, s.settings, accounts, time.Now); err != nil {
		return err
	}
	s.table.UpgradedAt(upgraded)
	if s.options.Register != nil {
		if err := s.options.Register(s.table); err != nil {
			return err
		}
	}
	if err := s.openPayments(tried.identity.IdentityKeys); err != nil {
		return err
	}
	s.reconcileDaily()
	s.runner.Actions = decorate[runner.Actions](s.table, s.options.Decorators.Actions, append(measured(s, s.metrics.Actions), traced(s, s.tracing.Actions)...)...)
	if s.settings.Sessions > 0 {
		s.runner.Admit = s.table.Admit(s.settings.Sessions)
	}
	return nil
}

// loadMenus compiles the menus, retains them and puts them into force.
func (s *Service) loadMenus(ctx context.Context) error {
	folder, contracts := s.options.Menus, s.table.Contracts()
	all, err := folder.Build(contracts, s.settings.DefaultLanguage, s.options.Diagnostics)
	if err != nil {
		return err
	}
	all, waiting := servable(all, contracts)
	if len(all) == 0 {
		return usagef("no menu can be served: %s; %s", strings.Join(waiting, "; "), buildActions)
	}
	programs := Programs(all)
	catalog, err := catalogOf(programs, s.settings.DefaultMenu)
	if err != nil {
		return err
	}
	kept := newRetainer(s.db, catalog, contracts, s.settings, time.Now)
	for _, b := range all {
		if err := kept.retain(ctx, b); err != nil {
			return err
		}
	}
	s.background = append(s.background, func(ctx context.Context) { kept.run(ctx, s.log) })
	var reload *reloader
	if s.options.Reload {
		reload = newReloader(kept, folder, s.options.Diagnostics, s.log)
		s.background = append(s.background, reload.run)
	}
	s.catalog, s.runner.Programs = catalog, catalog
	if s.options.Demo == nil {
		stages, err := s.loadStages(ctx, kept)
		if err != nil {
			return err
		}
		if reload != nil {
			reload.stages = stages
		}
	}
	s.choose("menus", "%s: %s", folder.Shown, described(programs, catalog.ForUnknown(), waiting))
	if why := unspoken(programs, s.settings.DefaultLanguage); why != "" {
		s.choose("languages", "%s", why)
	}
	return nil
}

// catalogOf brings menus into force, with the one of DEFAULT_MENU for codes of no
// menu.
func catalogOf(programs []*engine.Program, name string) (*runner.Catalog, error) {
	catalog, err := runner.NewCatalog(programs...)
	if err != nil {
		return nil, UsageError{err}
	}
	if name == "" {
		return catalog, nil
	}
	var names []string
	for _, p := range programs {
		if p.Name() == name {
			catalog.AnswerUnknown(name)
			return catalog, nil
		}
		names = append(names, p.Name())
	}
	return nil, usagef("DEFAULT_MENU: found %q, expected a menu that is served: %s", name, strings.Join(names, ", "))
}

// openSessions opens the store of session records. A Redis that does not answer
// stops no start, since calls are answered without it; a wrong address or
// password does.
func (s *Service) openSessions(ctx context.Context) error {
	around := s.options.Decorators.Sessions
	if !s.settings.RedisURL.IsSet() {
		s.runner.Sessions = decorate[runner.Sessions](memory.NewSessions(time.Now), around) // too fast to be traced
		s.choose("sessions", "in memory, for %s", s.settings.SessionTTL)
		return nil
	}
	records, err := redis.Open(ctx, redis.Config{URL: s.settings.RedisURL})
	if err != nil {
		return usagef("REDIS_URL: %w", err)
	}
	s.close = append(s.close, records.Close)
	if err := records.Ping(ctx); err != nil {
		s.log.Warn("Redis does not answer; calls are answered without it", "error", err)
	}
	own := []func(runner.Sessions) runner.Sessions{func(records runner.Sessions) runner.Sessions { return redis.NewBreaker(records) }}
	s.runner.Sessions = decorate[runner.Sessions](records, around, append(own, traced(s, s.tracing.Sessions)...)...)
	s.runner.Recent = runner.NewRecent(runner.DefaultRecent)
	s.ready = append(s.ready, server.Check{Name: "redis", Ask: records.Ping, Spare: true})
	s.choose("sessions", "in Redis, for %s", s.settings.SessionTTL)
	return nil
}

// chooseSender chooses who sends SMS, and adds the job that does.
func (s *Service) chooseSender() error {
	var sender sms.Sender
	if s.settings.ATAPIKey.IsSet() {
		provider, err := atsms.New(atsms.Config{
			Username: s.settings.ATUsername, APIKey: s.settings.ATAPIKey, From: s.settings.ATSenderID, BaseURL: s.settings.ATBaseURL,
		})
		if err != nil {
			return UsageError{err}
		}
		own := []func(sms.Sender) sms.Sender{func(provider sms.Sender) sms.Sender { return sms.NewBreaker(provider) }}
		own = append(own, measured(s, s.metrics.Sender(atProvider))...)
		own = append(own, traced(s, s.tracing.Sender(atProvider))...)
		sender = decorate[sms.Sender](provider, s.options.Decorators.Sender, own...)
		s.choose("SMS", "Africa's Talking, as %s", s.settings.ATUsername)
	} else {
		sender = decorate[sms.Sender](logonly.Sender{Log: s.log}, s.options.Decorators.Sender)
		s.choose("SMS", "not sent: kept in the database, see them with: %s jobs --messages", s.commandHere())
	}
	s.jobs[actions.JobSMS] = actions.DeliverSMS(s.db, sender, time.Now)
	return nil
}

func (s *Service) serveHTTP() error {
	c := s.settings
	refusals := server.NewRefusals(s.log)
	gateways, err := s.gateways()
	if err != nil {
		return err
	}
	s.server, err = server.New(server.Config{
		Handle: s.handle(), Codec: DefaultGateway, Gateways: gateways,
		Ready: s.ready, Routes: append(s.api(refusals), s.postRoutes(refusals)...), Reports: s.reports(),
		APIKey: present(c.USSDAPIKey.Reveal()), APIKeyOld: c.USSDAPIKeyOld, PathSecret: c.USSDPathSecret.Reveal(), PathSecretOld: c.USSDPathOld,
		Logger: s.log, Refusals: refusals, ShownCode: s.shownCode,
		Ended:  s.ended,
		NoDocs: c.NoDocs, TrustedProxies: c.TrustedProxies, Metrics: s.served(), Trace: s.beginTrace(),
	})
	if err != nil {
		return UsageError{err}
	}
	if err := s.listenInside(); err != nil {
		return err
	}
	switch {
	case c.USSDAPIKey.IsSet() && c.USSDPathSecret.IsSet():
		s.choose("/ussd", "needs USSD_API_KEY, or USSD_PATH_SECRET in the path")
	case c.USSDAPIKey.IsSet():
		s.choose("/ussd", "needs USSD_API_KEY")
	case c.USSDPathSecret.IsSet():
		s.choose("/ussd", "needs USSD_PATH_SECRET in the path")
	default:
		if c.reachable() {
			s.choose("/ussd", "open to all: set USSD_PATH_SECRET or USSD_API_KEY")
		} else {
			s.choose("/ussd", "open, and only this machine reaches it: set USSD_PATH_SECRET or USSD_API_KEY to put it online")
		}
	}
	return nil
}

// listenInside opens the listener for operators.
func (s *Service) listenInside() error {
	if s.settings.InnerAddress == "" {
		return nil
	}
	ln, err := net.Listen("tcp", s.settings.InnerAddress)
	if err != nil {
		return usagef("INNER_ADDRESS: %w; set another one", err)
	}
	s.inner = ln
	s.close = append(s.close, func() error {
		if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	s.choose("inside", "http://%s/ready says why a dependency fails; /metrics is for Prometheus", ln.Addr())
	return nil
}

func present(key string) []string {
	if key == "" {
		return nil
	}
	return []string{key}
}

// handle answers a callback and writes notes of it for "paytrace calls".
func (s *Service) handle() Handle {
	around := s.options.Decorators.Handle
	own := slices.Concat([]func(Handle) Handle{s.noteDrops}, measured(s, s.metrics.Handle), traced(s, s.tracing.Handle))
	if s.settings.JournalDays == 0 {
		return decorate(s.runner.Handle, around, own...)
	}
	const day = 24 * time.Hour
	s.journal = journal.New(journal.Config{ShownCode: s.shownCode, Calls: s.db, Retention: time.Duration(s.settings.JournalDays) * day, Log: s.log})
	return decorate(s.runner.Handle, around, append([]func(Handle) Handle{s.journal.Around}, own...)...)
}

func (s *Service) shownCode(code string) string { return shownCode(s.runner.Programs, code) }

// reports stores what Africa's Talking says of messages it took.
func (s *Service) reports() server.Reports {
	return server.Reports{Fields: atsms.ReportFields, Take: func(ctx context.Context, field func(string) string) error {
		report, err := atsms.ReadReport(field)
		if err != nil {
			return gateway.Refuse("This is not a delivery report: %v.", err)
		}
		return actions.StoreReport(ctx, s.db, report, time.Now())
	}}
}

// api returns the routes for programs.
func (s *Service) api(refusals *server.Refusals) []server.Route {
	api := rest.New(rest.Config{
		Actions: s.table, Store: s.db, Identity: s.runner.Identity, Rand: rand.Reader, Now: time.Now,
		PerMinute: s.settings.APIMinute, PerDay: s.settings.APIDay, Logger: s.log,
		Refused: func(r rest.Refusal) {
			key := r.KeyID
			if key == "" {
				key = refusals.KeyName([]byte(r.Token))
			}
			peer, _ := netip.ParseAddrPort(r.Peer) // none, if it is no address
			refusals.Log("request refused", peer.Addr().Unmap(), slog.String("operation", r.Operation),
				slog.Int("status", r.Status), slog.String("why", r.Why), slog.String("key", key))
		},
	})
	var routes []server.Route
	for _, r := range api.Routes() {
		routes = append(routes, server.Route(r))
	}
	return routes
}
