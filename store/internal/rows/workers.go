package rows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// Worker reads one account by phone number.
func Worker(ctx context.Context, conn Conn, phone string) (store.Worker, error) {
	var w store.Worker
	var name nullable
	var created, verified instant
	err := conn.QueryRow(ctx,
		`SELECT worker_id, phone, name, stellar_public_key, stellar_secret_encrypted, created_at, verified_at
		FROM workers WHERE phone = $1`, phone).
		Scan(&w.WorkerID, &w.Phone, &name, &w.PublicKey, &w.SealedSecret, &created, &verified)
	if err != nil {
		return store.Worker{}, fmt.Errorf("read worker: %w", err)
	}
	w.Name, w.CreatedAt, w.VerifiedAt = name.text, created.Time, verified.Time
	return w, nil
}

// Worker reads one account as this transaction sees it.
func (t *Tx) Worker(ctx context.Context, phone string) (store.Worker, error) {
	return Worker(ctx, t.conn, phone)
}

// AddWorker stores a new account. It asks for no error on a conflict, since
// an error would end a Postgres transaction.
func (t *Tx) AddWorker(ctx context.Context, w store.Worker) error {
	created := w.CreatedAt
	if created.IsZero() {
		created = t.now()
	}
	affected, err := t.conn.Exec(ctx,
		`INSERT INTO workers
			(worker_id, phone, name, stellar_public_key, stellar_secret_encrypted, created_at, verified_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		w.WorkerID, w.Phone, textOrNull(w.Name), w.PublicKey, w.SealedSecret, orNull(created), orNull(w.VerifiedAt))
	if err != nil {
		return fmt.Errorf("add worker: %w", err)
	}
	if affected == 0 {
		return t.taken(ctx, w)
	}
	return nil
}

// taken finds which of the unique columns refused the account.
func (t *Tx) taken(ctx context.Context, w store.Worker) error {
	for _, unique := range []struct {
		statement, value string
		err              error
	}{
		{`SELECT 1 FROM workers WHERE phone = $1`, w.Phone, store.ErrPhoneTaken},
		{`SELECT 1 FROM workers WHERE worker_id = $1`, w.WorkerID, store.ErrWorkerIDTaken},
	} {
		var one int
		err := t.conn.QueryRow(ctx, unique.statement, unique.value).Scan(&one)
		if err == nil {
			return unique.err
		}
		if !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("add worker: %w", err)
		}
	}
	return errors.New("add worker: another worker has this wallet; make a new key pair")
}

// Verify marks an account as its caller's own. The first time stands.
func (t *Tx) Verify(ctx context.Context, phone string, at time.Time) error {
	affected, err := t.conn.Exec(ctx,
		`UPDATE workers SET verified_at = COALESCE(verified_at, $2) WHERE phone = $1`, phone, orNull(at))
	if err != nil {
		return fmt.Errorf("verify worker: %w", err)
	}
	if affected == 0 {
		return fmt.Errorf("verify worker: %w", store.ErrNotFound)
	}
	return nil
}
