package report

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/paytrace/paytrace/store"
)

// Names of menus that have none.
const (
	// UnknownMenu stands for a menu that is not stored any more.
	UnknownMenu = "(unknown menu)"
	// NoMenu stands for calls to codes that no menu has.
	NoMenu = "(no menu)"
)

func menuName(ctx context.Context, db store.Programs, program string) (string, error) {
	if program == "" {
		return NoMenu, nil
	}
	p, err := db.Program(ctx, program)
	if errors.Is(err, store.ErrNotFound) {
		return UnknownMenu, nil
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(path.Base(p.Menu), ".yaml"), nil
}
