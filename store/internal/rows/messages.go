package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// selectMessage reads a message with its delivery report.
const selectMessage = `SELECT m.id, m.recipient, m.text, m.status, m.provider_id, m.error, m.created_at, m.sent_at, m.once,
	m.expires_at, d.provider_id, d.state, COALESCE(d.rank, 0), d.reason, d.network, COALESCE(d.retries, 0), d.reported_at
	FROM messages m LEFT JOIN deliveries d ON d.provider_id = m.provider_id `

// AddMessage stores an SMS to send. Its status is always "queued", whatever m says.
func (t *Tx) AddMessage(ctx context.Context, m store.Message) error {
	created := m.CreatedAt
	if created.IsZero() {
		created = t.now()
	}
	_, err := t.conn.Exec(ctx,
		`INSERT INTO messages (id, recipient, text, status, created_at, once, expires_at)
		VALUES ($1, $2, $3, 'queued', $4, $5, $6) ON CONFLICT DO NOTHING`,
		m.ID, m.To, m.Text, orNull(created), m.Once, orNull(m.ExpiresAt))
	if err != nil {
		return fmt.Errorf("add message: %w", err)
	}
	return nil
}

// Messages lists the newest first.
func (d DB) Messages(ctx context.Context, limit int) ([]store.Message, error) {
	list, err := all(ctx, d.read(ctx), scanMessage, selectMessage+`ORDER BY m.created_at DESC, m.id DESC LIMIT $1`, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return list, nil
}

// Message reads one by ID.
func (d DB) Message(ctx context.Context, id string) (store.Message, error) {
	return message(ctx, d.read(ctx), id)
}

func message(ctx context.Context, conn Conn, id string) (store.Message, error) {
	m, err := scanMessage(conn.QueryRow(ctx, selectMessage+`WHERE m.id = $1`, id))
	if err != nil {
		return store.Message{}, fmt.Errorf("read message: %w", err)
	}
	return m, nil
}

func scanMessage(row Row) (store.Message, error) {
	var m store.Message
	d := &m.Delivery
	var provider, problem, reported, state, reason, network nullable
	var created, sent, expires, at instant
	err := row.Scan(&m.ID, &m.To, &m.Text, &m.Status, &provider, &problem, &created, &sent, &m.Once,
		&expires, &reported, &state, &d.Rank, &reason, &network, &d.Retries, &at)
	m.ProviderID, m.Error, m.CreatedAt, m.SentAt = provider.text, problem.text, created.Time, sent.Time
	m.ExpiresAt = expires.Time
	d.ProviderID, d.State, d.Reason, d.Network, d.At = reported.text, state.text, reason.text, network.text, at.Time
	return m, err
}

// SetMessage stores what became of a message.
func (d DB) SetMessage(ctx context.Context, m store.Message) error {
	affected, err := d.write(ctx).Exec(ctx,
		`UPDATE messages SET status = $2, provider_id = $3, error = $4, sent_at = $5, text = $6 WHERE id = $1`,
		m.ID, m.Status, textOrNull(m.ProviderID), textOrNull(m.Error), orNull(m.SentAt), m.Text)
	if err != nil {
		return fmt.Errorf("set message: %w", err)
	}
	if affected == 0 {
		return fmt.Errorf("set message: %w", store.ErrNotFound)
	}
	return nil
}

// ClaimMessage changes a queued message to "unknown".
func (d DB) ClaimMessage(ctx context.Context, id string) (bool, error) {
	conn := d.write(ctx)
	affected, err := conn.Exec(ctx, `UPDATE messages SET status = 'unknown' WHERE id = $1 AND status = 'queued'`, id)
	if err != nil {
		return false, fmt.Errorf("claim message: %w", err)
	}
	if affected == 1 {
		return true, nil
	}
	_, err = message(ctx, conn, id)
	return false, err
}

// Delivered stores a report if its rank is above that of the stored one.
func (d DB) Delivered(ctx context.Context, r store.Delivery) error {
	_, err := d.write(ctx).Exec(ctx,
		`INSERT INTO deliveries (provider_id, state, rank, reason, network, retries, reported_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (provider_id) DO UPDATE SET
			state = excluded.state, rank = excluded.rank, reason = excluded.reason, network = excluded.network,
			retries = excluded.retries, reported_at = excluded.reported_at
		WHERE excluded.rank > deliveries.rank`,
		r.ProviderID, r.State, r.Rank, textOrNull(r.Reason), textOrNull(r.Network), r.Retries, orNull(r.At))
	if err != nil {
		return fmt.Errorf("store a delivery report: %w", err)
	}
	return nil
}
