package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

type reviewCmd struct {
	List   reviewListCmd   `cmd:"" default:"withargs" help:"List the open cases, the oldest first."`
	Show   reviewShowCmd   `cmd:"" help:"Show all that is known about a case: what happened, what was asked, what may be decided."`
	Decide reviewDecideCmd `cmd:"" help:"Decide a case."`
	Take   reviewTakeCmd   `cmd:"" help:"Open the case of a payment that has no known end yet."`
}

type reviewTakeCmd struct {
	Payment []string `arg:"" optional:"" help:"The ID of the payment, as \"paytrace reconcile\" tells it. None: list those that are open." placeholder:"PAYMENT"`
}

func (reviewTakeCmd) Help() string {
	return `A payment whose end M-Pesa has not told for a day gets a case by itself. This opens the
case before that, if you can look the payment up on Safaricom's portal. The service
does not ask about it any more; an answer that comes all the same counts.

Examples:
  paytrace review take
  paytrace review take 0cgJ5yQb1aXo3Q`
}

// maxTaken bounds the open payments that are listed.
const maxTaken = 100

// Run lists open payments, or opens their cases.
func (v reviewTakeCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		if len(v.Payment) == 0 {
			return listOpen(ctx, std.out, db)
		}
		d := payments.New(payments.Desk{Store: db, Provider: mpesa.NewProvider(nil, mpesa.Addresses{})})
		for _, id := range v.Payment {
			err := d.TakeUp(ctx, id, actor())
			if errors.Is(err, store.ErrNotFound) || errors.Is(err, payments.ErrVerdict) {
				return misuse{fmt.Errorf("review take %s: %w; see: paytrace review take", id, err)}
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(std.out, "The payment has a case now; see: paytrace review\n")
		}
		return nil
	})
}

func listOpen(ctx context.Context, out io.Writer, db store.Store) error {
	ids, err := db.OpenPayments(ctx, time.Now(), maxTaken)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PAYMENT\tKIND\tOF\tAMOUNT\tSTATE\tSENT\tASKED\tLAST WORD")
	for _, id := range ids {
		p, err := db.Payment(ctx, id)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", p.ID, p.Kind, p.Worker, shillings(p.Amount), p.State, moment(p.SentAt), p.Asked, orDash(p.Reason))
	}
	return w.Flush()
}

// maxCases bounds the open cases that are looked through.
const maxCases = 10_000

type reviewListCmd struct {
	Limit int  `default:"50" help:"How many to list."`
	JSON  bool `name:"json" help:"Print JSON."`
}

// Run lists the open cases.
func (v reviewListCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		cases, err := db.OpenCases(ctx, v.Limit)
		if err != nil {
			return err
		}
		if v.JSON {
			return json.NewEncoder(std.out).Encode(append([]store.Case{}, cases...))
		}
		if len(cases) == 0 {
			_, err := fmt.Fprintln(std.out, "No case is open.")
			return err
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "CASE\tOPENED\tWHAT\tAMOUNT\tRECEIPT\tDETAIL")
		for _, c := range cases {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", payments.CaseNumber(c), c.OpenedAt.Local().Format(time.DateTime), c.Kind, shillings(c.Amount), orDash(c.Receipt), c.Detail)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.out, "\nRead one with: paytrace review show CASE")
		return err
	})
}

// findCase finds a case by its number, or by its whole ID.
func findCase(ctx context.Context, db store.Store, typed string) (string, error) {
	if _, _, err := db.CaseDecisions(ctx, typed); !errors.Is(err, store.ErrNotFound) {
		return typed, err
	}
	cases, err := db.OpenCases(ctx, maxCases)
	if err != nil {
		return "", err
	}
	for _, c := range cases {
		if payments.CaseNumber(c) == strings.ToLower(typed) {
			return c.ID, nil
		}
	}
	return "", misuse{fmt.Errorf("no open case is %q; see: paytrace review", typed)}
}

type reviewShowCmd struct {
	Case string `arg:"" help:"The number of the case, as 1f2e3d4c." placeholder:"CASE"`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run shows a case.
func (v reviewShowCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		id, err := findCase(ctx, db, v.Case)
		if err != nil {
			return err
		}
		var f payments.File
		err = audited(ctx, db, act{what: "review show", subject: id}, func() (err error) {
			f, err = payments.ReadFile(ctx, db, id)
			return err
		})
		if err != nil {
			return err
		}
		// The token of an address is a secret, and the number of the payment is masked.
		f.Payment.Token, f.Payment.Phone = "", maskedPhone(f.Payment.Phone)
		for i := range f.Posts {
			f.Posts[i].Token, f.Posts[i].Body = "", ""
		}
		if v.JSON {
			return json.NewEncoder(std.out).Encode(f)
		}
		return printFile(std.out, f)
	})
}

func maskedPhone(phone string) string {
	const shown = 3
	if len(phone) <= 2*shown {
		return phone
	}
	return phone[:2*shown] + "****" + phone[len(phone)-2:]
}

