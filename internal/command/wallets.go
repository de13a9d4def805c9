package command

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

type walletsCmd struct {
	List walletsListCmd `cmd:"" default:"withargs" help:"Show how many wallets are funded, and why the others are not."`
	New  walletsNewCmd  `cmd:"" help:"Make a key pair for an account that funds wallets."`
	Fund walletsFundCmd `cmd:"" help:"Request funding for wallets that have no request, or whose funding failed."`
}

func (walletsCmd) Help() string {
	return `Works on the same database as "serve": the file paytrace.db here, or DATABASE_URL.

Example:
  paytrace wallets`
}

type walletsListCmd struct {
	Limit int  `default:"50" help:"How many wallets that are not funded to list."`
	JSON  bool `name:"json" help:"Print JSON."`
}

// walletsJSON is the form of a report on wallets for programs.
type walletsJSON struct {
	// Never counts wallets without a request: accounts of the legacy service.
	Never   int                         `json:"never"`
	States  map[wallet.FundingState]int `json:"states"`
	Waiting []walletJSON                `json:"waiting"`
}

type walletJSON struct {
	Address     string              `json:"address"`
	State       wallet.FundingState `json:"state"`
	Transaction string              `json:"transaction,omitempty"`
	Problem     string              `json:"problem,omitempty"`
	// WaitsFor says for what the wallet waits, and Next what happens then.
	WaitsFor string    `json:"waits_for"`
	Next     string    `json:"next"`
	Since    time.Time `json:"since"`
}

// unfunded lists the states of wallets worth a line, most urgent first.
var unfunded = []wallet.FundingState{
	wallet.FundingFailed, wallet.FundingSubmitted, wallet.FundingPending, wallet.FundingHeld,
}

// Run lists wallets.
func (v walletsListCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		found, err := v.find(ctx, db, settings.StellarFunding.IsSet())
		if err != nil {
			return err
		}
		if v.JSON {
			return json.NewEncoder(std.out).Encode(found)
		}
		return found.print(std)
	})
}

func (v walletsListCmd) find(ctx context.Context, db store.Store, funds bool) (found walletsJSON, err error) {
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
			waitsFor, next := waiting(f, funds, time.Now())
			found.Waiting = append(found.Waiting, walletJSON{f.Address, f.State, f.Transaction, f.Problem, waitsFor, next, f.ChangedAt})
		}
	}
	return found, nil
}

// waiting says for what a wallet waits and what happens next. funds says that a
// funding account is set.
func waiting(f wallet.Funding, funds bool, now time.Time) (waitsFor, next string) {
	switch f.State {
	case wallet.FundingFailed:
		return "you", `nothing by itself: fix the problem, then run "paytrace wallets fund"`
	case wallet.FundingHeld:
		return "its number to be confirmed", "it is funded after its owner has called"
	}
	next = "serve tries again within 5 minutes"
	if f.DueAt.After(now) {
		next = "serve tries again after " + f.DueAt.Local().Format(time.DateTime)
	}
	if f.State == wallet.FundingSubmitted {
		waitsFor, next = "the outcome of transaction "+f.Transaction, "serve asks for it, and makes another one only when this one can't happen any more"
	} else {
		waitsFor = "a transaction"
		if f.Problem != "" {
			waitsFor = "the problem to be solved"
		}
	}
	if !funds {
		next = "nothing, unless serve has STELLAR_FUNDING_SECRET; it is not set here"
	}
	return waitsFor, next
}

// means explains each state.
var means = map[wallet.FundingState]string{
	wallet.FundingFunded:    "funded",
	wallet.FundingSubmitted: "in a transaction that has not ended yet",
	wallet.FundingPending:   "waiting for a transaction",
	wallet.FundingHeld:      "waiting for their number to be confirmed",
	wallet.FundingFailed:    `failed, waiting for you: fix the problem, then run "paytrace wallets fund"`,
}

func (w walletsJSON) print(std streams) error {
	out := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, state := range append([]wallet.FundingState{wallet.FundingFunded}, unfunded...) {
		fmt.Fprintf(out, "%d\t%s\t%s\n", w.States[state], state, means[state])
	}
	fmt.Fprintf(out, "%d\tnever\t%s\n", w.Never, `never requested; "paytrace wallets fund" requests it`)
	if len(w.Waiting) > 0 {
		fmt.Fprintln(out, "\nSTATE\tSINCE\tWALLET\tWAITS FOR\tNEXT\tPROBLEM")
	}
	for _, f := range w.Waiting {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", f.State, f.Since.Local().Format(time.DateTime), f.Address, f.WaitsFor, f.Next, f.Problem)
	}
	return out.Flush()
}

