package service

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

// A stager puts the published versions of menus into force, as their stages say. A menu that
// was never published is served from the folder alone; the file of a published one is a draft.
type stager struct {
	db      store.Versions
	kept    *retainer
	percent func(experiment, caller string) int
	log     *slog.Logger

	// changing is held while menus go into force, so that a reload and a change of the
	// stages follow each other.
	changing sync.Mutex
	revision int // of all stages
	menus    atomic.Pointer[map[string]*staged]
	failed   bool // the last look at the stages failed, which is logged
}

// staged has the versions of a menu that answer now. Each may be nil.
type staged struct {
	stages              store.Stages
	live, staging, next *engine.Program
}

// stagesEvery is how often an instance asks whether somebody has changed the stages. It then
// has half a second to compile what is new.
const stagesEvery = 500 * time.Millisecond

func newStager(db store.Versions, kept *retainer, percent func(experiment, caller string) int, log *slog.Logger) *stager {
	s := &stager{db: db, kept: kept, percent: percent, log: log}
	s.menus.Store(&map[string]*staged{})
	return s
}

// run follows the stages until ctx ends. While the database is away, everything stays as it
// is.
func (s *stager) run(ctx context.Context) {
	tick := time.NewTicker(stagesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := s.once(ctx)
		if err != nil && !s.failed && ctx.Err() == nil {
			s.log.Warn("the stages of menus can't be read; they stay as they are", "error", err)
		}
		s.failed = err != nil
	}
}

// once puts into force what somebody has changed.
func (s *stager) once(ctx context.Context) error {
	revision, err := s.db.StagesRevision(ctx)
	if err != nil || revision == s.revision {
		return err
	}
	all, err := s.db.Stages(ctx)
	if err != nil {
		return err
	}
	next, was := map[string]*staged{}, *s.menus.Load()
	for _, stages := range all {
		before := was[stages.Menu]
		if before != nil && before.stages.Revision == stages.Revision {
			next[stages.Menu] = before
			continue
		}
		now, err := s.compile(ctx, stages)
		if err != nil {
			return fmt.Errorf("the menu %s: %w", stages.Menu, err)
		}
		next[stages.Menu] = now
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	for name, now := range next {
		if now == was[name] || now.live == nil {
			continue
		}
		if err := s.kept.catalog.Put(now.live); err != nil {
			s.log.Error("a published menu stays out", "menu", name, "version", now.stages.Live, "error", err)
			continue
		}
		s.log.Info("menu in service", "menu", name, "version", now.live.Hash(), "number", now.stages.Live, "paused", now.stages.Paused)
	}
	s.menus.Store(&next)
	s.revision = revision
	return nil
}

// compile compiles the versions of a menu that may answer.
func (s *stager) compile(ctx context.Context, stages store.Stages) (*staged, error) {
	now := &staged{stages: stages}
	for _, one := range []struct {
		number int
		into   **engine.Program
	}{{stages.Live, &now.live}, {stages.Staging, &now.staging}, {stages.Next, &now.next}} {
		if one.number == 0 {
			continue
		}
		v, err := s.db.Version(ctx, stages.Menu, one.number)
		if err != nil {
			return nil, err
		}
		if p, ok := s.kept.catalog.ByHash(v.Program.Hash); ok {
			*one.into = p
			s.kept.note(v.Program)
			continue
		}
		p, err := s.kept.compile(v.Program)
		if err != nil {
			return nil, fmt.Errorf("version %d: %w", one.number, err)
		}
		if err := s.kept.db.RetainProgram(ctx, v.Program, s.kept.until(p)); err != nil {
			return nil, err
		}
		s.kept.note(v.Program)
		*one.into = p
	}
	return now, nil
}

// live returns the live version of a published menu; nil for any other menu.
func (s *stager) live(name string) *engine.Program {
	if s == nil {
		return nil
	}
	if m := (*s.menus.Load())[name]; m != nil {
		return m.live
	}
	return nil
}

// overlay returns the programs of a folder with the live versions of published menus in
// their places.
func (s *stager) overlay(programs []*engine.Program) []*engine.Program {
	list := slices.Clone(programs)
	for name, m := range *s.menus.Load() {
		if m.live == nil {
			continue
		}
		if i := slices.IndexFunc(list, func(p *engine.Program) bool { return p.Name() == name }); i >= 0 {
			list[i] = m.live
		} else {
			list = append(list, m.live)
		}
	}
	return list
}

// stage chooses the version on which a call begins.
func (s *stager) stage(caller, code string, p *engine.Program) runner.Staged {
	menus := *s.menus.Load()
	if p == nil || menus[p.Name()] == nil {
		if m := tested(menus, caller, code); m != nil {
			return runner.Staged{Program: m.staging}
		}
		return runner.Staged{Program: p}
	}
	m := menus[p.Name()]
	switch {
	case m.tests(caller):
		return runner.Staged{Program: m.staging} // also while the menu is paused
	case m.stages.Paused:
		return runner.Staged{Program: p, Closed: true, Text: m.stages.Text}
	case m.next != nil && s.percent(fmt.Sprint(m.stages.Menu, " ", m.stages.Next), caller) < m.stages.Share:
		return runner.Staged{Program: m.next}
	}
	return runner.Staged{Program: p}
}

// tests reports whether a caller is a tester of the menu.
func (m *staged) tests(caller string) bool {
	return m.staging != nil && slices.Contains(m.stages.Testers, caller)
}

// tested returns the menu without a live version that a tester has dialled, or nil.
func tested(menus map[string]*staged, caller, code string) *staged {
	for _, m := range menus {
		if m.live != nil || !m.tests(caller) {
			continue
		}
		for _, c := range m.staging.Codes() {
			if base := engine.CodeKey(c.Dial); base == engine.CodeKey(code) || strings.HasPrefix(engine.CodeKey(code), base+"*") {
				return m
			}
		}
	}
	return nil
}

// loadStages puts the published menus into force, and follows their stages.
func (s *Service) loadStages(ctx context.Context, kept *retainer) (*stager, error) {
	stages := newStager(s.db, kept, func(experiment, caller string) int { return s.runner.Identity.Percent(experiment, caller) }, s.log)
	if err := stages.once(ctx); err != nil {
		return nil, fmt.Errorf("the stages of menus: %w", err)
	}
	for _, m := range *stages.menus.Load() {
		s.choose("menu "+m.stages.Menu, "%s", answering(m))
	}
	s.runner.Stage = stages.stage
	s.background = append(s.background, stages.run)
	return stages, nil
}

// answering says which versions of a published menu answer.
func answering(m *staged) string {
	parts := []string{"from the database"}
	if m.live != nil {
		parts = append(parts, fmt.Sprintf("version %d", m.stages.Live))
	}
	if m.staging != nil {
		parts = append(parts, fmt.Sprintf("version %d for testers", m.stages.Staging))
	}
	if m.next != nil {
		parts = append(parts, fmt.Sprintf("version %d for %d %% of the callers", m.stages.Next, m.stages.Share))
	}
	if m.stages.Paused {
		parts = append(parts, "paused")
	}
	return strings.Join(parts, ", ")
}
