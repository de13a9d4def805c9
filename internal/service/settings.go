package service

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
	"github.com/paytrace/paytrace/wallet/stellar/rpc"
)

// Settings holds every setting of a service. A zero limit or time-out stands for
// the default of the package that uses it.
type Settings struct {
	DatabaseURL      secret.Text // holds a password
	Connections      int
	StatementTimeout time.Duration
	LockTimeout      time.Duration
	RedisURL         secret.Text
	Port             int
	// InnerAddress is where operators see what is wrong with a dependency; "" for
	// nowhere.
	InnerAddress string
	// NoDocs turns off /docs and /openapi.json.
	NoDocs bool
	// TrustedProxies are believed when they say who sent a request.
	TrustedProxies []netip.Prefix
	// Address is the IP address to listen on; "" for the one that ListenAddress
	// chooses.
	Address string

	EncryptionKey secret.Text
	EncryptionOld []string
	IDKey         secret.Text
	IDKeyOld      secret.Text
	// WalletKey, WalletKeyFile or KeyCommand seals new wallets, at most one of them;
	// without any, EncryptionKey does.
	WalletKey     secret.Text
	WalletKeyFile string
	WalletOld     []string
	KeyCommand    string
	KeyCommandOld string

	USSDAPIKey     secret.Text
	USSDAPIKeyOld  []string
	USSDPathSecret secret.Text
	USSDPathOld    []string
	// Gateways names the further gateways, and GatewaySecrets has "NAME SECRET" for each
	// that has a path secret of its own.
	Gateways       []string
	GatewaySecrets []secret.Text

	SessionTTL      time.Duration
	DefaultLanguage string
	// DefaultMenu names the menu that answers codes of no menu; "" for what the
	// menus say.
	DefaultMenu string
	// JournalDays is how long notes of calls are retained; 0 writes none.
	JournalDays int
	// Sessions is how many calls a caller may begin in a minute; 0 sets no limit.
	Sessions      int
	Registrations int
	Lookups       int
	Codes         int
	Tries         int
	Lock          time.Duration
	APIMinute     int
	APIDay        int

	ATUsername string
	ATAPIKey   secret.Text
	ATSenderID string
	ATBaseURL  string

	// ActionsKeys sign the requests to backends: the present key and the one before it.
	ActionsKeys []backend.Key
	// ActionsHosts lists the hosts to which such requests may go.
	ActionsHosts []string
	// Lookup returns the environment variables that hold addresses of backends, by the
	// names that actions.yaml gives them; "" for one that is not set. Nil has none.
	Lookup func(name string) string

	StellarNetwork  string
	StellarFunding  secret.Text
	StellarAsset    wallet.Asset
	StellarHorizon  string
	StellarRPC      string
	StellarChannels int

	MPesa    MPesa
	Payments Payments
	Review   Review

	LogFormat string

	// TracesTo is the base address of the collector of traces; nil for none.
	TracesTo *url.URL
	// TraceHeaders are sent to it. They may have a key.
	TraceHeaders map[string]string
	// TraceShare is the share of calls that are traced, from 0 to 1.
	TraceShare float64
	// TraceName is the name of the service in traces.
	TraceName string
}

// setting describes one environment variable.
type setting struct {
	name     string
	fallback string // read where the variable is not set
	// help explains the variable in .env.example. A setting without help belongs
	// to the explanation above it.
	help string
	read func(s *Settings, value string) error
}

// settings lists all environment variables that a service reads, by section of
// .env.example. The table is written by hand and not with struct tags of a
// library, because a message must name what it expects and never show a secret.
var settings = []struct {
	title string
	list  []setting
}{
	{"where things live", storeSettings},
	{"keys", keySettings},
	{"who may call", slices.Concat(gatewaySettings, proxySettings)},
	{"calls", callSettings},
	{"actions over HTTP", backendSettings},
	{"SMS", smsSettings},
	{"wallets", walletSettings},
	{"M-Pesa", mpesaSettings},
	{"payments", paymentSettings},
	{"reconciliation and review of payments", reviewSettings},
	{"logs", []setting{{
		name: "LOG_FORMAT",
		help: "text or json. Not set: text on a terminal, otherwise JSON.",
		read: func(s *Settings, v string) error { s.LogFormat = v; return oneOf(v, "text", "json") },
	}}},
	{"traces", traceSettings},
}

