package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Forgotten counts what was removed of a person.
type Forgotten struct {
	// Workers are the accounts that held the number. They stay, without number
	// and name: their Worker IDs stand in the ledger, and their wallets may hold
	// money.
	Workers []string
	// Removed counts rows by what they were, as "messages".
	Removed map[string]int
	// Sessions are those of the notes of calls, whose records may still be
	// kept elsewhere.
	Sessions []string
}

// Anything says whether there was anything to remove.
func (f Forgotten) Anything() bool {
	for _, n := range f.Removed {
		if n > 0 {
			return true
		}
	}
	return len(f.Workers) > 0
}

// Counted is what was removed, in a line.
func (f Forgotten) Counted() string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(f.Removed)) {
		parts = append(parts, fmt.Sprintf("%d %s", f.Removed[what], what))
	}
	return strings.Join(parts, ", ")
}

// Forgetting removes what is known of a person.
type Forgetting interface {
	// Forget removes everything that is kept under a phone number, in one
	// transaction that also writes down who did it. dry counts and removes
	// nothing.
	Forget(ctx context.Context, phone, actor string, at time.Time, dry bool) (Forgotten, error)
}
