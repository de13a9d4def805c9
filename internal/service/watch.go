package service

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// pollEvery is how often a folder is compared. It finds changes that the system
	// does not report: on network drives, and where a whole folder is swapped.
	pollEvery = 250 * time.Millisecond
	// restFor is how long a folder must stay unchanged before it is read: editors
	// write in several steps. restMost bounds the wait: a change is in service
	// within a second.
	restFor  = 25 * time.Millisecond
	restMost = 400 * time.Millisecond
)

// WatchFolder sends a value when menus in a folder may have changed, until ctx
// ends. A value that waits stands for all changes since.
func WatchFolder(ctx context.Context, dir string, log *slog.Logger) <-chan struct{} {
	out := make(chan struct{}, 1)
	w := &folderWatch{dir: dir, log: log, seen: fingerprint(dir)}
	w.listen()
	go func() {
		defer close(out)
		defer w.stop()
		tick := time.NewTicker(pollEvery)
		defer tick.Stop()
		for w.next(ctx, tick.C) {
			select {
			case out <- struct{}{}:
			default: // the last one still waits
			}
		}
	}()
	return out
}

// A folderWatch notices changes of a folder.
type folderWatch struct {
	dir    string
	log    *slog.Logger
	seen   string
	notify *fsnotify.Watcher // nil where the system offers none
}

// listen asks the system to report changes. Where it can't, polling is enough.
func (w *folderWatch) listen() {
	notify, err := fsnotify.NewWatcher()
	if err == nil {
		if err = notify.Add(w.dir); err == nil {
			w.notify = notify
			return
		}
		_ = notify.Close() // it watches nothing
	}
	w.log.Debug("the system reports no changes; polling the folder", "folder", w.dir, "error", err)
}

func (w *folderWatch) stop() {
	if w.notify != nil {
		_ = w.notify.Close() // it was only read
		w.notify = nil
	}
}

// events returns the changes that the system reports; nil where it reports none.
func (w *folderWatch) events() <-chan fsnotify.Event {
	if w.notify == nil {
		return nil
	}
	return w.notify.Events
}

// errors returns the errors of the reports.
func (w *folderWatch) errors() <-chan error {
	if w.notify == nil {
		return nil
	}
	return w.notify.Errors
}

// next waits for a change and until the folder rests. It returns false when ctx
// ends.
func (w *folderWatch) next(ctx context.Context, tick <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case e, ok := <-w.events():
			if !ok {
				w.notify = nil
			} else if concerns(e) {
				return w.rest(ctx)
			}
		case err := <-w.errors():
			// Polling finds the change.
			w.log.Debug("the system lost reports of changes", "error", err)
		case <-tick:
			if fingerprint(w.dir) != w.seen {
				return w.rest(ctx)
			}
		}
	}
}

// concerns reports whether a change may be one of menus. A mounted configuration is
// swapped through a link whose name begins with two dots.
func concerns(e fsnotify.Event) bool {
	name := filepath.Base(e.Name)
	return strings.HasSuffix(name, ".yaml") || strings.HasPrefix(name, "..")
}

// rest waits until the folder stays unchanged.
func (w *folderWatch) rest(ctx context.Context) bool {
	still, most := time.NewTimer(restFor), time.NewTimer(restMost)
	defer still.Stop()
	defer most.Stop()
	at := fingerprint(w.dir)
	for {
		select {
		case <-ctx.Done():
			return false
		case e := <-w.events():
			if concerns(e) {
				still.Reset(restFor)
			}
			continue
		case <-most.C:
		case <-still.C:
			if now := fingerprint(w.dir); now != at {
				at = now
				still.Reset(restFor)
				continue
			}
		}
		break
	}
	w.seen = at
	// Another folder may have the name by now.
	w.stop()
	w.listen()
	return true
}

// fingerprint describes the menus of a folder without reading them: names, sizes,
// times, and targets of links.
func fingerprint(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "unreadable"
	}
	var b strings.Builder
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".yaml") {
			continue
		}
		file := filepath.Join(dir, e.Name())
		if info, err := os.Stat(file); err == nil {
			fmt.Fprintf(&b, "%s %d %d", e.Name(), info.Size(), info.ModTime().UnixNano())
		}
		if e.Type()&os.ModeSymlink != 0 {
			at, err := filepath.EvalSymlinks(file)
			fmt.Fprintf(&b, " %s %v", at, err)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
