package rows

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// purgeBatch is how many rows one statement removes: it holds its locks, and on
// SQLite the file, for some milliseconds only.
const purgeBatch = 1000

// Purge removes what is over: results of actions that moved no money, messages
// that went out and reports on them, all after store.KeepFor, counts of windows
// that have ended, and one-time codes that can't be used any more. Each batch is
// a statement of its own. Reports and codes have no index on their time: they are
// one an SMS and one a number, and are looked through once an hour.
func Purge(ctx context.Context, conn Conn, now time.Time) (p store.Purged, err error) {
	old := now.Add(-store.KeepFor)
	for _, part := range []struct {
		what, statement string
		before          time.Time
		count           *int64
	}{
		{"actions", `DELETE FROM action_log WHERE id IN
			(SELECT id FROM action_log WHERE created_at < $1 AND kept = 0 ORDER BY created_at LIMIT $2)`, old, &p.Actions},
		{"messages", `DELETE FROM messages WHERE id IN
			(SELECT id FROM messages WHERE created_at < $1 AND status <> 'queued' ORDER BY created_at LIMIT $2)`, old, &p.Messages},
		{"limits", `DELETE FROM limits WHERE (name, subject, starts_at, ends_at) IN
			(SELECT name, subject, starts_at, ends_at FROM limits WHERE ends_at < $1 ORDER BY ends_at LIMIT $2)`, now, &p.Limits},
		{"deliveries", `DELETE FROM deliveries WHERE provider_id IN
			(SELECT provider_id FROM deliveries WHERE reported_at < $1 LIMIT $2)`, old, &p.Deliveries},
		{"codes", `DELETE FROM codes WHERE expires_at < $1 AND phone IN
			(SELECT phone FROM codes WHERE expires_at < $1 LIMIT $2)`, now, &p.Codes},
	} {
		for {
			n, err := conn.Exec(ctx, part.statement, orNull(part.before), purgeBatch)
			if err != nil {
				return p, fmt.Errorf("purge %s: %w", part.what, err)
			}
			*part.count += n
			if n < purgeBatch {
				break
			}
		}
	}
	return p, nil
}

// Keep marks an action begun in this transaction as one that no purge removes.
func (t *Tx) Keep(ctx context.Context, id string) error {
	if _, err := t.conn.Exec(ctx, `UPDATE action_log SET kept = 1 WHERE id = $1`, id); err != nil {
		return fmt.Errorf("keep action: %w", err)
	}
	return nil
}
