// Package mpesa speaks to Safaricom's Daraja API: it asks phones to pay (STK push),
// pays out (B2C), asks what became of a payment, and reads what Safaricom posts back.
//
// The wire has misspelt names, numbers that are sometimes strings, and one error code
// with three meanings. All of that ends in this package. The one question that matters
// after every request is whether money may move: see Certainty.
//
// Nothing here writes to a log, and no error contains a key, a password or a phone
// number.
package mpesa

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
)

// Live and Sandbox are Safaricom's hosts.
const (
	Live    = "https://api.safaricom.co.ke"
	Sandbox = "https://sandbox.safaricom.co.ke"
)

// Limits of amounts in whole shillings, as Safaricom documents them.
const (
	MinPush   = 1
	MinPayout = 10
	MaxAmount = 250_000
)

const (
	// timeout bounds one request. Safaricom's gateway gives up after 30 seconds.
	timeout = 35 * time.Second
	// maxBody bounds the bytes read of an answer. A page of pulled transactions is the
	// longest: 1,000 rows of 250 bytes.
	maxBody = 1 << 20
)

// Config holds the settings of a Client.
type Config struct {
	// BaseURL is the host, such as Live; "" means Sandbox.
	BaseURL string
	// ConsumerKey and ConsumerSecret belong to the app on Safaricom's portal.
	ConsumerKey    string
	ConsumerSecret secret.Text

	// ShortCode is the paybill number, or the store number of a till.
	ShortCode string
	// Till is the till's number where ShortCode is a store number; "" for a paybill.
	Till string
	// Passkey signs STK pushes; not set where callers are not asked to pay.
	Passkey secret.Text

	// PayoutCode is the short code that pays out; "" means ShortCode.
	PayoutCode string
	// Initiator is the name of the API operator, and Credential its password,
	// encrypted: see EncryptCredential. Both may be missing where nothing is paid out.
	Initiator  string
	Credential secret.Text

	// C2BVersion is 1 or 2: the app's product on the portal decides. 0 means 2.
	C2BVersion int
	// PullMethod is the HTTP method that queries pulled transactions. The portal says
	// GET, and Safaricom's gateway has been seen to want POST, which is the default.
	PullMethod string
	// StatusIDField names the field with the ID of the payment that is asked about; ""
	// means OriginalConversationID, as the portal documents it.
	StatusIDField string

	// Tokens keeps the access token that all instances share; nil means that this
	// client is the only one.
	Tokens Tokens
	// Transport sends the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Now gives the time; nil means time.Now.
	Now func() time.Time
	// Wait waits while another instance fetches a token; nil means a timer.
	Wait func(ctx context.Context, pause time.Duration) error
	// Rand makes IDs; nil means crypto/rand.
	Rand io.Reader
}

// Client speaks to Daraja. It is safe for concurrent use.
type Client struct {
	config Config
	base   string
	http   *http.Client
	tokens *tokenSource
}

var (
	shortCode  = regexp.MustCompile(`^[0-9]{4,10}$`)
	fieldName  = regexp.MustCompile(`^[A-Za-z]{1,40}$`)
	mobile     = regexp.MustCompile(`^254[17][0-9]{8}$`)
	identifier = regexp.MustCompile(`^[A-Za-z0-9_-]{1,20}$`)
)

// New makes a Client. It returns an error that names the first missing or malformed
// setting, and never repeats a secret.
func New(config Config) (*Client, error) {
	if config.BaseURL == "" {
		config.BaseURL = Sandbox
	}
	base, err := url.Parse(config.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.RawQuery != "" || base.User != nil:
		return nil, errors.New("mpesa: the base URL must be https://host")
	case config.ConsumerKey == "" || !config.ConsumerSecret.IsSet():
		return nil, errors.New("mpesa: the consumer key and the consumer secret must both be set")
	case !shortCode.MatchString(config.ShortCode):
		return nil, fmt.Errorf("mpesa: the short code is %q, expected 4 to 10 digits", config.ShortCode)
	case config.Till != "" && !shortCode.MatchString(config.Till):
		return nil, fmt.Errorf("mpesa: the till is %q, expected 4 to 10 digits", config.Till)
	case config.PayoutCode != "" && !shortCode.MatchString(config.PayoutCode):
		return nil, fmt.Errorf("mpesa: the short code for payouts is %q, expected 4 to 10 digits", config.PayoutCode)
	case config.C2BVersion < 0 || config.C2BVersion > 2:
		return nil, fmt.Errorf("mpesa: the C2B version is %d, expected 1 or 2", config.C2BVersion)
	case config.PullMethod != "" && config.PullMethod != http.MethodGet && config.PullMethod != http.MethodPost:
		return nil, fmt.Errorf("mpesa: the method for pulled transactions is %q, expected GET or POST", config.PullMethod)
	case config.StatusIDField != "" && !fieldName.MatchString(config.StatusIDField):
		return nil, fmt.Errorf("mpesa: the field of the status query is %q, expected letters", config.StatusIDField)
	}
	config.fill()
	c := &Client{config: config, base: strings.TrimSuffix(config.BaseURL, "/")}
	c.http = &http.Client{
		Transport: config.Transport,
		Timeout:   timeout,
		// A redirect would send the token to another host, and a payment twice.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.tokens = &tokenSource{client: c, shared: config.Tokens}
	return c, nil
}

// fill sets what the zero values of settings stand for.
func (c *Config) fill() {
	if c.PayoutCode == "" {
		c.PayoutCode = c.ShortCode
	}
	if c.C2BVersion == 0 {
		c.C2BVersion = 2
	}
	if c.PullMethod == "" {
		c.PullMethod = http.MethodPost
	}
	if c.StatusIDField == "" {
		c.StatusIDField = "OriginalConversationID"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = pause
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Tokens == nil {
		c.Tokens = NewMemoryTokens()
	}
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// ShortCode returns the paybill or store number that receives payments.
func (c *Client) ShortCode() string { return c.config.ShortCode }

// PayoutCode returns the short code that pays out.
func (c *Client) PayoutCode() string { return c.config.PayoutCode }

// IsMobile reports whether digits may be a phone of M-Pesa: 254, then 7 or 1, then
// eight digits. Networks without M-Pesa have such numbers, too.
func IsMobile(digits string) bool { return mobile.MatchString(digits) }

// IsRequestID reports whether an ID may be the OriginatorConversationID of a payout:
// at most 20 letters, digits, - and _. Safaricom's texts disagree about the limit, and
// 20 is the smallest that they name.
func IsRequestID(id string) bool { return identifier.MatchString(id) }
