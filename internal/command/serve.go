package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/paytrace/paytrace/internal/service"
)

type serveCmd struct {
	Menus   string `help:"Folder of menus (default: ./menus if there is one, else the embedded ones)." placeholder:"DIR"`
	Reload  bool   `help:"Check menus that change and put them into service; running calls finish on the menu they began with."`
	Demo    bool   `help:"Answer declared actions as people.yaml says, on this machine only: to try a menu whose backend does not exist yet."`
	Address string `help:"IP address to listen on (default: ADDRESS; else 127.0.0.1 without a key, all interfaces with one)." placeholder:"IP"`
	Port    *int   `help:"Port to listen on (default: PORT, or 5000; 0 for any that is free)."`
}

func (serveCmd) Help() string {
	return `Settings come from the environment; .env.example documents each. With none,
the service keeps its data in the file paytrace.db and its sessions in memory.

With --demo it serves menus whose actions are only declared, or whose backend does
not exist yet, with the answers of people.yaml. It reads no setting of another
system, and keeps its data in ` + service.DemoFile + `.

Example:
  paytrace serve --port 0`
}

// gcPercent is how much garbage may gather, in per cent of the live heap, unless
// GOGC says otherwise. The live heap is small, some tens of megabytes, and a
// collection costs the same whatever it finds: this saves a twentieth of a
// callback's time for a memory that every machine has.
const gcPercent = 300

// Run serves until the context ends, then stops gracefully.
func (v *serveCmd) Run(ctx context.Context, std streams) error {
	return v.serve(ctx, std, service.Options{Register: std.own.Register})
}

// serve adds what the command line says to the options, and serves.
func (v *serveCmd) serve(ctx context.Context, std streams, o service.Options) (err error) {
	if o.Settings, err = v.settings(); err != nil {
		return err
	}
	if v.Port != nil {
		o.Settings.Port = *v.Port
	}
	if v.Address != "" {
		if err := o.Settings.ListenOn(v.Address); err != nil {
			return misuse{fmt.Errorf("--address: %w", err)}
		}
	}
	if o.Menus, err = std.own.OpenFolder(v.Menus); err != nil {
		return err
	}
	defer o.Menus.Close()
	if v.Demo {
		if err := o.Settings.CheckDemo(); err != nil {
			return err
		}
		if o.Demo, err = peopleOf(std.own, o.Menus, std.err); err != nil {
			return err
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// A log whose reader ends must not end the service.
	signal.Ignore(syscall.SIGPIPE)
	sink := service.NewLogSink(o.Settings, std.err)
	defer sink.Close()
	o.Reload, o.Diagnostics, o.Log, o.Command = v.Reload, sink, sink.Logger(), calledFromHere(std.own)
	if v.Demo {
		o.Log = o.Log.With("demo", true)
	}
	s, err := service.New(ctx, o)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", o.Settings.ListenAddress())
	if err != nil {
		return errors.Join(misuse{fmt.Errorf("%w; set PORT or ADDRESS to another one", err)}, s.Close())
	}
	greet(std.out, o, s, o.Settings, ln.Addr().(*net.TCPAddr).Port)
	return errors.Join(s.Serve(ctx, ln), s.Close())
}

// settings reads the settings that apply.
func (v *serveCmd) settings() (service.Settings, error) {
	if v.Demo {
		return service.DemoSettings(os.Getenv)
	}
	return service.ToServe()
}

// greet says what was chosen, and what to try.
func greet(w io.Writer, o service.Options, s *service.Service, settings service.Settings, port int) {
	var b strings.Builder
	docs := "  (API: /docs)"
	if settings.NoDocs {
		docs = ""
	}
	if o.Demo != nil {
		b.WriteString("DEMO, no real service: answers are made up, and no money moves. ")
	}
	fmt.Fprintf(&b, "PayTrace %s listens on http://localhost:%d%s\n", service.Version(), port, docs)
	for _, c := range s.Choices() {
		fmt.Fprintf(&b, "  %-9s %s\n", c.What, c.Which)
	}
	fmt.Fprintln(&b, "Try, in another terminal:")
	fmt.Fprintf(&b, "  curl -s %s-d sessionId=a -d phoneNumber=%%2B254711000111 -d 'serviceCode=%s' -d networkCode=63902 -d text=\n",
		target(settings, port), strings.ReplaceAll(s.DefaultCode(), "#", "%23"))
	fmt.Fprintf(&b, "  %s dial\n", o.Command)
	_, _ = io.WriteString(w, b.String())
}

// target is where curl sends a callback, authorized without naming a secret.
func target(settings service.Settings, port int) string {
	url := fmt.Sprintf("localhost:%d/ussd", port)
	switch {
	case settings.USSDAPIKey.IsSet():
		return `-H "Authorization: Bearer $USSD_API_KEY" ` + url + " "
	case settings.USSDPathSecret.IsSet():
		return `"` + url + `/$USSD_PATH_SECRET" `
	default:
		return url + " "
	}
}
