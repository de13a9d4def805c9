package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/paytrace/paytrace/sms/africastalking"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
)

// maxAnswer is the most that is read of an answer.
const maxAnswer = 64 << 10

// ask sends a GET. Whatever the status, there is a server.
func (d *doctor) ask(ctx context.Context, address string) (body []byte, asked, answered, theirs time.Time, err error) {
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

// horizonLag is how far behind the network a Horizon may be: a ledger closes
// every five or six seconds.
const horizonLag = time.Minute

// horizon asks whether wallets can be funded. Calls are answered without.
func (d *doctor) horizon(ctx context.Context) []finding {
	c := d.config
	if !c.StellarFunding.IsSet() && c.StellarHorizon == horizon.TestnetURL {
		return []finding{ok("horizon", "not asked: without STELLAR_FUNDING_SECRET no wallet is funded")}
	}
	if c.StellarFunding.IsSet() && c.StellarNetwork == wallet.PublicNetwork {
		return []finding{{"horizon", stateWrong, "STELLAR_FUNDING_SECRET is set and STELLAR_NETWORK is PUBLIC", "unset one of the two: wallets are funded on the test network only"}}
	}
	body, asked, answered, theirs, err := d.ask(ctx, c.StellarHorizon)
	if err != nil {
		return []finding{{"horizon", stateWarning, err.Error(), "wallets are funded when it answers again; check STELLAR_HORIZON_URL and the way to it from here (DNS, firewall, proxy)"}}
	}
	var root struct {
		Passphrase string    `json:"network_passphrase"`
		ClosedAt   time.Time `json:"history_latest_ledger_closed_at"`
	}
	if err := json.Unmarshal(body, &root); err != nil || root.Passphrase == "" {
		return []finding{{"horizon", stateWrong, c.StellarHorizon + " does not answer as a Horizon does", "correct STELLAR_HORIZON_URL"}}
	}
	if want := stellar.Passphrase(c.StellarNetwork); root.Passphrase != want {
		return []finding{{
			"horizon", stateWrong, fmt.Sprintf("%s is of the network %q, and STELLAR_NETWORK=%s is %q", c.StellarHorizon, root.Passphrase, c.StellarNetwork, want),
			"make STELLAR_NETWORK and STELLAR_HORIZON_URL agree",
		}}
	}
	list := []finding{ok("horizon", "%s, STELLAR_NETWORK=%s", c.StellarHorizon, c.StellarNetwork)}
	if lag := answered.Sub(root.ClosedAt).Round(time.Second); !root.ClosedAt.IsZero() && lag > horizonLag {
		list[0].State, list[0].Mend = stateWarning, "wait, or name another one in STELLAR_HORIZON_URL"
		list[0].Found += fmt.Sprintf("; its last ledger closed %s ago", lag)
	}
	if !theirs.IsZero() {
		// The header has whole seconds.
		list = append(list, clock("horizon", theirs, asked.Add(-time.Second), answered))
	}
	return list
}

// sms asks whether the provider is to be reached. The key is not sent.
func (d *doctor) sms(ctx context.Context) []finding {
	c := d.config
	if !c.ATAPIKey.IsSet() {
		return []finding{ok("SMS", "AT_API_KEY is not set: messages are kept and not sent")}
	}
	address := africastalking.Live
	if c.ATUsername == sandboxUser {
		address = africastalking.Sandbox
	}
	address = cmp.Or(c.ATBaseURL, address)
	if _, _, _, _, err := d.ask(ctx, address); err != nil {
		return []finding{wrong("SMS", err, "calls go on, and messages wait; check AT_BASE_URL and the way to it from here (DNS, firewall, proxy)")}
	}
	return []finding{ok("SMS", "Africa's Talking as %s, %s", c.ATUsername, address)}
}

// sandboxUser is the user name of Africa's Talking's sandbox.
const sandboxUser = "sandbox"