type walletsNewCmd struct{}

func (walletsNewCmd) Help() string {
	return `Prints a new secret seed, as a line for the settings file, and its address.
Nothing is stored. The account exists on the network once it receives lumens; on
the test network Friendbot sends some.

Example:
  paytrace wallets new`
}

// Run makes a key pair and prints its seed on purpose.
func (walletsNewCmd) Run(std streams) error {
	pair, err := stellar.Keys{}.New(rand.Reader)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "STELLAR_FUNDING_SECRET=%s\n# its address: %s\n", pair.Secret.Reveal(), pair.Address)
	return err
}

type walletsFundCmd struct {
	Older time.Duration `default:"10m" help:"Ask the network about wallets that were funded longer ago than this. A server that lags may not know newer ones."`
}

func (walletsFundCmd) Help() string {
	return `Requests funding for every wallet without a request (accounts of the legacy
service) and for those whose funding failed; "serve" then funds them. A wallet
that is funded already, by anyone, is not paid again. Accounts of this service
whose number was never confirmed are left out. You may stop it and run it again.

It also asks the network about the wallets that are funded in the database. Those
that are missing there, as after a reset of the test network, are funded again.

Example:
  STELLAR_FUNDING_SECRET=$SECRET paytrace wallets fund`
}

// fundTogether is how many requests go in one transaction: few enough not to
// delay registrations.
const fundTogether = 200

// Run requests funding for all wallets that lack it.
func (v walletsFundCmd) Run(ctx context.Context, std streams) error {
	settings, err := service.FromEnvironment()
	if err != nil {
		return err
	}
	if !settings.StellarFunding.IsSet() {
		return misuse{errors.New("STELLAR_FUNDING_SECRET is not set, so no wallet would be funded; set it here and for \"serve\"")}
	}
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		lost, unasked := v.lost(ctx, db, settings)
		if unasked != nil {
			unasked = fmt.Errorf("the network could not be asked about the wallets that are funded in the database, so those may be missing there: %w", unasked)
		}
		requested, after := 0, ""
		for {
			addresses, err := db.Unfunded(ctx, after, fundTogether)
			if err != nil {
				return err
			}
			if len(addresses) == 0 {
				again := ""
				if lost > 0 {
					again = fmt.Sprintf(", of which %d were funded before and are missing on the network", lost)
				}
				_, err := fmt.Fprintf(std.out, "funding requested for %d wallets%s; see the progress with: %s wallets\n", requested, again, calledFromHere(std.own))
				return errors.Join(err, unasked)
			}
			if err := requestFunding(ctx, db, addresses); err != nil {
				return err
			}
			requested += len(addresses)
			after = addresses[len(addresses)-1]
		}
	})
}

// lost makes the fundings pending whose wallets the network does not have, and counts
// them.
func (v walletsFundCmd) lost(ctx context.Context, db store.Store, settings service.Settings) (n int, err error) {
	network, _, err := service.Stellar(settings)
	if err != nil {
		return 0, err
	}
	if _, err := network.Terms(ctx); err != nil { // it may be another network
		return 0, err
	}
	now := time.Now()
	before := now.Add(-v.Older)
	for after := ""; ; {
		addresses, err := db.FundedBefore(ctx, before, after, fundTogether)
		if err != nil || len(addresses) == 0 {
			return n, err
		}
		there, err := network.Accounts(ctx, settings.StellarAsset, addresses...)
		if err != nil {
			return n, err
		}
		var missing []string
		for _, address := range addresses {
			account, exists := there[address]
			if !exists || !settings.StellarAsset.Native() && !account.Trusts {
				missing = append(missing, address)
			}
		}
		if err := db.FundAgain(ctx, missing, before, now); err != nil {
			return n, err
		}
		n, after = n+len(missing), addresses[len(addresses)-1]
	}
}

func requestFunding(ctx context.Context, db store.Store, addresses []string) error {
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
