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
)

// Horizons of the Stellar Development Foundation, and what each says of itself.
// Source: https://developers.stellar.org/docs/networks
const (
	testHorizon    = "https://horizon-testnet.stellar.org"
	publicHorizon  = "https://horizon.stellar.org"
	testPassphrase = "Test SDF Network ; September 2015"
	mainPassphrase = "Public Global Stellar Network ; September 2015"
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

// horizon asks whether wallets can be funded. Calls are answered without.
func (d *doctor) horizon(ctx context.Context) []finding {
	address, passphrase := testHorizon, testPassphrase
	if d.config.StellarNetwork == wallet.PublicNetwork {
		address, passphrase = publicHorizon, mainPassphrase
	}
	address = cmp.Or(d.horizonAddress(), address)
	body, asked, answered, theirs, err := d.ask(ctx, address)
	if err != nil {
		f := finding{"horizon", stateWarning, err.Error(), "wallets are funded when it answers again; check the way to it from here (DNS, firewall, proxy)"}
		return []finding{f}
	}
	var root struct {
		Passphrase string `json:"network_passphrase"`
	}
	if err := json.Unmarshal(body, &root); err != nil {
		return []finding{{"horizon", stateWrong, address + " does not answer as a Horizon does", "correct the address"}}
	}
	if root.Passphrase != passphrase {
		return []finding{{
			"horizon", stateWrong, fmt.Sprintf("%s is of the network %q, and STELLAR_NETWORK=%s is %q", address, root.Passphrase, d.config.StellarNetwork, passphrase),
			"make STELLAR_NETWORK and the address agree",
		}}
	}
	list := []finding{ok("horizon", "%s, STELLAR_NETWORK=%s", address, d.config.StellarNetwork)}
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

// horizonAddress is the Horizon that the settings name.
func (*doctor) horizonAddress() string { return "" }
