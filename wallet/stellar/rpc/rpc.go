// Package rpc reaches Stellar through Stellar RPC
// (https://developers.stellar.org/docs/data/apis/rpc/api-reference), a JSON-RPC
// service that knows the ledgers of late only.
//
// It calls getNetwork, getLatestLedger, getFeeStats, getLedgerEntries,
// getTransaction and sendTransaction. Fields that are not known are passed over.
package rpc

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

const (
	// askTimeout bounds one call. None waits for a ledger.
	askTimeout = 10 * time.Second
	// A transaction that was taken is asked about until it is in a ledger, which
	// closes after five seconds or six.
	defaultPause = 2 * time.Second
	looks        = 6
)

// Config says where Stellar RPC is.
type Config struct {
	URL string // http or https
	// Passphrase is the network's, which the service's own has to equal.
	Passphrase string
	// Transport does the requests; none: http.DefaultTransport.
	Transport http.RoundTripper
	// Pause is between two looks at a transaction that was taken; 2 s.
	Pause time.Duration
}

// Client implements wallet.Network. It is safe for concurrent use.
type Client struct {
	url        string
	passphrase string
	pause      time.Duration
	http       *http.Client
	// sameNetwork remembers that the passphrase was compared.
	sameNetwork atomic.Bool
}

var _ wallet.Network = (*Client)(nil)

// New makes a Client and asks nothing yet.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("found no address of a Stellar RPC service, expected one as https://soroban-testnet.stellar.org")
	}
	if c.Pause <= 0 {
		c.Pause = defaultPause
	}
	return &Client{
		url: c.URL, passphrase: c.Passphrase, pause: c.Pause,
		http: &http.Client{
			Transport:     c.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Terms asks for the last ledger and the fees of late. Older services do not
// tell when the ledger closed.
func (c *Client) Terms(ctx context.Context) (wallet.Terms, error) {
	if err := c.checkNetwork(ctx); err != nil {
		return wallet.Terms{}, err
	}
	var last latestLedger
	if err := c.call(ctx, "getLatestLedger", nil, &last); err != nil {
		return wallet.Terms{}, err
	}
	var fees feeStats
	if err := c.call(ctx, "getFeeStats", nil, &fees); err != nil {
		fees = feeStats{} // the least fee will do, or its refusal raises it
	}
	return wallet.Terms{ClosedAt: last.CloseTime.instant(), Fee: int64(fees.Inclusion.P90)}, nil
}

func (c *Client) checkNetwork(ctx context.Context) error {
	if c.sameNetwork.Load() {
		return nil
	}
	var n network
	if err := c.call(ctx, "getNetwork", nil, &n); err != nil {
		return err
	}
	if n.Passphrase != c.passphrase {
		return fmt.Errorf("Stellar RPC is of the network %q, and transactions are signed for %q; see STELLAR_NETWORK and STELLAR_RPC_URL",
			n.Passphrase, c.passphrase)
	}
	c.sameNetwork.Store(true)
	return nil
}

// Submit hands a transaction in and looks until it is in a ledger.
func (c *Client) Submit(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	var s sent
	if err := c.call(ctx, "sendTransaction", map[string]any{"transaction": t.Envelope}, &s); err != nil {
		return wallet.Answer{}, err
	}
	switch s.Status {
	case "PENDING", "DUPLICATE":
		return c.await(ctx, t.Hash)
	case "ERROR":
		return s.refusal()
	default: // TRY_AGAIN_LATER: it was not taken now, as far as is told
		return wallet.Answer{}, fmt.Errorf("Stellar RPC answered %q", s.Status)
	}
}

// await looks until a transaction that was taken is in a ledger.
func (c *Client) await(ctx context.Context, hash string) (wallet.Answer, error) {
	for n := 0; ; n++ {
		answer, err := c.Look(ctx, hash)
		if err != nil || answer.Fate != wallet.FateNotFound {
			return answer, err
		}
		if n == looks {
			return wallet.Answer{}, nil // still under way
		}
		timer := time.NewTimer(c.pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return wallet.Answer{}, ctx.Err()
		}
	}
}

// Look asks what became of a transaction. The answer says of which ledger it
// is.
func (c *Client) Look(ctx context.Context, hash string) (wallet.Answer, error) {
	var found transaction
	if err := c.call(ctx, "getTransaction", map[string]any{"hash": hash}, &found); err != nil {
		return wallet.Answer{}, err
	}
	switch found.Status {
	case "SUCCESS":
		return wallet.Answer{Fate: wallet.FateSucceeded}, nil
	case "FAILED":
		answer, err := stellar.ReadResult(found.Result)
		if err != nil {
			answer = wallet.Answer{Code: "tx_failed"}
		}
		answer.Fate = wallet.FateFailed
		return answer, nil
	case "NOT_FOUND":
		return wallet.Answer{Fate: wallet.FateNotFound, AsOf: found.LatestCloseTime.instant()}, nil
	default:
		return wallet.Answer{}, fmt.Errorf("Stellar RPC answered %q, expected SUCCESS, FAILED or NOT_FOUND", found.Status)
	}
}
