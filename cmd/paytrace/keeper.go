package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"sync"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/store"
)

const (
	// keepAtHand is how often the database is told which programs are still
	// used.
	keepAtHand = 10 * time.Minute
	// keepLonger is how much longer than a session can last a program is kept:
	// an instance that could not reach the database for a while misses nothing.
	keepLonger = 2 * time.Hour
)

// keeper keeps menus in the database as they were compiled, and makes those
// again that this instance does not have: a call goes on as it began when the
// service is restarted, or another instance with other menus answers.
type keeper struct {
	db        store.Programs
	catalog   *engine.Catalog
	contracts []engine.Contract
	language  string
	keeping   engine.Keeping
	mu        sync.Mutex
	sources   map[string]store.Program // by hash, of the programs at hand
}

func newKeeper(db store.Programs, catalog *engine.Catalog, contracts []engine.Contract, c Config, now func() time.Time) *keeper {
	k := &keeper{db: db, catalog: catalog, contracts: contracts, language: c.DefaultLanguage, sources: map[string]store.Program{}}
	k.keeping = engine.Keeping{Load: k.load, TTL: c.SessionTTL, Now: now}
	catalog.Keep(k.keeping)
	return k
}

// keep keeps a program before it goes into service.
func (k *keeper) keep(ctx context.Context, b menu.Built) error {
	source := store.Program{Hash: b.Program.Hash(), Language: k.language, Files: map[string][]byte{}}
	for i, s := range b.Sources {
		name := path.Base(s.Path)
		source.Files[name] = s.Bytes
		if i == 0 {
			source.Menu = name
		}
	}
	if err := k.db.KeepProgram(ctx, source, k.until(b.Program)); err != nil {
		return fmt.Errorf("the menu %s is not kept for the calls that will begin on it: %w", b.Program.Name(), err)
	}
	k.note(source)
	return nil
}

func (k *keeper) note(source store.Program) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sources[source.Hash] = source
}

// until is how long a program that is used now is kept.
func (k *keeper) until(p *engine.Program) time.Time {
	return k.keeping.Now().Add(k.keeping.Lasts(p) + keepLonger)
}

// load makes a program again. One that no longer passes here, or is another
// with the contracts of this instance's actions, is none.
func (k *keeper) load(ctx context.Context, hash string) (*engine.Program, error) {
	source, err := k.db.Program(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w: %s is not kept", engine.ErrNoProgram, hash)
	}
	if err != nil {
		return nil, err
	}
	files := fstest.MapFS{}
	for name, b := range source.Files {
		files[name] = &fstest.MapFile{Data: b}
	}
	b := menu.Build(files, source.Menu, "", k.contracts, menu.Options{Language: source.Language})
	switch {
	case b.Program == nil:
		return nil, fmt.Errorf("%w: %s does not pass here any more: %s", engine.ErrNoProgram, hash, b.Diagnostics.First())
	case b.Program.Hash() != hash:
		return nil, fmt.Errorf("%w: %s was made for other actions", engine.ErrNoProgram, hash)
	}
	k.note(source)
	return b.Program, nil
}

// run tells the database from time to time which programs are still used.
func (k *keeper) run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(keepAtHand)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := k.refresh(ctx); err != nil && ctx.Err() == nil {
				log.Error("menus in use are not noted in the database; they are again in a while", "error", err)
			}
		}
	}
}

// refresh keeps what is at hand for longer, and lets go of the rest.
func (k *keeper) refresh(ctx context.Context) error {
	k.catalog.Evict()
	var errs []error
	atHand := map[string]bool{}
	for _, h := range k.catalog.Held() {
		atHand[h.Program.Hash()] = true
		until := h.Until.Add(keepLonger)
		if h.Until.IsZero() {
			until = k.until(h.Program)
		}
		if source, ok := k.source(h.Program.Hash()); ok {
			errs = append(errs, k.db.KeepProgram(ctx, source, until))
		}
	}
	k.forget(atHand)
	_, err := k.db.DropPrograms(ctx, k.keeping.Now())
	return errors.Join(append(errs, err)...)
}

func (k *keeper) source(hash string) (store.Program, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	source, ok := k.sources[hash]
	return source, ok
}

// forget drops the sources of programs that are not at hand.
func (k *keeper) forget(atHand map[string]bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for hash := range k.sources {
		if !atHand[hash] {
			delete(k.sources, hash)
		}
	}
}
