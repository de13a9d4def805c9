package service

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
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

const (
	// refreshEvery is how often an instance renews, in the database, the programs
	// that it still uses.
	refreshEvery = 10 * time.Minute
	// retainLonger is how much longer than a session can last a program is
	// retained: an instance may fail to reach the database for a while.
	retainLonger = 2 * time.Hour
)

// A retainer stores menus in the database as they were compiled, and compiles
// again those that this instance lacks. A call then goes on as it began when the
// service restarts, or when an instance with other menus answers.
type retainer struct {
	db        store.Programs
	catalog   *runner.Catalog
	contracts []engine.Contract
	language  string
	retention runner.Retention
	mu        sync.Mutex
	sources   map[string]store.Program // by hash, of the programs in the catalog
}

func newRetainer(db store.Programs, catalog *runner.Catalog, contracts []engine.Contract, s Settings, now func() time.Time) *retainer {
	r := &retainer{db: db, catalog: catalog, contracts: contracts, language: s.DefaultLanguage, sources: map[string]store.Program{}}
	r.retention = runner.Retention{Load: r.load, TTL: s.SessionTTL, Now: now}
	catalog.Retain(r.retention)
	return r
}

// retain stores a program before it goes into force.
func (r *retainer) retain(ctx context.Context, b menu.Built) error {
	source := SourceOf(b, r.language)
	if err := r.db.RetainProgram(ctx, source, r.until(b.Program)); err != nil {
		return fmt.Errorf("store the menu %s for the calls that will begin on it: %w", b.Program.Name(), err)
	}
	r.note(source)
	return nil
}

// SourceOf returns what a menu was compiled from.
func SourceOf(b menu.Built, language string) store.Program {
	source := store.Program{Hash: b.Program.Hash(), Language: language, Files: map[string][]byte{}}
	for i, s := range b.Sources {
		name := path.Base(s.Path)
		source.Files[name] = s.Bytes
		if i == 0 {
			source.Menu = name
		}
	}
	return source
}

func (r *retainer) note(source store.Program) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sources[source.Hash] = source
}

// until returns the time up to which a program that is used now is retained.
func (r *retainer) until(p *engine.Program) time.Time {
	return r.retention.Now().Add(r.retention.For(p) + retainLonger)
}

// load compiles a stored program again, with the actions of this instance. Those may say
// other things of themselves than when the call began, and the checks may be stricter;
// the call goes on under the hash that it began with. It returns ErrNoProgram where the
// program can't be played here.
func (r *retainer) load(ctx context.Context, hash string) (*engine.Program, error) {
	source, err := r.db.Program(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w: %s is not stored", runner.ErrNoProgram, hash)
	}
	if err != nil {
		return nil, err
	}
	p, err := r.compile(source)
	if err == nil {
		r.note(source)
	}
	return p, err
}

// compile compiles a source as load does.
func (r *retainer) compile(source store.Program) (*engine.Program, error) {
	hash, files := source.Hash, fstest.MapFS{}
	for name, b := range source.Files {
		files[name] = &fstest.MapFile{Data: b}
	}
	b := menu.BuildDraft(files, source.Menu, "", r.contracts, menu.Options{Language: source.Language, Hash: hash})
	if b.Program == nil {
		return nil, fmt.Errorf("%w: %s can't be played here: %s", runner.ErrNoProgram, hash, b.Diagnostics.First())
	}
	return b.Program, nil
}

// run renews the programs in use from time to time, until ctx ends.
func (r *retainer) run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := r.refresh(ctx); err != nil && ctx.Err() == nil {
				log.Error("renewing the menus in use failed, will retry", "error", err)
			}
		}
	}
}

// refresh retains the programs of the catalog for longer, and drops expired
// ones.
func (r *retainer) refresh(ctx context.Context) error {
	r.catalog.Evict()
	var errs []error
	inUse := map[string]bool{}
	for _, h := range r.catalog.Retained() {
		inUse[h.Program.Hash()] = true
		until := h.Until.Add(retainLonger)
		if h.Until.IsZero() {
			until = r.until(h.Program)
		}
		if source, ok := r.source(h.Program.Hash()); ok {
			errs = append(errs, r.db.RetainProgram(ctx, source, until))
		}
	}
	r.forget(inUse)
	_, err := r.db.DropPrograms(ctx, r.retention.Now())
	return errors.Join(append(errs, err)...)
}

func (r *retainer) source(hash string) (store.Program, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	source, ok := r.sources[hash]
	return source, ok
}

// forget drops the sources of programs that are no longer in use.
func (r *retainer) forget(inUse map[string]bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for hash := range r.sources {
		if !inUse[hash] {
			delete(r.sources, hash)
		}
	}
}
