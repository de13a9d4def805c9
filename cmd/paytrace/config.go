package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
)

// Config is every setting of the service. Settings come from the environment
// alone, so that no secret stands on a command line; .env.example documents
// each.
type Config struct {
	DatabaseURL     secret.Text // holds a password
	RedisURL        secret.Text
	EncryptionKey   secret.Text
	EncryptionOld   []string
	IDKey           secret.Text
	ATUsername      string
	ATAPIKey        secret.Text
	ATSenderID      string
	ATBaseURL       string
	USSDAPIKey      secret.Text
	USSDAPIKeyOld   []string
	USSDPathSecret  secret.Text
	USSDPathOld     []string
	StellarNetwork  string
	StellarFunding  secret.Text
	StellarAsset    wallet.Asset
	StellarHorizon  string
	StellarRPC      string
	StellarChannels int
	SessionTTL      time.Duration
	DefaultLanguage string
	Port            int
	LogFormat       string
	// Sessions is how many a caller may begin in a minute; 0 for as many as the
	// network lets through.
	Sessions      int
	Registrations int
	Lookups       int
	Codes         int
	Tries         int
	Lock          time.Duration
	APIMinute     int
	APIDay        int
	// JournalDays is how long notes of calls are kept; 0 for none.
	JournalDays int
	// Of Postgres; zero for the store's defaults.
	Connections      int
	StatementTimeout time.Duration
	LockTimeout      time.Duration
}

// setting is one environment variable: its name and how it is read.
type setting struct {
	name string
	read func(c *Config, value string) error
}

// settings are all environment variables that are read.
var settings = []setting{
	{"DATABASE_URL", func(c *Config, v string) error { c.DatabaseURL = secret.New(v); return checkDatabase(v) }},
	{"REDIS_URL", func(c *Config, v string) error { c.RedisURL = secret.New(v); return checkRedis(v) }},
	{"ENCRYPTION_KEY", func(c *Config, v string) error { c.EncryptionKey = secret.New(v); return nil }},
	{"ENCRYPTION_KEY_OLD", func(c *Config, v string) error { c.EncryptionOld = lines(v); return nil }},
	{"ID_KEY", func(c *Config, v string) error { c.IDKey = secret.New(v); return nil }},
	{"AT_USERNAME", func(c *Config, v string) error { c.ATUsername = v; return nil }},
	{"AT_API_KEY", func(c *Config, v string) error { c.ATAPIKey = secret.New(v); return nil }},
	{"AT_SENDER_ID", func(c *Config, v string) error { c.ATSenderID = v; return nil }},
	{"AT_BASE_URL", func(c *Config, v string) error { c.ATBaseURL = v; return nil }},
	{"USSD_API_KEY", func(c *Config, v string) error { c.USSDAPIKey = secret.New(v); return nil }},
	{"USSD_API_KEY_OLD", func(c *Config, v string) error { c.USSDAPIKeyOld = lines(v); return nil }},
	{"USSD_PATH_SECRET", func(c *Config, v string) error { c.USSDPathSecret = secret.New(v); return nil }},
	{"USSD_PATH_SECRET_OLD", func(c *Config, v string) error { c.USSDPathOld = lines(v); return nil }},
	{"STELLAR_NETWORK", func(c *Config, v string) error {
		c.StellarNetwork = v
		return oneOf(v, "TESTNET", "PUBLIC")
	}},
	{"STELLAR_FUNDING_SECRET", func(c *Config, v string) error {
		c.StellarFunding = secret.New(v)
		_, err := stellar.Keys{}.Address(c.StellarFunding)
		return err
	}},
	{"STELLAR_ASSET", func(c *Config, v string) (err error) { c.StellarAsset, err = stellar.ParseAsset(v); return err }},
	{"STELLAR_HORIZON_URL", func(c *Config, v string) error { c.StellarHorizon = v; return nil }},
	{"STELLAR_RPC_URL", func(c *Config, v string) error { c.StellarRPC = v; return nil }},
	{"STELLAR_CHANNELS", func(c *Config, v string) error { return whole(v, 1, maxChannels, &c.StellarChannels) }},
	{"USSD_SESSION_TTL", func(c *Config, v string) error { return seconds(v, &c.SessionTTL) }},
	{"DEFAULT_LANGUAGE", func(c *Config, v string) error { c.DefaultLanguage = v; return nil }},
	{"PORT", func(c *Config, v string) error { return whole(v, 0, 65535, &c.Port) }},
	{"LOG_FORMAT", func(c *Config, v string) error { c.LogFormat = v; return oneOf(v, "text", "json") }},
	{"LIMIT_SESSIONS", func(c *Config, v string) error { return whole(v, 0, maxLimit, &c.Sessions) }},
	{"LIMIT_REGISTRATIONS", func(c *Config, v string) error { return whole(v, 1, maxLimit, &c.Registrations) }},
	{"CALL_JOURNAL_DAYS", func(c *Config, v string) error { return whole(v, 0, maxJournalDays, &c.JournalDays) }},
	{"DATABASE_CONNECTIONS", func(c *Config, v string) error { return whole(v, 1, maxConnections, &c.Connections) }},
	{"DATABASE_STATEMENT_TIMEOUT", func(c *Config, v string) error { return milliseconds(v, &c.StatementTimeout) }},
	{"DATABASE_LOCK_TIMEOUT", func(c *Config, v string) error { return milliseconds(v, &c.LockTimeout) }},
	{"LIMIT_LOOKUPS", func(c *Config, v string) error { return whole(v, 1, maxLimit, &c.Lookups) }},
	{"LIMIT_CODES", func(c *Config, v string) error { return whole(v, 1, maxLimit, &c.Codes) }},
	{"LIMIT_PIN_TRIES", func(c *Config, v string) error { return whole(v, 1, maxTries, &c.Tries) }},
	{"LIMIT_PIN_MINUTES", func(c *Config, v string) error { return minutes(v, &c.Lock) }},
	{"LIMIT_API_MINUTE", func(c *Config, v string) error { return whole(v, 1, maxLimit, &c.APIMinute) }},
	{"LIMIT_API_DAY", func(c *Config, v string) error { return whole(v, 1, maxLimit, &c.APIDay) }},
}

