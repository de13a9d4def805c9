package rows

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/wallet"
)

// AddChannel stores a channel, if it is not stored yet.
func (d DB) AddChannel(ctx context.Context, c wallet.Channel) error {
	// Nearly always it is stored, and reading needs no writer.
	known, err := d.Channels(ctx, c.Funder)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Place == c.Place {
			return nil
		}
	}
	_, err = d.write(ctx).Exec(ctx, `INSERT INTO wallet_channels (address, funder, place, opened, used_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, c.Address, c.Funder, c.Place, c.Open, time.Unix(0, 0))
	if err != nil {
		return fmt.Errorf("add a channel: %w", err)
	}
	return nil
}

// Channels lists a funder's channels by place.
func (d DB) Channels(ctx context.Context, funder string) ([]wallet.Channel, error) {
	return d.channels(ctx, `WHERE funder = $1 ORDER BY place`, funder)
}

func (d DB) channels(ctx context.Context, what string, args ...any) ([]wallet.Channel, error) {
	list, err := all(ctx, d.read(ctx), func(row Row) (c wallet.Channel, err error) {
		err = row.Scan(&c.Address, &c.Funder, &c.Place, &c.Open)
		return c, err
	}, `SELECT address, funder, place, opened FROM wallet_channels `+what, args...)
	if err != nil {
		return nil, fmt.Errorf("list channels: %w", err)
	}
	return list, nil
}

// SetChannelOpen stores whether a channel's account exists.
func (d DB) SetChannelOpen(ctx context.Context, address string, open bool) error {
	if _, err := d.write(ctx).Exec(ctx, `UPDATE wallet_channels SET opened = $2 WHERE address = $1`, address, open); err != nil {
		return fmt.Errorf("set a channel: %w", err)
	}
	return nil
}

// free holds for a channel that may be leased at $2.
const free = `opened AND (holder IS NULL OR held_until < $2)`

// LeaseChannel takes a free channel. It selects before it updates, so concurrent
// callers lease different channels.
func (d DB) LeaseChannel(ctx context.Context, funder, holder string, now, until time.Time) (wallet.Lease, error) {
	candidates, err := d.channels(ctx, `WHERE funder = $1 AND `+free+` ORDER BY used_at, place`, funder, orNull(now))
	if err != nil {
		return wallet.Lease{}, err
	}
	for _, c := range candidates {
		taken, err := d.write(ctx).Exec(ctx, `UPDATE wallet_channels SET holder = $3, held_until = $4, used_at = $2
			WHERE address = $1 AND `+free, c.Address, orNull(now), holder, orNull(until))
		if err != nil {
			return wallet.Lease{}, fmt.Errorf("lease a channel: %w", err)
		}
		if taken == 1 {
			return wallet.Lease{Channel: c, Holder: holder, Until: until}, nil
		}
	}
	return wallet.Lease{}, wallet.ErrBusy
}

// ExtendLease moves the end of a lease that the holder still has.
func (d DB) ExtendLease(ctx context.Context, l wallet.Lease, until time.Time) error {
	_, err := d.write(ctx).Exec(ctx, `UPDATE wallet_channels SET held_until = $3 WHERE address = $1 AND holder = $2`, l.Address, l.Holder, orNull(until))
	if err != nil {
		return fmt.Errorf("extend the lease of a channel: %w", err)
	}
	return nil
}

// ReturnChannel ends a lease.
func (d DB) ReturnChannel(ctx context.Context, l wallet.Lease, now time.Time) error {
	_, err := d.write(ctx).Exec(ctx, `UPDATE wallet_channels SET holder = NULL, held_until = NULL, used_at = $3
		WHERE address = $1 AND holder = $2`, l.Address, l.Holder, orNull(now))
	if err != nil {
		return fmt.Errorf("return a channel: %w", err)
	}
	return nil
}
