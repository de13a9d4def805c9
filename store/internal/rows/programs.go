package rows

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// KeepProgram keeps a program at least until a time.
func KeepProgram(ctx context.Context, conn Conn, p store.Program, until time.Time) error {
	source, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("keep program %s: %w", p.Hash, err)
	}
	_, err = conn.Exec(ctx, `INSERT INTO programs (hash, source, keep_until) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET keep_until = excluded.keep_until WHERE programs.keep_until < excluded.keep_until`,
		p.Hash, source, orNull(until))
	if err != nil {
		return fmt.Errorf("keep program %s: %w", p.Hash, err)
	}
	return nil
}

// Program reads one by its hash.
func Program(ctx context.Context, conn Conn, hash string) (store.Program, error) {
	p := store.Program{}
	var source []byte
	err := conn.QueryRow(ctx, `SELECT source FROM programs WHERE hash = $1`, hash).Scan(&source)
	if err == nil {
		err = json.Unmarshal(source, &p)
	}
	if err != nil {
		return store.Program{}, fmt.Errorf("read program %s: %w", hash, err)
	}
	p.Hash = hash
	return p, nil
}

// DropPrograms forgets those whose time is over.
func DropPrograms(ctx context.Context, conn Conn, now time.Time) (int, error) {
	n, err := conn.Exec(ctx, `DELETE FROM programs WHERE keep_until < $1`, orNull(now))
	if err != nil {
		return 0, fmt.Errorf("drop programs: %w", err)
	}
	return int(n), nil
}
