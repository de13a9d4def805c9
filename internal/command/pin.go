package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

type pinCmd struct {
	Reset pinResetCmd `cmd:"" help:"Remove a worker's PIN, so that the worker chooses another one."`
}

type pinResetCmd struct {
	Worker string `arg:"" help:"The Worker ID, as NW-9C7A7A9D." placeholder:"WORKER-ID"`
}

func (pinResetCmd) Help() string {
	return `Removes the PIN of a worker who has forgotten it, and ends the lock after wrong PINs.
The worker chooses another PIN from the own phone, and only from there. First make sure
that the person who asks is the worker: who holds the phone can then choose the PIN and
withdraw. The audit has who reset which PIN.

Example:
  paytrace pin reset NW-9C7A7A9D`
}

// Run resets a PIN.
func (v pinResetCmd) Run(ctx context.Context, std streams) error {
	id := payments.WorkerID(v.Worker)
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		err := payments.Reset(ctx, db, id, actor(), time.Now())
		if errors.Is(err, store.ErrNotFound) {
			return misuse{fmt.Errorf("pin reset: no worker with the ID %q has a PIN; look the ID up with \"paytrace calls NUMBER\"", id)}
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "The PIN of %s is removed. The worker chooses another one at the next call.\n", id)
		return err
	})
}
