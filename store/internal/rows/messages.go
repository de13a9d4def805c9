package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

const messageColumns = `id, recipient, text, status, provider_id, error, created_at, sent_at`

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
		`INSERT INTO messages (id, recipient, text, status, created_at) VALUES ($1, $2, $3, 'queued', $4)
		ON CONFLICT DO NOTHING`, m.ID, m.To, m.Text, orNull(created))
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
	}, `SELECT `+messageColumns+` FROM messages ORDER BY created_at DESC, id DESC LIMIT $1`, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return list, nil
}

// Message reads one.
func Message(ctx context.Context, conn Conn, id string) (store.Message, error) {
	m, err := scanMessage(conn.QueryRow(ctx, `SELECT `+messageColumns+` FROM messages WHERE id = $1`, id))
	if err != nil {
		return store.Message{}, fmt.Errorf("read message: %w", err)
	}
	return m, nil
}

func scanMessage(row Row) (store.Message, error) {
	var m store.Message
	var provider, problem nullable
	var created, sent instant
	err := row.Scan(&m.ID, &m.To, &m.Text, &m.Status, &provider, &problem, &created, &sent)
	m.ProviderID, m.Error, m.CreatedAt, m.SentAt = provider.text, problem.text, created.Time, sent.Time
	return m, err
}

// SetMessage stores what became of a message.
func SetMessage(ctx context.Context, conn Conn, m store.Message) error {
	affected, err := conn.Exec(ctx,
		`UPDATE messages SET status = $2, provider_id = $3, error = $4, sent_at = $5 WHERE id = $1`,
		m.ID, m.Status, textOrNull(m.ProviderID), textOrNull(m.Error), orNull(m.SentAt))
	if err != nil {
		return fmt.Errorf("set message: %w", err)
	}
	if affected == 0 {
		return fmt.Errorf("set message: %w", store.ErrNotFound)
	}
	return nil
}
