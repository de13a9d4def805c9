package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// box is a world of its own for one call: an empty database in memory, the real
// actions on it, and nothing that reaches outside.
type box struct {
	db    *sqlite.Store
	table *actions.Table
	// identity is the key of this box's sessions and actions.
	identity []byte
}

func sandbox(ctx context.Context, now func() time.Time) (*box, error) {
	return sandboxWith(ctx, rand.Reader, now)
}

// sandboxWith takes worker IDs and wallets from a source of its own.
func sandboxWith(ctx context.Context, random io.Reader, now func() time.Time) (*box, error) {
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
	table, err := registeredWith(random, db, sealer, raw, Config{}, now)
	if err != nil {
		return nil, err
	}
	return &box{db: db, table: table, identity: raw}, nil
}

// drop lets go of the box and all that is in it.
func (b *box) drop() { _ = b.db.Close() }
