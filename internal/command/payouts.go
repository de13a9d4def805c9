package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

type payoutsCmd struct {
	Show   payoutsShowCmd   `cmd:"" default:"1" help:"Show whether withdrawals are paid out."`
	Stop   payoutsStopCmd   `cmd:"" help:"Pay nothing out until \"paytrace payouts resume\"."`
	Resume payoutsResumeCmd `cmd:"" help:"Let payouts go on after their reason is mended."`
}

func (payoutsCmd) Help() string {
	return `The service stops payouts by itself when M-Pesa says that the operator's password is
wrong or locked, or that a role is missing: more attempts would lock the operator. While
they are stopped, callers read that withdrawals are closed, and withdrawals that were
taken before wait with their money held. Payments in go on.

Examples:
  paytrace payouts
  paytrace payouts stop "the float is being moved"
  paytrace payouts resume`
}

type payoutsShowCmd struct{}

// Run says whether payouts are stopped.
func (payoutsShowCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		stop, err := payments.ReadStop(ctx, db)
		if err != nil {
			return err
		}
		return showStop(std.out, stop)
	})
}

func showStop(w io.Writer, s payments.Stop) (err error) {
	switch {
	case !s.Stopped():
		_, err = fmt.Fprintln(w, "Withdrawals are paid out.")
	case s.By != "":
		_, err = fmt.Fprintf(w, "Payouts were stopped at %s by %s: %s\nLet them go on with: paytrace payouts resume\n", s.At.Format(time.RFC3339), s.By, s.Reason)
	default:
		_, err = fmt.Fprintf(w, "Payouts are stopped since %s: payment %s was refused with code %s, %s.\nMend that first. Then let them go on with: paytrace payouts resume\n",
			s.At.Format(time.RFC3339), s.Payment, s.Code, s.Reason)
	}
	return err
}

// maxReason bounds the bytes of a reason, which stands in the audit.
const maxReason = 200

type payoutsStopCmd struct {
	Reason string `arg:"" help:"Why, for the others and the audit." placeholder:"REASON"`
}

// Run stops payouts.
func (v payoutsStopCmd) Run(ctx context.Context, std streams) error {
	if v.Reason == "" || len(v.Reason) > maxReason {
		return misuse{fmt.Errorf("payouts stop: found a reason of %d bytes, expected 1 to %d", len(v.Reason), maxReason)}
	}
	return changeStop(ctx, std, "payouts stop", v.Reason, func(before payments.Stop) (payments.Stop, error) {
		if before.Stopped() {
			return before, errors.New("payouts are stopped already")
		}
		return payments.Stop{At: time.Now().UTC(), By: actor(), Reason: v.Reason}, nil
	})
}

type payoutsResumeCmd struct{}

// Run lets payouts go on.
func (payoutsResumeCmd) Run(ctx context.Context, std streams) error {
	return changeStop(ctx, std, "payouts resume", "", func(before payments.Stop) (payments.Stop, error) {
		if !before.Stopped() {
			return before, errors.New("payouts are not stopped")
		}
		return payments.Stop{}, nil
	})
}

// changeStop stops payouts or lets them go on. The audit has it first.
func changeStop(ctx context.Context, std streams, what, detail string, change func(before payments.Stop) (payments.Stop, error)) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		before, err := payments.ReadStop(ctx, db)
		if err != nil {
			return err
		}
		after, err := change(before)
		if err != nil {
			return misuse{err}
		}
		if detail == "" {
			detail = before.Reason
		}
		entry := store.AuditEntry{At: time.Now(), What: what, Actor: actor(), Detail: detail, Outcome: store.AuditDone}
		if err := db.AddAudit(ctx, entry); err != nil {
			return err
		}
		if err := payments.WriteStop(ctx, db, after); err != nil {
			return err
		}
		return showStop(std.out, after)
	})
}
