package rows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/payments"
)

const paymentColumns = `id, kind, worker_id, phone, amount, fee, lang, provider, reference, token, state,
	request, second, receipt, code, reason, asked, created_at, changed_at, sent_at`

func scanPayment(row Row) (in payments.Intent, err error) {
	var request, second, receipt, code, reason nullable
	var created, changed, sent instant
	err = row.Scan(&in.ID, &in.Kind, &in.Worker, &in.Phone, &in.Amount, &in.Fee, &in.Lang, &in.Provider, &in.Reference, &in.Token, &in.State,
		&request, &second, &receipt, &code, &reason, &in.Asked, &created, &changed, &sent)
	in.Request, in.Second, in.Receipt, in.Code, in.Reason = request.text, second.text, receipt.text, code.text, reason.text
	in.CreatedAt, in.ChangedAt, in.SentAt = created.Time, changed.Time, sent.Time
	return in, err
}

// AddPayment stores a new intent.
func (t *Tx) AddPayment(ctx context.Context, in payments.Intent) error {
	affected, err := t.conn.Exec(ctx, `INSERT INTO payments (`+paymentColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT DO NOTHING`,
		in.ID, string(in.Kind), in.Worker, in.Phone, in.Amount, in.Fee, in.Lang, in.Provider, in.Reference, in.Token, string(in.State),
		textOrNull(in.Request), textOrNull(in.Second), textOrNull(in.Receipt), textOrNull(in.Code), textOrNull(in.Reason), in.Asked,
		orNull(in.CreatedAt), orNull(in.ChangedAt), orNull(in.SentAt))
	if err != nil {
		return fmt.Errorf("add payment: %w", err)
	}
	if affected == 1 {
		return nil
	}
	var open string
	err = t.conn.QueryRow(ctx, `SELECT id FROM payments WHERE worker_id = $1 AND kind = 'withdrawal'
		AND state NOT IN ('succeeded', 'ended') AND id <> $2`, in.Worker, in.ID).Scan(&open)
	switch {
	case err == nil && in.Kind == payments.Withdrawal:
		return store.ErrWithdrawing
	case err == nil, errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("add payment: the ID %q or its reference is taken; make a new one", in.ID)
	}
	return fmt.Errorf("add payment: %w", err)
}

// LockPayment reads an intent while no other transaction can have locked it.
func (t *Tx) LockPayment(ctx context.Context, id string) (payments.Intent, error) {
	in, err := scanPayment(t.conn.QueryRowLocked(ctx, "payment "+id, `SELECT `+paymentColumns+` FROM payments WHERE id = $1`, id))
	if err != nil {
		return payments.Intent{}, fmt.Errorf("lock payment: %w", err)
	}
	return in, nil
}

// SetPayment stores what has changed of an intent.
func (t *Tx) SetPayment(ctx context.Context, in payments.Intent) error {
	affected, err := t.conn.Exec(ctx, `UPDATE payments SET state = $2, request = $3, second = $4, receipt = $5, code = $6, reason = $7,
		asked = $8, changed_at = $9, sent_at = $10 WHERE id = $1`,
		in.ID, string(in.State), textOrNull(in.Request), textOrNull(in.Second), textOrNull(in.Receipt), textOrNull(in.Code),
		textOrNull(in.Reason), in.Asked, orNull(in.ChangedAt), orNull(in.SentAt))
	if err == nil && affected == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("set payment: %w", err)
	}
	return nil
}

// Withdrawing reports whether a worker has a withdrawal that has not ended.
func (t *Tx) Withdrawing(ctx context.Context, worker string) (bool, error) {
	var n int
	err := t.conn.QueryRow(ctx, `SELECT COUNT(*) FROM payments WHERE worker_id = $1 AND kind = 'withdrawal'
		AND state NOT IN ('succeeded', 'ended')`, worker).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("find a withdrawal that has not ended: %w", err)
	}
	return n > 0, nil
}

// PaymentByReference finds an intent by what a provider calls it.
func (t *Tx) PaymentByReference(ctx context.Context, provider, reference string) (id string, err error) {
	err = t.conn.QueryRow(ctx, `SELECT id FROM payments WHERE provider = $1 AND (reference = $2 OR request = $2)
		ORDER BY created_at LIMIT 1`, provider, reference).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("find a payment: %w", err)
	}
	return id, nil
}

// PaidSince sums a worker's intents.
func (t *Tx) PaidSince(ctx context.Context, worker string, kind payments.Kind, since time.Time, amount int64) (sum int64, same int, err error) {
	err = t.conn.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT), COUNT(CASE WHEN amount = $4 THEN 1 END) FROM payments
		WHERE worker_id = $1 AND kind = $2 AND created_at >= $3 AND state <> 'ended'`,
		worker, string(kind), orNull(since), amount).Scan(&sum, &same)
	if err != nil {
		return 0, 0, fmt.Errorf("sum payments: %w", err)
	}
	return sum, same, nil
}

// Payment reads an intent.
func (d DB) Payment(ctx context.Context, id string) (payments.Intent, error) {
	in, err := scanPayment(d.read(ctx).QueryRow(ctx, `SELECT `+paymentColumns+` FROM payments WHERE id = $1`, id))
	if err != nil {
		return payments.Intent{}, fmt.Errorf("read payment: %w", err)
	}
	return in, nil
}

// PaymentsOf lists the newest intents of a worker.
func (d DB) PaymentsOf(ctx context.Context, worker string, limit int) ([]payments.Intent, error) {
	list, err := all(ctx, d.read(ctx), scanPayment, `SELECT `+paymentColumns+` FROM payments WHERE worker_id = $1
		ORDER BY created_at DESC, id LIMIT $2`, worker, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list payments: %w", err)
	}
	return list, nil
}

// CountPayments counts intents that have not ended.
func (d DB) CountPayments(ctx context.Context) ([]store.PaymentCount, error) {
	counts, err := all(ctx, d.read(ctx), func(row Row) (c store.PaymentCount, err error) {
		var oldest instant
		err = row.Scan(&c.Kind, &c.State, &c.Intents, &oldest)
		c.Oldest = oldest.Time
		return c, err
	}, `SELECT kind, state, COUNT(*), MIN(changed_at) FROM payments WHERE state NOT IN ('succeeded', 'ended')
		GROUP BY kind, state ORDER BY kind, state`)
	if err != nil {
		return nil, fmt.Errorf("count payments: %w", err)
	}
	return counts, nil
}

// OpenPayments lists intents that have not ended.
func (d DB) OpenPayments(ctx context.Context, before time.Time, limit int) ([]string, error) {
	list, err := column[string](ctx, d.read(ctx), `SELECT id FROM payments WHERE state NOT IN ('succeeded', 'ended') AND changed_at < $1
		ORDER BY changed_at, id LIMIT $2`, orNull(before), Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list open payments: %w", err)
	}
	return list, nil
}
