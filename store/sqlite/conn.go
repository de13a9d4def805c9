package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"sync"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// prepared keeps every statement compiled, since compiling one costs more than
// running it. The source has a fixed number of statements, so it needs no bound.
type prepared struct {
	db     *sql.DB
	mu     sync.Mutex
	made   map[string]*sql.Stmt
	wanted []string
}

func newPrepared(db *sql.DB) *prepared {
	return &prepared{db: db, made: make(map[string]*sql.Stmt)}
}

// parameter matches $1, as Postgres writes a parameter; SQLite writes ?1.
var parameter = regexp.MustCompile(`\$(\d+)`)

func compilable(statement string) string {
	return parameter.ReplaceAllString(statement, "?$1")
}

// get returns a compiled statement of the pool.
func (p *prepared) get(ctx context.Context, statement string) (*sql.Stmt, error) {
	p.mu.Lock()
	made, ok := p.made[statement]
	p.mu.Unlock()
	if ok {
		return made, nil
	}
	made, err := p.db.PrepareContext(ctx, compilable(statement))
	if err != nil {
		return nil, err
	}
	return p.keep(statement, made), nil
}

func (p *prepared) keep(statement string, made *sql.Stmt) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	if other, ok := p.made[statement]; ok {
		_ = made.Close() // a concurrent call was faster
		return other
	}
	p.made[statement] = made
	return made
}

// getIn is get inside a transaction, which has the writer's only connection. It
// compiles a new statement for this transaction only, and notes it for compileWanted.
func (p *prepared) getIn(ctx context.Context, tx *sql.Tx, statement string) (*sql.Stmt, error) {
	p.mu.Lock()
	made, ok := p.made[statement]
	if !ok {
		p.wanted = append(p.wanted, statement)
	}
	p.mu.Unlock()
	if ok {
		return tx.StmtContext(ctx, made), nil
	}
	return tx.PrepareContext(ctx, compilable(statement))
}

// compileWanted compiles, outside a transaction, the statements that getIn noted.
func (p *prepared) compileWanted(ctx context.Context) error {
	p.mu.Lock()
	wanted := p.wanted
	p.wanted = nil
	p.mu.Unlock()
	for _, statement := range wanted {
		if _, err := p.get(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// conn implements rows.Conn over a pool, or over one transaction of it.
type conn struct {
	store    *Store
	prepared *prepared
	tx       *sql.Tx // nil outside a transaction
}

func (c conn) stmt(ctx context.Context, statement string) (*sql.Stmt, error) {
	if c.tx == nil {
		if err := rows.Outside(ctx, c.store); err != nil {
			return nil, err
		}
		return c.prepared.get(ctx, statement)
	}
	return c.prepared.getIn(ctx, c.tx, statement)
}

// Exec runs a statement and counts the affected rows.
func (c conn) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	made, err := c.stmt(ctx, statement)
	if err != nil {
		return 0, err
	}
	done, err := made.ExecContext(ctx, values(args)...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// QueryRow reads one row.
func (c conn) QueryRow(ctx context.Context, statement string, args ...any) rows.Row {
	made, err := c.stmt(ctx, statement)
	if err != nil {
		return row{err: err}
	}
	return row{row: made.QueryRowContext(ctx, values(args)...)}
}

// QueryRowLocked reads one row. A transaction here is the only writer from its BEGIN
// on, so it needs no other lock.
func (c conn) QueryRowLocked(ctx context.Context, _, statement string, args ...any) rows.Row {
	return c.QueryRow(ctx, statement, args...)
}

// Query calls each for every row.
func (c conn) Query(ctx context.Context, each func(rows.Row) error, statement string, args ...any) (err error) {
	made, err := c.stmt(ctx, statement)
	if err != nil {
		return err
	}
	found, err := made.QueryContext(ctx, values(args)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() {
		if err := each(found); err != nil {
			return err
		}
	}
	return found.Err()
}

// LegacyNumbers is false: the legacy service had no SQLite.
func (conn) LegacyNumbers() bool { return false }

// row implements rows.Row with a row or an error.
type row struct {
	row *sql.Row
	err error
}

// Scan reads the row: store.ErrNotFound if there is none.
func (r row) Scan(into ...any) error {
	if r.err != nil {
		return r.err
	}
	err := r.row.Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// values replaces times by the texts that this schema stores.
func values(args []any) []any {
	for i, arg := range args {
		if at, ok := arg.(time.Time); ok {
			args[i] = at.UTC().Format(rows.TimeFormat)
		}
	}
	return args
}
