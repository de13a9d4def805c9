package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

type callsCmd struct {
	Phone   string `arg:"" optional:"" xor:"whose" help:"The caller's number, as 0712345678 or +254712345678." placeholder:"PHONE"`
	Session string `xor:"whose" placeholder:"ID" help:"One session instead, by the gateway's ID."`
	Worker  string `xor:"whose" placeholder:"ID" help:"The calls of the number of this account instead, as NW-9C7A7A9D."`
	Receipt string `xor:"whose" placeholder:"RECEIPT" help:"The calls of the number that this receipt of M-Pesa belongs to instead."`
	Limit   int    `default:"200" help:"How many screens to show; the newest."`
	JSON    bool   `name:"json" help:"Print JSON."`
}

func (callsCmd) Help() string {
	return `Shows a number's calls screen by screen: the time, the option that was chosen,
the next screen and its text. Of all other answers only the kind is stored,
never the text. Numbers on screens are masked. Calls are kept for
CALL_JOURNAL_DAYS. The newest second of a running instance may be missing.

Example:
  paytrace calls 0711000111`
}

// Run shows the notes of a number's calls.
func (v callsCmd) Run(ctx context.Context, std streams) error {
	phone := ""
	switch {
	case v.Phone != "":
		var err error
		if phone, err = phoneOf(v.Phone); err != nil {
			return err
		}
	case v.Session == "" && v.Worker == "" && v.Receipt == "":
		return misuse{errors.New("name a number, or give --session, --worker or --receipt")}
	}
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		notes, err := v.find(ctx, db, &phone)
		if err != nil {
			return err
		}
		return v.print(ctx, db, settings, phone, notes, std.out)
	})
}

// find reads the notes of the calls that were asked for. It finds out whose they are.
func (v callsCmd) find(ctx context.Context, db store.Store, phone *string) ([]store.CallNote, error) {
	switch {
	case v.Session != "":
		notes, err := db.CallsIn(ctx, v.Session, v.Limit)
		if len(notes) > 0 {
			*phone = notes[0].Caller
		}
		return notes, err
	case v.Worker != "":
		w, err := workerByID(ctx, db, v.Worker)
		if err != nil {
			return nil, err
		}
		*phone = w.Phone
	case v.Receipt != "":
		in, err := paymentOf(ctx, db, v.Receipt)
		if err != nil {
			return nil, err
		}
		*phone = in.Phone
	}
	return db.CallsOf(ctx, *phone, v.Limit)
}

// workerByID reads the account with a Worker ID.
func workerByID(ctx context.Context, db store.Store, id string) (w store.Worker, err error) {
	err = db.Within(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		w, err = tx.WorkerByID(ctx, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return w, misuse{fmt.Errorf("no account has the Worker ID %q; expected one as NW-9C7A7A9D", id)}
	}
	return w, err
}

// mpesaProvider is the provider whose receipts people have.
const mpesaProvider = "mpesa"

// paymentOf reads the payment that a receipt belongs to.
func paymentOf(ctx context.Context, db store.Store, receipt string) (payments.Intent, error) {
	var booked ledger.Transfer
	err := db.Within(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		booked, err = tx.BookedReceipt(ctx, mpesaProvider, strings.ToUpper(receipt))
		return err
	})
	if err == nil && booked.Intent == "" {
		err = store.ErrNotFound // somebody paid in without a call
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return payments.Intent{}, err
	}
	if err == nil {
		return db.Payment(ctx, booked.Intent)
	}
	return payments.Intent{}, misuse{fmt.Errorf("no payment that began in a call has the receipt %q", receipt)}
}

// phoneOf reads a phone number from the command line: a Kenyan one in any form,
// any other with its country code.
func phoneOf(arg string) (string, error) {
	if digits, ok := msisdn.Parse(arg); ok {
		return digits, nil
	}
	if digits, ok := msisdn.Parse(arg, msisdn.Any); ok {
		return digits, nil
	}
	if digits, ok := msisdn.Digits(arg); ok {
		return digits, nil
	}
	return "", misuse{errors.New("this is not a phone number; expected one as 0712345678 or +254712345678")}
}

// callJSON is the form of a call for programs.
type callJSON struct {
	Session  string       `json:"session"`
	Provider string       `json:"provider"`
	Service  string       `json:"service"`
	Began    time.Time    `json:"began"`
	Ended    bool         `json:"ended"`
	Screens  []screenJSON `json:"screens"`
}

