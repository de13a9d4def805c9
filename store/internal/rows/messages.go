package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// messageColumns and messageTables read a message with what was reported of it.
const (
	messageColumns = `m.id, m.recipient, m.text, m.status, m.provider_id, m.error, m.created_at, m.sent_at, m.once,
		m.expires_at, d.provider_id, d.state, COALESCE(d.rank, 0), d.reason, d.network, COALESCE(d.retries, 0), d.reported_at`
	messageTables = ` FROM messages m LEFT JOIN deliveries d ON d.provider_id = m.provider_id `
)

// maxList bounds every list: a person reads it, and a page of a thousand is
// already too long.
const maxList = 1000

// Limit keeps a list's length between 1 and maxList.
func Limit(n int) int { return max(1, min(n, maxList)) }

// AddMessage stores an SMS to send. It is always "queued", whatever m says.
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
func Messages(ctx context.Context, conn Conn, limit int) ([]store.Message, error) {
	var list []store.Message
	err := conn.Query(ctx, func(row Row) error {
		m, err := scanMessage(row)
		list = append(list, m)
		return err
	}, `SELECT `+messageColumns+messageTables+`ORDER BY m.created_at DESC, m.id DESC LIMIT $1`, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return list, nil
}

// Message reads one.
func Message(ctx context.Context, conn Conn, id string) (store.Message, error) {
	m, err := scanMessage(conn.QueryRow(ctx, `SELECT `+messageColumns+messageTables+`WHERE m.id = $1`, id))
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
func SetMessage(ctx context.Context, conn Conn, m store.Message) error {
	affected, err := conn.Exec(ctx,
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
