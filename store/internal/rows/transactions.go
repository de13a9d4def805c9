package rows

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// InFlight reads the transaction of a channel whose end is not known.
func (d DB) InFlight(ctx context.Context, channel string) (wallet.Transaction, error) {
	t := wallet.Transaction{Channel: channel}
	var until instant
	err := d.read(ctx).QueryRow(ctx, `SELECT hash, sequence, envelope, until FROM wallet_transactions
		WHERE channel = $1 AND state = 'submitted'`, channel).Scan(&t.Hash, &t.Sequence, &t.Envelope, &until)
	if errors.Is(err, store.ErrNotFound) {
		return wallet.Transaction{}, wallet.ErrNoTransaction
	}
	if err != nil {
		return wallet.Transaction{}, fmt.Errorf("read the transaction in flight: %w", err)
	}
	t.Until = until.Time
	return t, nil
}

// UsedSequence reads the highest used sequence number of a channel in a range. A
// transaction that was refused or expired may have left its number free.
func (d DB) UsedSequence(ctx context.Context, channel string, from, to int64) (int64, error) {
	var used int64
	err := d.read(ctx).QueryRow(ctx, `SELECT sequence FROM wallet_transactions WHERE channel = $1 AND sequence BETWEEN $3 AND $4
		AND (state = 'succeeded' OR state = 'failed' AND result LIKE 'tx_failed%' OR state = 'expired' AND result = $2)
		ORDER BY sequence DESC LIMIT 1`, channel, wallet.Fenced, from, to).Scan(&used)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, fmt.Errorf("read a channel's sequence number: %w", err)
	}
	return used, nil
}

// Record stores a signed transaction and the wallets it funds.
func (d DB) Record(ctx context.Context, l wallet.Lease, t wallet.Transaction, addresses []string, now time.Time) error {
	if t.Channel != l.Address {
		return fmt.Errorf("store a transaction: it uses the channel %s, and the lease is of %s", t.Channel, l.Address)
	}
	err := d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		// This locks the channel's row. Where a lease has expired, its old holder
		// and the new one go one after the other.
		held, err := conn.Exec(ctx, `UPDATE wallet_channels SET used_at = $3 WHERE address = $1 AND holder = $2`,
			l.Address, l.Holder, orNull(now))
		if err != nil || held != 1 {
			return orConflict(err)
		}
		stored, err := conn.Exec(ctx, `INSERT INTO wallet_transactions
			(hash, channel, sequence, envelope, until, state, created_at)
			VALUES ($1, $2, $3, $4, $5, 'submitted', $6) ON CONFLICT DO NOTHING`,
			t.Hash, t.Channel, t.Sequence, t.Envelope, orNull(t.Until), orNull(now))
		if err != nil || stored != 1 {
			return orConflict(err)
		}
		return carry(ctx, conn, t.Hash, addresses, now)
	})
	if err != nil {
		return fmt.Errorf("store a transaction: %w", err)
	}
	return nil
}

func orConflict(err error) error {
	if err != nil {
		return err
	}
	return wallet.ErrConflict
}

// carry marks wallets as submitted with a transaction, in the order of their
// addresses, so that two transactions can't wait for each other.
func carry(ctx context.Context, conn Conn, hash string, addresses []string, now time.Time) error {
	for _, address := range slices.Sorted(slices.Values(addresses)) {
		taken, err := conn.Exec(ctx, `UPDATE wallet_fundings SET state = 'submitted', transaction_hash = $2, problem = NULL,
			changed_at = $3 WHERE address = $1 AND state = 'pending'`, address, hash, orNull(now))
		if err != nil || taken != 1 {
			return orConflict(err)
		}
	}
	return nil
}

// Settle stores the end of a transaction in flight and the verdicts on its wallets.
func (d DB) Settle(ctx context.Context, s wallet.Settlement) error {
	err := d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		ended, err := conn.Exec(ctx, `UPDATE wallet_transactions SET state = $2, result = $3, ended_at = $4
			WHERE hash = $1 AND state = 'submitted'`, s.Hash, string(s.State), textOrNull(s.Result), orNull(s.At))
		if err != nil || ended == 0 {
			return err
		}
		const carried = `state = 'submitted' AND transaction_hash = $7`
		if err := judge(ctx, conn, s.Each, s.At, carried, s.Hash); err != nil {
			return err
		}
		_, err = conn.Exec(ctx, `UPDATE wallet_fundings SET state = $2, problem = $3, due_at = COALESCE($4, due_at),
			changed_at = $5 WHERE state = 'submitted' AND transaction_hash = $1`,
			s.Hash, string(s.Rest.State), textOrNull(s.Rest.Problem), orNull(s.Rest.DueAt), orNull(s.At))
		return err
	})
	if err != nil {
		return fmt.Errorf("store how transaction %s ended: %w", s.Hash, err)
	}
	return nil
}

// judge gives each wallet its verdict where the condition holds, which may use $7,
// the hash.
func judge(ctx context.Context, conn Conn, each map[string]wallet.Verdict, at time.Time, where, hash string) error {
	for _, address := range slices.Sorted(maps.Keys(each)) {
		v, blame := each[address], 0
		if v.Blamed {
			blame = 1
		}
		_, err := conn.Exec(ctx, `UPDATE wallet_fundings SET state = $2, problem = $3, due_at = COALESCE($4, due_at),
			changed_at = $5, tries = tries + $6 WHERE address = $1 AND `+where,
			address, string(v.State), textOrNull(v.Problem), orNull(v.DueAt), orNull(at), blame, hash)
		if err != nil {
			return fmt.Errorf("judge a wallet: %w", err)
		}
	}
	return nil
}