type screenJSON struct {
	At     time.Time `json:"at"`
	Heard  string    `json:"heard"`
	Screen string    `json:"screen"`
	Shown  string    `json:"shown"`
	TookMS float64   `json:"took_ms"`
	Fault  string    `json:"fault,omitempty"`
	Menu   string    `json:"menu"`
}

func (v callsCmd) print(ctx context.Context, db store.Store, c service.Settings, phone string, notes []store.CallNote, out io.Writer) error {
	calls := groupCalls(notes)
	if phone == "" {
		fmt.Fprintf(out, "No notes of the session %s are stored.\n", v.Session)
		return nil
	}
	w, err := db.Worker(ctx, phone)
	// Nothing is shown unless it is recorded who saw it.
	seen := act{what: "calls", subject: w.WorkerID, detail: counted(len(calls), "call", "calls")}
	if err := seen.record(ctx, db, nil); err != nil {
		return err
	}
	if v.JSON {
		return json.NewEncoder(out).Encode(calls)
	}
	switch {
	case err == nil:
		fmt.Fprintf(out, "%s has the account %s%s.\n", msisdn.Mask(phone), w.WorkerID, accountSince(w))
	case errors.Is(err, store.ErrNotFound):
		fmt.Fprintf(out, "%s has no account.\n", msisdn.Mask(phone))
	case errors.Is(err, store.ErrAmbiguous):
		fmt.Fprintf(out, "%s has several accounts, and it is not decided which one answers; see: paytrace migrate --dry-run\n", msisdn.Mask(phone))
	default:
		return err
	}
	if len(calls) == 0 {
		fmt.Fprintln(out, noCalls(c))
	}
	for _, call := range calls {
		call.print(out)
	}
	return nil
}

func accountSince(w store.Worker) string {
	since := ""
	if !w.CreatedAt.IsZero() {
		since = " since " + w.CreatedAt.Local().Format(time.DateOnly)
	}
	if w.VerifiedAt.IsZero() {
		return since + ", not confirmed from this number"
	}
	return since + ", confirmed " + w.VerifiedAt.Local().Format(time.DateOnly)
}

func noCalls(c service.Settings) string {
	if c.JournalDays == 0 {
		return "No calls are stored: CALL_JOURNAL_DAYS is 0."
	}
	return fmt.Sprintf("No calls in the last %d days.", c.JournalDays)
}

// groupCalls groups notes, the newest first, into calls, the oldest first.
func groupCalls(notes []store.CallNote) []callJSON {
	calls := []callJSON{}
	at := map[string]int{}
	for _, n := range slices.Backward(notes) {
		key := n.Provider + " " + n.Session
		i, known := at[key]
		if !known {
			i = len(calls)
			at[key] = i
			calls = append(calls, callJSON{Session: engine.ShownSession(n.Session, n.Caller), Provider: n.Provider, Service: n.Service, Began: n.At})
		}
		calls[i].Ended = calls[i].Ended || n.Ended
		calls[i].Screens = append(calls[i].Screens, screenJSON{
			At: n.At, Heard: n.Input, Screen: n.Screen, Shown: maskNumbers(n.Shown),
			TookMS: float64(n.Took.Microseconds()) / 1000, Fault: maskNumbers(n.Fault), Menu: n.Program[:min(len(n.Program), shownMenu)],
		})
	}
	return calls
}

// shownMenu is how many characters of a menu's hash the log shows.
const shownMenu = 12

// numbers matches digits that may be a phone number.
var numbers = regexp.MustCompile(`\+?\d{9,15}`)

func maskNumbers(text string) string {
	return numbers.ReplaceAllStringFunc(text, func(number string) string {
		return msisdn.Mask(strings.TrimPrefix(number, "+"))
	})
}

func (call callJSON) print(out io.Writer) {
	ended := "not ended"
	if call.Ended {
		ended = "ended"
	}
	fmt.Fprintf(out, "\n%s  %s  %s, %s  (session %s, %s)\n", call.Began.Local().Format(time.DateTime), call.Service,
		counted(len(call.Screens), "screen", "screens"), ended, call.Session, call.Provider)
	for _, s := range call.Screens {
		heard := s.Heard
		if heard == "" {
			heard = "-"
		}
		fmt.Fprintf(out, "  %s  %-14s -> %s  (%.1f ms)\n", s.At.Local().Format(time.TimeOnly), heard, s.Screen, s.TookMS)
		for line := range strings.Lines(s.Shown) {
			fmt.Fprintf(out, "            | %s\n", strings.TrimRight(line, "\n"))
		}
		if s.Fault != "" {
			fmt.Fprintf(out, "            ! %s\n", s.Fault)
		}
	}
}
