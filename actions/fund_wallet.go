package actions

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

// JobFund is the kind of the jobs that fund wallets.
const JobFund = "fund_wallet"

// fundArgs holds the arguments of a JobFund.
type fundArgs struct {
	Address string `json:"address"`
}

// queueFunding requests the funding of an account's wallet in an action's
// transaction. For an unverified account the request is held, and verify calls
// it again. Without a.Funds it stores the request and makes no job.
func (a *Accounts) queueFunding(ctx context.Context, tx store.Tx, w store.Worker) error {
	return QueueFunding(ctx, tx, w.PublicKey, w.VerifiedAt.IsZero(), a.Funds)
}

// QueueFunding requests the funding of a wallet. A held request waits until
// QueueFunding is called again without held. job says whether to make the job
// that does the funding.
func QueueFunding(ctx context.Context, tx store.Tx, address string, held, job bool) error {
	asked, err := tx.QueueFunding(ctx, address, held)
	if err != nil || held || !job {
		return err
	}
	args, err := json.Marshal(fundArgs{Address: address})
	if err != nil {
		return err
	}
	// A finished job blocks its key, so each request has a key of its own.
	return tx.Enqueue(ctx, store.Job{Kind: JobFund, Key: fmt.Sprintf("%s %d", address, asked), Args: args})
}

// Funder funds wallets, as wallet.Funder does.
type Funder interface {
	Fund(ctx context.Context, address string) (wallet.Funding, error)
}

// Pauses between two checks of a funding that has not ended. The first is
// shorter than a ledger takes to close. The last is short enough to fund wallets
// minutes after a network comes back.
const (
	firstLook = 2 * time.Second
	lastLook  = 5 * time.Minute
)

// FundWallets handles JobFund. It does what can be done now, and asks to run
// again until the wallet is funded or waits for a person. Running again is not a
// failure; only a database that does not answer is one.
func FundWallets(f Funder, now func() time.Time) store.JobHandler {
	return func(ctx context.Context, job store.Job, _ int) error {
		var args fundArgs
		if err := json.Unmarshal(job.Args, &args); err != nil {
			return fmt.Errorf("funding job %s: read its arguments: %w", job.Key, err)
		}
		funding, err := f.Fund(ctx, args.Address)
		if err != nil {
			return fmt.Errorf("funding job %s: %w", job.Key, err)
		}
		if funding.Ended() || funding.State == wallet.FundingHeld {
			return nil
		}
		return store.Snooze(lookAgain(now().Sub(funding.ChangedAt)))
	}
}

// lookAgain returns the pause before the next check: a third of the time since
// the funding last changed.
func lookAgain(since time.Duration) time.Duration {
	return min(max(since/3, firstLook), lastLook)
}
