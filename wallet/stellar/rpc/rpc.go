// Package rpc reaches Stellar through Stellar RPC
// (https://developers.stellar.org/docs/data/apis/rpc/api-reference), a JSON-RPC
// service that has only recent ledgers.
//
// It calls getNetwork, getLatestLedger, getFeeStats, getLedgerEntries,
// getTransaction and sendTransaction. Unknown fields are ignored.
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
	// askTimeout bounds one call. No call waits for a ledger.
	askTimeout = 10 * time.Second
	// An accepted transaction is looked up until it is in a ledger, at most looks
	// times. A ledger closes after five or six seconds.
	defaultPause = 2 * time.Second
	looks        = 6
	// history is how long before its time bound a transaction may have got into a
	// ledger. It is more than the time that any is valid.
	history = 10 * time.Minute
)

// Config holds the settings of a Client.
type Config struct {
	URL string // http or https
	// Passphrase is the network's passphrase. The service must have the same.
	Passphrase string
	// Transport sends the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Pause is the time between two looks at an accepted transaction; 0 means 2 s.
	Pause time.Duration
}

// Client implements wallet.Network. It is safe for concurrent use.
type Client struct {
	url        string
	passphrase string
	pause      time.Duration
	http       *http.Client
	// sameNetwork says that the passphrases were compared.
	sameNetwork atomic.Bool
}

var _ wallet.Network = (*Client)(nil)

// New makes a Client. It sends no request yet.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("this is not the URL of a Stellar RPC service; one such as https://soroban-testnet.stellar.org is expected")
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

// Terms implements wallet.Network with the last ledger and the recent fees. Older
// services do not say when the ledger closed.
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
		fees = feeStats{} // the minimum may be enough; a refusal raises it
	}
	return wallet.Terms{ClosedAt: instant(last.CloseTime), Fee: int64(fees.Inclusion.P90)}, nil
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
		return fmt.Errorf("Stellar RPC belongs to the network %q, but transactions are signed for %q; check STELLAR_NETWORK and STELLAR_RPC_URL",
			words(n.Passphrase), c.passphrase)
	}
	c.sameNetwork.Store(true)
	return nil
}

// Submit implements wallet.Network and waits until the transaction is in a ledger.
func (c *Client) Submit(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	var s sent
	if err := c.call(ctx, "sendTransaction", map[string]any{"transaction": t.Envelope}, &s); err != nil {
		return wallet.Answer{}, err
	}
	switch s.Status {
	case "PENDING", "DUPLICATE":
		return c.await(ctx, t)
	case "ERROR":
		return s.refusal()
	default: // TRY_AGAIN_LATER says only that it was not accepted now
		return wallet.Answer{}, fmt.Errorf("Stellar RPC answered %q", words(s.Status))
	}
}

// await looks up an accepted transaction until it is in a ledger.
func (c *Client) await(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	for n := 0; ; n++ {
		answer, err := c.Look(ctx, t)
		if err != nil || answer.Fate != wallet.FateNotFound {
			return answer, err
		}
		if n == looks {
			return wallet.Answer{}, nil // still in progress
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

// Look implements wallet.Network. The answer says which ledgers the service had: it
// forgets those of some days ago.
func (c *Client) Look(ctx context.Context, t wallet.Transaction) (wallet.Answer, error) {
	var found transaction
	if err := c.call(ctx, "getTransaction", map[string]any{"hash": t.Hash}, &found); err != nil {
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
		first := instant(found.OldestCloseTime)
		sure := !first.IsZero() && first.Before(t.Until.Add(-history))
		return wallet.Answer{Fate: wallet.FateNotFound, AsOf: instant(found.LatestCloseTime), Sure: sure}, nil
	default:
		return wallet.Answer{}, fmt.Errorf("Stellar RPC answered %q; SUCCESS, FAILED or NOT_FOUND is expected", words(found.Status))
	}
}