const (
	defaultPort = 5000
	// defaultJournalDays is as long as a caller's complaint takes to arrive; a
	// year is as long as personal data may lie around for no other reason.
	defaultJournalDays, maxJournalDays = 14, 366
	// maxLimit is as good as no limit, and far from overflow.
	maxLimit = 1_000_000
	// maxChannels is what one funding account can look after in a transaction,
	// with room for wallets; three carry twenty wallets a second each.
	maxChannels, defaultChannels = 50, 3
	// maxTries and maxLock (minutes: a day) are as far as a limit on guesses at
	// four digits is one.
	maxTries = 100
	maxLock  = 24 * 60
	// maxTTL is the longest a record may be kept: a day is far beyond any
	// network's session.
	maxTTL = 24 * 60 * 60
	// maxConnections is far above what one Postgres server takes.
	maxConnections = 1000
	// Time-outs of the database lie between what a network alone may need and
	// what a callback has in all.
	minTimeout, maxTimeout = 50, 4000
)

// fromEnvironment reads all settings. An empty variable counts as not set. All
// that is wrong is told at once, without the values of secrets.
func fromEnvironment(getenv func(string) string) (Config, error) {
	c := Config{
		ATUsername: "sandbox", StellarNetwork: "TESTNET", SessionTTL: 180 * time.Second, Port: defaultPort,
		StellarHorizon: horizon.TestnetURL, StellarChannels: defaultChannels,
		JournalDays: defaultJournalDays,
	}
	var errs []error
	for _, s := range settings {
		value := getenv(s.name)
		if value == "" {
			continue
		}
		if err := s.read(&c, value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.name, err))
		}
	}
	if c.StatementTimeout > 0 && c.LockTimeout > c.StatementTimeout {
		errs = append(errs, fmt.Errorf("DATABASE_LOCK_TIMEOUT: found %s, expected at most DATABASE_STATEMENT_TIMEOUT, which is %s",
			c.LockTimeout, c.StatementTimeout))
	}
	if len(errs) > 0 {
		return c, misuse{errors.Join(errs...)}
	}
	return c, nil
}

func environment() (Config, error) { return fromEnvironment(os.Getenv) }

// lines are keys, one a line. They are never split at commas: any string may be
// a key.
func lines(v string) []string {
	var list []string
	for _, line := range strings.Split(v, "\n") {
		if line = strings.TrimSuffix(line, "\r"); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func oneOf(v string, names ...string) error {
	for _, name := range names {
		if v == name {
			return nil
		}
	}
	return fmt.Errorf("found %q, expected %s", v, strings.Join(names, " or "))
}

func whole(v string, lo, hi int, into *int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < lo || n > hi {
		return fmt.Errorf("found %q, expected a whole number from %d to %d", v, lo, hi)
	}
	*into = n
	return nil
}

func seconds(v string, into *time.Duration) error {
	var n int
	if err := whole(v, 1, maxTTL, &n); err != nil {
		return err
	}
	*into = time.Duration(n) * time.Second
	return nil
}

func minutes(v string, into *time.Duration) error {
	var n int
	if err := whole(v, 1, maxLock, &n); err != nil {
		return err
	}
	*into = time.Duration(n) * time.Minute
	return nil
}

func milliseconds(v string, into *time.Duration) error {
	var n int
	if err := whole(v, minTimeout, maxTimeout, &n); err != nil {
		return err
	}
	*into = time.Duration(n) * time.Millisecond
	return nil
}

// checkDatabase says what a database URL may be; url's own errors would repeat
// the password.
func checkDatabase(v string) error {
	if strings.HasPrefix(v, "sqlite:") {
		return nil
	}
	u, err := url.Parse(v)
	if err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Host != "" {
		return nil
	}
	return errors.New("expected postgres://user:password@host/database or sqlite:file.db; leave it unset for the file " + defaultDatabase)
}

func checkRedis(v string) error {
	for _, addr := range strings.Split(v, ",") {
		u, err := url.Parse(strings.TrimSpace(addr))
		if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Host == "" {
			return errors.New("expected redis://host:6379 (a cluster's addresses parted by commas); leave it unset for sessions in memory")
		}
	}
	return nil
}