var storeSettings = []setting{
	{
		name: "DATABASE_URL",
		help: `Postgres as postgres://user:password@host:5432/database, or sqlite:FILE.
Not set: the SQLite file paytrace.db in the working folder.`,
		read: func(s *Settings, v string) error { s.DatabaseURL = secret.New(v); return checkDatabase(v) },
	},
	{
		name: "DATABASE_CONNECTIONS", fallback: strconv.Itoa(postgres.DefaultConnections),
		help: `How many connections one instance opens to Postgres for callbacks; background
work opens 4 more. All instances together must stay below the server's
max_connections.`,
		read: func(s *Settings, v string) error { return whole(v, 1, maxConnections, &s.Connections) },
	},
	{
		name: statementTimeout, fallback: in(postgres.DefaultStatementTimeout, time.Millisecond),
		help: `Milliseconds after which Postgres gives up a statement, and a wait for another
transaction; 50 to 4000. A callback has 4 seconds in all.`,
		read: func(s *Settings, v string) error { return milliseconds(v, &s.StatementTimeout) },
	},
	{
		name: lockTimeout, fallback: in(postgres.DefaultLockTimeout, time.Millisecond),
		read: func(s *Settings, v string) error { return milliseconds(v, &s.LockTimeout) },
	},
	{
		name: "REDIS_URL",
		help: `Redis for sessions: several instances can then answer the callbacks of one call.
As redis://user:password@host:6379/0, or rediss://… for TLS; only the host is
needed. Write a cluster's nodes with commas between them, without a database
number. While Redis is down calls are answered without it. Not set: sessions in
memory, which is right for one instance.`,
		read: func(s *Settings, v string) error { s.RedisURL = secret.New(v); return checkRedis(v) },
	},
	{
		name: "ADDRESS",
		help: `IP address to listen on. Not set: 127.0.0.1, which only this machine reaches,
while neither USSD_API_KEY nor USSD_PATH_SECRET is set; else all interfaces.
0.0.0.0 opens /ussd to everybody who finds the address, also without a key.`,
		read: func(s *Settings, v string) error { s.Address = v; return checkAddress(v) },
	},
	{
		name: "PORT", fallback: "5000",
		help: "Port to listen on.",
		read: func(s *Settings, v string) error { return whole(v, 0, 65535, &s.Port) },
	},
	{
		name: "INNER_ADDRESS",
		help: `A second address for operators, as 5001 (on 127.0.0.1) or 10.0.0.7:5001. Its
/ready says why a dependency fails, with hosts and versions; the one on PORT says
only that it does. Its /metrics is for Prometheus. Not set: there is none, and
nothing is counted.`,
		read: func(s *Settings, v string) (err error) { s.InnerAddress, err = innerAddress(v); return err },
	},
	{
		name: "API_DOCS", fallback: "on",
		help: "off turns off /docs and /openapi.json, which describe the API to everybody.",
		read: func(s *Settings, v string) error { s.NoDocs = v == "off"; return oneOf(v, "on", "off") },
	},
}

