package rows

import (
	"context"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// DB implements what databases have in common of store.Store. A database embeds
// it, and replaces the methods that it can do better.
type DB struct{ access Access }

// Access says how a DB reaches its database.
type Access struct {
	// Read and Write return what runs a single statement outside a transaction.
	Read, Write func(ctx context.Context) Conn
	// Within is the store's own method; its transactions must be a *Tx.
	Within Within
	// Snapshot runs fn on a connection whose reads all see the database as it was at
	// one moment. fn must not write.
	Snapshot func(ctx context.Context, fn func(ctx context.Context, conn Conn) error) error
	// CallerNotes counts the notes on a caller's calls, and lists the sessions that
	// they are about. It removes the notes if told to; then none that is being
	// stored meanwhile is left out.
	CallerNotes func(ctx context.Context, conn Conn, caller string, remove bool) (count int, sessions []string, err error)
}

// Within runs fn in one transaction.
type Within func(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error

// New returns a DB over an access.
func New(a Access) DB { return DB{a} }

func (d DB) read(ctx context.Context) Conn  { return d.access.Read(ctx) }
func (d DB) write(ctx context.Context) Conn { return d.access.Write(ctx) }

func (d DB) inTx(ctx context.Context, fn func(ctx context.Context, conn Conn) error) error {
	return InTx(ctx, d.access.Within, fn)
}

// InTx runs fn on the connection of one transaction.
func InTx(ctx context.Context, within Within, fn func(ctx context.Context, conn Conn) error) error {
	return within(ctx, func(ctx context.Context, tx store.Tx) error {
		t, ok := tx.(*Tx)
		if !ok {
			return fmt.Errorf("the transaction is a %T, want %T", tx, t)
		}
		return fn(ctx, t.conn)
	})
}

// errInside explains why a context is refused: a transaction holds one connection,
// and asking the store for a second one is how a full pool waits for itself.
var errInside = errors.New("the store was called with the context of one of its own transactions; " +
	"inside Within use the Tx, and read what else is needed before it")

type insideKey struct{ owner any }

// Enter marks a context as that of a transaction of owner, a pointer.
func Enter(ctx context.Context, owner any) context.Context {
	return context.WithValue(ctx, insideKey{owner}, true)
}

// Outside refuses a context that Enter has marked for owner.
func Outside(ctx context.Context, owner any) error {
	if ctx.Value(insideKey{owner}) != nil {
		return errInside
	}
	return nil
}
