package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

type walletsCmd struct {
	List walletsListCmd `cmd:"" default:"withargs" help:"Show how many wallets are funded, and what is wrong with the others."`
	New  walletsNewCmd  `cmd:"" help:"Make a key pair for an account that funds wallets."`
	Fund walletsFundCmd `cmd:"" help:"Have wallets funded that never were, or whose funding failed."`
}

func (walletsCmd) Help() string {
	return `Works on the same database as "serve": the file paytrace.db here, or DATABASE_URL.

Example:
  paytrace wallets`
}

type walletsListCmd struct {
	Limit int  `default:"50" help:"How many wallets to show that are not funded."`
	JSON  bool `name:"json" help:"As JSON."`
}

// walletsJSON is what is known of wallets, for programs.
type walletsJSON struct {
	// Never were asked for: accounts of the service before this one.
	Never   int                         `json:"never"`
	States  map[wallet.FundingState]int `json:"states"`
	Waiting []walletJSON                `json:"waiting"`
}

type walletJSON struct {
	Address     string              `json:"address"`
	State       wallet.FundingState `json:"state"`
	Transaction string              `json:"transaction,omitempty"`
	Problem     string              `json:"problem,omitempty"`
	Since       time.Time           `json:"since"`
}

// unfunded are the states of wallets worth a line, the most urgent first.
var unfunded = []wallet.FundingState{
	wallet.FundingFailed, wallet.FundingSubmitted, wallet.FundingPending, wallet.FundingHeld,
}

// Run lists wallets.
func (v walletsListCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		found, err := v.find(ctx, db)
		if err != nil {
			return err
		}
		if v.JSON {
			return json.NewEncoder(std.out).Encode(found)
		}
		return found.print(std)
	})
}

func (v walletsListCmd) find(ctx context.Context, db store.Store) (found walletsJSON, err error) {
	found.Waiting = []walletJSON{}
	if found.States, found.Never, err = db.CountFundings(ctx); err != nil {
		return found, err
	}
	for _, state := range unfunded {
		left := v.Limit - len(found.Waiting)
		if left <= 0 {
			break
		}
		list, err := db.ListFundings(ctx, state, left)
		if err != nil {
			return found, err
		}
		for _, f := range list {
			found.Waiting = append(found.Waiting, walletJSON{f.Address, f.State, f.Transaction, f.Problem, f.ChangedAt})
		}
	}
	return found, nil
}

// means says of each state what it is.
var means = map[wallet.FundingState]string{
	wallet.FundingFunded:    "funded",
	wallet.FundingSubmitted: "in a transaction, asked about until it ends",
	wallet.FundingPending:   "waiting for a transaction",
	wallet.FundingHeld:      "waiting for their number to be confirmed",
	wallet.FundingFailed:    `failed, waiting for you: mend what is wrong, then "paytrace wallets fund"`,
}

func (w walletsJSON) print(std streams) error {
	out := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, state := range append([]wallet.FundingState{wallet.FundingFunded}, unfunded...) {
		fmt.Fprintf(out, "%d\t%s\t%s\n", w.States[state], state, means[state])
	}
	fmt.Fprintf(out, "%d\tnever\t%s\n", w.Never, `never asked for, from before; "paytrace wallets fund" does`)
	if len(w.Waiting) > 0 {
		fmt.Fprintln(out, "\nSTATE\tSINCE\tWALLET\tPROBLEM")
	}
	for _, f := range w.Waiting {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", f.State, f.Since.Local().Format(time.DateTime), f.Address, f.Problem)
	}
	return out.Flush()
}

type walletsNewCmd struct{}

func (walletsNewCmd) Help() string {
	return `Prints a new secret seed, as a line for the file of settings, and its address.
Nothing is stored. The account is on the network when somebody sends it lumens;
on the test network Friendbot does.

Example:
  paytrace wallets new`
}

// Run makes a key pair. That its seed is printed is what it is for.
func (walletsNewCmd) Run(std streams) error {
	pair, err := stellar.Keys{}.New(rand.Reader)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "STELLAR_FUNDING_SECRET=%s\n# its address: %s\n", pair.Secret.Reveal(), pair.Address)
	return err
}

type walletsFundCmd struct{}

func (walletsFundCmd) Help() string {
	return `Asks for the funding of every wallet for which that was never done (accounts of
the service before this one) or that failed; "serve" then does it. A wallet that
is funded already, by whomever, is not paid again. Accounts of this service whose
number was never confirmed are left out. May be stopped and run again.

Example:
  STELLAR_FUNDING_SECRET=$SECRET paytrace wallets fund`
}

// fundTogether is how many wallets are asked for in one transaction: few enough
// that registrations don't notice.
const fundTogether = 200

// Run asks for the funding of all wallets that lack it.
func (walletsFundCmd) Run(ctx context.Context, std streams) error {
	settings, err := service.FromEnvironment()
	if err != nil {
		return err
	}
	if !settings.StellarFunding.IsSet() {
		return misuse{errors.New("STELLAR_FUNDING_SECRET is not set, so no wallet would be funded; set it here and for \"serve\"")}
	}
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		asked, after := 0, ""
		for {
			addresses, err := db.Unfunded(ctx, after, fundTogether)
			if err != nil {
				return err
			}
			if len(addresses) == 0 {
				_, err := fmt.Fprintf(std.out, "%d wallets are to be funded; see how far that is with: %s wallets\n", asked, program())
				return err
			}
			if err := askFor(ctx, db, addresses); err != nil {
				return err
			}
			asked += len(addresses)
			after = addresses[len(addresses)-1]
		}
	})
}

func askFor(ctx context.Context, db store.Store, addresses []string) error {
	return db.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		for _, address := range addresses {
			const held, job = false, true
			if err := actions.QueueFunding(ctx, tx, address, held, job); err != nil {
				return err
			}
		}
		return nil
	})
}
