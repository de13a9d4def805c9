// Command paytrace is the PayTrace service and the tools of the people who make
// its menus.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // menus name time zones; machines may have none

	"github.com/alecthomas/kong"

	"github.com/paytrace/paytrace/engine/spelling"
)

// Exit statuses.
const (
	exitFine     = 0
	exitFindings = 1 // a menu with findings, a call that failed
	exitMisuse   = 2 // the command line or a setting is wrong
	exitFault    = 3 // something broke
)

// streams are where a verb reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// verbs are all there is to run.
type verbs struct {
	Serve   serveCmd   `cmd:"" default:"withargs" help:"Answer calls (the default verb)."`
	Check   checkCmd   `cmd:"" help:"Find everything that is wrong with menus."`
	Explain explainCmd `cmd:"" help:"Show what a finding means, with a wrong and a right example."`
	Diff    diffCmd    `cmd:"" help:"Say what a new version of a menu changes for callers."`
	Fmt     fmtCmd     `cmd:"" help:"Bring menus and dial scripts into their one form."`
	Fix     fixCmd     `cmd:"" help:"Mend findings of which there is one right mend."`
	Schema  schemaCmd  `cmd:"" help:"Print the JSON Schema of menus and the files beside them, for editors."`
	Lang    langCmd    `cmd:"" help:"Bring a menu's translation up to date."`
	Dial    dialCmd    `cmd:"" help:"Be a phone in the terminal."`
	Graph   graphCmd   `cmd:"" help:"Draw a menu, or list the way to every screen."`
	Test    testCmd    `cmd:"" help:"Play dial scripts against menus."`
	Record  recordCmd  `cmd:"" help:"Save a call, or those of a log or a running service, as a dial script."`
	Replay  replayCmd  `cmd:"" help:"Play recorded sessions against another version of a menu."`
	Actions actionsCmd `cmd:"" help:"Show what menus may ask for."`
	Jobs    jobsCmd    `cmd:"" help:"Show messages and other work that waits or has failed, and run it again."`
	Migrate migrateCmd `cmd:"" help:"Take a Postgres database forward, the old service's too."`
	Calls   callsCmd   `cmd:"" help:"Show what happened on a number's calls."`
	Forget  forgetCmd  `cmd:"" help:"Remove what is kept of a person."`
	Doctor  doctorCmd  `cmd:"" help:"Find what is wrong with the settings and what they name, and how to mend it."`
	Keys    keysCmd    `cmd:"" help:"Change the key that wallets are sealed with; make, list and revoke keys to the API."`
	Wallets walletsCmd `cmd:"" help:"Show which wallets are funded, and have others funded."`
	Version versionCmd `cmd:"" help:"Show which program this is."`
}

// outcome is a verb's way to end with a status and no further words.
type outcome struct{ status int }

func (o outcome) Error() string { return fmt.Sprintf("exit status %d", o.status) }

// misuse is an error in the command line or a setting.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal stops gracefully, the second at once.
	context.AfterFunc(ctx, stop)
	status := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(status)
}

// run runs one verb and returns the exit status.
func run(ctx context.Context, args []string, std streams) (status int) {
	defer func() {
		if x := recover(); x != nil {
			early, ok := x.(exitEarly)
			if !ok {
				panic(x)
			}
			status = int(early)
		}
	}()
	parser, err := kong.New(&verbs{},
		kong.Name("paytrace"),
		kong.Description("USSD menus as plain text, and the service that answers them.\n\nTry: paytrace dial"),
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { panic(exitEarly(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		fmt.Fprintln(std.err, "paytrace:", err)
		return exitFault
	}
	if err := knownVerb(parser, args); err != nil {
		fmt.Fprintf(std.err, "paytrace: %v\nSee: paytrace --help\n", err)
		return exitMisuse
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(std.err, "paytrace: %v\nSee: paytrace --help\n", err)
		return exitMisuse
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return report(parsed.Run(std), std)
}

// knownVerb corrects a verb that there is not. The parser would take it for an
// argument of the default verb, which has none.
func knownVerb(parser *kong.Kong, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return nil
	}
	var names []string
	for _, n := range parser.Model.Children {
		if n.Name == args[0] {
			return nil
		}
		names = append(names, n.Name)
	}
	if name, ok := spelling.Suggest(args[0], names); ok {
		return fmt.Errorf("there is no verb %q; did you mean %q?", args[0], name)
	}
	return fmt.Errorf("there is no verb %q; the verbs are %s", args[0], strings.Join(names, ", "))
}

// exitEarly is kong's way out after --help.
type exitEarly int

func report(err error, std streams) int {
	var done outcome
	var wrong misuse
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &done):
		return done.status
	case errors.As(err, &wrong):
		fmt.Fprintln(std.err, "paytrace:", err)
		return exitMisuse
	default:
		fmt.Fprintln(std.err, "paytrace:", err)
		return exitFault
	}
}
