package service

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// A Sandbox holds the real actions on an empty database in memory. Nothing in it
// reaches outside.
type Sandbox struct {
	Store   store.Store
	Actions *actions.Table
	// Identity is the key of this sandbox's sessions and actions.
	Identity []byte
}

// NewSandbox makes a sandbox with the time of now. random is the source of
// Worker IDs and wallets; nil stands for crypto/rand.
func NewSandbox(ctx context.Context, now func() time.Time, random io.Reader) (*Sandbox, error) {
	db, err := sqlite.OpenMemory(ctx, sqlite.Config{Now: now})
	if err != nil {
		return nil, err
	}
	raw := make([]byte, keyBytes)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	sealer, err := wallet.NewSealer(stellar.Keys{}, now, base64.StdEncoding.EncodeToString(raw))
	if err != nil {
		return nil, err
	}
	if random == nil {
		random = rand.Reader
	}
	table, err := newTable(db, Settings{}, actions.Accounts{Sealer: sealer, Rand: random, CodeKey: raw}, now)
	if err != nil {
		return nil, err
	}
	return &Sandbox{Store: db, Actions: table, Identity: raw}, nil
}

// Close drops the database.
func (b *Sandbox) Close() { _ = b.Store.Close() }

// BuiltContracts returns the contracts of the built-in actions, which menus are
// checked against. It opens no database.
func BuiltContracts() ([]engine.Contract, error) {
	table, err := newTable(nil, Settings{}, actions.Accounts{CodeKey: make([]byte, keyBytes)}, time.Now)
	if err != nil {
		return nil, err
	}
	return table.Contracts(), nil
}
