package rows

import (
	"context"
	"errors"
)

// errInside: a transaction holds a connection, and asking the store for a
// second one meanwhile is how a full pool waits for itself.
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
