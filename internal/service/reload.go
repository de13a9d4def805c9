package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
)

// retainAgain is the pause before a changed menu is stored again after the
// database failed.
const retainAgain = time.Second

// A reloader puts changed menus into force. A menu with errors stays out, and
// its earlier version stays in force; so does one that can't be stored for the
// calls that would begin on it.
type reloader struct {
	dir     string
	kept    *retainer
	w       io.Writer // diagnostics
	log     *slog.Logger
	inForce []*engine.Program // the first is the default
	said    string            // what was printed last
	stages  *stager           // nil where no menu can be published
}

func newReloader(kept *retainer, folder *Folder, w io.Writer, log *slog.Logger) *reloader {
	r := &reloader{dir: folder.Dir, kept: kept, w: w, log: log}
	for _, h := range kept.catalog.Retained() {
		r.inForce = append(r.inForce, h.Program)
	}
	return r
}

// run reloads until ctx ends.
func (r *reloader) run(ctx context.Context) {
	changes := WatchFolder(ctx, r.dir, r.log)
	again := time.NewTimer(0) // what changed between the start and the watch
	defer again.Stop()
	for {
		select {
		case _, ok := <-changes:
			if !ok {
				return
			}
		case <-again.C:
		}
		if err := r.once(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("reload failed, will retry", "error", err)
			again.Reset(retainAgain)
		}
	}
}

// An edition is what the folder's menus amount to at one moment.
type edition struct {
	folder *Folder
	names  []string          // menu files
	next   []*engine.Program // to be in force
	fresh  []*engine.Program // those of next that are not in force yet
	report strings.Builder
}

// once puts what the folder holds into force. An error is no fault of the menus:
// another try may succeed.
func (r *reloader) once(ctx context.Context) error {
	folder, err := openNamed(r.dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.freeze(); err != nil {
		return err
	}
	e := &edition{folder: folder}
	if e.names, err = folder.Menus(); err != nil {
		return err
	}
	contracts, err := folder.Contracts(r.kept.contracts, &e.report)
	if errors.Is(err, ErrMenus) { // the declarations can't be read: only the built actions are known
		contracts, err = r.kept.contracts, nil
	}
	if err != nil {
		return err
	}
	for _, name := range e.names {
		if live := r.stages.live(strings.TrimSuffix(name, ".yaml")); live != nil {
			e.next = append(e.next, live) // the file is a draft
			continue
		}
		b := menu.Build(folder.FS, name, folder.Dir, contracts, menu.Options{Language: r.kept.language})
		if err := r.add(ctx, e, name, b); err != nil {
			return err
		}
	}
	r.replace(e)
	return nil
}

// add adds a compiled menu to an edition, or its earlier version where the new
// one can't be in force.
func (r *reloader) add(ctx context.Context, e *edition, name string, b menu.Built) error {
	old := r.named(strings.TrimSuffix(name, ".yaml"))
	stayOut := func(why string) {
		fmt.Fprintf(&e.report, "%s stays out: %s\n", e.folder.Path(name), why)
	}
	var unbuilt []string
	if b.Program != nil {
		unbuilt = Unbuilt(b.Program, r.kept.contracts)
	}
	switch {
	case b.Program == nil:
		if err := e.folder.Print(&e.report, b.Diagnostics.Problems()); err != nil {
			return err
		}
		stayOut(fmt.Sprint(b.Diagnostics.First()))
	case len(unbuilt) > 0:
		if old != nil {
			stayOut(onlyDeclared(unbuilt))
		}
	case old != nil && old.Hash() == b.Program.Hash():
	default:
		if err := r.kept.retain(ctx, b); err != nil {
			return err
		}
		e.next, e.fresh = append(e.next, b.Program), append(e.fresh, b.Program)
		return nil
	}
	if old != nil {
		e.next = append(e.next, old)
	}
	return nil
}

// named returns the program in force under a name, nil if there is none.
func (r *reloader) named(name string) *engine.Program { return programNamed(r.inForce, name) }

func programNamed(programs []*engine.Program, name string) *engine.Program {
	i := slices.IndexFunc(programs, func(p *engine.Program) bool { return p.Name() == name })
	if i < 0 {
		return nil
	}
	return programs[i]
}

// replace puts an edition into force, unless its programs contradict each other
// or it has none, and reports what happened.
func (r *reloader) replace(e *edition) {
	for _, p := range r.inForce {
		// A file that exists but is no menu is being written, or was emptied by
		// mistake. Only a file that is gone takes its menu out of service.
		if programNamed(e.next, p.Name()) == nil && e.hasFile(p) {
			fmt.Fprintf(&e.report, "%s is not a menu any more: it lacks the line \"ussd: 1\"; the version before it stays in service\n", e.folder.Path(p.Name()+".yaml"))
			e.next = append(e.next, p)
		}
	}
	changed := len(e.fresh) > 0 || len(e.next) != len(r.inForce)
	switch {
	case len(e.next) == 0:
		fmt.Fprintf(&e.report, "the folder %s has no menu any more; those in service stay\n", e.folder.Shown)
	case changed:
		if err := r.putInForce(e.next); err != nil {
			fmt.Fprintf(&e.report, "nothing was changed: %v\n", err)
			break
		}
		r.logChanges(e)
		r.inForce = e.next
	}
	r.say(e.report.String(), len(e.names))
}

// putInForce replaces the programs in force. A published menu stays as its stages say.
func (r *reloader) putInForce(next []*engine.Program) error {
	if r.stages == nil {
		return r.kept.catalog.Replace(next...)
	}
	r.stages.changing.Lock()
	defer r.stages.changing.Unlock()
	return r.kept.catalog.Replace(r.stages.overlay(next)...)
}

func (e *edition) hasFile(p *engine.Program) bool {
	_, err := fs.Stat(e.folder.FS, p.Name()+".yaml")
	return err == nil
}

func (r *reloader) logChanges(e *edition) {
	for _, p := range e.fresh {
		r.log.Info("menu in service", "menu", p.Name(), "version", p.Hash())
	}
	for _, old := range r.inForce {
		if programNamed(e.next, old.Name()) == nil {
			r.log.Info("menu out of service: its file is gone", "menu", old.Name(), "version", old.Hash())
		}
	}
}

// say prints a report once: the folder may change again while it stays true.
func (r *reloader) say(report string, menus int) {
	if report == r.said {
		return
	}
	r.said = report
	if report == "" {
		r.log.Info("all menus of the folder are in service", "menus", menus)
		return
	}
	fmt.Fprint(r.w, report)
	for line := range strings.Lines(report) {
		if strings.Contains(line, " stays out: ") || strings.Contains(line, "in service") || strings.HasPrefix(line, "nothing was changed") {
			r.log.Warn(strings.TrimSpace(line))
		}
	}
}
