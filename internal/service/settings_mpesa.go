package service

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

// MPesa has the settings of payments by M-Pesa. Without a consumer key there are none.
type MPesa struct {
	// PublicURL is where Safaricom reaches this service.
	PublicURL      string
	BaseURL        string
	ConsumerKey    string
	ConsumerSecret secret.Text
	ShortCode      string
	Till           string
	Passkey        secret.Text
	PayoutCode     string
	Initiator      string
	// Password and Certificate, the name of a file, make the credential; or Credential
	// is set as it stands.
	Password    secret.Text
	Certificate string
	Credential  secret.Text
	// PasswordSet is the day on which the password of the API operator was set; zero if
	// that is not known.
	PasswordSet time.Time
	C2BVersion  int
	PullMethod  string
	StatusField string
	// Sources are the addresses that Safaricom posts from.
	Sources []netip.Prefix
}

// On reports whether there are payments by M-Pesa.
func (m MPesa) On() bool { return m.ConsumerKey != "" }

// safaricomSources are the addresses of Safaricom's own texts.
const safaricomSources = "196.201.214.200,196.201.214.206,196.201.214.207,196.201.214.208,196.201.213.114,196.201.213.44," +
	"196.201.212.127,196.201.212.138,196.201.212.129,196.201.212.136,196.201.212.74,196.201.212.69"

var mpesaSettings = []setting{
	{
		name: "MPESA_CONSUMER_KEY",
		help: `M-Pesa: the consumer key and secret of the app on Safaricom's portal. Not set:
nobody can pay in or out. See docs/money.md.`,
		read: func(s *Settings, v string) error { s.MPesa.ConsumerKey = v; return nil },
	},
	{
		name: "MPESA_CONSUMER_SECRET",
		read: func(s *Settings, v string) error { s.MPesa.ConsumerSecret = secret.New(v); return nil },
	},
	{
		name: "MPESA_BASE_URL", fallback: mpesa.Sandbox,
		help: `Where the Daraja API is: the sandbox, https://api.safaricom.co.ke for real money,
or the address of "paytrace fake-mpesa".`,
		read: func(s *Settings, v string) error { s.MPesa.BaseURL = v; return checkHTTP(v) },
	},
	{
		name: "PUBLIC_URL",
		help: `Where Safaricom reaches this service, as https://pay.example.org. Callbacks come
to addresses below it. Safaricom refuses addresses with its own names in them.`,
		read: func(s *Settings, v string) error {
			s.MPesa.PublicURL = strings.TrimSuffix(v, "/")
			return checkPublicURL(v)
		},
	},
	{
		name: "MPESA_SHORTCODE",
		help: `The paybill number, or the store number of a till; then MPESA_TILL is the till's
number. MPESA_PASSKEY belongs to it: without one nobody is asked to pay.`,
		read: func(s *Settings, v string) error { s.MPesa.ShortCode = v; return checkShortCode(v) },
	},
	{
		name: "MPESA_TILL",
		read: func(s *Settings, v string) error { s.MPesa.Till = v; return checkShortCode(v) },
	},
	{
		name: "MPESA_PASSKEY",
		read: func(s *Settings, v string) error { s.MPesa.Passkey = secret.New(v); return nil },
	},
	{
		name: "MPESA_PAYOUT_SHORTCODE",
		help: "The short code that pays out. Not set: MPESA_SHORTCODE.",
		read: func(s *Settings, v string) error { s.MPesa.PayoutCode = v; return checkShortCode(v) },
	},
	{
		name: "MPESA_INITIATOR",
		help: `The name of the API operator, who pays out and asks; its password; and the file
with the certificate that encrypts the password, from Safaricom's portal: one for
the sandbox, another for real money.`,
		read: func(s *Settings, v string) error { s.MPesa.Initiator = v; return nil },
	},
	{
		name: "MPESA_INITIATOR_PASSWORD",
		read: func(s *Settings, v string) error {
			s.MPesa.Password = secret.New(v)
			return mpesa.CheckPassword(s.MPesa.Password)
		},
	},
	{
		name: "MPESA_CERTIFICATE",
		read: func(s *Settings, v string) error { s.MPesa.Certificate = v; return nil },
	},
	{
		name: "MPESA_CREDENTIAL",
		help: "Instead of the password and the certificate: the encrypted password.",
		read: func(s *Settings, v string) error { s.MPesa.Credential = secret.New(v); return nil },
	},
	{
		name: "MPESA_PASSWORD_SET",
		help: `The day on which the password of the API operator was set, as 2026-03-01. It ends
after 90 days; "paytrace doctor" warns 14 days before.`,
		read: func(s *Settings, v string) (err error) { s.MPesa.PasswordSet, err = calendarDay(v); return err },
	},
	{
		name: "MPESA_C2B_VERSION", fallback: "2",
		help: `1 or 2: which version of the API registers the addresses for the paybill. The app's
product on the portal decides; the wrong one answers "no apiproduct match found".`,
		read: func(s *Settings, v string) error { return whole(v, 1, 2, &s.MPesa.C2BVersion) },
	},
	{
		name: "MPESA_PULL_METHOD", fallback: "POST",
		help: "POST or GET: how the list of payments is asked for. Safaricom's texts disagree.",
		read: func(s *Settings, v string) error { s.MPesa.PullMethod = v; return oneOf(v, "POST", "GET") },
	},
	{
		name: "MPESA_STATUS_FIELD", fallback: "OriginalConversationID",
		help: "OriginalConversationID or OriginatorConversationID: the field that names a payout\nin a status query.",
		read: func(s *Settings, v string) error {
			s.MPesa.StatusField = v
			return oneOf(v, "OriginalConversationID", "OriginatorConversationID")
		},
	},
	{
		name: "MPESA_SOURCES", fallback: safaricomSources,
		help: `The addresses that Safaricom posts from, or "any". A post from another one is taken
and logged with a warning: Safaricom's own lists disagree.`,
		read: func(s *Settings, v string) (err error) {
			if v == "any" {
				return nil
			}
			s.MPesa.Sources, err = networks(v)
			return err
		},
	},
}

