package service

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/menus"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// A Program is what a Go program adds to the service. The zero value adds nothing: it
// stands for paytrace itself.
type Program struct {
	// Name is how users call the program; "paytrace" by default.
	Name string
	// Register adds actions to the built-in ones; nil adds none.
	Register func(*actions.Table) error
	// Menus are used where no folder of menus is named. Those of os.DirFS are a folder
	// on disk. All others are menus in the program itself, in place of the shipped ones.
	Menus fs.FS
}

// Called returns how users call the program.
func (p Program) Called() string {
	if p.Name == "" {
		return "paytrace"
	}
	return p.Name
}

// Contracts returns the contracts of the actions that the program has, which menus are
// checked against. It opens no database.
func (p Program) Contracts() ([]engine.Contract, error) {
	table, err := newTable(nil, Settings{}, actions.Accounts{CodeKey: make([]byte, keyBytes)}, time.Now)
	if err != nil {
		return nil, err
	}
	if err := p.register(table); err != nil {
		return nil, err
	}
	return table.Contracts(), nil
}

// register adds the program's own actions.
func (p Program) register(table *actions.Table) error {
	if p.Register == nil {
		return nil
	}
	return p.Register(table)
}

// OpenFolder opens the folder named, else the one that the program names, else ./menus,
// else the menus in the program itself, which are only meant where there is no ./menus.
// Nothing outside the folder can be read through it.
func (p Program) OpenFolder(dir string) (*Folder, error) {
	if dir != "" {
		return openNamed(dir)
	}
	if dir, ok := onDisk(p.Menus); ok {
		return openDefault(dir)
	}
	if _, err := os.Lstat(DefaultFolder); errors.Is(err, fs.ErrNotExist) {
		return p.EmbeddedFolder(), nil
	}
	return openDefault(DefaultFolder)
}

// openDefault opens a folder that nobody has named on the command line. It must have a
// menu.
func openDefault(dir string) (*Folder, error) {
	shown := shownDir(dir)
	f, err := OpenDir(dir, dir, shown)
	if err != nil {
		return nil, usagef("menus: %w; make %s a folder with menus, or remove it", err, shown)
	}
	if names, err := f.Menus(); err != nil || len(names) == 0 {
		defer f.Close()
		return nil, errors.Join(err, f.NoMenus("put a menu there, or remove the folder"))
	}
	return f, nil
}

func openNamed(dir string) (*Folder, error) {
	f, err := OpenDir(dir, dir, shownDir(dir))
	if err != nil {
		return nil, usagef("menus: %w; name a folder that is there", err)
	}
	return f, nil
}

// shownDir returns a folder's name as a person sees it.
func shownDir(dir string) string {
	if strings.HasPrefix(dir, "/") || strings.HasPrefix(dir, ".") {
		return dir
	}
	return "./" + dir
}

// onDisk returns the folder that os.DirFS made fsys of.
func onDisk(fsys fs.FS) (dir string, ok bool) {
	if fsys == nil || reflect.TypeOf(fsys) != reflect.TypeOf(os.DirFS(".")) {
		return "", false
	}
	return reflect.ValueOf(fsys).String(), true
}

// EmbeddedFolder returns the menus that are in the program itself.
func (p Program) EmbeddedFolder() *Folder {
	if _, disk := onDisk(p.Menus); disk || p.Menus == nil {
		return ShippedFolder()
	}
	return &Folder{FS: p.Menus, Dir: embedded, Shown: embedded}
}

// ShippedFolder returns the menus that every program has in itself.
func ShippedFolder() *Folder { return &Folder{FS: menus.FS, Dir: embedded, Shown: embedded} }

// NewSandbox makes a sandbox with the time of now. random is the source of
// Worker IDs and wallets; nil stands for crypto/rand.
func (p Program) NewSandbox(ctx context.Context, now func() time.Time, random io.Reader) (*Sandbox, error) {
	db, err := sqlite.OpenMemory(ctx, sqlite.Config{Now: now})
	if err != nil {
		return nil, err
	}
	raw := make([]byte, keyBytes)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	sealer, err := wallet.NewSealer(stellar.Keys{}, now, base64.StdEncoding.EncodeToString(raw))
	if err != nil {
		return nil, err
	}
	if random == nil {
		random = rand.Reader
	}
	table, err := newTable(db, Settings{}, actions.Accounts{Sealer: sealer, Rand: random, CodeKey: raw}, now)
	if err != nil {
		return nil, err
	}
	if err := p.register(table); err != nil {
		return nil, err
	}
	return &Sandbox{Store: db, Actions: table, Identity: raw}, nil
}
