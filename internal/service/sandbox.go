package service

import (
	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/store"
)

// A Sandbox holds the real actions on an empty database in memory. Nothing in it
// reaches outside.
type Sandbox struct {
	Store   store.Store
	Actions *actions.Table
	// Identity is the key of this sandbox's sessions and actions.
	Identity []byte
}

// Close drops the database.
func (b *Sandbox) Close() { _ = b.Store.Close() }
