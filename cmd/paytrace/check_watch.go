package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/paytrace/paytrace/docs/diagnostics"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/service"
)

// titleOf is what a finding's code means, "" for one without a page.
func titleOf(code string) string {
	page, ok := diagnostics.Page(code)
	if !ok {
		return ""
	}
	return diagnostics.Title(page)
}

// watch checks now and whenever a menu changes, until the context ends. What is
// wrong with the menus ends nothing.
func (v checkCmd) watch(ctx context.Context, contracts []engine.Contract, std streams) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	dirs, err := v.folders()
	if err != nil {
		return err
	}
	changed := make(chan struct{}, 1)
	for _, dir := range dirs {
		tells := service.WatchFolder(ctx, dir, slog.New(slog.DiscardHandler))
		go func() {
			for range tells {
				select {
				case changed <- struct{}{}:
				default: // the last one still waits
				}
			}
		}()
	}
	return v.watching(ctx, contracts, std, changed, time.Now)
}

// watching is watch with what tells of changes, and the clock that it shows.
func (v checkCmd) watching(ctx context.Context, contracts []engine.Contract, std streams, changed <-chan struct{}, now func() time.Time) error {
	for {
		err := v.once(contracts, std)
		if !printed(err) {
			fmt.Fprintln(std.err, "paytrace:", err) // a file that is gone may come back
		}
		fmt.Fprintf(std.err, "--- checked at %s; waiting for a change (Ctrl-C ends)\n", now().Format(time.TimeOnly))
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// folders are those named, and of the files named, or the default one.
func (v checkCmd) folders() ([]string, error) {
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
	folder, err := service.OpenFolder("")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if folder.Embedded() {
		return nil, misuse{errors.New("--watch: the embedded menus never change; name files, or make a folder " + service.DefaultFolder)}
	}
	return []string{folder.Dir}, nil
}
