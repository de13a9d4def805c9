package actions

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

// This file runs actions that a backend answers over the network. The backend can't take
// part in a transaction, so there are two: the first stores, before the request leaves,
// that the backend is asked; the second stores its outcome. Where the outcome stays
// unknown, a job asks again under the same ID until there is one.

// A Question asks a backend for one run of an action.
type Question struct {
	Contract *engine.Contract
	Call     engine.Call
	// Again says that the outcome of an earlier request is not known. The secrets are
	// left out; they are stored nowhere.
	Again bool
	Now   time.Time
}

// A Remote asks a backend, and waits no longer than the contract says. An error that wraps engine.ErrUnknown says that the backend
// may have acted, any other one that this request did nothing.
type Remote func(ctx context.Context, q Question) (engine.Outcome, error)

// RegisterRemote adds an action that a backend answers.
func (t *Table) RegisterRemote(c engine.Contract, ask Remote) error {
	about := c.About
	if about == "" {
		about = c.Name // actions.yaml need not say more
	}
	spec := Spec{Name: c.Name, About: about, Reads: c.Reads, Money: c.Money, SIMPrompt: c.SIMPrompt, Takes: c.Takes}
	if err := t.check(spec); err != nil {
		return fmt.Errorf("register action %q: %w", c.Name, err)
	}
	t.actions[c.Name] = action{contract: c, remote: ask}
	return nil
}

const (
	// closeWithin is what is left of the Budget for storing an outcome.
	closeWithin = 500 * time.Millisecond
	// awaitPause is the pause between two looks at the outcome of another delivery.
	awaitPause = 50 * time.Millisecond
	// askAfter is how long after the first request the job asks: when the delivery that
	// sent it has surely ended, by the clock of any instance.
	askAfter = 15 * time.Second
)

// JobAsk is the kind of the jobs that ask a backend again.
const JobAsk = "ask"

// An intent is what a JobAsk knows of an action. It has no secret.
type intent struct {
	Action  string         `json:"action"`
	Caller  string         `json:"caller"`
	Service string         `json:"service"`
	Lang    string         `json:"lang"`
	Session string         `json:"session"`
	Args    []engine.Value `json:"args"`
	// Fingerprint is that of the first request.
	Fingerprint []byte    `json:"fingerprint"`
	At          time.Time `json:"at"`
	// Late has what the menu tells the caller when the outcome comes.
	Late *engine.Late `json:"late,omitempty"`
}

// readRemote asks a backend for an action that changes nothing.
func (t *Table) readRemote(ctx context.Context, a action, call engine.Call) (engine.Outcome, error) {
	return a.remote(ctx, Question{Contract: &a.contract, Call: call, Now: t.now()})
}

// actRemote asks a backend once at a place in a call.
func (t *Table) actRemote(ctx context.Context, a action, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	at.Money = a.contract.Money
	asked, out, err := t.intend(ctx, call, at)
	switch {
	case err != nil || asked == runner.AskedBefore:
		return out, err
	case asked == runner.AskedElsewhere:
		return t.await(ctx, call, at)
	}
	out, err = t.askInTime(ctx, a, call)
	switch {
	case errors.Is(err, engine.ErrUnknown):
		out = engine.Outcome{Name: engine.Pending}
	case err != nil:
		out = engine.Outcome{Name: engine.Failed}
	}
	told, lost := t.close(ctx, a, call, at, out)
	if lost != nil {
		return told, lost
	}
	if err != nil {
		t.report(ctx, call, told, err)
	}
	return told, nil
}

// askInTime asks a backend, and leaves time to store its outcome.
func (t *Table) askInTime(ctx context.Context, a action, call engine.Call) (engine.Outcome, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-closeWithin))
		defer cancel()
	}
	return a.remote(ctx, Question{Contract: &a.contract, Call: call, Now: t.now()})
}

// intend stores that the backend is asked, with the job that asks again.
func (t *Table) intend(ctx context.Context, call engine.Call, at *runner.Place) (asked runner.Asked, out engine.Outcome, err error) {
	fp, err := runner.Fingerprint(&call)
	if err != nil {
		return 0, out, err
	}
	i := intent{
		Action: call.Action, Caller: call.Caller, Service: call.Service, Lang: call.Lang, Session: call.Session,
		Args: withoutSecrets(call.Args), Fingerprint: fp, At: t.now(), Late: call.Late,
	}
	args, err := json.Marshal(i)
	if err != nil {
		return 0, out, fmt.Errorf("store what the backend is asked: %w", err)
	}
	by := rand.Text()
	err = t.repeat(ctx, func() error {
		return t.withRow(ctx, at.Key, call.Caller, func(ctx context.Context, tx store.Tx, row *runner.Row) error {
			if asked, out, err = at.Ask(row, by, t.now()); err != nil || asked != runner.AskNow {
				return err
			}
			return tx.Enqueue(ctx, store.Job{Kind: JobAsk, Key: call.ID, Args: args})
		})
	})
	return asked, out, err
}

func withoutSecrets(args []engine.Value) []engine.Value {
	list := make([]engine.Value, len(args))
	for i, v := range args {
		if v.Kind() != engine.KindSecret {
			list[i] = v
		}
	}
	return list
}