var keySettings = []setting{
	{
		name: "ENCRYPTION_KEY",
		help: `Seals the wallets' secrets; any string, taken as it stands. Keep it: without
it no wallet can be opened. Not set with SQLite: one is made and kept in
paytrace.key. With Postgres it must be set. On STELLAR_NETWORK=PUBLIC it must
have at least 32 bytes; make one with: openssl rand -base64 32`,
		read: func(s *Settings, v string) error { s.EncryptionKey = secret.New(v); return nil },
	},
	{
		name: "ENCRYPTION_KEY_OLD",
		help: `Earlier values of ENCRYPTION_KEY that may still be needed to open old wallets;
one a line.`,
		read: func(s *Settings, v string) error { s.EncryptionOld = lines(v); return nil },
	},
	{
		name: walletKey,
		help: `A key of its own for the wallets: 32 bytes in base64, made with
"openssl rand -base64 32". New wallets are then sealed with AES-256-GCM and bound to
their address, which the Python service can't read. ENCRYPTION_KEY still opens the
old ones, until "paytrace keys rewrap" has moved them. Set at most one of the three:
the key, a file that holds it, or a command that wraps and unwraps keys with a key
management service (docs/operating.md says what it reads and writes).`,
		read: func(s *Settings, v string) error {
			s.WalletKey = secret.New(v)
			_, err := wallet.NewLocalKey(s.WalletKey)
			return err
		},
	},
	{
		name: walletKeyFile,
		read: func(s *Settings, v string) error { s.WalletKeyFile = v; return nil },
	},
	{
		name: keyCommand,
		read: func(s *Settings, v string) error {
			s.KeyCommand = v
			_, err := wallet.NewCommandKey(v)
			return err
		},
	},
	{
		name: "WALLET_KEY_OLD",
		help: `Earlier values of WALLET_KEY, or of the file, that wallets may still need; one a
line. And an earlier command.`,
		read: func(s *Settings, v string) error {
			s.WalletOld = lines(v)
			for i, one := range s.WalletOld {
				if _, err := wallet.NewLocalKey(secret.New(one)); err != nil {
					return fmt.Errorf("line %d: %w", i+1, err)
				}
			}
			return nil
		},
	},
	{
		name: "KEY_COMMAND_OLD",
		read: func(s *Settings, v string) error {
			s.KeyCommandOld = v
			_, err := wallet.NewCommandKey(v)
			return err
		},
	},
	{
		name: "ID_KEY",
		help: `The key that names sessions and actions. Not set: made from ENCRYPTION_KEY. A
database accepts only the one it was started with, or one that ID_KEY_OLD made known.`,
		read: func(s *Settings, v string) error { s.IDKey = secret.New(v); return nil },
	},
	{
		name: "ID_KEY_OLD",
		help: `The other key that is valid while ID_KEY changes. docs/operating.md has the steps.`,
		read: func(s *Settings, v string) error { s.IDKeyOld = secret.New(v); return nil },
	},
}

var gatewaySettings = []setting{
	{
		name: "USSD_API_KEY",
		help: `If set, POST /ussd needs the header "Authorization: Bearer KEY". At least 16
characters, without spaces around them.`,
		read: func(s *Settings, v string) error { s.USSDAPIKey = secret.New(v); return checkAPIKeys(v) },
	},
	{
		name: "USSD_API_KEY_OLD",
		help: "Keys that are still accepted while USSD_API_KEY changes; one a line.",
		read: func(s *Settings, v string) error {
			s.USSDAPIKeyOld = lines(v)
			return checkAPIKeys(s.USSDAPIKeyOld...)
		},
	},
	{
		name: "USSD_PATH_SECRET",
		help: `If set, POST /ussd/SECRET is open too, for gateways that can't send a header,
as Africa's Talking. At least 16 letters, digits, - . _ or ~.`,
		read: func(s *Settings, v string) error { s.USSDPathSecret = secret.New(v); return checkSecrets(v) },
	},
	{
		name: "USSD_PATH_SECRET_OLD",
		help: `Secrets that are still accepted in the path while USSD_PATH_SECRET changes; one
a line.`,
		read: func(s *Settings, v string) error {
			s.USSDPathOld = lines(v)
			return checkSecrets(s.USSDPathOld...)
		},
	},
	{
		name: "GATEWAYS",
		help: `Names of further gateways, with commas between them: hubtel,airtel. Each calls
back at /gateways/NAME. A name that is not built in is declared by the file
gateways/NAME.yaml beside the menus (docs/gateways.md).`,
		read: func(s *Settings, v string) (err error) { s.Gateways, err = gatewayNames(v); return err },
	},
	{
		name: "GATEWAY_SECRETS",
		help: `A path secret for each of them, as "hubtel SECRET", one a line: the gateway then
calls back at /gateways/hubtel/SECRET. A second line for a name is a secret that is
accepted while the first changes. A gateway without one needs what /ussd needs.`,
		read: func(s *Settings, v string) (err error) { s.GatewaySecrets, err = gatewaySecrets(v); return err },
	},
}

