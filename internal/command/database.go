package command

import (
	"context"
	"errors"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

// onDatabase runs fn on the database that the settings name.
func onDatabase(ctx context.Context, std streams, fn func(db store.Store, settings service.Settings) error) error {
	settings, err := service.FromEnvironment()
	if err != nil {
		return err
	}
	db, err := service.OpenStore(ctx, settings, service.NewLogger(settings, std.err))
	if err != nil {
		return err
	}
	return errors.Join(fn(db, settings), db.Close())
}
