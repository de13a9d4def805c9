package service

import (
	"context"
	"fmt"
	"time"

	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

const (
	// passwordLife is how long the password of an API operator lasts at Safaricom, and
	// passwordWarning how long before its end the doctor warns.
	passwordLife    = 90 * 24 * time.Hour
	passwordWarning = 14 * 24 * time.Hour
	// sandboxShortCode is the one that Safaricom's sandbox has for everybody.
	sandboxShortCode = "174379"
)

// mpesa checks what payments by M-Pesa need. It does not send the key: a new token would
// end the one in use.
func (d *Doctor) mpesa(ctx context.Context) []Check {
	m := d.Settings.MPesa
	if !m.On() {
		return []Check{ok("M-Pesa", "MPESA_CONSUMER_KEY is not set: nobody can pay in or out")}
	}
	_, asked, answered, theirs, err := d.ask(ctx, m.BaseURL)
	if err != nil {
		return []Check{wrong("M-Pesa", err, "payments wait and are asked about; check MPESA_BASE_URL and the path to it from here (DNS, firewall, proxy)")}
	}
	list := []Check{ok("M-Pesa", "%s, short code %s", m.BaseURL, m.ShortCode)}
	if m.BaseURL == mpesa.Live && m.ShortCode == sandboxShortCode {
		list[0] = Check{"M-Pesa", StateWrong, "the short code " + sandboxShortCode + " is the sandbox's, and MPESA_BASE_URL is for real money", "set MPESA_SHORTCODE to your own"}
	}
	if !theirs.IsZero() {
		list = append(list, clock("M-Pesa", theirs, asked.Add(-time.Second), answered)) // the header has whole seconds
	}
	list = append(list, m.checkPushes(), m.checkCallbacks())
	return append(list, m.checkOperator(time.Now())...)
}

// checkStop says whether payouts are stopped.
func checkStop(ctx context.Context, db store.Store) Check {
	const name = "withdrawals"
	stop, err := desk.ReadStop(ctx, db)
	switch {
	case err != nil:
		return wrong(name, err, "run \"paytrace payouts stop WHY\" or \"paytrace payouts resume\"")
	case stop.Stopped():
		return Check{
			name, StateWarning, fmt.Sprintf("nothing is paid out since %s: %s %s", stop.At.Format(time.RFC3339), stop.Code, stop.Reason),
			"mend what \"paytrace payouts\" says, then run \"paytrace payouts resume\"",
		}
	}
	return ok(name, "are paid out")
}

func (m MPesa) checkPushes() Check {
	if !m.Passkey.IsSet() {
		return Check{"M-Pesa deposits", StateWarning, "MPESA_PASSKEY is not set: callers can pay to the paybill, and are not asked to on their phones", "set the passkey of the short code"}
	}
	return ok("M-Pesa deposits", "callers are asked to pay on their phones")
}

func (m MPesa) checkCallbacks() Check {
	if len(m.Sources) == 0 {
		return Check{"M-Pesa callbacks", StateWarning, "at " + m.PublicURL + ", and no source is checked", "leave MPESA_SOURCES unset for Safaricom's own addresses"}
	}
	return ok("M-Pesa callbacks", "at %s; after the first start run: paytrace mpesa register", m.PublicURL)
}

// checkOperator checks what payouts need of the API operator.
func (m MPesa) checkOperator(now time.Time) []Check {
	const name = "M-Pesa payouts"
	if m.Initiator == "" {
		return []Check{{name, StateWarning, "MPESA_INITIATOR is not set: nothing is paid out, and no payout is asked about", "set the API operator's name and password"}}
	}
	if _, err := m.credential(); err != nil {
		return []Check{wrong(name, err, "name the file of the certificate for this environment, from Safaricom's portal")}
	}
	return []Check{m.checkPassword(name, now), {
		"M-Pesa roles", StateSkipped, "Safaricom does not tell which roles the API operator has",
		"on the portal it needs: ORG B2C API initiator, Transaction Status query ORG API, Balance Query ORG API, Org Reversals Initiator",
	}}
}

// checkPassword says when the operator's password ends.
func (m MPesa) checkPassword(name string, now time.Time) Check {
	const fix = "let a Business Manager set a new one on the portal (Set Restricted ORG API PASSWORD), then set MPESA_INITIATOR_PASSWORD and MPESA_PASSWORD_SET"
	if m.PasswordSet.IsZero() {
		return Check{name, StateWarning, "MPESA_PASSWORD_SET is not set, so nobody knows when the password ends: after 90 days", "set the day on which it was set"}
	}
	ends := m.PasswordSet.Add(passwordLife)
	switch left := ends.Sub(now); {
	case left <= 0:
		return Check{name, StateWrong, fmt.Sprintf("the password of %s ended on %s: payouts fail, and more attempts lock the operator", m.Initiator, ends.Format(time.DateOnly)), fix}
	case left <= passwordWarning:
		return Check{name, StateWarning, fmt.Sprintf("the password of %s ends on %s", m.Initiator, ends.Format(time.DateOnly)), fix}
	}
	return ok(name, "by %s, whose password ends on %s", m.Initiator, ends.Format(time.DateOnly))
}
