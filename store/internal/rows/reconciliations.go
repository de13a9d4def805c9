package rows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
)

const reconciliationColumns = `id, provider, began_at, ended_at, balance_at, theirs, ours, agreed, report`

func scanReconciliation(row Row) (r store.Reconciliation, err error) {
	var began, ended, balance instant
	var report string
	err = row.Scan(&r.ID, &r.Provider, &began, &ended, &balance, &r.Theirs, &r.Ours, &r.Agreed, &report)
	r.BeganAt, r.EndedAt, r.BalanceAt, r.Report = began.Time, ended.Time, balance.Time, json.RawMessage(report)
	return r, err
}

// SaveReconciliation stores a comparison.
func (d DB) SaveReconciliation(ctx context.Context, r store.Reconciliation) error {
	_, err := d.write(ctx).Exec(ctx, `INSERT INTO reconciliations (`+reconciliationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, balance_at = excluded.balance_at, theirs = excluded.theirs,
			ours = excluded.ours, agreed = excluded.agreed, report = excluded.report`,
		r.ID, r.Provider, orNull(r.BeganAt), orNull(r.EndedAt), orNull(r.BalanceAt), r.Theirs, r.Ours, r.Agreed, string(r.Report))
	if err != nil {
		return fmt.Errorf("store a reconciliation: %w", err)
	}
	return nil
}

// Reconciliation reads a comparison.
func (d DB) Reconciliation(ctx context.Context, id string) (store.Reconciliation, error) {
	r, err := scanReconciliation(d.read(ctx).QueryRow(ctx, `SELECT `+reconciliationColumns+` FROM reconciliations WHERE id = $1`, id))
	if err != nil {
		return store.Reconciliation{}, fmt.Errorf("read a reconciliation: %w", err)
	}
	return r, nil
}

// LastReconciliation reads the newest comparison that has ended.
func (d DB) LastReconciliation(ctx context.Context, provider string, agreed bool) (store.Reconciliation, error) {
	which := ``
	if agreed {
		which = ` AND agreed AND balance_at IS NOT NULL`
	}
	r, err := scanReconciliation(d.read(ctx).QueryRow(ctx, `SELECT `+reconciliationColumns+` FROM reconciliations
		WHERE provider = $1 AND ended_at IS NOT NULL`+which+` ORDER BY ended_at DESC, id LIMIT 1`, provider))
	if err != nil {
		return store.Reconciliation{}, fmt.Errorf("read the last reconciliation: %w", err)
	}
	return r, nil
}

// LedgerReceipts gives the transfers of an account that have receipts.
func (d DB) LedgerReceipts(ctx context.Context, code string, from, to time.Time, each func(ledger.Transfer) error) error {
	for last := int64(0); ; {
		lines, err := all(ctx, d.read(ctx), scanTransfer, ledgerLines+`WHERE (d.code = $1 OR c.code = $1) AND t.receipt IS NOT NULL
			AND t.effective_at >= $2 AND t.effective_at < $3 AND t.seq > $4 ORDER BY t.seq LIMIT $5`,
			code, orNull(from), orNull(to), last, auditBatch)
		if err != nil {
			return fmt.Errorf("read the receipts of an account: %w", err)
		}
		for _, l := range lines {
			if err := each(l.Transfer); err != nil {
				return err
			}
			last = l.seq
		}
		if len(lines) < auditBatch {
			return nil
		}
	}
}

// LedgerReceipt reads the transfer with a receipt.
func (d DB) LedgerReceipt(ctx context.Context, provider, receipt string) (ledger.Transfer, error) {
	l, err := transfer(ctx, d.read(ctx), `t.provider = $1 AND t.receipt = $2`, provider, receipt)
	return l.Transfer, err
}

// LedgerOfIntent lists the transfers of an intent.
func (d DB) LedgerOfIntent(ctx context.Context, intent string) ([]ledger.Transfer, error) {
	lines, err := all(ctx, d.read(ctx), scanTransfer, ledgerLines+`WHERE t.intent = $1 ORDER BY t.seq`, intent)
	if err != nil {
		return nil, fmt.Errorf("list the transfers of a payment: %w", err)
	}
	return transfersOf(lines), nil
}

// LedgerPage lists a page of the transfers of an account. Each half uses its own index.
func (d DB) LedgerPage(ctx context.Context, code, before string, limit int) ([]ledger.Transfer, error) {
	const half = `SELECT * FROM (` + ledgerLines
	const moved = ` AND t.phase IN ('single', 'post')
		AND t.seq < COALESCE((SELECT seq FROM ledger_transfers WHERE id = $2), $4) ORDER BY t.seq DESC LIMIT $3)`
	const newest = int64(1) << 62
	lines, err := all(ctx, d.read(ctx), scanTransfer, half+`WHERE d.code = $1`+moved+` AS taken UNION ALL `+
		half+`WHERE c.code = $1`+moved+` AS given ORDER BY 1 DESC LIMIT $3`, code, before, Limit(limit), newest)
	if err != nil {
		return nil, fmt.Errorf("list a page of the transfers of an account: %w", err)
	}
	return transfersOf(lines), nil
}

// BalanceAt sums what had taken effect on an account.
func (d DB) BalanceAt(ctx context.Context, code string, at time.Time) (int64, error) {
	var in, out int64
	err := d.read(ctx).QueryRow(ctx, `SELECT
			(SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ledger_transfers
				WHERE credit = a.id AND phase IN ('single', 'post') AND effective_at <= $2),
			(SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ledger_transfers
				WHERE debit = a.id AND phase IN ('single', 'post') AND effective_at <= $2)
		FROM ledger_accounts a WHERE a.code = $1`, code, orNull(at)).Scan(&in, &out)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("sum the account %s: %w", code, err)
	}
	return in - out, nil
}

// UnbalancedPayments lists intents that contradict the ledger, in one statement, so that
// a payment that moves meanwhile is none of them.
func (d DB) UnbalancedPayments(ctx context.Context, since time.Time, limit int) ([]store.UnbalancedPayment, error) {
	list, err := all(ctx, d.read(ctx), func(row Row) (p store.UnbalancedPayment, err error) {
		err = row.Scan(&p.ID, &p.Kind, &p.State, &p.Amount, &p.Fee, &p.Cleared, &p.Held)
		return p, err
	}, `SELECT id, kind, state, amount, fee, cleared, held FROM (
			SELECT p.id, p.kind, p.state, p.amount, p.fee,
				(SELECT CAST(COALESCE(SUM(CASE WHEN c.kind = 'clearing' THEN t.amount WHEN d.kind = 'clearing' THEN -t.amount ELSE 0 END), 0) AS BIGINT)
					FROM ledger_transfers t JOIN ledger_accounts d ON d.id = t.debit JOIN ledger_accounts c ON c.id = t.credit
					WHERE t.intent = p.id AND t.phase IN ('single', 'post')) AS cleared,
				(SELECT CAST(COALESCE(SUM(CASE t.phase WHEN 'pending' THEN t.amount WHEN 'single' THEN 0 ELSE -t.amount END), 0) AS BIGINT)
					FROM ledger_transfers t WHERE t.intent = p.id) AS held
			FROM payments p WHERE p.changed_at >= $1) AS summed
		WHERE cleared <> CASE WHEN state <> 'succeeded' THEN 0 WHEN kind = 'deposit' THEN -amount ELSE amount END
			OR held <> CASE WHEN kind = 'withdrawal' AND state NOT IN ('succeeded', 'ended') THEN amount + fee ELSE 0 END
		ORDER BY id LIMIT $2`, orNull(since), Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("compare payments with the ledger: %w", err)
	}
	return list, nil
}

// CallbacksSince lists what was posted to a route.
func (d DB) CallbacksSince(ctx context.Context, provider, route string, since time.Time, limit int) ([]store.Callback, error) {
	list, err := all(ctx, d.read(ctx), scanCallback, `SELECT `+callbackColumns+` FROM payment_callbacks
		WHERE provider = $1 AND route = $2 AND received_at >= $3 ORDER BY received_at, id LIMIT $4`,
		provider, route, orNull(since), Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list the callbacks of the route %q: %w", route, err)
	}
	return list, nil
}
