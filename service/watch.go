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
	// pollEvery is how often a folder is looked at where the system does not
	// tell of changes: network drives, folders that are swapped as a whole.
	pollEvery = 250 * time.Millisecond
	// restFor is how long a folder must stay as it is before it is read:
	// editors write in several steps. restMost bounds the wait, so that a change
	// is in service within a second.
	restFor  = 25 * time.Millisecond
	restMost = 400 * time.Millisecond
)

// WatchFolder tells when menus in a folder may have changed, until the context
// ends. A tell that nobody has taken yet stands for all changes since.
func WatchFolder(ctx context.Context, dir string, log *slog.Logger) <-chan struct{} {
	out := make(chan struct{}, 1)
	w := &folderWatch{dir: dir, log: log, seen: fingerprint(dir)}
	w.listen()
	go func() {
		defer close(out)
		defer w.deafen()
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

type folderWatch struct {
	dir    string
	log    *slog.Logger
	seen   string
	notify *fsnotify.Watcher // nil where the system offers none
}

// listen asks the system to tell of changes. Without it the folder is looked at
// often enough.
func (w *folderWatch) listen() {
	notify, err := fsnotify.NewWatcher()
	if err == nil {
		if err = notify.Add(w.dir); err == nil {
			w.notify = notify
			return
		}
		_ = notify.Close() // it watches nothing
	}
	w.log.Debug("the system does not tell of changes; the folder is looked at instead", "folder", w.dir, "error", err)
}

func (w *folderWatch) deafen() {
	if w.notify != nil {
		_ = w.notify.Close() // it was only read
		w.notify = nil
	}
}

// events are the system's tells; a nil channel never has one.
func (w *folderWatch) events() <-chan fsnotify.Event {
	if w.notify == nil {
		return nil
	}
	return w.notify.Events
}

// lost tells that some were lost.
func (w *folderWatch) lost() <-chan error {
	if w.notify == nil {
		return nil
	}
	return w.notify.Errors
}

// next waits for a change that has come to rest; false when the context ends.
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
		case err := <-w.lost():
			// Looking finds what they were about.
			w.log.Debug("the system lost some tells of changes", "error", err)
		case <-tick:
			if fingerprint(w.dir) != w.seen {
				return w.rest(ctx)
			}
		}
	}
}

// concerns says whether a change may be one of menus. A folder of a mounted
// configuration is swapped by a link whose name begins with two dots.
func concerns(e fsnotify.Event) bool {
	name := filepath.Base(e.Name)
	return strings.HasSuffix(name, ".yaml") || strings.HasPrefix(name, "..")
}

// rest waits until the folder stays as it is.
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
	// The folder may be another one of the same name by now.
	w.deafen()
	w.listen()
	return true
}

// fingerprint is what the menus of a folder look like from outside: names,
// sizes, times, and where links lead.
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
