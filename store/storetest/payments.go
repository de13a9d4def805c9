package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/payments"
)

var paymentCases = []testCase{
	{name: "an intent is stored and changed", run: paymentStored},
	{name: "a worker has one withdrawal at a time", run: paymentOneWithdrawal},
	{name: "payments of a time are summed", run: paymentSums},
	{name: "open intents are listed", run: paymentsOpen},
	{name: "an intent is locked", run: paymentLocked},
	{name: "a case is opened once and decided", run: caseDecided},
	{name: "a PIN is stored", run: pinStored},
	{name: "forgetting clears the number of payments that ended", run: paymentForgotten},
}

// intent is a payment of worker 1.
func intent(n int, kind payments.Kind) payments.Intent {
	return payments.Intent{
		ID: fmt.Sprint("intent", n), Kind: kind, Worker: worker(1).WorkerID, Phone: worker(1).Phone, Amount: int64(1000 + n), Fee: 20,
		Lang: "sw", Provider: "mpesa", Reference: fmt.Sprint("ref", n), Token: "token", State: payments.Waiting,
		CreatedAt: noon.Add(time.Duration(n) * time.Minute), ChangedAt: noon.Add(time.Duration(n) * time.Minute),
	}
}

func (s *subject) addPayment(in payments.Intent) error {
	return s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error { return tx.AddPayment(ctx, in) })
}

// changePayment locks an intent, and stores what fn makes of it.
func (s *subject) changePayment(id string, fn func(*payments.Intent)) {
	s.t.Helper()
	s.in(func(ctx context.Context, tx store.Tx) error {
		in, err := tx.LockPayment(ctx, id)
		if err != nil {
			return err
		}
		fn(&in)
		return tx.SetPayment(ctx, in)
	})
}

func paymentStored(s *subject) {
	in := intent(1, payments.Deposit)
	s.want(s.addPayment(in), nil)
	look := func(want payments.Intent) {
		s.t.Helper()
		got, err := s.Payment(s.ctx, in.ID)
		s.want(err, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Errorf("payment (-want +got):\n%s", diff)
		}
	}
	look(in)
	change := func(p *payments.Intent) {
		p.State, p.Request, p.Second, p.Receipt = payments.Succeeded, "ws_CO_1", "29115-1", "NLJ7"
		p.Code, p.Reason, p.Asked, p.ChangedAt, p.SentAt = "0", "done", 3, noon.Add(time.Hour), noon.Add(time.Second)
	}
	twice(func(int) { s.changePayment(in.ID, change) })
	change(&in)
	look(in)
	s.in(func(ctx context.Context, tx store.Tx) error {
		for _, reference := range []string{"ref1", "ws_CO_1"} {
			id, err := tx.PaymentByReference(ctx, "mpesa", reference)
			if err != nil || id != in.ID {
				s.t.Errorf("%s is of %q (%v), want %q", reference, id, err, in.ID)
			}
		}
		for _, none := range [][2]string{{"mpesa", "NLJ7"}, {"other", "ref1"}} {
			if _, err := tx.PaymentByReference(ctx, none[0], none[1]); !errors.Is(err, store.ErrNotFound) {
				s.t.Errorf("%v: %v", none, err)
			}
		}
		if _, err := tx.LockPayment(ctx, "none"); !errors.Is(err, store.ErrNotFound) {
			s.t.Errorf("a missing payment: %v", err)
		}
		if err := tx.SetPayment(ctx, intent(9, payments.Deposit)); !errors.Is(err, store.ErrNotFound) {
			s.t.Errorf("a change of a missing payment: %v", err)
		}
		return nil
	})
	if err := s.addPayment(in); err == nil || errors.Is(err, store.ErrWithdrawing) {
		s.t.Errorf("the same ID again: %v", err)
	}
}

func paymentOneWithdrawal(s *subject) {
	s.want(s.addPayment(intent(1, payments.Withdrawal)), nil)
	s.want(s.addPayment(intent(2, payments.Deposit)), nil)
	for _, state := range []payments.State{payments.Waiting, payments.Sending, payments.Pending, payments.Unclear, payments.Review} {
		s.changePayment("intent1", func(p *payments.Intent) { p.State = state })
		s.in(func(ctx context.Context, tx store.Tx) error {
			if err := tx.AddPayment(ctx, intent(3, payments.Withdrawal)); !errors.Is(err, store.ErrWithdrawing) {
				s.t.Errorf("beside one that is %s: %v", state, err)
			}
			for worker, want := range map[string]bool{worker(1).WorkerID: true, worker(2).WorkerID: false} {
				if got, err := tx.Withdrawing(ctx, worker); got != want || err != nil {
					s.t.Errorf("%s is withdrawing: %v (%v), want %v", worker, got, err, want)
				}
			}
			_, err := tx.LockPayment(ctx, "intent1") // the transaction goes on
			return err
		})
	}
	other := intent(4, payments.Withdrawal)
	other.Worker = worker(2).WorkerID
	s.want(s.addPayment(other), nil)
	s.changePayment("intent1", func(p *payments.Intent) { p.State = payments.Ended })
	s.want(s.addPayment(intent(3, payments.Withdrawal)), nil)
}

