package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// JobReconcile compares the ledger with the provider's books, once a day.
const JobReconcile = "payment_reconcile"

// answersWithin is how long a job waits for the answers to its questions.
const answersWithin = 2 * time.Minute

// Schedule stores the job of a day, once, whichever instances ask for it.
func (c *Reconciler) Schedule(ctx context.Context, day time.Time) error {
	return c.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		return enqueue(ctx, tx, JobReconcile, c.Provider.Name()+" "+day.Format(time.DateOnly))
	})
}

// Job is the handler of JobReconcile.
func (c *Reconciler) Job() store.JobHandler { return c.job(c.daily) }

// daily begins a reconciliation, and ends it when it runs again.
func (c *Reconciler) daily(ctx context.Context, id string) error {
	r, err := c.Store.Reconciliation(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		if _, _, err := c.Begin(ctx, id); err != nil {
			return err
		}
		return store.Snooze(answersWithin)
	}
	if err != nil || !r.EndedAt.IsZero() {
		return err
	}
	found, err := ReadReconciled(r)
	if err != nil {
		return err
	}
	if err := c.End(ctx, &r, found); err != nil {
		return err
	}
	c.tellOperators(id, found)
	return nil
}

// tellOperators writes the result to the log.
func (c *Reconciler) tellOperators(id string, found *Reconciled) {
	if found.Agrees() {
		c.Log.Info("the ledger agrees with the provider's books", "reconciliation", id, "listed", found.Listed, "asked", found.Asked)
		return
	}
	kinds := map[string]int{}
	for _, d := range found.Differences {
		kinds[d.What]++
	}
	c.Log.Error("the ledger and the provider's books differ; read the report with: paytrace reconcile --last",
		"reconciliation", id, "differences", kinds)
}

// ReadReconciled reads the report of a stored reconciliation.
func ReadReconciled(r store.Reconciliation) (*Reconciled, error) {
	var found Reconciled
	if err := json.Unmarshal(r.Report, &found); err != nil {
		return nil, fmt.Errorf("read the report of the reconciliation %s: %w", r.ID, err)
	}
	return &found, nil
}
