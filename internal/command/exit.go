package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/paytrace/paytrace/internal/service"
)

// Exit statuses.
const (
	exitFine        = 0
	exitDiagnostics = 1 // a menu with diagnostics, a call that failed
	exitMisuse      = 2 // the command line or a setting is wrong
	exitFault       = 3 // something broke
)

// streams hold what a subcommand reads and writes, and the program that it is part of.
type streams struct {
	in       io.Reader
	out, err io.Writer
	own      service.Program
}

// outcome ends a subcommand with a status and prints nothing more.
type outcome struct{ status int }

func (o outcome) Error() string { return fmt.Sprintf("exit status %d", o.status) }

// misuse is an error in the command line.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// statusOf returns the exit status that an error stands for, and whether the
// error is still to be printed.
func statusOf(err error) (status int, silent bool) {
	var done outcome
	switch {
	case err == nil:
		return exitFine, true
	case errors.As(err, &done):
		return done.status, true
	case errors.Is(err, service.ErrMenus):
		return exitDiagnostics, true
	case errors.As(err, new(misuse)), errors.As(err, new(service.UsageError)):
		return exitMisuse, false
	}
	return exitFault, false
}

// exitStatus prints an error and returns the exit status.
func exitStatus(err error, std streams) int {
	status, silent := statusOf(err)
	if !silent {
		complain(std, err)
	}
	return status
}

// printed reports whether an error was explained already.
func printed(err error) bool {
	_, silent := statusOf(err)
	return silent
}