func paymentSums(s *subject) {
	for n := range 4 {
		in := intent(n, payments.Deposit)
		in.Amount = 500
		if n == 3 {
			in.Amount, in.Kind = 700, payments.Withdrawal
		}
		s.want(s.addPayment(in), nil)
	}
	s.changePayment("intent0", func(p *payments.Intent) { p.State = payments.Ended })
	s.in(func(ctx context.Context, tx store.Tx) error {
		for _, c := range []struct {
			kind  payments.Kind
			since time.Time
			sum   int64
			same  int
		}{
			{payments.Deposit, noon, 1000, 2},
			{payments.Deposit, noon.Add(2 * time.Minute), 500, 1},
			{payments.Deposit, noon.Add(time.Hour), 0, 0},
			{payments.Withdrawal, noon, 700, 0},
		} {
			sum, same, err := tx.PaidSince(ctx, worker(1).WorkerID, c.kind, c.since, 500)
			if err != nil || sum != c.sum || same != c.same {
				s.t.Errorf("%s since %s: %d cents and %d of 500 (%v), want %d and %d", c.kind, c.since, sum, same, err, c.sum, c.same)
			}
		}
		return nil
	})
	list, err := s.PaymentsOf(s.ctx, worker(1).WorkerID, 2)
	s.want(err, nil)
	if len(list) != 2 || list[0].ID != "intent3" || list[1].ID != "intent2" {
		s.t.Errorf("the newest are %+v", list)
	}
}

func paymentsOpen(s *subject) {
	for n, state := range []payments.State{payments.Waiting, payments.Succeeded, payments.Unclear, payments.Ended, payments.Review, payments.Unclear} {
		in := intent(n, payments.Deposit)
		in.State = state
		s.want(s.addPayment(in), nil)
	}
	ids, err := s.OpenPayments(s.ctx, noon.Add(4*time.Minute), 10)
	s.want(err, nil)
	if diff := cmp.Diff([]string{"intent0", "intent2"}, ids); diff != "" {
		s.t.Errorf("open (-want +got):\n%s", diff)
	}
	counts, err := s.CountPayments(s.ctx)
	s.want(err, nil)
	if diff := cmp.Diff([]store.PaymentCount{
		{Kind: payments.Deposit, State: payments.Review, Intents: 1, Oldest: noon.Add(4 * time.Minute)},
		{Kind: payments.Deposit, State: payments.Unclear, Intents: 2, Oldest: noon.Add(2 * time.Minute)},
		{Kind: payments.Deposit, State: payments.Waiting, Intents: 1, Oldest: noon},
	}, counts); diff != "" {
		s.t.Errorf("counted (-want +got):\n%s", diff)
	}
}

func paymentLocked(s *subject) {
	s.want(s.addPayment(intent(1, payments.Deposit)), nil)
	done := make(chan error, 1)
	s.in(func(ctx context.Context, tx store.Tx) error {
		in, err := tx.LockPayment(ctx, "intent1")
		if err != nil {
			return err
		}
		go func() {
			done <- s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
				in, err := tx.LockPayment(ctx, "intent1")
				if err == nil && in.State != payments.Sending {
					err = fmt.Errorf("the second one sees the state %s, want %s", in.State, payments.Sending)
				}
				return err
			})
		}()
		in.State = payments.Sending
		return tx.SetPayment(ctx, in)
	})
	s.want(<-done, nil)
}

