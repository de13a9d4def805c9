// Package storetest has the one suite that every store passes. A bug of a store first
// becomes a case here.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
)

// Open returns an empty store that no other test uses, and closes it when the test
// ends.
type Open func(t *testing.T, rules store.JobRules) store.Store

// patience bounds every wait of the suite. Only a call that hangs takes so long, also
// on a busy machine under the race detector.
const patience = 30 * time.Second

// Run tests a store against its contract.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"action", actionCases},
		{"worker", workerCases},
		{"wallet", walletCases},
		{"call", callCases},
		{"version", versionCases},
		{"call state", callStateCases},
		{"limit", limitCases},
		{"message", messageCases},
		{"kept", keptCases},
		{"program", programCases},
		{"key", keyCases},
		{"purge", purgeCases},
		{"job", jobCases},
		{"funding", fundingCases},
		{"audit", auditCases},
		{"ledger", ledgerCases},
		{"payment", paymentCases},
		{"callback", callbackCases},
		{"drop", dropCases},
		{"reconciliation", reconciliationCases},
		{"repeat", repeatCases},
	} {
		for _, c := range group.cases {
			t.Run(strings.ReplaceAll(group.name+"/"+c.name, " ", "_"), func(t *testing.T) {
				t.Parallel()
				c.run(newSubject(t, open, c.rules))
			})
		}
	}
}

type testCase struct {
	name  string
	rules store.JobRules
	run   func(s *subject)
}

// subject is the store under test.
type subject struct {
	store.Store
	t   *testing.T
	ctx context.Context
}

func newSubject(t *testing.T, open Open, rules store.JobRules) *subject {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return &subject{Store: open(t, rules), t: t, ctx: ctx}
}

// in runs fn in a transaction that must succeed.
func (s *subject) in(fn func(ctx context.Context, tx store.Tx) error) {
	s.t.Helper()
	if err := s.Within(s.ctx, fn); err != nil {
		s.t.Fatalf("the transaction failed: %v", err)
	}
}

// errBack makes a transaction roll back.
var errBack = errors.New("taken back")

// undone runs fn in a transaction and rolls it back.
func (s *subject) undone(fn func(ctx context.Context, tx store.Tx) error) {
	s.t.Helper()
	err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return errBack
	})
	s.want(err, errBack)
	if errors.Is(err, store.ErrUnknown) {
		s.t.Errorf("a rollback returned ErrUnknown, though its outcome is certain: %v", err)
	}
}

// want compares an error by errors.Is; nil means none.
func (s *subject) want(err, target error) {
	s.t.Helper()
	switch {
	case target == nil && err != nil:
		s.t.Fatalf("unexpected error: %v", err)
	case target != nil && !errors.Is(err, target):
		s.t.Fatalf("error is %v, want %v", err, target)
	}
}

// twice calls fn two times: a repeat must have the same result.
func twice(fn func(round int)) {
	for round := range 2 {
		fn(round)
	}
}

// noon is a time to the microsecond, in UTC.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 123456000, time.UTC)

// worker returns an account that differs from others in every unique column.
func worker(n int) store.Worker {
	return store.Worker{
		WorkerID:     fmt.Sprintf("NW-%08X", n),
		Phone:        fmt.Sprintf("2547%08d", n),
		Name:         fmt.Sprintf("Amina %d", n),
		PublicKey:    fmt.Sprintf("G%055d", n),
		SealedSecret: fmt.Sprintf("sealed-%d", n),
		CreatedAt:    noon,
	}
}