func printFile(out io.Writer, f payments.File) error {
	c := f.Case
	fmt.Fprintf(out, "Case %s: %s, %s, opened %s.\n%s.\n", payments.CaseNumber(c), c.Kind, shillings(c.Amount), c.OpenedAt.Local().Format(time.DateTime), c.Detail)
	if c.Account != "" || c.Receipt != "" {
		fmt.Fprintf(out, "M-Pesa's receipt %s, account number %q.\n", orDash(c.Receipt), c.Account)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if p := f.Payment; p.ID != "" {
		fmt.Fprintf(w, "\nWhat was asked\n")
		fmt.Fprintf(w, "%s\tof %s\tto or from %s\n", p.Kind, p.Worker, p.Phone)
		fmt.Fprintf(w, "amount and fee\t%s\t%s\n", shillings(p.Amount), shillings(p.Fee))
		fmt.Fprintf(w, "reference at M-Pesa\t%s\trequest %s\n", p.Reference, orDash(p.Request))
		fmt.Fprintf(w, "asked for, sent\t%s\t%s\n", moment(p.CreatedAt), moment(p.SentAt))
		fmt.Fprintf(w, "state\t%s since %s\tasked about %d times\n", p.State, moment(p.ChangedAt), p.Asked)
		fmt.Fprintf(w, "M-Pesa's last word\t%s\t%s\n", orDash(p.Code), orDash(p.Reason))
	}
	if len(f.Transfers) > 0 {
		fmt.Fprintf(w, "\nWhat the ledger has\n")
	}
	for _, t := range f.Transfers {
		fmt.Fprintf(w, "%s\t%s %s\t%s\tfrom %s\tto %s\t%s\n", moment(t.EffectiveAt), t.Phase, t.What, shillings(t.Amount), t.Debit, t.Credit, orDash(t.Receipt))
	}
	if len(f.Posts) > 0 {
		fmt.Fprintf(w, "\nWhat M-Pesa posted\n")
	}
	for _, p := range f.Posts {
		fmt.Fprintf(w, "%s\tto %s\t%s\n", moment(p.ReceivedAt), p.Route, orDash(p.Note))
	}
	if len(f.Decisions) > 0 {
		fmt.Fprintf(w, "\nWhat was decided\n")
	}
	for _, d := range f.Decisions {
		fmt.Fprintf(w, "%s\t%s\t%s\n", moment(d.At), d.Actor, d.Decision)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if !c.ClosedAt.IsZero() {
		_, err := fmt.Fprintf(out, "\nIt was closed %s.\n", moment(c.ClosedAt))
		return err
	}
	fmt.Fprintf(out, "\nWhat may be decided\n")
	for _, choice := range payments.Choices(c) {
		fmt.Fprintf(out, "  %s: %s\n", choice, choiceWords[choice])
	}
	return nil
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(time.DateTime)
}

// choiceWords say what each choice does.
var choiceWords = map[payments.Choice]string{
	payments.ChoosePaid:      "M-Pesa's portal shows it as completed. It is booked; without a receipt above, name it with --receipt.",
	payments.ChooseNotPaid:   "M-Pesa's portal shows that it failed, or does not have it. What it held is given back.",
	payments.ChooseCredit:    "The money goes to the worker of the payment, or to the one that --worker names.",
	payments.ChooseReturned:  "The money was sent back on the portal. Name the receipt of the reversal with --receipt.",
	payments.ChooseTakeBack:  "The worker has the money twice. It is taken from the worker's account, if that has enough.",
	payments.ChooseWriteOff:  "The service bears the loss.",
	payments.ChooseExplained: "A person knows why the books differ. Nothing moves.",
}

type reviewDecideCmd struct {
	Case    string `arg:"" help:"The number of the case, as 1f2e3d4c." placeholder:"CASE"`
	Choice  string `arg:"" help:"What is decided; \"paytrace review show CASE\" lists what may be." placeholder:"DECISION"`
	Reason  string `required:"" help:"Why, for the audit. No phone number." placeholder:"TEXT"`
	Receipt string `help:"M-Pesa's receipt, as its portal shows it." placeholder:"RECEIPT"`
	Worker  string `help:"Who gets the money, where nobody is known to own it." placeholder:"WORKER-ID"`
}

func (reviewDecideCmd) Help() string {
	return `Look the payment up on Safaricom's portal first. Above REVIEW_TWO_ABOVE two persons,
each as an own user of this system, must decide alike; the second decision is carried
out. A decision can't be changed. The audit has each of them.

Examples:
  paytrace review decide 1f2e3d4c paid --receipt SG632NMUAB --reason "completed on the portal"
  paytrace review decide 1f2e3d4c credit --worker NW-9C7A7A9D --reason "the payer called"`
}

// Run decides a case.
func (v reviewDecideCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		id, err := findCase(ctx, db, v.Case)
		if err != nil {
			return err
		}
		if !settings.MPesa.On() {
			return misuse{errors.New("MPESA_CONSUMER_KEY is not set; a decision needs the settings of the service")}
		}
		c, err := service.OpenReconciler(ctx, db, settings, service.NewLogger(settings, std.err))
		if err != nil {
			return err
		}
		decided, err := c.Decide(ctx, payments.Verdict{
			Case: id, Actor: actor(), Choice: payments.Choice(v.Choice), Receipt: strings.ToUpper(v.Receipt), Worker: v.Worker, Reason: v.Reason,
		}, settings.Review.TwoAbove)
		if errors.Is(err, payments.ErrVerdict) || errors.Is(err, store.ErrDecided) {
			return misuse{fmt.Errorf("review decide: %w", err)}
		}
		if err != nil {
			return err
		}
		for _, d := range decided.Others {
			fmt.Fprintf(std.out, "%s has decided otherwise: %s.\n", d.Actor, d.Decision)
		}
		if !decided.Done {
			_, err := fmt.Fprintln(std.out, "It is noted. Another person must decide alike; nothing has moved.")
			return err
		}
		_, err = fmt.Fprintln(std.out, "It is done, and the case is closed.")
		return err
	})
}
