package proof_test

import (
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/wallet/mpesa/fake"
	"github.com/paytrace/paytrace/wallet/payments"
)

const (
	// paymentsVariable names how many deposits, and as many withdrawals, are made.
	paymentsVariable = "PAYTRACE_PAYMENTS"
	// usualPayments takes some seconds.
	usualPayments = 120
	// controlPayments is enough for a control to go wrong.
	controlPayments = 60
)

// dialling returns errDial if a connection could not be made.
func dialling(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return errDial
	}
	return nil
}

func howMany(t *testing.T) int {
	t.Helper()
	text := os.Getenv(paymentsVariable)
	if text == "" {
		return usualPayments
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, expected a number of payments", paymentsVariable, text)
	}
	return n
}

// TestMoneyUnderKills makes deposits and withdrawals while processes are killed every 200 ms
// and Safaricom leaves a third of the outcomes unknown. No cent is made, lost or paid twice,
// and every payment ends or waits for a person.
func TestMoneyUnderKills(t *testing.T) {
	t.Parallel()
	w := newWorld(t, howMany(t), "", unkind)
	w.run()
	v := judge(t, w)
	for i, wrong := range v.wrong {
		if i == 20 {
			t.Errorf("and %d more", len(v.wrong)-i)
			break
		}
		t.Error(wrong)
	}
	books := w.safari.Books()
	t.Logf("%d kills; %d posts lost by Safaricom, %d met no process; deposits %v; withdrawals %v; open cases %v; %d cents in, %d out",
		w.killed.Load(), books.LostPosts, w.missed.Load(), v.states[payments.Deposit], v.states[payments.Withdrawal], v.cases, books.InCents, books.OutCents)
	for kind, states := range v.states {
		if states[payments.Succeeded] < howMany(t)/3 {
			t.Errorf("only %d of %d %ss succeeded; the proof proves little", states[payments.Succeeded], howMany(t), kind)
		}
	}
}

// TestMoneyControls: a desk with a mistake is found out.
func TestMoneyControls(t *testing.T) {
	t.Parallel()
	for m, c := range map[mistake]struct {
		faults fake.Faults
		want   string
	}{
		// A callback would tell what was forgotten.
		forgets:  {fake.Faults{Lost: 100}, "sent again"},
		despairs: {unkind, "given back"},
		believes: {unkind, "clearing:mpesa:in"},
	} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, controlPayments, m, c.faults)
			w.run()
			v := judge(t, w)
			if found := strings.Join(v.wrong, "\n"); !strings.Contains(found, c.want) {
				t.Errorf("the mistake was not found; the judge found %q, expected %q in it", found, c.want)
			}
		})
	}
}
