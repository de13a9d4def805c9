package store

import (
	"context"
	"time"
)

// Program is a menu as it was compiled: what a program's hash is taken of,
// besides the contracts of the actions. Whoever has it and the same contracts
// can make the program again.
type Program struct {
	Hash string `json:"-"`
	// Menu is the name of the main file, and Files are the menu's files by
	// their names.
	Menu  string            `json:"menu"`
	Files map[string][]byte `json:"files"`
	// Language is the code of the language calls begin in, "" for the menu's
	// first.
	Language string `json:"language,omitempty"`
}

// Programs keeps menus for the sessions that began on them, so that a call goes
// on as it began on an instance that has a newer version, or was restarted.
type Programs interface {
	// KeepProgram keeps a program at least until a time. One that is kept
	// already is kept longer, never shorter.
	KeepProgram(ctx context.Context, p Program, until time.Time) error
	// Program reads one by its hash: ErrNotFound if there is none.
	Program(ctx context.Context, hash string) (Program, error)
	// DropPrograms forgets those whose time is over, and says how many.
	DropPrograms(ctx context.Context, now time.Time) (int, error)
}
