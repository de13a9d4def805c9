package runner

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A Row is what the database knows of one call that has acted or was recovered. It is
// locked while an action of the call runs, and written in the action's transaction.
//
// The row contains the call's text up to Length: the snapshot's text, or one input more
// with Results in the order in which its actions were run. Before there is a snapshot,
// Dial has what ran as the call began.
type Row struct {
	// Generation counts the calls that had this session ID before.
	Generation int `json:"g,omitempty"`
	// Epoch counts what the database was told: every result and every recovery is one
	// more. 0 means that it was told nothing.
	Epoch int `json:"-"`
	// Length is how many bytes of the text the row contains.
	Length int `json:"-"`
	// Program is the hash of the call's menu.
	Program string `json:"-"`
	// Money says that an action of this call has moved money.
	Money bool `json:"-"`

	// From is the epoch at which Results begins. After a recovery it is -1: no action
	// that began before goes on.
	From int `json:"f"`
	// Head is a keyed hash of the text that the row contains.
	Head   string `json:"h,omitempty"`
	Inputs []int  `json:"n,omitempty"`
	// Day is the day on which the call began.
	Day engine.Date `json:"d,omitempty"`
	// Dial has what ran as the call began, Results what ran after the snapshot.
	Dial    []Result `json:"b,omitempty"`
	Results []Result `json:"r,omitempty"`
	// Snapshot is a session's record, as Sessions stores it; nil for the beginning.
	Snapshot json.RawMessage `json:"s,omitempty"`
}

// A Result is how one action ended.
type Result struct {
	// Fingerprint is that of the action's call.
	Fingerprint []byte         `json:"f,omitempty"`
	Name        string         `json:"o"`
	Values      []engine.Named `json:"v,omitempty"`
	// Joined says that the messages and remembered values that follow were done in the
	// same transaction.
	Joined bool `json:"j,omitempty"`
	// Reads has the outcomes of look-ups that came before the action in its step.
	Reads []engine.Outcome `json:"l,omitempty"`
	// AskedBy names the delivery that asked a backend for the action. The row was then
	// saved twice for it: before the request left, and with the outcome.
	AskedBy string `json:"a,omitempty"`
	// AskedAt is when, in milliseconds since 1970.
	AskedAt int64 `json:"t,omitempty"`
	// Open says that the outcome is awaited. Until it is known the result is
	// engine.Pending, and no caller was told so.
	Open bool `json:"w,omitempty"`
}

// epochs returns how often the row was saved for a result.
func (r *Result) epochs() int {
	if r.AskedBy != "" && !r.Open {
		return 2
	}
	return 1
}

func epochs(results []Result) (n int) {
	for i := range results {
		n += results[i].epochs()
	}
	return n
}

// settle ends the wait for outcomes: the caller is now told that they are pending.
func (row *Row) settle() {
	for _, list := range [][]Result{row.Dial, row.Results} {
		for i := range list {
			list[i].Open = false
		}
	}
}

// Names of results that stand for no action. No outcome has such a name.
const (
	refusedStar = "*refused" // an answer with a star was refused
	takenText   = "*taken"   // a text that may contain stars was taken
)

func (r *Result) outcome() engine.Outcome {
	return engine.Outcome{Name: r.Name, Values: r.Values, Joined: r.Joined}
}

// Rows stores what the database knows of calls.
type Rows interface {
	// Update runs change in one transaction that holds the row of a call under all
	// names of key, and stores the row under key.Name if change returns nil. It returns
	// ErrOtherKey if the call has acted under key.Other. caller is the number to which
	// the row belongs. A call never seen has the zero Row. change may run more than once. An error that wraps engine.ErrUnknown says that the outcome isn't
	// known; any other one says that nothing was stored. An error of change that wraps
	// ErrHalt is returned at once.
	Update(ctx context.Context, key RowKey, caller string, change func(row *Row) error) error
}

// ErrHalt ends a Rows.Update without a change.
var ErrHalt = errors.New("nothing to store")

