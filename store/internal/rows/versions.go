package rows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// numberTries is how often a number may be taken by somebody else who publishes.
const numberTries = 5

// AddVersion stores a version.
func (d DB) AddVersion(ctx context.Context, v store.Version) (number int, err error) {
	for range numberTries {
		if number, err = d.addVersion(ctx, v); !errors.Is(err, store.ErrOutdated) {
			break
		}
	}
	return number, err
}

// addVersion stores a version under the next number. ErrOutdated if that was taken
// meanwhile.
func (d DB) addVersion(ctx context.Context, v store.Version) (number int, err error) {
	source, err := json.Marshal(v.Program)
	if err != nil {
		return 0, fmt.Errorf("store a version: %w", err)
	}
	err = d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		var hash string
		number = 0
		err := conn.QueryRow(ctx, `SELECT number, hash FROM menu_versions WHERE menu = $1 ORDER BY number DESC LIMIT 1`, v.Menu).Scan(&number, &hash)
		switch {
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return err
		case err == nil && hash == v.Program.Hash:
			return nil
		}
		number++
		added, err := conn.Exec(ctx, `INSERT INTO menu_versions (menu, number, hash, source, author, note, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT DO NOTHING`, v.Menu, number, v.Program.Hash, string(source), v.Author, v.Note, orNull(v.At))
		if err == nil && added == 0 {
			err = store.ErrOutdated
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store a version: %w", err)
	}
	return number, nil
}

// Version reads one with its source.
func (d DB) Version(ctx context.Context, menu string, number int) (store.Version, error) {
	v := store.Version{Menu: menu, Number: number}
	var source string
	var at instant
	err := d.read(ctx).QueryRow(ctx, `SELECT hash, source, author, note, published_at FROM menu_versions WHERE menu = $1 AND number = $2`, menu, number).
		Scan(&v.Program.Hash, &source, &v.Author, &v.Note, &at)
	if err == nil {
		v.At = at.Time
		err = json.Unmarshal([]byte(source), &v.Program)
	}
	if err != nil {
		return store.Version{}, fmt.Errorf("read version %d of %s: %w", number, menu, err)
	}
	return v, nil
}

// ListVersions lists versions without their sources.
func (d DB) ListVersions(ctx context.Context, menu string, limit int) ([]store.Version, error) {
	list, err := all(ctx, d.read(ctx), func(row Row) (v store.Version, err error) {
		var at instant
		err = row.Scan(&v.Number, &v.Program.Hash, &v.Author, &v.Note, &at)
		v.Menu, v.At = menu, at.Time
		return v, err
	}, `SELECT number, hash, author, note, published_at FROM menu_versions WHERE menu = $1 ORDER BY number DESC LIMIT $2`, menu, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list the versions of %s: %w", menu, err)
	}
	return list, nil
}

// Stages reads the stages of all menus.
func (d DB) Stages(ctx context.Context) ([]store.Stages, error) {
	list, err := all(ctx, d.read(ctx), func(row Row) (s store.Stages, err error) {
		var menu, state string
		var revision int
		if err = row.Scan(&menu, &revision, &state); err != nil {
			return s, err
		}
		err = json.Unmarshal([]byte(state), &s)
		s.Menu, s.Revision = menu, revision
		return s, err
	}, `SELECT menu, revision, state FROM menu_stages ORDER BY menu`)
	if err != nil {
		return nil, fmt.Errorf("read the stages of menus: %w", err)
	}
	return list, nil
}

// SetStages stores the stages of a menu if nobody else has changed them.
func (d DB) SetStages(ctx context.Context, s store.Stages, e store.AuditEntry) error {
	state, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("store the stages of %s: %w", s.Menu, err)
	}
	err = d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		statement := `UPDATE menu_stages SET state = $3, revision = revision + 1 WHERE menu = $1 AND revision = $2`
		if s.Revision == 0 {
			statement = `INSERT INTO menu_stages (menu, revision, state) VALUES ($1, $2 + 1, $3) ON CONFLICT (menu) DO NOTHING`
		}
		changed, err := conn.Exec(ctx, statement, s.Menu, s.Revision, string(state))
		switch {
		case err != nil:
			return err
		case changed == 0:
			return store.ErrOutdated
		}
		return addAudit(ctx, conn, e)
	})
	if err != nil {
		return fmt.Errorf("store the stages of %s: %w", s.Menu, err)
	}
	return nil
}

// StagesRevision sums the revisions.
func (d DB) StagesRevision(ctx context.Context) (revision int, err error) {
	if err := d.read(ctx).QueryRow(ctx, `SELECT coalesce(sum(revision), 0) FROM menu_stages`).Scan(&revision); err != nil {
		return 0, fmt.Errorf("read the revision of the stages: %w", err)
	}
	return revision, nil
}