var proxySettings = []setting{{
	name: "TRUSTED_PROXIES",
	help: `Addresses and networks of your own proxies, as 10.0.0.0/8,192.0.2.7. Limits and
logs then go by the sender that they name in X-Forwarded-For. Not set: by the
address that the connection comes from.`,
	read: func(s *Settings, v string) (err error) { s.TrustedProxies, err = networks(v); return err },
}}

var callSettings = []setting{
	{
		name: "USSD_SESSION_TTL", fallback: in(runner.DefaultTTL, time.Second),
		help: `How many seconds a session is kept after its last callback. Networks end a
session after 180.`,
		read: func(s *Settings, v string) error { return seconds(v, &s.SessionTTL) },
	},
	{
		name: "DEFAULT_LANGUAGE",
		help: `Code of the language calls begin in, as sw. Not set, or not a language of the
menu: the menu's first.`,
		read: func(s *Settings, v string) error { s.DefaultLanguage = v; return nil },
	},
	{
		name: "DEFAULT_MENU",
		help: `Name of the menu that answers codes of no menu, as wallet. Not set: the menu with
the line "default: true". Without one such a call ends with a text that says so.`,
		read: func(s *Settings, v string) error { s.DefaultMenu = v; return nil },
	},
	{
		name: "CALL_JOURNAL_DAYS", fallback: "14", // as long as a caller's complaint takes to arrive
		help: `How many days notes of calls are kept for "paytrace calls": the screens and the
options chosen, never what else was typed. 0 writes none.`,
		read: func(s *Settings, v string) error { return whole(v, 0, maxJournalDays, &s.JournalDays) },
	},
	{
		name: "LIMIT_SESSIONS", fallback: "0",
		help: `How many calls one caller may begin a minute; the others end at once with the
menu's "limited" text. 0 sets no limit.`,
		read: func(s *Settings, v string) error { return whole(v, 0, maxLimit, &s.Sessions) },
	},
	{
		name: "LIMIT_REGISTRATIONS", fallback: strconv.Itoa(actions.DefaultRegistrations),
		help: "How many numbers of other people one caller may register, and look up, a day.",
		read: func(s *Settings, v string) error { return whole(v, 1, maxLimit, &s.Registrations) },
	},
	{
		name: "LIMIT_LOOKUPS", fallback: strconv.Itoa(actions.DefaultLookups),
		read: func(s *Settings, v string) error { return whole(v, 1, maxLimit, &s.Lookups) },
	},
	{
		name: "LIMIT_CODES", fallback: strconv.Itoa(actions.DefaultCodes),
		help: `How many one-time codes one number may be sent a day, how many wrong guesses of
a code or PIN are allowed in a row, and for how many minutes guesses are then
refused.`,
		read: func(s *Settings, v string) error { return whole(v, 1, maxLimit, &s.Codes) },
	},
	{
		name: "LIMIT_PIN_TRIES", fallback: strconv.Itoa(actions.DefaultTries),
		read: func(s *Settings, v string) error { return whole(v, 1, maxTries, &s.Tries) },
	},
	{
		name: "LIMIT_PIN_MINUTES", fallback: in(actions.DefaultLock, time.Minute),
		read: func(s *Settings, v string) error { return minutes(v, &s.Lock) },
	},
	{
		name: "LIMIT_API_MINUTE", fallback: strconv.Itoa(rest.DefaultPerMinute),
		help: "How many requests one key to the API may make a minute, and a day.",
		read: func(s *Settings, v string) error { return whole(v, 1, maxLimit, &s.APIMinute) },
	},
	{
		name: "LIMIT_API_DAY", fallback: strconv.Itoa(rest.DefaultPerDay),
		read: func(s *Settings, v string) error { return whole(v, 1, maxLimit, &s.APIDay) },
	},
}

