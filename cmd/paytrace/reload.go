package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path"
	"strings"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
)

// keepAgain is how long a changed menu that the database could not keep waits
// for the next try.
const keepAgain = time.Second

// reloader puts changed menus into service. A menu with findings stays out, and
// the version before it stays in; so does one that can't be kept for the calls
// that would begin on it.
type reloader struct {
	dir      string
	language string
	catalog  *engine.Catalog
	kept     *keeper
	w        io.Writer // findings
	log      *slog.Logger
	inForce  []*engine.Program // the first is the default
	said     string            // what was printed last
}

func newReloader(s *service, c Config, folder *menuFolder, w io.Writer, log *slog.Logger) *reloader {
	r := &reloader{
		dir: folder.dir, language: c.DefaultLanguage, kept: s.kept, catalog: s.kept.catalog, w: w, log: log,
	}
	for _, h := range r.catalog.Held() {
		r.inForce = append(r.inForce, h.Program)
	}
	return r
}

// run reloads until the context ends.
func (r *reloader) run(ctx context.Context) {
	changes := watchFolder(ctx, r.dir, r.log)
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
			r.log.Error("changed menus stay out for now", "error", err)
			again.Reset(keepAgain)
		}
	}
}

// once brings what the folder holds into service. An error is no fault of the
// menus: it is worth another try.
func (r *reloader) once(ctx context.Context) error {
	folder, err := openMenus(r.dir)
	if err != nil {
		return err
	}
	defer folder.close()
	if err := folder.freeze(); err != nil {
		return err
	}
	names, err := menuFiles(folder.fsys)
	if err != nil {
		return err
	}
	var next []*engine.Program
	var fresh []*engine.Program
	report := &strings.Builder{}
	contracts, err := folder.contracts(r.kept.contracts, report)
	if errors.As(err, &outcome{}) { // what is declared can't be read: only what is built is known
		contracts, err = r.kept.contracts, nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		b := menu.Build(folder.fsys, name, folder.dir, contracts, menu.Options{Language: r.language})
		old := r.named(strings.TrimSuffix(name, ".yaml"))
		switch {
		case b.Program == nil:
			if err := printFindings(report, b.Diagnostics, folder); err != nil {
				return err
			}
			fmt.Fprintf(report, "%s stays out: %s\n", path.Join(folder.dir, name), b.Diagnostics.First())
			if old != nil {
				next = append(next, old)
			}
			continue
		case len(lacking(b.Program, r.kept.contracts)) > 0:
			if old != nil {
				fmt.Fprintf(report, "%s stays out: %s\n", path.Join(folder.dir, name), onlyDeclared(lacking(b.Program, r.kept.contracts)))
				next = append(next, old)
			}
			continue
		case old != nil && old.Hash() == b.Program.Hash():
			next = append(next, old)
			continue
		}
		if err := r.kept.keep(ctx, b); err != nil {
			return err
		}
		next, fresh = append(next, b.Program), append(fresh, b.Program)
	}
	r.replace(folder, names, next, fresh, report)
	return nil
}

// named is the program in force under a name, nil if there is none.
func (r *reloader) named(name string) *engine.Program {
	for _, p := range r.inForce {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

// replace puts the programs into force, unless they contradict each other or
// nothing would be left, and says what became of it.
func (r *reloader) replace(folder *menuFolder, names []string, next, fresh []*engine.Program, report *strings.Builder) {
	for _, p := range r.inForce {
		// A file that is there but is no menu is being written, or was emptied
		// by mistake; only one that is gone takes its menu out of service.
		if r.lost(folder, p, next) {
			fmt.Fprintf(report, "%s.yaml is no menu any more: it has no line \"ussd: 1\"; the version before it stays in service\n", path.Join(folder.dir, p.Name()))
			next = append(next, p)
		}
	}
	changed := len(fresh) > 0 || len(next) != len(r.inForce)
	switch {
	case len(next) == 0:
		fmt.Fprintf(report, "the folder %s has no menu any more; those in service stay\n", folder.shown)
	case changed:
		if err := r.catalog.Replace(next...); err != nil {
			fmt.Fprintf(report, "nothing was changed: %v\n", err)
			break
		}
		r.tell(next, fresh)
		r.inForce = next
	}
	r.say(report.String(), len(names))
}

// lost reports a program whose file is there without being a menu.
func (r *reloader) lost(folder *menuFolder, p *engine.Program, next []*engine.Program) bool {
	for _, n := range next {
		if n.Name() == p.Name() {
			return false
		}
	}
	_, err := fs.Stat(folder.fsys, p.Name()+".yaml")
	return err == nil
}

// tell logs what went into service and what went out.
func (r *reloader) tell(next, fresh []*engine.Program) {
	for _, p := range fresh {
		r.log.Info("menu in service", "menu", p.Name(), "version", p.Hash())
	}
	for _, old := range r.inForce {
		gone := true
		for _, p := range next {
			gone = gone && p.Name() != old.Name()
		}
		if gone {
			r.log.Info("menu out of service: its file is gone", "menu", old.Name(), "version", old.Hash())
		}
	}
}

// say prints findings once: the folder may change again without mending them.
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

// maxMenuFiles bounds how many files of a folder are read at once: a service has
// a handful.
const maxMenuFiles = 1000

// freeze copies the folder's menus into memory, so that all that is compiled of
// them is of one moment.
func (f *menuFolder) freeze() error {
	names, err := fs.Glob(f.fsys, "*.yaml")
	if err != nil {
		return err
	}
	if len(names) > maxMenuFiles {
		return misuse{fmt.Errorf("the folder %s has %d menu files, more than %d; name a folder with menus only", f.shown, len(names), maxMenuFiles)}
	}
	frozen := fstest.MapFS{}
	for _, name := range names {
		b, err := readMost(f.fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed meanwhile; the next look finds it
		}
		if err != nil {
			return err
		}
		frozen[name] = &fstest.MapFile{Data: b}
	}
	f.fsys = frozen
	return nil
}

// readMost reads a file as far as it takes to see that it is too long.
func readMost(fsys fs.FS, name string) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(file, menu.MaxFileBytes+1))
	return b, errors.Join(err, file.Close())
}
