package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/internal/service"
)

// watch checks now and whenever a menu changes, until ctx ends. Wrong menus end
// nothing.
func (v checkCmd) watch(ctx context.Context, contracts []engine.Contract, std streams) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	dirs, err := v.folders(std.own)
	if err != nil {
		return err
	}
	changed := make(chan struct{}, 1)
	for _, dir := range dirs {
		changes := service.WatchFolder(ctx, dir, slog.New(slog.DiscardHandler))
		go func() {
			for range changes {
				select {
				case changed <- struct{}{}:
				default: // the last change still waits
				}
			}
		}()
	}
	return v.watching(ctx, contracts, std, changed, time.Now)
}

// watching is watch with a source of changes and a clock.
func (v checkCmd) watching(ctx context.Context, contracts []engine.Contract, std streams, changed <-chan struct{}, now func() time.Time) error {
	for {
		if err := v.once(contracts, std); !printed(err) {
			complain(std, err) // a file that is gone may come back
		}
		fmt.Fprintf(std.err, "--- checked at %s; waiting for a change (Ctrl-C ends)\n", now().Format(time.TimeOnly))
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// folders lists the folders named and those of the files named, or the default
// one.
func (v checkCmd) folders(own service.Program) ([]string, error) {
	var dirs []string
	for _, file := range v.Files {
		dir := file
		if !folderNamed(file) {
			dir = filepath.Dir(file)
		}
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) > 0 {
		return dirs, nil
	}
	folder, err := own.OpenFolder("")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if folder.Embedded() {
		return nil, misuse{errors.New("--watch: the embedded menus never change; name files, or make a folder " + service.DefaultFolder)}
	}
	return []string{folder.Dir}, nil
}