var backendSettings = []setting{
	{
		name: "ACTIONS_KEY",
		help: `The key that signs requests to the backend that answers actions (see
docs/actions.md): whsec_ and base64. The backend has the same one. Needed unless
the backend is on this machine. Make one with: echo whsec_$(openssl rand -base64 32)
An address that actions.yaml names as ${SACCO_URL} is read from the variable
SACCO_URL.`,
		read: func(s *Settings, v string) error { return signingKey(s, v) },
	},
	{
		name: "ACTIONS_KEY_OLD",
		help: "The key before it. While it is set, requests have the signatures of both.",
		read: func(s *Settings, v string) error { return signingKey(s, v) },
	},
	{
		name: "ACTIONS_HOSTS",
		help: `The hosts to which requests for actions may go, with spaces between: host,
host:port or *.domain. Not set: the hosts of addresses that are settings, and this
machine.`,
		read: func(s *Settings, v string) (err error) { s.ActionsHosts, err = hosts(v); return err },
	},
}

var smsSettings = []setting{
	{
		name: "AT_USERNAME", fallback: sandboxUser,
		help: `Africa's Talking. Without AT_API_KEY no SMS is sent: messages stay in the
database, see "paytrace jobs --messages". The user "sandbox" sends to the
sandbox.`,
		read: func(s *Settings, v string) error { s.ATUsername = v; return nil },
	},
	{
		name: "AT_API_KEY",
		read: func(s *Settings, v string) error { s.ATAPIKey = secret.New(v); return nil },
	},
	{
		name: "AT_SENDER_ID",
		help: "Sender ID or short code; not set: the provider's own.",
		read: func(s *Settings, v string) error { s.ATSenderID = v; return nil },
	},
	{
		name: "AT_BASE_URL",
		help: "Another address of the API, for tests.",
		read: func(s *Settings, v string) error { s.ATBaseURL = v; return checkHTTP(v) },
	},
}

// sandboxUser is the user name of Africa's Talking's sandbox.
const sandboxUser = "sandbox"

var walletSettings = []setting{
	{
		name: "STELLAR_NETWORK", fallback: "TESTNET",
		help: `TESTNET or PUBLIC. Real money moves on PUBLIC, so it refuses keys that are easy to
guess, one value for two keys, callbacks without a key, and connections that are
not encrypted.`,
		read: func(s *Settings, v string) error {
			s.StellarNetwork = v
			return oneOf(v, "TESTNET", wallet.PublicNetwork)
		},
	},
	{
		name: "STELLAR_FUNDING_SECRET",
		help: `The secret seed (S…) of the account that funds new wallets, on the test network
only. Not set: wallets are made and not funded.`,
		read: func(s *Settings, v string) error {
			s.StellarFunding = secret.New(v)
			_, err := stellar.Keys{}.Address(s.StellarFunding)
			return err
		},
	},
	{
		name: "STELLAR_ASSET", fallback: "native",
		help: `What a new wallet is given one of: native, or an asset as KSH:ISSUER. For an
asset the funding account also pays the wallet's reserves.`,
		read: func(s *Settings, v string) (err error) { s.StellarAsset, err = stellar.ParseAsset(v); return err },
	},
	{
		name: "STELLAR_HORIZON_URL", fallback: horizon.TestnetURL,
		help: "Where Horizon is.",
		read: func(s *Settings, v string) error {
			s.StellarHorizon = v
			_, err := horizon.New(horizon.Config{URL: v})
			return err
		},
	},
	{
		name: "STELLAR_RPC_URL",
		help: "Where a Stellar RPC service is, to use instead of Horizon.",
		read: func(s *Settings, v string) error {
			s.StellarRPC = v
			_, err := rpc.New(rpc.Config{URL: v})
			return err
		},
	},
	{
		name: "STELLAR_CHANNELS", fallback: "3", // three carry twenty wallets a second each
		help: `How many accounts submit at a time, the funding account among them; it makes
the others when wallets have to wait.`,
		read: func(s *Settings, v string) error { return whole(v, 1, maxChannels, &s.StellarChannels) },
	},
}

