package rows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// fundingSelect finds a wallet's worker by the wallet, which is unique.
const fundingSelect = `SELECT f.address, f.state, f.transaction_hash, f.problem, f.tries, f.asked,
	f.due_at, f.created_at, f.changed_at, w.stellar_secret_encrypted
	FROM wallet_fundings f LEFT JOIN workers w ON w.stellar_public_key = f.address `

func scanFunding(row Row) (wallet.Funding, error) {
	var g wallet.Funding
	var hash, problem, sealed nullable
	var due, created, changed instant
	err := row.Scan(&g.Address, &g.State, &hash, &problem, &g.Tries, &g.Asked, &due, &created, &changed, &sealed)
	g.Transaction, g.Problem, g.SealedSecret = hash.text, problem.text, sealed.text
	g.DueAt, g.CreatedAt, g.ChangedAt = due.Time, created.Time, changed.Time
	return g, err
}

// Funding reads the funding of a wallet.
func (d DB) Funding(ctx context.Context, address string) (wallet.Funding, error) {
	g, err := scanFunding(d.read(ctx).QueryRow(ctx, fundingSelect+`WHERE f.address = $1`, address))
	if errors.Is(err, store.ErrNotFound) {
		return wallet.Funding{}, wallet.ErrNoFunding
	}
	if err != nil {
		return wallet.Funding{}, fmt.Errorf("read the funding of a wallet: %w", err)
	}
	return g, nil
}

func (d DB) fundings(ctx context.Context, what string, args ...any) ([]wallet.Funding, error) {
	list, err := all(ctx, d.read(ctx), scanFunding, fundingSelect+what, args...)
	if err != nil {
		return nil, fmt.Errorf("list the fundings of wallets: %w", err)
	}
	return list, nil
}

// DueFundings lists pending fundings, the longest due first.
func (d DB) DueFundings(ctx context.Context, now time.Time, limit int) ([]wallet.Funding, error) {
	return d.fundings(ctx, `WHERE f.state = 'pending' AND f.due_at <= $1 ORDER BY f.due_at, f.address LIMIT $2`,
		orNull(now), Limit(limit))
}

// ListFundings lists the fundings in a state, the oldest first.
func (d DB) ListFundings(ctx context.Context, state wallet.FundingState, limit int) ([]wallet.Funding, error) {
	return d.fundings(ctx, `WHERE f.state = $1 ORDER BY f.created_at, f.address LIMIT $2`, string(state), Limit(limit))
}

// CountFundings counts fundings by state, and the wallets without any.
func (d DB) CountFundings(ctx context.Context) (map[wallet.FundingState]int, int, error) {
	counts := map[wallet.FundingState]int{}
	err := d.read(ctx).Query(ctx, func(row Row) error {
		var state wallet.FundingState
		var n int
		err := row.Scan(&state, &n)
		counts[state] = n
		return err
	}, `SELECT state, COUNT(*) FROM wallet_fundings GROUP BY state`)
	if err != nil {
		return nil, 0, fmt.Errorf("count the fundings of wallets: %w", err)
	}
	var none int
	err = d.read(ctx).QueryRow(ctx, `SELECT COUNT(*) FROM workers w WHERE w.set_aside_at IS NULL AND NOT EXISTS
		(SELECT 1 FROM wallet_fundings f WHERE f.address = w.stellar_public_key)`).Scan(&none)
	if err != nil {
		return nil, 0, fmt.Errorf("count wallets without a funding: %w", err)
	}
	return counts, none, nil
}

// Unfunded lists the wallets to ask for again, by address: those without a funding
// and those whose funding is pending or failed. It leaves out accounts that were
// set aside, since their number's caller has another wallet.
func (d DB) Unfunded(ctx context.Context, after string, limit int) ([]string, error) {
	list, err := column[string](ctx, d.read(ctx), `SELECT w.stellar_public_key FROM workers w LEFT JOIN wallet_fundings f ON f.address = w.stellar_public_key
		WHERE w.stellar_public_key > $1 AND w.set_aside_at IS NULL AND (f.state IS NULL OR f.state IN ('pending', 'failed'))
		ORDER BY w.stellar_public_key LIMIT $2`, after, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list wallets to fund: %w", err)
	}
	return list, nil
}

// FundedBefore lists the wallets that were funded before a time, by address.
func (d DB) FundedBefore(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
	list, err := column[string](ctx, d.read(ctx), `SELECT address FROM wallet_fundings
		WHERE state = 'funded' AND changed_at < $1 AND address > $2 ORDER BY address LIMIT $3`, orNull(before), after, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list funded wallets: %w", err)
	}
	return list, nil
}

// FundAgain makes fundings pending that were funded before a time.
func (d DB) FundAgain(ctx context.Context, addresses []string, before, now time.Time) error {
	return d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		for _, address := range addresses {
			_, err := conn.Exec(ctx, `UPDATE wallet_fundings SET state = 'pending', transaction_hash = NULL, problem = NULL,
				tries = 0, due_at = $3, changed_at = $3 WHERE address = $1 AND state = 'funded' AND changed_at < $2`,
				address, orNull(before), orNull(now))
			if err != nil {
				return fmt.Errorf("fund a wallet again: %w", err)
			}
		}
		return nil
	})
}

// NoteFunding stores the problem of a funding that has not ended.
func (d DB) NoteFunding(ctx context.Context, address, problem string, _ time.Time) error {
	_, err := d.write(ctx).Exec(ctx,
		`UPDATE wallet_fundings SET problem = $2 WHERE address = $1 AND state IN ('pending', 'submitted')`,
		address, textOrNull(problem))
	if err != nil {
		return fmt.Errorf("note a problem of a wallet: %w", err)
	}
	return nil
}

// DecideFundings gives pending fundings a verdict without a transaction.
func (d DB) DecideFundings(ctx context.Context, each map[string]wallet.Verdict, at time.Time) error {
	return d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		return judge(ctx, conn, each, at, `state = 'pending' AND $7 = ''`, "")
	})
}

// QueueFunding asks for the funding of a wallet. A held one becomes pending by a
// call with held false; a failed one starts again.
func (t *Tx) QueueFunding(ctx context.Context, address string, held bool) (asked int, err error) {
	state, now := wallet.FundingPending, orNull(t.now())
	if held {
		state = wallet.FundingHeld
	}
	err = t.conn.QueryRow(ctx, `INSERT INTO wallet_fundings (address, state, tries, asked, due_at, created_at, changed_at)
		VALUES ($1, $2, 0, 1, $3, $3, $3)
		ON CONFLICT (address) DO UPDATE SET
			state = CASE WHEN wallet_fundings.state IN ('held', 'failed') THEN excluded.state ELSE wallet_fundings.state END,
			tries = CASE WHEN wallet_fundings.state = 'failed' THEN 0 ELSE wallet_fundings.tries END,
			due_at = CASE WHEN wallet_fundings.state = 'submitted' THEN wallet_fundings.due_at ELSE excluded.due_at END,
			changed_at = CASE WHEN wallet_fundings.state IN ('held', 'failed', 'pending')
				THEN excluded.changed_at ELSE wallet_fundings.changed_at END,
			asked = wallet_fundings.asked + 1
		RETURNING asked`, address, string(state), now).Scan(&asked)
	if err != nil {
		return 0, fmt.Errorf("queue the funding of a wallet: %w", err)
	}
	return asked, nil
}
