package service

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/paytrace/paytrace/sms/africastalking"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
)

// maxAnswer bounds, in bytes, how much of an answer is read.
const maxAnswer = 64 << 10

// ask sends a GET. Any status below 500 counts: a server is there. theirs is the
// time that the answer carries, or zero.
func (d *Doctor) ask(ctx context.Context, address string) (body []byte, asked, answered, theirs time.Time, err error) {
	ctx, cancel := d.asking(ctx)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, asked, answered, theirs, err
	}
	asked = time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, asked, answered, theirs, err
	}
	defer func() { _ = resp.Body.Close() }()
	answered = time.Now()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode >= http.StatusInternalServerError {
		err = fmt.Errorf("%s answers with status %d", req.URL.Redacted(), resp.StatusCode)
	}
	theirs, _ = http.ParseTime(resp.Header.Get("Date"))
	return body, asked, answered, theirs, err
}

// horizonLag is how far a Horizon may be behind the network, which closes a
// ledger every five or six seconds.
const horizonLag = time.Minute

// horizon checks whether wallets can be funded. Calls are answered without it.
func (d *Doctor) horizon(ctx context.Context) []Check {
	s := d.Settings
	if !s.StellarFunding.IsSet() && s.StellarHorizon == horizon.TestnetURL {
		return []Check{ok("horizon", "not asked: without STELLAR_FUNDING_SECRET no wallet is funded")}
	}
	body, asked, answered, theirs, err := d.ask(ctx, s.StellarHorizon)
	if err != nil {
		return []Check{{"horizon", StateWarning, err.Error(), "wallets are funded when it answers again; check STELLAR_HORIZON_URL and the path to it from here (DNS, firewall, proxy)"}}
	}
	var root struct {
		Passphrase string    `json:"network_passphrase"`
		ClosedAt   time.Time `json:"history_latest_ledger_closed_at"`
	}
	if err := json.Unmarshal(body, &root); err != nil || root.Passphrase == "" {
		return []Check{{"horizon", StateWrong, s.StellarHorizon + " does not answer as a Horizon does", "correct STELLAR_HORIZON_URL"}}
	}
	if want := stellar.Passphrase(s.StellarNetwork); root.Passphrase != want {
		return []Check{{
			"horizon", StateWrong, fmt.Sprintf("%s serves the network %q, and STELLAR_NETWORK=%s is %q", s.StellarHorizon, root.Passphrase, s.StellarNetwork, want),
			"make STELLAR_NETWORK and STELLAR_HORIZON_URL agree",
		}}
	}
	list := []Check{ok("horizon", "%s, STELLAR_NETWORK=%s", s.StellarHorizon, s.StellarNetwork)}
	if s.StellarFunding.IsSet() {
		list = append(list, d.funding(ctx))
	}
	if lag := answered.Sub(root.ClosedAt).Round(time.Second); !root.ClosedAt.IsZero() && lag > horizonLag {
		list[0].State, list[0].Fix = StateWarning, "wait, or name another one in STELLAR_HORIZON_URL"
		list[0].Found += fmt.Sprintf("; its last ledger closed %s ago", lag)
	}
	if !theirs.IsZero() {
		// The header has whole seconds.
		list = append(list, clock("horizon", theirs, asked.Add(-time.Second), answered))
	}
	return list
}

// sms checks whether the provider can be reached. It does not send the key.
func (d *Doctor) sms(ctx context.Context) []Check {
	s := d.Settings
	if !s.ATAPIKey.IsSet() {
		return []Check{ok("SMS", "AT_API_KEY is not set: messages stay in the database and are not sent")}
	}
	address := africastalking.Live
	if s.ATUsername == sandboxUser {
		address = africastalking.Sandbox
	}
	address = cmp.Or(s.ATBaseURL, address)
	if _, _, _, _, err := d.ask(ctx, address); err != nil {
		return []Check{wrong("SMS", err, "calls go on, and messages wait; check AT_BASE_URL and the path to it from here (DNS, firewall, proxy)")}
	}
	return []Check{ok("SMS", "Africa's Talking as %s, %s", s.ATUsername, address)}
}