const (
	walletKey     = "WALLET_KEY"
	walletKeyFile = "WALLET_KEY_FILE"
	keyCommand    = "KEY_COMMAND"

	statementTimeout = "DATABASE_STATEMENT_TIMEOUT"
	lockTimeout      = "DATABASE_LOCK_TIMEOUT"

	// maxJournalDays is a year: personal data may lie around no longer without
	// another reason.
	maxJournalDays = 366
	// maxLimit is as good as no limit, and far from overflow.
	maxLimit = 1_000_000
	// maxChannels is what one funding account can look after in a transaction,
	// with room for wallets.
	maxChannels = 50
	// maxTries and maxLock (minutes: a day) are as far as a limit on guesses at
	// four digits still protects.
	maxTries = 100
	maxLock  = 24 * 60
	// maxTTL is a day, far beyond any network's session.
	maxTTL = 24 * 60 * 60
	// maxConnections is far above what one Postgres server takes.
	maxConnections = 1000
	// Time-outs of the database lie between what a network alone may need and
	// what a callback has in all.
	minTimeout, maxTimeout = 50, 4000
)

// FromEnvironment reads the settings from the environment, for subcommands that
// use some of them. Nothing else reads them, and no command line does: a secret
// must not stand there.
func FromEnvironment() (Settings, error) { return ReadSettings(os.Getenv) }

// ToServe reads the settings from the environment, for a service. It also refuses
// what only a service can't do without.
func ToServe() (Settings, error) { return ReadSettingsToServe(os.Getenv) }

// ReadSettings reads all settings by name. An empty one counts as not set. The
// error, a UsageError, names everything that is wrong, without the values of
// secrets.
func ReadSettings(getenv func(string) string) (Settings, error) {
	return read(getenv, slices.Concat(rules, mpesaRules, paymentRules))
}

// ReadSettingsToServe reads all settings as ReadSettings does, for ToServe.
func ReadSettingsToServe(getenv func(string) string) (Settings, error) {
	return read(getenv, slices.Concat(rules, mpesaRules, paymentRules, serveRules))
}

// isSetting reports whether a name is one of the service's own settings.
func isSetting(name string) bool {
	for _, section := range settings {
		for _, one := range section.list {
			if one.name == name {
				return true
			}
		}
	}
	return false
}

func read(getenv func(string) string, rules []rule) (Settings, error) {
	s := Settings{Lookup: func(name string) string {
		if isSetting(name) {
			return "" // it may be a secret
		}
		return getenv(name)
	}}
	var errs []error
	right := map[string]bool{} // the settings that are set, and read without an error
	for _, section := range settings {
		for _, one := range section.list {
			value := getenv(one.name)
			set := value != ""
			if !set {
				value = one.fallback
			}
			if value == "" {
				continue
			}
			if err := one.read(&s, value); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", one.name, err))
				continue
			}
			right[one.name] = set
		}
	}
	for _, r := range rules {
		if r.applies(right) {
			errs = append(errs, r.check(s))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return s, UsageError{err}
	}
	return s, nil
}
