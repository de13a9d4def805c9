// Package service is PayTrace for other programs: Main makes a program of it, and
// New a service inside of another program.
package service

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/internal/command"
	"github.com/paytrace/paytrace/internal/service"
)

// A Part is something that a program adds to the service.
type Part func(*service.Program)

// Actions adds actions to the built-in ones. register is called once for each table of
// actions that a subcommand needs, and always adds the same ones.
func Actions(register func(*actions.Table) error) Part {
	return func(p *service.Program) {
		before := p.Register
		p.Register = func(table *actions.Table) error {
			if before != nil {
				if err := before(table); err != nil {
					return err
				}
			}
			return register(table)
		}
	}
}

// Menus gives the menus for subcommands that no menu is named for. Those of os.DirFS are
// read from that folder when the program runs, and can be changed in service. All others
// are part of the program: as with the menus that paytrace has in itself, a folder
// ./menus goes before them.
func Menus(fsys fs.FS) Part {
	return func(p *service.Program) { p.Menus = fsys }
}

// Main is the main function of a program. It runs the subcommand that the command line
// names, which is "serve" without any, and ends the process. All subcommands of paytrace
// know the program's actions and menus; --help lists them.
func Main(parts ...Part) {
	command.Main(assembled(os.Args[0], parts))
}

// assembled returns the program that parts make. Without any, it is paytrace.
func assembled(called string, parts []Part) service.Program {
	var p service.Program
	for _, part := range parts {
		part(&p)
	}
	if len(parts) > 0 {
		p.Name = strings.TrimSuffix(filepath.Base(called), ".exe")
	}
	return p
}

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
func OpenFolder(dir string) (*Folder, error) { return service.Program{}.OpenFolder(dir) }