// mpesaRules say which settings of M-Pesa need each other.
var mpesaRules = []rule{
	{of: []string{"MPESA_CONSUMER_KEY"}, check: func(s Settings) error {
		m := s.MPesa
		var errs []error
		for _, needed := range []struct {
			name string
			set  bool
		}{
			{"MPESA_CONSUMER_SECRET", m.ConsumerSecret.IsSet()},
			{"MPESA_SHORTCODE", m.ShortCode != ""},
			{"PUBLIC_URL", m.PublicURL != ""},
		} {
			if !needed.set {
				errs = append(errs, fmt.Errorf("MPESA_CONSUMER_KEY is set and %s is not; set both", needed.name))
			}
		}
		if m.BaseURL == mpesa.Live && !strings.HasPrefix(m.PublicURL, "https://") {
			errs = append(errs, errors.New("PUBLIC_URL: Safaricom posts to https only; give it a certificate"))
		}
		return errors.Join(errs...)
	}},
	{of: []string{"MPESA_INITIATOR"}, check: func(s Settings) error {
		m := s.MPesa
		made := m.Password.IsSet() && m.Certificate != ""
		if made == m.Credential.IsSet() {
			return errors.New("MPESA_INITIATOR is set: it needs MPESA_INITIATOR_PASSWORD and MPESA_CERTIFICATE, or MPESA_CREDENTIAL instead of both")
		}
		return nil
	}},
}

func checkShortCode(v string) error {
	if _, err := strconv.ParseUint(v, 10, 40); err != nil || len(v) < 4 || len(v) > 10 {
		return fmt.Errorf("found %q, expected 4 to 10 digits", v)
	}
	return nil
}

// calendarDay reads a date.
func calendarDay(v string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, v, mpesa.Nairobi)
	if err != nil {
		return time.Time{}, fmt.Errorf("found %q, expected a day as 2026-03-01", v)
	}
	return at, nil
}

// refusedWords are words that Safaricom refuses in addresses, and refusedHosts the
// tunnels that it usually blocks.
var (
	refusedWords = []string{"mpesa", "m-pesa", "safaricom", "exe", "cmd", "sql", "query"}
	refusedHosts = []string{"ngrok", "mockbin", "requestbin"}
)

// checkPublicURL refuses an address that Safaricom would refuse.
func checkPublicURL(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return errors.New("expected https://host")
	}
	lower := strings.ToLower(v)
	for _, word := range refusedWords {
		if strings.Contains(lower, word) {
			return fmt.Errorf("found %q in it, which Safaricom refuses in addresses; use another host or path", word)
		}
	}
	for _, host := range refusedHosts {
		if strings.Contains(strings.ToLower(u.Host), host) {
			return fmt.Errorf("found a host of %s, which Safaricom blocks; use a host of your own", host)
		}
	}
	return nil
}
