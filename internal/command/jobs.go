package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

type jobsCmd struct {
	Retry    []int64 `help:"Run these jobs again now." placeholder:"ID"`
	Messages bool    `help:"List the newest messages instead, with their texts."`
	Limit    int     `default:"50" help:"How many to list."`
	JSON     bool    `name:"json" help:"Print JSON."`
}

func (jobsCmd) Help() string {
	return `Works on the same database as "serve": the file paytrace.db here, or DATABASE_URL.

Example:
  paytrace jobs`
}

// Run lists jobs or messages, or runs jobs again.
func (v jobsCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error { return v.on(ctx, db, std) })
}

func (v jobsCmd) on(ctx context.Context, db store.Store, std streams) error {
	switch {
	case len(v.Retry) > 0:
		return v.retry(ctx, db, std)
	case v.Messages:
		return v.messages(ctx, db, std)
	default:
		return v.list(ctx, db, std)
	}
}

func (v jobsCmd) retry(ctx context.Context, db store.Store, std streams) error {
	for _, id := range v.Retry {
		err := audited(ctx, db, act{what: "jobs retry", subject: strconv.FormatInt(id, 10)}, func() error { return db.RetryJob(ctx, id) })
		if errors.Is(err, store.ErrNotFound) {
			return misuse{fmt.Errorf("there is no job %d that waits or failed; see: paytrace jobs", id)}
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "job %d runs again now\n", id)
	}
	return nil
}

func (v jobsCmd) list(ctx context.Context, db store.Store, std streams) error {
	list, err := db.ListJobs(ctx, v.Limit)
	if err != nil {
		return err
	}
	if v.JSON {
		return json.NewEncoder(std.out).Encode(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(std.out, "No jobs wait, run or have failed.")
		return nil
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tKIND\tSTATE\tTRIES\tNEXT\tLAST ERROR")
	for _, j := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d of %d\t%s\t%s\n",
			j.ID, j.Kind, j.State, j.Attempt, j.MaxAttempts, j.RunAt.Local().Format(time.DateTime), j.LastError)
	}
	return w.Flush()
}

// messageJSON is the form of a message for programs, with a masked number.
type messageJSON struct {
	ID         string    `json:"id"`
	To         string    `json:"to"`
	Text       string    `json:"text"`
	Status     string    `json:"status"`
	ProviderID string    `json:"provider_id,omitempty"`
	Error      string    `json:"error,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	// Once says that no job sends it a second time.
	Once     bool          `json:"once,omitempty"`
	Delivery *deliveryJSON `json:"delivery,omitempty"`
}

// deliveryJSON is what the provider reported about a message.
type deliveryJSON struct {
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Network string    `json:"network,omitempty"`
	Retries int       `json:"retries,omitempty"`
	At      time.Time `json:"at"`
}

func messageFor(m store.Message) messageJSON {
	out := messageJSON{m.ID, msisdn.Mask(m.To), actions.ShownText(m), m.Status, m.ProviderID, m.Error, m.CreatedAt, m.Once, nil}
	if d := m.Delivery; d.State != "" {
		out.Delivery = &deliveryJSON{d.State, d.Reason, d.Network, d.Retries, d.At}
	}
	return out
}

// reported describes a message's delivery in a line.
func reported(d store.Delivery) string {
	line := d.State + " " + d.At.Local().Format(time.DateTime)
	if d.Reason != "" {
		line += ": " + d.Reason
	}
	if d.Network != "" {
		line += " (network " + d.Network + ")"
	}
	return line
}

func (v jobsCmd) messages(ctx context.Context, db store.Store, std streams) error {
	list, err := db.Messages(ctx, v.Limit)
	if err == nil {
		err = act{what: "jobs --messages", detail: counted(len(list), "message", "messages")}.record(ctx, db, nil)
	}
	if err != nil {
		return err
	}
	if v.JSON {
		out := make([]messageJSON, 0, len(list))
		for _, m := range list {
			out = append(out, messageFor(m))
		}
		return json.NewEncoder(std.out).Encode(out)
	}
	if len(list) == 0 {
		fmt.Fprintln(std.out, "No messages yet.")
	}
	for _, m := range list {
		fmt.Fprintf(std.out, "%s  %s  to %s\n  %s\n", m.CreatedAt.Local().Format(time.DateTime), m.Status, msisdn.Mask(m.To), actions.ShownText(m))
		if m.Error != "" {
			fmt.Fprintf(std.out, "  %s\n", m.Error)
		}
		if m.Delivery.State != "" {
			fmt.Fprintf(std.out, "  %s\n", reported(m.Delivery))
		}
	}
	return nil
}
