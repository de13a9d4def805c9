// Package service is PayTrace for other programs: Main makes a program of it, and
// New a service inside of another program.
package service

import (
	"context"

	"github.com/paytrace/paytrace/internal/command"
	"github.com/paytrace/paytrace/internal/service"
)

// Main is the main function of a program. It runs the subcommand that the command
// line names, which is "serve" without any, and ends the process.
func Main() { command.Main() }

// What New takes and returns.
type (
	// Options say what a service is made of.
	Options = service.Options
	// A Service answers callbacks and works through the jobs that they leave.
	Service = service.Service
	// Settings say how a service runs. ReadSettings reads them.
	Settings = service.Settings
	// A Folder holds menus and the files beside them.
	Folder = service.Folder
	// Decorators wrap the ports of a service.
	Decorators = service.Decorators
	// A UsageError is what the user can correct.
	UsageError = service.UsageError
)

// ErrMenus says that menus have errors, which Options.Diagnostics were told.
var ErrMenus = service.ErrMenus

// New wires a service: it opens the stores, finds the keys and compiles the menus.
// Its Serve method runs it, and Close ends it. It returns a UsageError for what the
// user can correct, and ErrMenus where menus have errors.
func New(ctx context.Context, o Options) (*Service, error) { return service.New(ctx, o) }

// ReadSettings reads the settings that lookup returns by their names, as those of an
// environment. The error is a UsageError that names all that are wrong.
func ReadSettings(lookup func(name string) string) (Settings, error) {
	return service.ReadSettings(lookup)
}

// OpenFolder opens the folder of menus named, else ./menus, else the menus that are in
// the program itself.
func OpenFolder(dir string) (*Folder, error) { return service.OpenFolder(dir) }
