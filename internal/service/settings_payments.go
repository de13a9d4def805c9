package service

import (
	"fmt"
	"strconv"
	"time"

	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/payments"
)

// Payments has the settings of what callers may move and what it costs. Amounts are in
// shillings; 0 stands for the default.
type Payments struct {
	// Most bounds one payment, and Day the payments of a kind in 24 hours. Accounts
	// younger than NewDays have NewDay in place of Day.
	Most, Day, NewDay, NewDays int
	// Fees is the table of what withdrawals cost.
	Fees payments.Fees
}

// Limits returns the limits with their defaults.
func (p Payments) Limits() payments.Limits {
	const day = 24 * time.Hour
	l := desk.DefaultLimits
	for _, set := range []struct {
		shillings int
		into      *int64
	}{{p.Most, &l.Most}, {p.Day, &l.Day}, {p.NewDay, &l.NewDay}} {
		if set.shillings > 0 {
			*set.into = int64(set.shillings) * 100
		}
	}
	if p.NewDays > 0 {
		l.NewFor = time.Duration(p.NewDays) * day
	}
	return l
}

const (
	// maxDay bounds the limits of a day: M-Pesa moves no more for one customer.
	maxDay = 500_000
	// maxNewDays bounds how long an account counts as new.
	maxNewDays = 365
)

var paymentSettings = []setting{
	{
		name: "LIMIT_PAYMENT", fallback: shillings(desk.DefaultLimits.Most),
		help: `What one caller may move, in whole shillings: in one payment; in 24 hours, apart for
deposits and withdrawals; in 24 hours while the account is new; and for how many days
it is new.`,
		read: func(s *Settings, v string) error {
			return whole(v, desk.LeastAmount, desk.MostAmount, &s.Payments.Most)
		},
	},
	{
		name: "LIMIT_PAYMENT_DAY", fallback: shillings(desk.DefaultLimits.Day),
		read: func(s *Settings, v string) error { return whole(v, desk.LeastAmount, maxDay, &s.Payments.Day) },
	},
	{
		name: "LIMIT_PAYMENT_NEW_DAY", fallback: shillings(desk.DefaultLimits.NewDay),
		read: func(s *Settings, v string) error { return whole(v, desk.LeastAmount, maxDay, &s.Payments.NewDay) },
	},
	{
		name: "LIMIT_PAYMENT_NEW_DAYS", fallback: strconv.Itoa(int(desk.DefaultLimits.NewFor / (24 * time.Hour))),
		read: func(s *Settings, v string) error { return whole(v, 1, maxNewDays, &s.Payments.NewDays) },
	},
	{
		name: "WITHDRAWAL_FEES",
		help: `What a withdrawal costs the caller, by the day from which it applies and by amount,
in whole shillings. As "2026-01-01: 100=0 1500=5 70000=13; 2026-07-01: 70000=10": from
January to June, up to 100 shillings cost nothing, up to 1,500 five, above that 13.
Not set: nothing.`,
		read: func(s *Settings, v string) (err error) { s.Payments.Fees, err = readFees(v); return err },
	},
}

// readFees reads the table of fees. No fee may be above what the menu can show.
func readFees(v string) (payments.Fees, error) {
	fees, err := payments.ParseFees(v, mpesa.Nairobi)
	if err != nil {
		return nil, err
	}
	if highest := fees.Highest(); highest > desk.MostFee*100 {
		return nil, fmt.Errorf("found a fee of %s shillings, expected at most %d", shillings(highest), desk.MostFee)
	}
	return fees, nil
}

// shillings writes cents as whole shillings.
func shillings(cents int64) string { return strconv.FormatInt(cents/100, 10) }

// paymentRules say how the limits of payments fit together.
var paymentRules = []rule{{check: func(s Settings) error {
	if p := s.Payments; p.Most > p.Day && p.Day > 0 {
		return fmt.Errorf("LIMIT_PAYMENT: found %d, expected at most LIMIT_PAYMENT_DAY, which is %d", p.Most, p.Day)
	}
	return nil
}}}
