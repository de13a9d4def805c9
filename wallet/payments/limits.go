package payments

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits bound what callers may move, in cents.
type Limits struct {
	// Most bounds one payment.
	Most int64
	// Day bounds the sum of a worker's payments of a kind in 24 hours.
	Day int64
	// NewDay replaces Day for accounts younger than NewFor.
	NewDay int64
	NewFor time.Duration
}

// Over reports whether a payment is more than a worker may move who has moved so much in
// the last 24 hours.
func (l Limits) Over(cents, moved int64, age time.Duration) bool {
	day := l.Day
	if age < l.NewFor {
		day = min(day, l.NewDay)
	}
	return cents > l.Most || moved+cents > day
}

// Fees is a table of what a withdrawal costs, with dates from which its parts apply.
type Fees []Tariff

// Tariff is what withdrawals cost from a time on.
type Tariff struct {
	From  time.Time
	Bands []Band
}

// Band is the fee of amounts up to one, in cents.
type Band struct{ UpTo, Fee int64 }

// At returns the fee of an amount at a time: 0 before the first tariff, and the fee of the
// last band for larger amounts.
func (f Fees) At(at time.Time, cents int64) int64 {
	for i := len(f) - 1; i >= 0; i-- {
		if at.Before(f[i].From) {
			continue
		}
		for _, b := range f[i].Bands {
			if cents <= b.UpTo {
				return b.Fee
			}
		}
		if n := len(f[i].Bands); n > 0 {
			return f[i].Bands[n-1].Fee
		}
	}
	return 0
}

// Highest returns the highest fee of all tariffs.
func (f Fees) Highest() (fee int64) {
	for _, tariff := range f {
		for _, b := range tariff.Bands {
			fee = max(fee, b.Fee)
		}
	}
	return fee
}

// ParseFees reads a table: tariffs with semicolons between them, each a date, a colon, and
// bands with their highest amount and fee in whole shillings, as
// "2026-01-01: 100=0 1500=5 70000=13; 2026-07-01: 70000=10".
func ParseFees(text string, zone *time.Location) (Fees, error) {
	var fees Fees
	for part := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		day, bands, ok := strings.Cut(part, ":")
		from, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(day), zone)
		if !ok || err != nil {
			return nil, fmt.Errorf("found %q, expected a date and a colon, as \"2026-01-01: 70000=10\"", strings.TrimSpace(part))
		}
		tariff := Tariff{From: from}
		last := int64(0)
		for band := range strings.FieldsSeq(bands) {
			upTo, fee, ok := strings.Cut(band, "=")
			most, errMost := strconv.ParseInt(upTo, 10, 32)
			costs, errFee := strconv.ParseInt(fee, 10, 32)
			if !ok || errMost != nil || errFee != nil || most <= last || costs < 0 {
				return nil, fmt.Errorf("found the band %q, expected a rising amount and its fee in whole shillings, as \"1500=5\"", band)
			}
			last = most
			tariff.Bands = append(tariff.Bands, Band{UpTo: most * 100, Fee: costs * 100})
		}
		if len(tariff.Bands) == 0 {
			return nil, fmt.Errorf("the tariff of %s has no bands, as \"70000=10\"", strings.TrimSpace(day))
		}
		fees = append(fees, tariff)
	}
	slices.SortFunc(fees, func(a, b Tariff) int { return a.From.Compare(b.From) })
	return fees, nil
}
