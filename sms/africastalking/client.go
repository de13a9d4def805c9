// Package africastalking sends SMS through Africa's Talking. The provider has no
// official SDK for Go. This is a thin client of the endpoint that the official
// SDK for Node.js uses, which the sandbox has, too.
package africastalking

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/sms"
)

const (
	// Live and Sandbox are the provider's hosts. The user name of the sandbox is
	// always SandboxUser.
	Live        = "https://api.africastalking.com"
	Sandbox     = "https://api.sandbox.africastalking.com"
	SandboxUser = "sandbox"

	path = "/version1/messaging"

	// timeout bounds one try. It is several times longer than the provider's
	// slow answers, and well below the minute that a job has.
	timeout = 20 * time.Second
	// maxBody bounds the bytes read of an answer; one recipient takes 200.
	maxBody = 64 << 10
)

// Config holds the settings of a Client.
type Config struct {
	// Username is AT_USERNAME; "sandbox" selects the sandbox's host.
	Username string
	// APIKey is AT_API_KEY.
	APIKey secret.Text
	// From is the sender ID or short code; "" means the provider's own.
	From string
	// BaseURL replaces the host; "" means Live, or Sandbox for SandboxUser.
	BaseURL string
	// Transport sends the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
}

// Client is an sms.Sender. It tries once; the job that sends tries again, and
// sms.Breaker pauses a provider that fails.
type Client struct {
	config Config
	url    string
	http   *http.Client
}

var _ sms.Sender = (*Client)(nil)

// New makes a Client. It returns an error if a setting is missing or the URL is
// invalid.
func New(config Config) (*Client, error) {
	if config.Username == "" || !config.APIKey.IsSet() {
		return nil, errors.New("africastalking: set both AT_USERNAME and AT_API_KEY")
	}
	base := config.BaseURL
	switch {
	case base != "":
	case config.Username == SandboxUser:
		base = Sandbox
	default:
		base = Live
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("africastalking: the base URL must be http(s)://host")
	}
	client := &http.Client{
		Transport: config.Transport,
		Timeout:   timeout,
		// A redirect would send the key to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{config: config, url: strings.TrimSuffix(base, "/") + path, http: client}, nil
}

// Send sends one message to one phone.
func (c *Client) Send(ctx context.Context, m sms.Message) (sms.Receipt, error) {
	if err := m.Check(); err != nil {
		return sms.Receipt{}, err
	}
	request, err := c.request(ctx, m)
	if err != nil {
		return sms.Receipt{}, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return sms.Receipt{}, unreachable(c.scrubbed(err, m))
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return sms.Receipt{}, &sms.Failure{Class: sms.ErrMaybeSent, Word: "the answer broke off", Cause: c.scrubbed(err, m)}
	}
	receipt, failure := read(response.StatusCode, body, m.To)
	if failure != nil {
		failure.Word = c.scrub(failure.Word, m)
		return sms.Receipt{}, failure
	}
	if c.repeats(receipt.ProviderID, m) {
		receipt.ProviderID = ""
	}
	return receipt, nil
}

// repeats reports whether the provider's ID of a message holds what was sent. Such an
// ID is of no use: it is stored and listed.
func (c *Client) repeats(id string, m sms.Message) bool {
	for _, sent := range append(longNumber.FindAllString(m.Text, -1), m.To, c.config.APIKey.Reveal(), m.Text) {
		if strings.Contains(id, sent) {
			return true
		}
	}
	return false
}

// longNumber matches what may be a code in a message.
var longNumber = regexp.MustCompile(`\d{4,}`)

func (c *Client) request(ctx context.Context, m sms.Message) (*http.Request, error) {
	form := url.Values{
		"username":    {c.config.Username},
		"to":          {msisdn.E164(m.To)},
		"message":     {m.Text},
		"bulkSMSMode": {"1"}, // the sender pays
	}
	if c.config.From != "" {
		form.Set("from", c.config.From)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("apiKey", c.config.APIKey.Reveal())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request, nil
}

// unreachable turns a network error into a failure. A request that never left was
// surely not sent; any other may have been read by the provider.
func unreachable(err error) error {
	var op *net.OpError
	var dns *net.DNSError
	if errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" {
		return &sms.Failure{Word: "can't reach Africa's Talking", Cause: err}
	}
	return &sms.Failure{Class: sms.ErrMaybeSent, Word: "no answer from Africa's Talking", Cause: err}
}

// maxWord bounds the bytes of the provider's words, which go to a column of a
// table and to a log line.
const maxWord = 200

// scrubbed returns an error of the connection without what scrub removes: a server that
// is no web server may quote the request.
func (c *Client) scrubbed(err error, m sms.Message) error {
	return secret.ForeignError(err, maxWord, c.known(m)...)
}

// known lists what the provider was told.
func (c *Client) known(m sms.Message) []string {
	return []string{c.config.APIKey.Reveal(), m.Text, msisdn.E164(m.To), m.To}
}

// scrub removes the key, the text and the number from the provider's words, which
// may repeat the request in any encoding.
func (c *Client) scrub(word string, m sms.Message) string {
	return secret.Foreign(word, maxWord, c.known(m)...)
}
