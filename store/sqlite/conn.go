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

// prepared keeps every statement compiled: compiling one costs more than
// running it. The set is as long as the source, so it needs no bound.
type prepared struct {
	db     *sql.DB
	mu     sync.Mutex
	made   map[string]*sql.Stmt
	wanted []string
}

func newPrepared(db *sql.DB) *prepared {
	return &prepared{db: db, made: make(map[string]*sql.Stmt)}
}

// parameter is $1 as Postgres writes it; SQLite's is ?1.
var parameter = regexp.MustCompile(`\$(\d+)`)

func compilable(statement string) string {
	return parameter.ReplaceAllString(statement, "?$1")
}

// get compiles a statement through the pool.
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
		_ = made.Close() // a twin was faster, and its own is as good
		return other
	}
	p.made[statement] = made
	return made
}

// getIn is get inside a transaction, where the writer's only connection is
// taken: a statement seen for the first time is compiled for this once, and
// kept from the next transaction on.
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

// catchUp compiles what transactions had to compile for themselves.
func (p *prepared) catchUp(ctx context.Context) error {
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

// conn is rows.Conn over a pool, or over one transaction of it.
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

// Exec runs a statement and counts the rows it touched.
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

// QueryRow asks for one row.
func (c conn) QueryRow(ctx context.Context, statement string, args ...any) rows.Row {
	made, err := c.stmt(ctx, statement)
	if err != nil {
		return row{err: err}
	}
	return row{row: made.QueryRowContext(ctx, values(args)...)}
}

// Query asks for many.
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

// OtherForms says that the service before this one had no SQLite.
func (conn) OtherForms() bool { return false }

// row is one row, or why there is none.
type row struct {
	row *sql.Row
	err error
}

// Scan reads it: store.ErrNotFound where there is none.
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

// values writes times as the texts that this schema keeps.
func values(args []any) []any {
	for i, arg := range args {
		if at, ok := arg.(time.Time); ok {
			args[i] = at.UTC().Format(rows.TimeFormat)
		}
	}
	return args
}