// Halt returns err as an error that wraps ErrHalt and reads as before.
func Halt(err error) error { return &halted{err} }

type halted struct{ error }

func (h *halted) Unwrap() error { return h.error }

func (h *halted) Is(target error) bool { return target == ErrHalt }

// ErrMismatch says that another action, or other arguments, stand at the action's place.
var ErrMismatch = errors.New("another action stands in this place")

// Fingerprint hashes an action's name and arguments, to recognize a place that is used
// for something else. It leaves out secrets: a hash of four digits hides nothing.
func Fingerprint(call *engine.Call) ([]byte, error) {
	args := make([]any, 0, 1+len(call.Args)+len(call.Remember))
	args = append(args, call.Action)
	for _, v := range call.Args {
		if v.Kind() == engine.KindSecret {
			args = append(args, "secret")
			continue
		}
		args = append(args, v)
	}
	for _, n := range call.Remember {
		args = append(args, n)
	}
	if call.Secrets != "" {
		args = append(args, call.Secrets)
	}
	b, err := json.Marshal(args)
	if err != nil {
		return nil, fmt.Errorf("fingerprint: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// A Place is where one action of a call runs: after which input, and as which of the
// input's actions. Actions.Act asks it about the row.
type Place struct {
	// Key names the call's row.
	Key RowKey
	// Epoch is that of the session on which the action runs, and with a result that of
	// the session which knows it.
	Epoch int
	// Money says that the action moves money.
	Money bool
	// AskedAt is when another delivery asked a backend for the action.
	AskedAt time.Time

	generation  int
	program     string
	day         engine.Date
	dial        bool // as the call begins
	length      int
	inputs      []int
	head        string
	record      func() []byte // returns the record before the input
	before      []byte        // what it returned
	n           int
	fingerprint []byte
	reads       []engine.Outcome

	// arrival is the Epoch at the first visit: a transaction may be tried again.
	visited bool
	arrival int
}

// Enter looks for the result at this place. It returns nil if the action is to run now:
// then Leave must be called in the same transaction. It returns engine.ErrFenced if the
// row has gone on without the session, and ErrMismatch if another action stands here.
func (p *Place) Enter(row *Row) (*Result, error) {
	if row.Generation > p.generation {
		return nil, engine.ErrFenced
	}
	if row.Generation < p.generation {
		*row = Row{Generation: p.generation}
	}
	if results, here := p.results(row); here {
		if p.n > len(results) || p.Epoch != row.From+epochs(results[:p.n]) {
			return nil, engine.ErrFenced
		}
		if p.n < len(results) {
			return p.stored(&results[p.n])
		}
		return nil, nil
	}
	if p.Epoch != row.Epoch || row.Epoch > 0 && !p.dial && row.Length >= p.length {
		return nil, engine.ErrFenced
	}
	row.Program, row.Day, row.From = p.program, p.day, row.Epoch
	if !p.dial {
		row.Snapshot, row.Results = p.before, nil
		row.Length, row.Inputs, row.Head = p.length, p.inputs, p.head
	}
	return nil, nil
}

// results returns the row's results of the place's own input, if the row has any.
func (p *Place) results(row *Row) ([]Result, bool) {
	switch {
	case row.From < 0 || row.Epoch == 0:
		return nil, false
	case p.dial:
		return row.Dial, len(row.Dial) > 0 && len(row.Results) == 0 && row.Snapshot == nil
	default:
		return row.Results, len(row.Results) > 0 && row.Length == p.length && row.Head == p.head
	}
}

func (p *Place) stored(r *Result) (*Result, error) {
	if !sameReads(r.Reads, p.reads) {
		return nil, engine.ErrFenced // what was read meanwhile is not what the result rests on
	}
	if r.Name != engine.Failed && string(r.Fingerprint) != string(p.fingerprint) {
		return nil, ErrMismatch
	}
	p.Epoch += r.epochs()
	return r, nil
}

func sameReads(a, b []engine.Outcome) bool {
	if len(a) == 0 && len(b) == 0 {
		return true
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// Leave adds the action's result to the row.
func (p *Place) Leave(row *Row, out engine.Outcome) {
	p.leave(row, Result{Fingerprint: p.fingerprint, Name: out.Name, Values: out.Values, Joined: out.Joined, Reads: p.reads})
	row.Money = row.Money || p.movesMoney(out)
}

// movesMoney reports whether money may have moved with an outcome.
func (p *Place) movesMoney(out engine.Outcome) bool {
	return p.Money && out.Name != engine.Failed && out.Name != engine.Limited
}

func (p *Place) leave(row *Row, r Result) {
	if p.dial {
		row.Dial = append(row.Dial, r)
	} else {
		row.Results = append(row.Results, r)
	}
	row.Epoch++
	p.Epoch = row.Epoch
}

// Visit enters the place, runs the action unless its result is there, and leaves. It is
// what Actions.Act does within its transaction. It may be called again if the
// transaction is tried again.
func (p *Place) Visit(row *Row, run func() (engine.Outcome, error)) (engine.Outcome, error) {
	stored, err := p.arrive(row)
	if err != nil {
		return engine.Outcome{}, err
	}
	if stored != nil {
		return stored.outcome(), nil
	}
	out, err := run()
	if err != nil {
		return engine.Outcome{}, err
	}
	p.Leave(row, out)
	return out, nil
}

// arrive enters the place as at its first visit.
func (p *Place) arrive(row *Row) (*Result, error) {
	if !p.visited {
		p.visited, p.arrival = true, p.Epoch
	}
	p.Epoch = p.arrival
	return p.Enter(row)
}

// Asked says where the request of an action to a backend stands.
type Asked uint8

// AskNow: this delivery asks. AskedElsewhere: another one has asked, and its outcome is
// awaited. AskedBefore: the outcome is known.
const (
	AskNow Asked = iota
	AskedElsewhere
	AskedBefore
)

// Ask enters the place before a backend is asked. It stores in the row that the outcome
// is awaited: a recovery in the meantime tells the caller that it is pending. by names
// this delivery, and now is its time. Close must follow after AskNow. After
// AskedElsewhere, p.AskedAt says when the other delivery has asked.
func (p *Place) Ask(row *Row, by string, now time.Time) (Asked, engine.Outcome, error) {
	stored, err := p.arrive(row)
	switch {
	case err != nil:
		return 0, engine.Outcome{}, err
	case stored == nil:
		p.leave(row, Result{Fingerprint: p.fingerprint, Name: engine.Pending, Reads: p.reads, AskedBy: by, AskedAt: now.UnixMilli(), Open: true})
		row.Money = row.Money || p.Money
		return AskNow, engine.Outcome{}, nil
	case !stored.Open:
		return AskedBefore, stored.outcome(), nil
	case stored.AskedBy == by: // the answer to a COMMIT was lost
		return AskNow, engine.Outcome{}, nil
	}
	p.AskedAt = time.UnixMilli(stored.AskedAt)
	return AskedElsewhere, engine.Outcome{}, nil
}

// Close stores the outcome of an action for which a backend was asked, and returns the
// one that the row has now: the caller may have been told another one. It returns
// engine.ErrFenced if the row has gone on without the session.
func (p *Place) Close(row *Row, out engine.Outcome) (engine.Outcome, error) {
	stored, err := p.arrive(row)
	switch {
	case err != nil:
		return engine.Outcome{}, err
	case stored == nil:
		return engine.Outcome{}, engine.ErrFenced
	case !stored.Open:
		return stored.outcome(), nil
	}
	stored.Name, stored.Values, stored.Joined, stored.Open = out.Name, out.Values, out.Joined, false
	row.Epoch++
	p.Epoch = row.Epoch
	return out, nil
}

// FirstPlace returns the place of the first action of a call, which runs as the call
// begins. key names the call's row.
func FirstPlace(key RowKey, call *engine.Call) (Place, error) {
	fp, err := Fingerprint(call)
	return Place{Key: key, dial: true, fingerprint: fp}, err
}
