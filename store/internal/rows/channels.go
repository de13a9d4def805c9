package rows

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/wallet"
)

// AddChannel makes a channel known.
func (f Fundings) AddChannel(ctx context.Context, c wallet.Channel) error {
	// Nearly always it is known, and a look needs no writer.
	known, err := f.Channels(ctx, c.Funder)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Place == c.Place {
			return nil
		}
	}
	_, err = f.Write(ctx).Exec(ctx, `INSERT INTO wallet_channels (address, funder, place, opened, used_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, c.Address, c.Funder, c.Place, c.Open, time.Unix(0, 0))
	if err != nil {
		return fmt.Errorf("add a channel: %w", err)
	}
	return nil
}

// Channels are a funder's, by place.
func (f Fundings) Channels(ctx context.Context, funder string) ([]wallet.Channel, error) {
	return f.channels(ctx, `WHERE funder = $1 ORDER BY place`, funder)
}

func (f Fundings) channels(ctx context.Context, what string, args ...any) ([]wallet.Channel, error) {
	var list []wallet.Channel
	err := f.Read(ctx).Query(ctx, func(row Row) error {
		var c wallet.Channel
		err := row.Scan(&c.Address, &c.Funder, &c.Place, &c.Open)
		list = append(list, c)
		return err
	}, `SELECT address, funder, place, opened FROM wallet_channels `+what, args...)
	if err != nil {
		return nil, fmt.Errorf("list channels: %w", err)
	}
	return list, nil
}

// SetChannelOpen stores whether a channel's account exists.
func (f Fundings) SetChannelOpen(ctx context.Context, address string, open bool) error {
	if _, err := f.Write(ctx).Exec(ctx, `UPDATE wallet_channels SET opened = $2 WHERE address = $1`, address, open); err != nil {
		return fmt.Errorf("set a channel: %w", err)
	}
	return nil
}

// free is the condition of a channel that may be leased at $2.
const free = `opened AND (holder IS NULL OR held_until < $2)`

// LeaseChannel takes a channel that is free. Which is free is looked for apart
// from taking it, so that two that look at once each find one.
func (f Fundings) LeaseChannel(ctx context.Context, funder, holder string, now, until time.Time) (wallet.Lease, error) {
	candidates, err := f.channels(ctx, `WHERE funder = $1 AND `+free+` ORDER BY used_at, place`, funder, orNull(now))
	if err != nil {
		return wallet.Lease{}, err
	}
	for _, c := range candidates {
		taken, err := f.Write(ctx).Exec(ctx, `UPDATE wallet_channels SET holder = $3, held_until = $4, used_at = $2
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

// ReturnChannel ends a lease.
func (f Fundings) ReturnChannel(ctx context.Context, l wallet.Lease, now time.Time) error {
	_, err := f.Write(ctx).Exec(ctx, `UPDATE wallet_channels SET holder = NULL, held_until = NULL, used_at = $3
		WHERE address = $1 AND holder = $2`, l.Address, l.Holder, orNull(now))
	if err != nil {
		return fmt.Errorf("return a channel: %w", err)
	}
	return nil
}
