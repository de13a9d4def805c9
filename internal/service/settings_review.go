package service

import (
	"fmt"
	"time"
)

// Review has the settings of what is compared and decided about payments.
type Review struct {
	// Hour is when each day's reconciliation begins, in Nairobi; -1 for never.
	Hour int
	// OpenFor is how long a payment may be open before a reconciliation tells.
	OpenFor time.Duration
	// TwoAbove is the amount in cents above which two persons must decide a case alike.
	TwoAbove int64
}

const (
	maxOpenHours = 30 * 24
	// maxTwoAbove is as much as anybody may have at M-Pesa, in shillings.
	maxTwoAbove = 500_000
)

var reviewSettings = []setting{
	{
		name: "RECONCILE_AT", fallback: "4",
		help: `The hour, in Nairobi, at which the ledger is compared with M-Pesa's books each day:
0 to 23, or "never". "paytrace reconcile" compares at any time.`,
		read: func(s *Settings, v string) error {
			if v == "never" {
				s.Review.Hour = -1
				return nil
			}
			return whole(v, 0, 23, &s.Review.Hour)
		},
	},
	{
		name: "RECONCILE_OPEN_HOURS", fallback: "6",
		help: "How many hours a payment may be open before a reconciliation tells.",
		read: func(s *Settings, v string) error {
			var hours int
			err := whole(v, 1, maxOpenHours, &hours)
			s.Review.OpenFor = time.Duration(hours) * time.Hour
			return err
		},
	},
	{
		name: "REVIEW_TWO_ABOVE", fallback: "10000",
		help: `Above this amount, in shillings, two persons must decide alike about a case. 0: two
persons decide about every case.`,
		read: func(s *Settings, v string) error {
			var shillings int
			if err := whole(v, 0, maxTwoAbove, &shillings); err != nil {
				return fmt.Errorf("%w shillings", err)
			}
			s.Review.TwoAbove = int64(shillings) * 100
			return nil
		},
	},
}
