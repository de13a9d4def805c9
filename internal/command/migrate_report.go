package command

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/postgres/legacy"
)

// migrateReport holds what "migrate" prints, for programs too. Numbers are masked;
// Worker IDs identify the rows.
type migrateReport struct {
	DryRun     bool              `json:"dry_run"`
	OldService bool              `json:"old_service"` // it was the legacy service's, untouched
	From       int64             `json:"version_before"`
	Version    int64             `json:"version"`
	Known      int64             `json:"version_known"`
	UpToDate   bool              `json:"up_to_date"`
	Workers    int               `json:"workers"`
	OtherForms int               `json:"numbers_in_other_forms"`
	Duplicates []duplicateReport `json:"duplicates"`
	Unreadable []accountReport   `json:"unreadable_numbers"`
}

type duplicateReport struct {
	Number   string          `json:"number"`
	Decided  bool            `json:"decided"`
	Accounts []accountReport `json:"accounts"`
}

type accountReport struct {
	WorkerID string    `json:"worker_id"`
	StoredAs string    `json:"stored_as"`
	Since    time.Time `json:"created_at"`
	// Answers says that the number leads to this account now.
	Answers bool `json:"answers"`
}

func newMigrateReport(dry bool, before, after postgres.Report) migrateReport {
	r := migrateReport{
		DryRun: dry, OldService: before.Legacy, From: before.Version, Version: after.Version, Known: after.Known,
		UpToDate: after.UpToDate(), Workers: after.Workers, OtherForms: after.OtherForms,
		Duplicates: []duplicateReport{}, Unreadable: []accountReport{},
	}
	undecided := map[string]bool{}
	for _, d := range after.Undecided() {
		undecided[d.Number] = true
	}
	for _, d := range after.Duplicates {
		shown := duplicateReport{Number: msisdn.Mask(d.Number), Decided: !undecided[d.Number]}
		for _, a := range d.Accounts {
			shown.Accounts = append(shown.Accounts, newAccountReport(a, a.WorkerID == d.Answers()))
		}
		r.Duplicates = append(r.Duplicates, shown)
	}
	for _, a := range after.Unreadable {
		r.Unreadable = append(r.Unreadable, newAccountReport(a, false))
	}
	return r
}

func newAccountReport(a legacy.Account, answers bool) accountReport {
	return accountReport{a.WorkerID, maskStored(a.Phone), a.CreatedAt, answers}
}

// maskStored shows how a number is stored and hides the number: only the first two
// and the last two digits stay.
func maskStored(stored string) string {
	const head, tail = 2, 2
	digits := strings.Count(strings.Map(digitOnly, stored), "0")
	at := 0
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		if at++; at > head && at <= digits-tail {
			return '*'
		}
		return r
	}, stored)
}

// digitOnly makes every digit a zero and drops the rest.
func digitOnly(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return '0'
}

func (r migrateReport) undecided() (n int) {
	for _, d := range r.Duplicates {
		if !d.Decided {
			n++
		}
	}
	return n
}

// shownAccounts is how many rows are printed; --json has all.
const shownAccounts = 50

func (r migrateReport) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, r.sentence())
	fmt.Fprintf(w, "  accounts\t%d\n", r.Workers)
	if r.OtherForms > 0 {
		fmt.Fprintf(w, "  numbers in other forms\t%d, stored as before and found by their digits\n", r.OtherForms)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if n := r.undecided(); n > 0 {
		fmt.Fprintf(out, "\n%s held by several accounts. You must decide which of them answers:\n", counted(n, "number is", "numbers are"))
		if err := r.printDuplicates(out); err != nil {
			return err
		}
		fmt.Fprintln(out, "Decide with: paytrace migrate --keep WORKER-ID, one for each number. The others stay, with their wallets,\nbut the number no longer leads to them; --keep with another one changes the decision.")
	}
	if len(r.Unreadable) > 0 {
		fmt.Fprintf(out, "\n%s no phone number, so no caller can reach it; the row stays as it is:\n", counted(len(r.Unreadable), "account holds", "accounts hold"))
		for _, a := range r.Unreadable[:min(len(r.Unreadable), shownAccounts)] {
			fmt.Fprintf(out, "  %s  %q\n", a.WorkerID, a.StoredAs)
		}
		r.more(out, len(r.Unreadable))
	}
	return nil
}

func (r migrateReport) sentence() string {
	switch {
	case r.DryRun && r.OldService:
		return fmt.Sprintf("The database is as the legacy service left it; nothing was changed. paytrace migrate would migrate it to version %d.", r.Known)
	case r.DryRun && !r.UpToDate:
		return fmt.Sprintf("The database is at version %d; nothing was changed. paytrace migrate would migrate it to version %d.", r.Version, r.Known)
	case r.DryRun:
		return "The database is at this program's version; there is nothing to do."
	default:
		return "The database is at this program's version. Nothing was removed; paytrace serve can use it now."
	}
}

func (r migrateReport) printDuplicates(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  NUMBER\tACCOUNT\tSTORED AS\tSINCE\tANSWERS NOW")
	shown := 0
	for _, d := range r.Duplicates {
		if d.Decided || shown >= shownAccounts {
			continue
		}
		for _, a := range d.Accounts {
			answers := "no"
			if a.Answers {
				answers = "yes, as in the legacy service"
			}
			fmt.Fprintf(w, "  %s\t%s\t%q\t%s\t%s\n", d.Number, a.WorkerID, a.StoredAs, a.Since.Format(time.DateOnly), answers)
			shown++
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	r.more(out, shown)
	return nil
}

// more says where the rest of a long list is printed.
func (migrateReport) more(out io.Writer, n int) {
	if n >= shownAccounts {
		fmt.Fprintln(out, "  … all of them: paytrace migrate --dry-run --json")
	}
}
