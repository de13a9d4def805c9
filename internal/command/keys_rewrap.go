package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
)

type rewrapCmd struct {
	DryRun bool `help:"Change nothing: count which keys the wallets are sealed with."`
	JSON   bool `name:"json" help:"Print JSON."`
}

func (rewrapCmd) Help() string {
	return `Opens every wallet that an older key seals, checks that it signs for its row's
address, and seals it with the current key: that of WALLET_KEY, WALLET_KEY_FILE or
KEY_COMMAND if one is set, else ENCRYPTION_KEY. Every wallet can be read
at every moment. You may stop it and run it again, also beside running instances.

The exit status is 0 when the current key opens every wallet and no other key is
needed, and 1 when some remain. docs/operating.md has all steps of a key change.

Example:
  paytrace keys rewrap --dry-run`
}

// Run moves the wallets, or counts them.
func (v rewrapCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error { return v.on(ctx, db, settings, std) })
}

func (v rewrapCmd) on(ctx context.Context, db store.Store, c service.Settings, std streams) error {
	key, _, err := service.ExistingKey(c)
	if errors.Is(err, service.ErrNoKeyFile) {
		return v.none(ctx, db, std.out)
	}
	if err != nil {
		return err
	}
	sealer, err := c.Sealer(key)
	if err != nil {
		return err
	}
	identity, err := identityNeeds(ctx, db, c, key.Reveal())
	if err != nil {
		return err
	}
	report := rewrapReport{DryRun: v.DryRun, IDKey: identity, Key: c.SealsWith()}
	log := service.NewLogger(c, std.err)
	if v.DryRun {
		report.Census, err = sealer.Census(ctx, db)
	} else {
		report.Moved, report.Census, err = sealer.RewrapAll(ctx, db, progressTo(log))
		err = errors.Join(err, act{what: "keys rewrap", detail: counted(report.Moved, "wallet", "wallets")}.record(ctx, db, err))
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopped after %d wallets, which stay moved; run it again: %w", report.Moved, err)
	}
	if err != nil {
		return err
	}
	return v.print(report, std.out)
}

// none reports that there are no wallets, where no key was ever made.
func (v rewrapCmd) none(ctx context.Context, db store.Store, out io.Writer) error {
	report := rewrapReport{Key: "ENCRYPTION_KEY"}
	list, err := db.SealedWallets(ctx, 0, 1)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return misuse{service.ErrNoKeyFile}
	}
	report.DryRun = v.DryRun
	return v.print(report, out)
}

func (v rewrapCmd) print(report rewrapReport, out io.Writer) error {
	var err error
	if v.JSON {
		err = json.NewEncoder(out).Encode(report.json())
	} else {
		err = report.print(out)
	}
	if err == nil && !report.Done() {
		return outcome{exitDiagnostics}
	}
	return err
}

// progressEvery is how many wallets are moved between two log lines.
const progressEvery = 1000

func progressTo(log *slog.Logger) func(int) {
	last := 0
	return func(moved int) {
		if moved/progressEvery > last/progressEvery {
			log.Info("wallets resealed", "moved", moved)
		}
		last = moved
	}
}

// rewrapReport counts the wallets by what happened to them.
type rewrapReport struct {
	wallet.Census
	DryRun bool
	Moved  int
	// Key is the setting with the key that seals.
	Key string
	// IDKey says that the database's identities come from an older
	// ENCRYPTION_KEY, which must stay as ID_KEY.
	IDKey bool
}

type rewrapJSON struct {
	DryRun      bool         `json:"dry_run"`
	Wallets     int          `json:"wallets"`
	Moved       int          `json:"moved"`
	Current     int          `json:"under_current_key"`
	Old         int          `json:"under_older_keys"`
	Broken      int          `json:"opened_by_no_key"`
	BrokenList  []brokenJSON `json:"broken"`
	Done        bool         `json:"done"`
	IDKeyNeeded bool         `json:"id_key_needed"`
}

type brokenJSON struct {
	WorkerID string `json:"worker_id"`
	Error    string `json:"error"`
}

func (r rewrapReport) json() rewrapJSON {
	list := make([]brokenJSON, 0, len(r.Broken))
	for _, b := range r.Broken {
		list = append(list, brokenJSON{b.WorkerID, b.Err.Error()})
	}
	return rewrapJSON{r.DryRun, r.Wallets, r.Moved, r.Current, r.Old, r.BrokenCount, list, r.Done(), r.IDKey}
}

func (r rewrapReport) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "wallets\t%d\n", r.Wallets)
	fmt.Fprintf(w, "  under %s\t%d\t(%d of them moved now)\n", r.Key, r.Current, r.Moved)
	fmt.Fprintf(w, "  under older keys\t%d\n", r.Old)
	fmt.Fprintf(w, "  opened by no key that is set\t%d\n", r.BrokenCount)
	if err := w.Flush(); err != nil {
		return err
	}
	for _, b := range r.Broken {
		fmt.Fprintf(out, "%s: %v\n", b.WorkerID, b.Err)
	}
	fmt.Fprintln(out, r.sentence())
	if r.IDKey {
		fmt.Fprintln(out, "The database's sessions and actions are named with an older ENCRYPTION_KEY: set ID_KEY to that value before you remove it from ENCRYPTION_KEY_OLD.")
	}
	return nil
}

func (r rewrapReport) sentence() string {
	if r.Key != "ENCRYPTION_KEY" && r.BrokenCount == 0 {
		return r.walletKeySentence()
	}
	switch {
	case r.BrokenCount > 0:
		return "Wallets that no key opens were not changed: add the key they were sealed with to ENCRYPTION_KEY_OLD. If a wallet has another address than its row, restore the row from a backup."
	case r.Old > 0 && r.DryRun:
		return "Keep ENCRYPTION_KEY_OLD. paytrace keys rewrap moves the wallets under older keys."
	case r.Old > 0:
		return "Keep ENCRYPTION_KEY_OLD: an instance still seals with an older key. Start every instance with the new ENCRYPTION_KEY, then run this again."
	default:
		return "ENCRYPTION_KEY opens every wallet. No older key is needed for them."
	}
}

// walletKeySentence is printed if the wallets have a key of their own.
func (r rewrapReport) walletKeySentence() string {
	switch {
	case r.Old > 0 && r.DryRun:
		return "Keep the older keys. paytrace keys rewrap moves the wallets under them to " + r.Key + "."
	case r.Old > 0:
		return "Keep the older keys: an instance still seals with one of them. Start every instance with " + r.Key + ", then run this again."
	}
	return r.Key + " opens every wallet. WALLET_KEY_OLD, KEY_COMMAND_OLD and ENCRYPTION_KEY_OLD are not needed for them. Keep ENCRYPTION_KEY: other names are derived from it."
}

// identityNeeds reports whether the database's identities come from an older
// ENCRYPTION_KEY and would be lost with it.
func identityNeeds(ctx context.Context, db store.Store, c service.Settings, current string) (bool, error) {
	tag, err := db.Setting(ctx, service.IdentityTag)
	if errors.Is(err, store.ErrNotFound) || c.IDKey.IsSet() {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, _, err = wallet.FindIdentityKey(tag, "", current)
	return err != nil, nil
}
