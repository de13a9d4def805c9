package service

import (
	"strings"
	"testing"
	"time"

	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

func TestPaymentSettings(t *testing.T) {
	for name, c := range map[string]struct {
		set  map[string]string
		want string // a part of the error
	}{
		"all":                   {map[string]string{"LIMIT_PAYMENT": "20000", "LIMIT_PAYMENT_DAY": "30000", "LIMIT_PAYMENT_NEW_DAY": "1000", "LIMIT_PAYMENT_NEW_DAYS": "7"}, ""},
		"more than a menu asks": {map[string]string{"LIMIT_PAYMENT": "70001"}, "from 10 to 70000"},
		"less than M-Pesa pays": {map[string]string{"LIMIT_PAYMENT": "9"}, "from 10 to 70000"},
		"one is more than all":  {map[string]string{"LIMIT_PAYMENT": "20000", "LIMIT_PAYMENT_DAY": "10000"}, "at most LIMIT_PAYMENT_DAY"},
		"the default is more":   {map[string]string{"LIMIT_PAYMENT_DAY": "10000"}, "at most LIMIT_PAYMENT_DAY"},
		"fees without a day":    {map[string]string{"WITHDRAWAL_FEES": "100=0"}, "expected a date"},
		"a fee of cents":        {map[string]string{"WITHDRAWAL_FEES": "2026-01-01: 100=1.50"}, "whole shillings"},
		"a fee that is too big": {map[string]string{"WITHDRAWAL_FEES": "2026-01-01: 100=501"}, "expected at most 500"},
	} {
		_, err := ReadSettings(func(name string) string { return c.set[name] })
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
	}
}

func TestPaymentLimitsAndFees(t *testing.T) {
	none, err := ReadSettings(func(string) string { return "" })
	if err != nil || none.Payments.Limits() != desk.DefaultLimits {
		t.Errorf("nothing set: %+v, %v", none.Payments.Limits(), err)
	}
	set := map[string]string{"LIMIT_PAYMENT": "20000", "LIMIT_PAYMENT_NEW_DAYS": "7", "WITHDRAWAL_FEES": "2026-01-01: 1000=5 70000=13; 2026-07-01: 70000=10"}
	s, err := ReadSettings(func(name string) string { return set[name] })
	if err != nil {
		t.Fatal(err)
	}
	if l := s.Payments.Limits(); l.Most != 20_000_00 || l.Day != desk.DefaultLimits.Day || l.NewFor != 7*24*time.Hour {
		t.Errorf("limits %+v", l)
	}
	// Days begin in Nairobi.
	july := time.Date(2026, 7, 1, 0, 0, 0, 0, mpesa.Nairobi)
	for at, want := range map[time.Time]int64{july.Add(-time.Minute): 13_00, july: 10_00, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC): 0} {
		if fee := s.Payments.Fees.At(at, 50_000_00); fee != want {
			t.Errorf("at %s: %d cents, expected %d", at, fee, want)
		}
	}
}
