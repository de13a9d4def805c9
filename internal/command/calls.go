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
)

type callsCmd struct {
	Phone string `arg:"" help:"The caller's number, as 0712345678 or +254712345678." placeholder:"PHONE"`
	Limit int    `default:"200" help:"How many screens to show; the newest."`
	JSON  bool   `name:"json" help:"Print JSON."`
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
	phone, err := phoneOf(v.Phone)
	if err != nil {
		return err
	}
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		return v.on(ctx, db, settings, phone, std.out)
	})
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

func (v callsCmd) on(ctx context.Context, db store.Store, c service.Settings, phone string, out io.Writer) error {
	notes, err := db.CallsOf(ctx, phone, v.Limit)
	if err != nil {
		return err
	}
	calls := groupCalls(notes)
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
