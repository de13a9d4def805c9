package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

type auditCmd struct {
	Limit  int  `default:"50" help:"How many to list, the newest first."`
	JSON   bool `name:"json" help:"Print JSON."`
	Ledger bool `help:"Recompute the ledger from its transfers instead, and tell the first difference."`
}

func (auditCmd) Help() string {
	return `Lists what people did with this program: keys made and revoked, wallets sealed
again, jobs run again, messages and calls read, numbers decided, persons forgotten.
Entries have no phone numbers. The database refuses to change or remove them.

With --ledger it recomputes the ledger instead, while the service runs: the body of
every transfer, what resolves or reverses what, that no guarded account was ever below
zero, and every stored balance. The exit status is 1 if something differs.

Examples:
  paytrace audit --limit 10
  paytrace audit --ledger`
}

// auditJSON is the form of an entry for programs.
type auditJSON struct {
	At      time.Time `json:"at"`
	What    string    `json:"what"`
	Actor   string    `json:"actor"`
	Subject string    `json:"subject,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Outcome string    `json:"outcome"`
}

// Run lists the entries.
func (v auditCmd) Run(ctx context.Context, std streams) error {
	if v.Limit < 1 {
		return misuse{fmt.Errorf("--limit: found %d, expected 1 or more", v.Limit)}
	}
	if v.Ledger {
		return v.ledger(ctx, std)
	}
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		list, err := db.Audit(ctx, v.Limit)
		if err != nil {
			return err
		}
		if v.JSON {
			out := make([]auditJSON, 0, len(list))
			for _, e := range list {
				out = append(out, auditJSON(e))
			}
			return json.NewEncoder(std.out).Encode(out)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(std.out, "Nothing is recorded yet.")
			return err
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "TIME\tWHAT\tWHO\tOUTCOME\tTO\tDETAIL")
		for _, e := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", e.At.Local().Format(time.DateTime), e.What, e.Actor, e.Outcome, orDash(e.Subject), orDash(e.Detail))
		}
		return w.Flush()
	})
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// act is something that a person does, for the audit.
type act struct{ what, subject, detail string }

// audited does something and records who did it and how it ended. What was done but
// could not be recorded is an error, too. An act on something that does not exist is
// none: its name is not recorded, because anything may have been typed there.
func audited(ctx context.Context, db store.Auditor, a act, do func() error) error {
	err := do()
	if errors.Is(err, store.ErrNotFound) {
		return err
	}
	return errors.Join(err, a.record(ctx, db, err))
}

// record adds an act to the audit. It also does so when ctx has ended: a person who
// stops the program has still done what was done.
func (a act) record(ctx context.Context, db store.Auditor, err error) error {
	ended := store.AuditDone
	if err != nil {
		ended = store.AuditFailed
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditWithin)
	defer cancel()
	if err := db.AddAudit(ctx, store.AuditEntry{
		At: time.Now(), What: a.what, Actor: actor(), Subject: a.subject, Detail: a.detail, Outcome: ended,
	}); err != nil {
		return fmt.Errorf("%q is not in the audit: %w", a.what, err)
	}
	return nil
}

// auditWithin is shorter than the time that a stopped program has.
const auditWithin = time.Second

// actor names who runs this program, for the audit.
func actor() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	if person := os.Getenv("SUDO_USER"); person != "" && person != u.Username {
		return person + " as " + u.Username
	}
	return u.Username
}
