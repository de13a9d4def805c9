package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

type serveCmd struct {
	Menus  string `help:"Folder of menus (default: ./menus if there is one, else the embedded ones)." placeholder:"DIR"`
	Reload bool   `help:"Check menus that change and put them into service, while calls finish on what they began with."`
	Port   *int   `help:"Port to listen on (default: PORT, or 5000; 0 for any that is free)."`
}

func (serveCmd) Help() string {
	return `Settings come from the environment; .env.example documents each. With none,
the service keeps its data in the file paytrace.db and its sessions in memory.

Example:
  paytrace serve --port 0`
}

// Stopping: what is under way gets this long to finish. Callbacks have a budget
// of four seconds, and a provider's answer is worth waiting for.
const (
	stopCallbacks = 8 * time.Second
	stopJobs      = 15 * time.Second
)

// gcPercent is how much garbage may gather, in parts of what lives, unless GOGC
// says otherwise. What lives is small, some tens of megabytes, and a collection
// costs the same whatever it finds: this is a twentieth of a callback's time for
// a memory that every machine has.
const gcPercent = 300

// Run serves until the context ends, then stops gracefully.
func (v *serveCmd) Run(ctx context.Context, std streams) error {
	return v.serve(ctx, std, seams{})
}

func (v *serveCmd) serve(ctx context.Context, std streams, between seams) error {
	c, err := environment()
	if err != nil {
		return err
	}
	if v.Port != nil {
		c.Port = *v.Port
	}
	folder, err := openMenus(v.Menus)
	if err != nil {
		return err
	}
	defer folder.close()
	if v.Reload && folder.shown == embedded {
		return misuse{errors.New("--reload: the embedded menus never change; name a folder with --menus, or make a folder " + defaultMenus)}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	log, flush := callbackLogger(c, std.err)
	defer flush()
	s, err := live(ctx, c, folder, std, log, between)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", fmt.Sprintf(":%d", c.Port))
	if err != nil {
		return errors.Join(misuse{fmt.Errorf("%w; set PORT to another one", err)}, s.Close())
	}
	s.greet(std.out, log, ln.Addr().(*net.TCPAddr).Port)
	if v.Reload {
		s.reload = newReloader(s, c, folder, std.err, log)
	}
	return errors.Join(s.until(ctx, ln, log), s.Close())
}

// until serves and works until the context ends: then callbacks in flight are
// answered, and after them the jobs are handed back.
func (s *service) until(ctx context.Context, ln net.Listener, log *slog.Logger) error {
	// Jobs stop after the last callback, so that what it enqueued may go out.
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.server.Serve(ln) })
	group.Go(func() error { s.kept.run(ctx, log); return nil })
	if s.reload != nil {
		group.Go(func() error { s.reload.run(ctx); return nil })
	}
	group.Go(func() error {
		if !passed(working, workAfter) {
			return nil
		}
		return s.work(working, log)
	})
	group.Go(func() error {
		if !passed(ctx, purgeAfter) {
			return nil
		}
		purge := time.NewTicker(purgeEvery)
		defer purge.Stop()
		return purging(ctx, s.db, time.Now, purge.C, log)
	})
	if s.journal != nil {
		group.Go(func() error { return s.journal.Run(working) })
	}
	group.Go(func() error {
		<-ctx.Done()
		log.Info("stopping: callbacks in flight are answered, jobs are handed back")
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopCallbacks)
		defer cancel()
		err := s.server.Shutdown(stop)
		stopWork()
		return err
	})
	return group.Wait()
}

// Callers come first: after a crash or in a deploy they wait, and a start has the
// dearest work to do for them, as opening connections and the first statements on
// each. What nobody waits for begins later.
const (
	workAfter  = time.Second
	purgeAfter = time.Minute
)

// passed waits, and says whether the context still lives.
func passed(ctx context.Context, wait time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// workAgain is the pause before jobs are begun anew, where the database was away
// when they were to begin.
const workAgain = time.Second

// work works through the jobs until the context ends. A database that is away
// takes no instance out of service: callbacks are answered all the same.
func (s *service) work(ctx context.Context, log *slog.Logger) error {
	for {
		err := s.db.Work(ctx, s.handlers(), stopJobs)
		if err == nil || ctx.Err() != nil {
			return err
		}
		log.Error("jobs do not run; they are begun again", "error", err)
		if !passed(ctx, workAgain) {
			return nil
		}
	}
}

// greet says what was chosen, for a person and for the log.
func (s *service) greet(w io.Writer, log *slog.Logger, port int) {
	attrs := []any{slog.Int("port", port)}
	var b strings.Builder
	fmt.Fprintf(&b, "PayTrace %s listens on http://localhost:%d  (API: /docs)\n", version(), port)
	for _, c := range s.chose {
		fmt.Fprintf(&b, "  %-9s %s\n", c.what, c.which)
		attrs = append(attrs, slog.String(c.what, c.which))
	}
	fmt.Fprintln(&b, "Try, in another terminal:")
	fmt.Fprintf(&b, "  curl -s %s-d sessionId=a -d phoneNumber=%%2B254711000111 -d 'serviceCode=%s' -d networkCode=63902 -d text=\n",
		s.door(port), strings.ReplaceAll(s.code, "#", "%23"))
	fmt.Fprintf(&b, "  %s dial\n", program())
	_, _ = io.WriteString(w, b.String())
	log.Info("started", attrs...)
}

// door is how a callback is let in, without naming a secret.
func (s *service) door(port int) string {
	url := fmt.Sprintf("localhost:%d/ussd", port)
	switch s.opens {
	case byKey:
		return `-H "Authorization: Bearer $USSD_API_KEY" ` + url + " "
	case byPath:
		return `"` + url + `/$USSD_PATH_SECRET" `
	default:
		return url + " "
	}
}

// program is how this program is called from here.
func program() string {
	if _, err := os.Stat("bin/paytrace"); err == nil {
		return "bin/paytrace"
	}
	if _, err := os.Stat("cmd/paytrace"); err == nil {
		return "go run ./cmd/paytrace"
	}
	return "paytrace"
}

// onlyWarnings is a logger for libraries, whose everyday words are not ours.
func onlyWarnings(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
