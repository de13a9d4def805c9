package command

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"time"

	"github.com/paytrace/paytrace/internal/service"
)

// watchEvery is how often files are checked: faster than a person switches from the
// editor to the terminal.
const watchEvery = 300 * time.Millisecond

// watch plays again whenever a file of the scripts' folders changes, until ctx
// ends. It prints errors and goes on.
func (v testCmd) watch(ctx context.Context, std streams) error {
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	return v.watching(ctx, std, ticks.C)
}

func (v testCmd) watching(ctx context.Context, std streams, ticks <-chan time.Time) error {
	suites, err := v.suites(std.own)
	if err != nil {
		return err
	}
	for _, s := range suites {
		defer s.close()
		if _, err := s.menus(std.own); err != nil {
			return err
		}
	}
	for {
		before := stamps(suites)
		if err := v.once(ctx, std); !printed(err) {
			complain(std, err)
		}
		fmt.Fprintln(std.out, "Watching for changes; Ctrl-C ends.")
		for maps.Equal(before, stamps(suites)) {
			select {
			case <-ctx.Done():
				return nil
			case <-ticks:
			}
		}
		fmt.Fprintln(std.out)
	}
}

// stamp identifies a state of a file.
type stamp struct {
	size    int64
	changed time.Time
}

// stamps returns the states of the folders' menus and scripts.
func stamps(suites []*suite) map[string]stamp {
	now := map[string]stamp{}
	for _, s := range suites {
		for _, folder := range []*service.Folder{s.folder, s.played} {
			if folder != nil {
				stampFolder(now, folder)
			}
		}
	}
	return now
}

func stampFolder(now map[string]stamp, folder *service.Folder) {
	entries, err := fs.ReadDir(folder.FS, ".")
	if err != nil {
		return // a folder that is gone looks like an empty one
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && (strings.HasSuffix(e.Name(), ".dial") || strings.HasSuffix(e.Name(), ".yaml")) {
			now[dirShown(folder)+"/"+e.Name()] = stamp{info.Size(), info.ModTime()}
		}
	}
}
