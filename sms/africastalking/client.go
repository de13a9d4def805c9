// Package africastalking sends messages through Africa's Talking. There is no
// official SDK for Go; this is a thin client of the endpoint that the official
// SDK for Node.js uses, which also serves the sandbox.
package africastalking

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/sms"
)

const (
	// Live and Sandbox are the two hosts; the sandbox's user name is always
	// SandboxUser.
	Live        = "https://api.africastalking.com"
	Sandbox     = "https://api.sandbox.africastalking.com"
	SandboxUser = "sandbox"

	path = "/version1/messaging"

	// timeout ends one try. It is several times the provider's slow answers,
	// and well inside the minute that a job has.
	timeout = 20 * time.Second
	// maxBody bounds what is read of an answer: one recipient takes 200 bytes.
	maxBody = 64 << 10
)

// Config are the settings of a Client.
type Config struct {
	// Username is AT_USERNAME; "sandbox" selects the sandbox's host.
	Username string
	// APIKey is AT_API_KEY.
	APIKey secret.Text
	// From is the sender ID or short code; "" for the provider's own.
	From string
	// BaseURL replaces the host; "" for Live or Sandbox by the user name.
	BaseURL string
	// Transport replaces http.DefaultTransport; nil for that.
	Transport http.RoundTripper
}

// Client is an sms.Sender. It tries once and leaves trying again to the job
// that sends: there is no circuit breaker here either, because a try that a
// breaker refused would use up one of the job's attempts.
type Client struct {
	config Config
	url    string
	http   *http.Client
}

var _ sms.Sender = (*Client)(nil)

// New makes a Client; an error when a setting is missing or the URL is none.
func New(config Config) (*Client, error) {
	if config.Username == "" || !config.APIKey.IsSet() {
		return nil, errors.New("africastalking: AT_USERNAME and AT_API_KEY must both be set")
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
		// A redirect would carry the key to another host.
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
		return sms.Receipt{}, unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return sms.Receipt{}, &sms.Failure{Class: sms.ErrMaybeSent, Word: "the answer broke off", Cause: err}
	}
	receipt, failure := read(response.StatusCode, body, m.To)
	if failure != nil {
		failure.Word = c.scrub(failure.Word, m)
		return sms.Receipt{}, failure
	}
	return receipt, nil
}

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

// unreachable tells a request that surely never left from one that may have
// been read at the other end.
func unreachable(err error) error {
	var op *net.OpError
	var dns *net.DNSError
	if errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" {
		return &sms.Failure{Word: "can't reach Africa's Talking", Cause: err}
	}
	return &sms.Failure{Class: sms.ErrMaybeSent, Word: "no answer from Africa's Talking", Cause: err}
}

// maxWord bounds what is kept of the provider's words: they go into a table's
// column and a log line.
const maxWord = 200

// scrub takes out of the provider's words what must not be kept: it may repeat
// the request.
func (c *Client) scrub(word string, m sms.Message) string {
	word = strings.NewReplacer(
		c.config.APIKey.Reveal(), secret.Redacted,
		m.Text, "[text]",
		m.To, msisdn.Mask(m.To),
	).Replace(word)
	word = strings.Join(strings.Fields(strings.ToValidUTF8(word, "?")), " ")
	if runes := []rune(word); len(runes) > maxWord {
		word = string(runes[:maxWord]) + "..."
	}
	return word
}