func caseDecided(s *subject) {
	c := store.Case{
		ID: "unknown account QX81", Kind: "unknown account", Transfer: "t1", Provider: "mpesa", Receipt: "QX81", Account: "xyz",
		Amount: 500, Detail: "paid to an account that does not exist", OpenedAt: noon,
	}
	later := c
	later.OpenedAt, later.Detail = noon.Add(time.Hour), "another one"
	s.in(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.OpenCase(ctx, c), tx.OpenCase(ctx, later), tx.OpenCase(ctx, store.Case{ID: "a", Kind: "b", OpenedAt: noon.Add(-time.Hour)}))
	})
	list, err := s.OpenCases(s.ctx, 10)
	s.want(err, nil)
	if len(list) != 2 || list[0].ID != "a" || !cmp.Equal(list[1], c) {
		s.t.Fatalf("cases are %+v", list)
	}
	counts, err := s.CountCases(s.ctx)
	s.want(err, nil)
	if diff := cmp.Diff([]store.CaseCount{{Kind: "b", Cases: 1, Oldest: noon.Add(-time.Hour)}, {Kind: c.Kind, Cases: 1, Oldest: noon}}, counts); diff != "" {
		s.t.Errorf("counted (-want +got):\n%s", diff)
	}
	decide := func(actor, what string) (n int, err error) {
		err = s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
			all, err := tx.Decide(ctx, store.Decision{Case: c.ID, Actor: actor, Decision: what, At: noon})
			n = len(all)
			return err
		})
		return n, err
	}
	for _, step := range []struct {
		actor, what string
		count       int
		want        error
	}{
		{"amina", "credit NW-1", 1, nil}, {"amina", "credit NW-1", 1, nil}, {"amina", "leave", 0, store.ErrDecided}, {"juma", "credit NW-1", 2, nil},
	} {
		n, err := decide(step.actor, step.what)
		if n != step.count || !errors.Is(err, step.want) {
			s.t.Errorf("%s decides %q: %d decisions, %v, want %d and %v", step.actor, step.what, n, err, step.count, step.want)
		}
	}
	twice(func(round int) {
		s.in(func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.LockCase(ctx, c.ID); err != nil {
				return err
			}
			return tx.CloseCase(ctx, c.ID, noon.Add(time.Duration(round+1)*time.Hour))
		})
	})
	got, decisions, err := s.CaseDecisions(s.ctx, c.ID)
	s.want(err, nil)
	if !got.ClosedAt.Equal(noon.Add(time.Hour)) || len(decisions) != 2 || decisions[1].Actor != "juma" {
		s.t.Errorf("the case is %+v, decided %+v", got, decisions)
	}
	_, _, err = s.CaseDecisions(s.ctx, "none")
	s.want(err, store.ErrNotFound)
	if list, err := s.OpenCases(s.ctx, 10); err != nil || len(list) != 1 {
		s.t.Errorf("%d cases are open (%v), want 1", len(list), err)
	}
	if counts, err := s.CountCases(s.ctx); err != nil || len(counts) != 1 {
		s.t.Errorf("%d kinds of cases are open (%v), want 1", len(counts), err)
	}
}

func pinStored(s *subject) {
	want := store.PIN{Worker: "NW-1", Hash: "$argon2id$x", SetAt: noon, Session: "s1", SessionUntil: noon.Add(time.Minute)}
	s.in(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.PIN(ctx, "NW-1"); !errors.Is(err, store.ErrNotFound) {
			s.t.Errorf("before: %v", err)
		}
		return errors.Join(tx.SetPIN(ctx, store.PIN{Worker: "NW-1", Hash: "x", SetAt: noon}), tx.SetPIN(ctx, want))
	})
	s.in(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.PIN(ctx, "NW-1")
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Errorf("PIN (-want +got):\n%s", diff)
		}
		if err := tx.DropPIN(ctx, "NW-1"); err != nil {
			s.t.Error(err)
		}
		if err := tx.DropPIN(ctx, "NW-1"); !errors.Is(err, store.ErrNotFound) {
			s.t.Errorf("dropped again: %v", err)
		}
		return err
	})
}

func paymentForgotten(s *subject) {
	w := worker(1)
	ended := intent(2, payments.Deposit)
	ended.State = payments.Succeeded
	s.in(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.AddWorker(ctx, w), tx.AddPayment(ctx, intent(1, payments.Deposit)), tx.AddPayment(ctx, ended),
			tx.SetPIN(ctx, store.PIN{Worker: w.WorkerID, Hash: "x", SetAt: noon}))
	})
	s.in(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.WorkerByID(ctx, w.WorkerID)
		if diff := cmp.Diff(w, got); diff != "" {
			s.t.Errorf("worker (-want +got):\n%s", diff)
		}
		return err
	})
	_, err := s.Forget(s.ctx, w.Phone, "amina", noon, false)
	s.want(err, nil)
	for id, want := range map[string]string{"intent1": w.Phone, "intent2": ""} {
		if in, err := s.Payment(s.ctx, id); err != nil || in.Phone != want {
			s.t.Errorf("%s has the number %q (%v), want %q", id, in.Phone, err, want)
		}
	}
	s.in(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.PIN(ctx, w.WorkerID); !errors.Is(err, store.ErrNotFound) {
			s.t.Errorf("the PIN: %v", err)
		}
		return nil
	})
}
