package rows

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// SetCallDay replaces the summaries of a day.
func (d DB) SetCallDay(ctx context.Context, day time.Time, days []store.CallDay) error {
	err := d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		if _, err := conn.Exec(ctx, `DELETE FROM call_days WHERE day = $1`, day.Format(time.DateOnly)); err != nil {
			return err
		}
		for _, one := range days {
			_, err := conn.Exec(ctx, `INSERT INTO call_days (day, menu, program, summary) VALUES ($1, $2, $3, $4)
				ON CONFLICT (day, menu, program) DO UPDATE SET summary = excluded.summary`,
				day.Format(time.DateOnly), one.Menu, one.Program, string(one.Summary))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store the summary of a day: %w", err)
	}
	return nil
}

// CallDays lists summaries.
func (d DB) CallDays(ctx context.Context, from, to time.Time) ([]store.CallDay, error) {
	list, err := all(ctx, d.read(ctx), func(row Row) (one store.CallDay, err error) {
		var day, summary string
		if err = row.Scan(&day, &one.Menu, &one.Program, &summary); err != nil {
			return one, err
		}
		one.Summary = []byte(summary)
		one.Day, err = time.Parse(time.DateOnly, day)
		return one, err
	}, `SELECT day, menu, program, summary FROM call_days WHERE day >= $1 AND day < $2 ORDER BY day, menu, program`,
		from.Format(time.DateOnly), to.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("list the summaries of days: %w", err)
	}
	return list, nil
}

// DropCallDays removes old summaries.
func (d DB) DropCallDays(ctx context.Context, before time.Time) (int, error) {
	n, err := d.write(ctx).Exec(ctx, `DELETE FROM call_days WHERE day < $1`, before.Format(time.DateOnly))
	if err != nil {
		return 0, fmt.Errorf("drop the summaries of old days: %w", err)
	}
	return int(n), nil
}
