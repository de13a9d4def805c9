package actions

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// JobFund is the kind of the jobs that have a wallet funded.
const JobFund = "fund_wallet"

// fundArgs are a JobFund's.
type fundArgs struct {
	Address string `json:"address"`
}

// queueFunding asks, in an action's transaction, for the funding of an
// account's wallet: held back until the account is verified. Whoever verifies
// an account calls it again. Where no wallets are funded it is kept who is to
// be, and no job is made.
func (a *Accounts) queueFunding(ctx context.Context, tx store.Tx, w store.Worker) error {
	return QueueFunding(ctx, tx, w.PublicKey, w.VerifiedAt.IsZero(), a.Funds)
}

// QueueFunding asks for the funding of a wallet; one that is held waits until
// it is asked for again. job says whether somebody is there to do it.
func QueueFunding(ctx context.Context, tx store.Tx, address string, held, job bool) error {
	asked, err := tx.QueueFunding(ctx, address, held)
	if err != nil || held || !job {
		return err
	}
	args, err := json.Marshal(fundArgs{Address: address})
	if err != nil {
		return err
	}
	// A job that is done blocks its key, so each time has one of its own.
	return tx.Enqueue(ctx, store.Job{Kind: JobFund, Key: fmt.Sprintf("%s %d", address, asked), Args: args})
}

// Funder funds wallets; wallet.Funder is one.
type Funder interface {
	Fund(ctx context.Context, address string) (wallet.Funding, error)
}

// Pauses between two looks at a funding that has not ended. The first is
// shorter than a ledger takes to close; the last is short enough that wallets
// are funded minutes after a network came back.
const (
	firstLook = 2 * time.Second
	lastLook  = 5 * time.Minute
)

// FundWallets handles JobFund: it does what can be done now, and is run again
// until the wallet is funded or waits for a person. That is no failure, however
// often; a failure is only a database that does not answer.
func FundWallets(f Funder, now func() time.Time) store.JobHandler {
	return func(ctx context.Context, job store.Job, _ int) error {
		var args fundArgs
		if err := json.Unmarshal(job.Args, &args); err != nil {
			return fmt.Errorf("funding job %s: arguments can't be read: %w", job.Key, err)
		}
		funding, err := f.Fund(ctx, args.Address)
		if err != nil {
			return fmt.Errorf("funding job %s: %w", job.Key, err)
		}
		if funding.Ended() || funding.State == wallet.FundingHeld {
			return nil
		}
		return store.Later(lookAgain(now().Sub(funding.ChangedAt)))
	}
}

// lookAgain is the pause after a funding has been where it is for so long: a
// third of that.
func lookAgain(since time.Duration) time.Duration {
	return min(max(since/3, firstLook), lastLook)
}
