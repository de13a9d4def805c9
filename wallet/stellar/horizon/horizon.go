// Package horizon reaches Stellar through Horizon's HTTP API
// (https://developers.stellar.org/docs/data/apis/horizon/api-reference).
//
// It calls GET /, GET /ledgers?order=desc&limit=1, GET /fee_stats,
// GET /accounts/{id}, GET /transactions/{hash} and POST /transactions. The first
// three may be missing. Unknown fields are ignored.
package horizon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/paytrace/paytrace/wallet"
)

// TestnetURL is the Stellar Development Foundation's Horizon for the test network.
const TestnetURL = "https://horizon-testnet.stellar.org"

const (
	// askTimeout bounds one query, and submitTimeout one submission. Horizon waits
	// up to half a minute for a ledger before it answers 504.
	askTimeout    = 10 * time.Second
	submitTimeout = 40 * time.Second
	// maxUnread is how many accounts may fail to be read before the others are not
	// tried: each may take askTimeout.
	maxUnread = 3
)

// Config holds the settings of a Client.
type Config struct {
	URL string // http or https
	// Passphrase is the network's passphrase. Horizon must have the same.
	Passphrase string
	// Transport sends the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
}

// Client implements wallet.Network. It is safe for concurrent use.
type Client struct {
	base       string
	passphrase string
	http       *http.Client
	// sameNetwork says that the passphrases were compared.
	sameNetwork atomic.Bool
}

var _ wallet.Network = (*Client)(nil)

// New makes a Client. It sends no request yet.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("this is not the URL of a Horizon; one such as %s is expected", TestnetURL)
	}
	return &Client{
		base: strings.TrimRight(c.URL, "/"), passphrase: c.Passphrase,
		http: &http.Client{
			Transport:     c.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Terms implements wallet.Network with the last ledger and the recent fees. It
// returns an error only if Horizon does not answer or belongs to another network.
func (c *Client) Terms(ctx context.Context) (wallet.Terms, error) {
	if err := c.checkNetwork(ctx); err != nil {
		return wallet.Terms{}, err
	}
	last, err := c.lastLedger(ctx)
	if err != nil && !isMissing(err) {
		return wallet.Terms{}, err
	}
	var fees feeStats
	if err := c.get(ctx, "/fee_stats", &fees); err != nil {
		fees = feeStats{} // the minimum may be enough; a refusal raises it
	}
	return wallet.Terms{ClosedAt: last.ClosedAt, Fee: fees.fee()}, nil
}

// checkNetwork compares the passphrases once. It accepts a Horizon that does not
// show its passphrase.
func (c *Client) checkNetwork(ctx context.Context) error {
	if c.sameNetwork.Load() {
		return nil
	}
	var r root
	err := c.get(ctx, "/", &r)
	if err != nil && !isMissing(err) {
		return err
	}
	if r.Passphrase != "" && r.Passphrase != c.passphrase {
		return fmt.Errorf("Horizon belongs to the network %q, but transactions are signed for %q; check STELLAR_NETWORK and STELLAR_HORIZON_URL",
			words(r.Passphrase), c.passphrase)
	}
	c.sameNetwork.Store(true)
	return nil
}

// lastLedger returns the last ledger that Horizon has.
func (c *Client) lastLedger(ctx context.Context) (ledger, error) {
	var list ledgers
	err := c.get(ctx, "/ledgers?order=desc&limit=1", &list)
	if err == nil && len(list.Embedded.Records) > 0 {
		return list.Embedded.Records[0], nil
	}
	if err != nil && !isMissing(err) {
		return ledger{}, err
	}
	var r root
	if err := c.get(ctx, "/", &r); err != nil {
		return ledger{}, err
	}
	return ledger{Sequence: r.LastLedger, ClosedAt: r.LastClosedAt}, nil
}

// Accounts implements wallet.Network with one request for each account.
func (c *Client) Accounts(ctx context.Context, asset wallet.Asset, addresses ...string) (map[string]wallet.Account, error) {
	found := make(map[string]wallet.Account, len(addresses))
	unread := &wallet.UnreadError{Accounts: map[string]error{}}
	var last error
	for _, address := range addresses {
		if len(unread.Accounts) >= maxUnread || ctx.Err() != nil {
			unread.Accounts[address] = errors.Join(last, ctx.Err())
			continue
		}
		read, exists, err := c.account(ctx, asset, address)
		switch {
		case err != nil:
			unread.Accounts[address], last = err, err
		case exists:
			found[address] = read
		}
	}
	if len(unread.Accounts) > 0 {
		return found, unread
	}
	return found, nil
}

func (c *Client) account(ctx context.Context, asset wallet.Asset, address string) (read wallet.Account, exists bool, err error) {
	var a account
	err = c.get(ctx, "/accounts/"+url.PathEscape(address), &a)
	if isMissing(err) {
		return read, false, nil
	}
	if err != nil {
		return read, false, err
	}
	if read, err = a.read(address, asset); err != nil {
		return read, false, fmt.Errorf("Horizon's account %s: %w", address, err)
	}
	return read, true, nil
}

// Submit implements wallet.Network and waits until the transaction is in a ledger.
func (c *Client) Submit(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, submitTimeout)
	defer cancel()
	body := url.Values{"tx": {t.Envelope}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/transactions", strings.NewReader(body))
	if err != nil {
		return wallet.Answer{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var result transaction
	_, err = c.do(request, &result)
	var p *problem
	if errors.As(err, &p) {
		return p.answer()
	}
	if err != nil {
		return wallet.Answer{}, err
	}
	return result.answer(t.Hash)
}

// Look implements wallet.Network. It asks for the last ledger first. Behind a load
// balancer another Horizon may answer the second question; the header of that answer,
// if there is one, says which ledger it had.
func (c *Client) Look(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	last, err := c.lastLedger(ctx)
	if err != nil {
		last = ledger{} // "not found" then has no date
	}
	var result transaction
	header, err := c.getWith(ctx, "/transactions/"+url.PathEscape(t.Hash), &result)
	if isMissing(err) {
		return wallet.Answer{Fate: wallet.FateNotFound, AsOf: last.ClosedAt, Sure: had(last, header)}, nil
	}
	if err != nil {
		return wallet.Answer{}, err
	}
	return result.answer(t.Hash)
}
