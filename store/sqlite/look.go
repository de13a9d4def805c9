package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Look says whether the file is there and at this program's version, and
// changes nothing. An error wraps store.ErrSchema if the file holds another
// schema.
func Look(ctx context.Context, config Config) (exists, upToDate bool, err error) {
	if _, err := os.Stat(config.Path); errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	} else if err != nil {
		return false, false, err
	}
	done, err := isUpToDate(ctx, config.withDefaults())
	if err != nil {
		return true, false, fmt.Errorf("look at SQLite file %s: %w", config.Path, err)
	}
	return true, done, nil
}
