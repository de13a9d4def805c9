package rows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

const selectWorker = `SELECT worker_id, phone, name, stellar_public_key, stellar_secret_encrypted, created_at, verified_at
	FROM workers `

// selectWorkerInAnyForm finds the account stored under the digits of a number, and
// accounts stored in other forms: two of them are enough to know that there are
// several.
const selectWorkerInAnyForm = selectWorker + `WHERE phone = $1 AND set_aside_at IS NULL
	UNION ALL (` + selectWorker + `WHERE paytrace_msisdn(phone) = $1 AND phone <> $1 AND set_aside_at IS NULL LIMIT 2)`

// Worker reads the account that answers for a phone number.
func (d DB) Worker(ctx context.Context, phone string) (store.Worker, error) {
	return worker(ctx, d.read(ctx), phone)
}

// worker prefers the account that is stored under the digits of the number to one
// that the legacy service stored in another form. It returns store.ErrAmbiguous if
// there are several of the latter only.
func worker(ctx context.Context, conn Conn, phone string) (store.Worker, error) {
	w, err := inAnyForm(ctx, conn, phone)
	if err != nil {
		return store.Worker{}, fmt.Errorf("read worker: %w", err)
	}
	w.Phone = phone
	return w, nil
}

func inAnyForm(ctx context.Context, conn Conn, phone string) (store.Worker, error) {
	if !conn.LegacyNumbers() {
		return scanWorker(conn.QueryRow(ctx, selectWorker+`WHERE phone = $1 AND set_aside_at IS NULL`, phone))
	}
	found, err := all(ctx, conn, scanWorker, selectWorkerInAnyForm, phone)
	if err != nil {
		return store.Worker{}, err
	}
	for _, w := range found {
		if w.Phone == phone {
			return w, nil
		}
	}
	switch len(found) {
	case 0:
		return store.Worker{}, store.ErrNotFound
	case 1:
		return found[0], nil
	}
	return store.Worker{}, store.ErrAmbiguous
}

func scanWorker(row Row) (store.Worker, error) {
	var w store.Worker
	var name nullable
	var created, verified instant
	err := row.Scan(&w.WorkerID, &w.Phone, &name, &w.PublicKey, &w.SealedSecret, &created, &verified)
	w.Name, w.CreatedAt, w.VerifiedAt = name.text, created.Time, verified.Time
	return w, err
}

// Worker reads one account as this transaction sees it.
func (t *Tx) Worker(ctx context.Context, phone string) (store.Worker, error) {
	return worker(ctx, t.conn, phone)
}

// WorkerByID reads the account with a Worker ID. An account that was set aside answers
// for no number, and its money is still its worker's.
func (t *Tx) WorkerByID(ctx context.Context, id string) (store.Worker, error) {
	w, err := scanWorker(t.conn.QueryRow(ctx, selectWorker+`WHERE worker_id = $1`, id))
	if err != nil {
		return store.Worker{}, fmt.Errorf("read worker: %w", err)
	}
	return w, nil
}

// AddWorker stores a new account. Its INSERT raises no error on a conflict, since
// an error would end a Postgres transaction.
func (t *Tx) AddWorker(ctx context.Context, w store.Worker) error {
	created := w.CreatedAt
	if created.IsZero() {
		created = t.now()
	}
	if t.conn.LegacyNumbers() {
		// The unique column does not know the same number in another form.
		if _, err := t.Worker(ctx, w.Phone); err == nil || errors.Is(err, store.ErrAmbiguous) {
			return store.ErrPhoneTaken
		} else if !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("add worker: %w", err)
		}
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

// taken returns the error of the unique column that refused the account.
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

// Verify marks an account as its caller's own. The time of the first call stays.
func (t *Tx) Verify(ctx context.Context, phone string, at time.Time) (bool, error) {
	w, err := t.Worker(ctx, phone)
	if err != nil {
		return false, fmt.Errorf("verify worker: %w", err)
	}
	affected, err := t.conn.Exec(ctx,
		`UPDATE workers SET verified_at = $2 WHERE worker_id = $1 AND verified_at IS NULL`, w.WorkerID, orNull(at))
	if err != nil {
		return false, fmt.Errorf("verify worker: %w", err)
	}
	return affected > 0, nil
}
