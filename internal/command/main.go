// Package command is the command line of PayTrace: the service, and the tools of
// the people who make its menus. The program paytrace runs it, and so does each
// program that calls service.Main.
package command

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // menus name time zones; machines may have none

	"github.com/alecthomas/kong"

	"github.com/paytrace/paytrace/engine/spelling"
	"github.com/paytrace/paytrace/internal/service"
)

// subcommands lists everything that the program can run.
type subcommands struct {
	Serve      serveCmd      `cmd:"" default:"withargs" help:"Answer calls (the default subcommand)."`
	New        newCmd        `cmd:"" help:"Write the files of a new service."`
	Check      checkCmd      `cmd:"" help:"Check menus for errors."`
	Explain    explainCmd    `cmd:"" help:"Explain a diagnostic, with a wrong and a right example."`
	Diff       diffCmd       `cmd:"" help:"Show what a new version of a menu changes for callers."`
	Fmt        fmtCmd        `cmd:"" help:"Format menus, translations and dial scripts."`
	Fix        fixCmd        `cmd:"" help:"Apply the fixes that are certain."`
	Schema     schemaCmd     `cmd:"" help:"Print the JSON Schema of menus and the files beside them, for editors."`
	Lang       langCmd       `cmd:"" help:"Bring a menu's translation up to date."`
	Dial       dialCmd       `cmd:"" help:"Dial a menu on a phone in the terminal."`
	Graph      graphCmd      `cmd:"" help:"Draw a menu, or list the path to every screen."`
	Test       testCmd       `cmd:"" help:"Play dial scripts against menus."`
	Stress     stressCmd     `cmd:"" help:"Make calls on a running service at a steady rate, and measure how long callers wait."`
	Record     recordCmd     `cmd:"" help:"Record calls as a dial script: your own, or those of a log or a running service."`
	Replay     replayCmd     `cmd:"" help:"Replay recorded sessions on another version of a menu."`
	Actions    actionsCmd    `cmd:"" help:"List the actions that menus can use."`
	Jobs       jobsCmd       `cmd:"" help:"List messages and other jobs that wait or failed, and run them again."`
	Migrate    migrateCmd    `cmd:"" help:"Migrate a Postgres database to this version, also one of the legacy service."`
	Calls      callsCmd      `cmd:"" help:"Show what happened on a number's calls."`
	Publish    publishCmd    `cmd:"" help:"Store a menu as a new version and put it into service."`
	Stage      stageCmd      `cmd:"" help:"Show or change which versions of menus answer whom."`
	Pause      pauseCmd      `cmd:"" help:"Answer new calls of a menu with a text."`
	Rollback   rollbackCmd   `cmd:"" help:"Put the version into service again that was live before."`
	Report     reportCmd     `cmd:"" help:"Count calls: how they ended, what they reached, and which screens callers leave."`
	Audit      auditCmd      `cmd:"" help:"List what people did with this program, and who."`
	Reconcile  reconcileCmd  `cmd:"" help:"Compare the ledger with M-Pesa's own books, and tell every difference."`
	Review     reviewCmd     `cmd:"" help:"List the payments that a person must decide about, show what is known, and decide."`
	PIN        pinCmd        `cmd:"" name:"pin" help:"Reset the PIN of a worker."`
	Payouts    payoutsCmd    `cmd:"" help:"Show whether withdrawals are paid out; stop them, or let them go on."`
	Forget     forgetCmd     `cmd:"" help:"Remove what is stored about a person."`
	Doctor     doctorCmd     `cmd:"" help:"Check the settings and everything they name, and say how to fix it."`
	Health     healthCmd     `cmd:"" help:"Ask the service on this machine whether it runs, or whether it is ready."`
	Keys       keysCmd       `cmd:"" help:"Make, list and revoke API keys; change the key that seals wallets."`
	Wallets    walletsCmd    `cmd:"" help:"Show which wallets are funded, and request funding for others."`
	Mpesa      mpesaCmd      `cmd:"" help:"Register the service with M-Pesa."`
	FakeMpesa  fakeMpesaCmd  `cmd:"" help:"Be a Safaricom, for demonstrations and tests: no money moves."`
	Completion completionCmd `cmd:"" help:"Print a script that completes subcommands and flags in bash, zsh or fish."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

// Main runs the subcommand that the command line names, and ends the process with its
// exit status.
func Main(own service.Program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal stops gracefully, the second at once.
	context.AfterFunc(ctx, stop)
	args, std := os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr, own}
	status := runUntil(ctx, stopWithin(args), std, func() int { return run(ctx, args, std) })
	stop()
	os.Exit(status)
}

// toolStopsWithin is how long a stopped subcommand may take to end by itself. One that
// waits for a terminal, a pipe or a folder that does not answer never would.
const toolStopsWithin = 2 * time.Second

// stopWithin returns how long the subcommand of some arguments may take to stop. Serve,
// the default one, finishes its callbacks and jobs.
func stopWithin(args []string) time.Duration {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || args[0] == "serve" {
		return service.StopWithin
	}
	return toolStopsWithin
}

// runUntil runs a subcommand and returns its exit status. Once ctx has ended, it waits a
// while and then leaves the subcommand alone.
func runUntil(ctx context.Context, within time.Duration, std streams, run func() int) int {
	done := make(chan int, 1)
	go func() { done <- run() }()
	select {
	case status := <-done:
		return status
	case <-ctx.Done():
	}
	select {
	case status := <-done:
		return status
	case <-time.After(within):
		complain(std, fmt.Errorf("stopped; what ran did not end within %v", within))
		return exitFault
	}
}

// exitEarly carries the status with which kong ends after --help.
type exitEarly int

// run runs one subcommand and returns the exit status.
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
	parser, err := newParser(std)
	if err != nil {
		complain(std, err)
		return exitFault
	}
	if err := knownSubcommand(parser, args); err != nil {
		complain(std, fmt.Errorf("%w\nSee: paytrace --help", err))
		return exitMisuse
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		complain(std, fmt.Errorf("%w\nSee: paytrace --help", err))
		return exitMisuse
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return exitStatus(parsed.Run(std), std)
}

// newParser returns the parser of the command line.
func newParser(std streams) (*kong.Kong, error) {
	return kong.New(&subcommands{},
		kong.Name(std.own.Called()),
		kong.Description("USSD menus as plain text, and the service that answers them.\n\nTry: paytrace dial"),
		kong.Writers(std.out, std.err),
		kong.Vars{"models": strings.Join(modelNames(), ", ")},
		kong.Exit(func(code int) { panic(exitEarly(code)) }),
		kong.Help(namedHelp(std.own)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
}

// knownSubcommand corrects a misspelt subcommand. The parser would take it for
// an argument of the default one, which has none.
func knownSubcommand(parser *kong.Kong, args []string) error {
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
		return fmt.Errorf("there is no subcommand %q; did you mean %q?", args[0], name)
	}
	return fmt.Errorf("there is no subcommand %q; the subcommands are %s", args[0], strings.Join(names, ", "))
}