// close stores an outcome, and returns the one that the caller is told. It goes on when
// the request has used up the time.
func (t *Table) close(ctx context.Context, a action, call engine.Call, at *runner.Place, out engine.Outcome) (told engine.Outcome, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	fp, err := runner.Fingerprint(&call)
	if err != nil {
		return told, err
	}
	err = t.repeat(ctx, func() error {
		return t.withRow(ctx, at.Key, call.Caller, func(ctx context.Context, tx store.Tx, row *runner.Row) (err error) {
			if told, err = at.Close(row, out); err != nil || out.Name == engine.Pending || told.Name != out.Name {
				return err // what was not told is told by the job
			}
			return t.resolve(ctx, tx, &a.contract, call.ID, fp, out, nil)
		})
	})
	if err != nil && !errors.Is(err, engine.ErrFenced) {
		// The request was sent, so nothing is certain but that the job will ask again.
		err = fmt.Errorf("%w: the outcome of the backend could not be stored: %w", engine.ErrUnknown, err)
	}
	return told, err
}

// resolve stores the outcome of a backend under the action's ID, and does also what
// follows it. It does nothing if an outcome is stored.
func (t *Table) resolve(ctx context.Context, tx store.Tx, c *engine.Contract, id string, fp []byte, out engine.Outcome, also func() error) error {
	_, err := logged(ctx, tx, id, fp, func(ctx context.Context, tx store.Tx) (result, error) {
		if c.Money && out.Name != engine.Failed && out.Name != engine.Limited {
			if err := tx.Retain(ctx, id); err != nil {
				return result{}, err
			}
		}
		if also != nil {
			if err := also(); err != nil {
				return result{}, err
			}
		}
		return result{Name: out.Name, Values: out.Values}, nil
	})
	return err
}

// await waits for the outcome of another delivery. If there is none in time, both say
// that it is pending. It waits no longer than that delivery can last: its instance may
// have been killed.
func (t *Table) await(ctx context.Context, call engine.Call, at *runner.Place) (out engine.Outcome, err error) {
	looking, cancel := context.WithCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		looking, cancel = context.WithDeadline(ctx, deadline.Add(-closeWithin))
	}
	defer cancel()
	for asked := runner.AskedElsewhere; asked == runner.AskedElsewhere; {
		if ended := !t.now().Before(at.AskedAt.Add(Budget)); ended || !t.pause(looking, awaitPause) {
			return t.close(ctx, action{}, call, at, engine.Outcome{Name: engine.Pending})
		}
		err = t.repeat(looking, func() error {
			return t.withRow(looking, at.Key, call.Caller, func(_ context.Context, _ store.Tx, row *runner.Row) error {
				asked, out, err = at.Ask(row, "", t.now())
				return err
			})
		})
		if err != nil && looking.Err() == nil {
			return out, err
		}
	}
	return out, nil
}

// AskAgain handles JobAsk: it asks a backend for an outcome that is not known. An error
// lets the job try again, for about a day; then it waits for a person.
func (t *Table) AskAgain(ctx context.Context, job store.Job, _ int) error {
	var i intent
	if err := json.Unmarshal(job.Args, &i); err != nil {
		return fmt.Errorf("ask job %s: read its arguments: %w", job.Key, err)
	}
	known, err := t.store.Result(ctx, job.Key)
	if err != nil || known != nil {
		return err
	}
	if wait := i.At.Add(askAfter).Sub(t.now()); wait > 0 {
		return store.Snooze(wait)
	}
	a, ok := t.actions[i.Action]
	if !ok || a.remote == nil || len(a.contract.Params) != len(i.Args) {
		return fmt.Errorf("ask job %s: no backend answers the action %s any more as it was asked; bring it back to actions.yaml and run the job again", job.Key, i.Action)
	}
	call := engine.Call{ID: job.Key, Action: i.Action, Caller: i.Caller, Service: i.Service, Lang: i.Lang, Session: i.Session, Args: i.Args}
	out, err := a.remote(ctx, Question{Contract: &a.contract, Call: call, Again: true, Now: t.now()})
	switch {
	case err != nil:
		return fmt.Errorf("ask job %s: %w", job.Key, err)
	case out.Name == engine.Pending:
		return fmt.Errorf("ask job %s: the backend answers that %s is pending", job.Key, i.Action)
	}
	return t.store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		return t.resolve(ctx, tx, &a.contract, job.Key, i.Fingerprint, out, func() error { return t.tellLate(ctx, tx, job.Key, i, out) })
	})
}

// tellLate sends the caller an SMS, once: they were told that the outcome is not known.
func (t *Table) tellLate(ctx context.Context, tx store.Tx, id string, i intent, out engine.Outcome) error {
	if i.Caller == "" {
		return nil
	}
	return QueueMessage(ctx, tx, store.Message{ID: id, To: i.Caller, Text: i.lateText(out), CreatedAt: t.now()})
}

// lateText returns what the caller is told of an outcome: the words of the menu, or the
// built-in ones.
func (i *intent) lateText(out engine.Outcome) string {
	if text, ok := i.Late.Text(out); ok {
		return text
	}
	words := engine.BuiltinLateDone
	if out.Name == engine.Failed || out.Name == engine.Limited {
		words = engine.BuiltinLateFailed
	}
	return words.In(i.Lang) + " " + i.Service
}

// report logs why a backend gave no outcome. The fault has no value of the call.
func (t *Table) report(ctx context.Context, call engine.Call, told engine.Outcome, fault error) {
	if t.log == nil {
		return
	}
	t.log.LogAttrs(ctx, slog.LevelWarn, "backend gave no outcome", slog.String("session", call.Session), slog.String("action", call.Action),
		slog.String("at", call.Pos.String()), slog.String("outcome", told.Name), slog.String("error", fault.Error()))
}
