package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// A recovered is where a call stands by its row and its text.
type recovered struct {
	at point
	// goesOn says that input is to be taken at that point, as under a record, with the
	// results of its first actions. Otherwise the point is shown.
	goesOn bool
	input  string
	known  []Result
	// dropped says that inputs were left out.
	dropped bool
	// passed says that a text was taken whose answers are logged.
	passed bool
}

// A needs asks for something that can't be had while the row is held.
type needs struct{ call engine.Call }

func (n *needs) Error() string { return "look-up " + n.call.Action + " comes first" }

var (
	errLate = errors.New("a later callback was answered")
	// errUndialled says that the call begins with an action that has not run.
	errUndialled = errors.New("what runs as the call begins has not run")
)

// recover goes on from what the database knows: the record is lost, can't be read, has
// ended, or is behind. It moves the epoch, so no action runs on a record from before.
// expect is the head of the record that stands in the store.
func (t *turn) recover(ctx context.Context, expect string) (engine.Reply, bool) {
	if t.req.LastInput {
		return t.end(t.program, engine.BuiltinExpired, errBehind), true
	}
	if t.recoveries++; t.recoveries > maxRecoveries {
		return t.end(t.program, engine.BuiltinBusy, errors.New("other deliveries move this call again and again")), true
	}
	if t.speculating {
		t.needsRecord = true
		return engine.Reply{}, true
	}
	t.text = joinText(t.ahead, t.req.Text)
	if t.stored == nil && !t.program.Acts() {
		return t.recoverPlain(ctx, expect)
	}
	var got recovered
	read := func(row *Row) (err error) {
		got, err = t.fromRow(ctx, row)
		return err
	}
	err := t.readRow(ctx, read)
	if errors.Is(err, errUndialled) {
		// No row, so nothing has run yet: it runs as the call begins, once.
		d := t.doing(t.program, t.program.Today(t.Now()), nil)
		d.place = t.dialPlace(t.program, 0, d.day)
		if _, err := t.dial(ctx, &d, 0, nil); err != nil && !errors.Is(err, ErrOtherKey) {
			return t.failed(t.program, err), true
		}
		err = t.readRow(ctx, read)
	}
	switch {
	case errors.Is(err, errLate):
		return t.show(got.at.p, &got.at.s), true
	case errors.Is(err, errDiverged), errors.Is(err, errUpdated), errors.Is(err, errResumed):
		return t.failed(t.program, err), true
	case err != nil && !errors.Is(err, engine.ErrUnknown) && t.stored == nil && t.recoveries == 1 && !t.replaced(t.program):
		t.logFault("the database can't be asked where a call is; going on from its text", err)
		return t.fromTextAlone(ctx)
	case err != nil:
		return t.fault(err), true
	}
	if got.goesOn {
		return t.take(ctx, got.at, expect, got.input, got.known)
	}
	return t.keep(ctx, got.at, expect, true)
}

// readRow runs change on the call's row. What change lacks is read in between.
func (t *turn) readRow(ctx context.Context, change func(row *Row) error) error {
	for {
		moves := t.moves
		err := t.Actions.Update(ctx, t.Identity.row(&t.req), t.req.Caller, func(row *Row) error {
			t.locked, t.moves = true, moves
			defer func() { t.locked = false }()
			return change(row)
		})
		var lacks *needs
		var menu *needsMenu
		switch {
		case errors.Is(err, ErrOtherKey):
			t.Identity, _ = t.Identity.Other()
		case errors.As(err, &lacks):
			d := t.doing(t.program, 0, nil)
			if _, err := t.look(ctx, &d, lacks.call); err != nil {
				return err
			}
		case errors.As(err, &menu):
			if _, err := t.Programs.Find(ctx, menu.hash); err != nil {
				return fmt.Errorf("%w: %w", errUpdated, err)
			}
		default:
			return err
		}
	}
}

// A needsMenu asks for a menu that is not in memory.
type needsMenu struct{ hash string }

func (n *needsMenu) Error() string { return "menu " + n.hash + " must be loaded first" }

// fromRow finds out where the call stands, and changes the row to that.
func (t *turn) fromRow(ctx context.Context, row *Row) (got recovered, err error) {
	p := t.program
	row.settle()
	if row.Epoch == 0 {
		if t.replaced(p) {
			return got, Halt(fmt.Errorf("%w: it may have begun on another version", errUpdated))
		}
		row.Program, row.Day = p.Hash(), p.Today(t.Now())
	} else if row.Program == "" || len(row.Snapshot)+len(row.Results)+len(row.Dial) == 0 {
		// It was erased at the wish of its caller, or by nobody who may.
		return got, Halt(fmt.Errorf("%w: nothing more is known of it", errDiverged))
	} else {
		var ok bool
		if p, ok = t.Programs.ByHash(row.Program); !ok {
			return got, Halt(&needsMenu{row.Program})
		}
		t.text = joinText(p.TypedAhead(t.req.Service), t.req.Text)
	}
	before, err := t.snapshot(ctx, p, row)
	if err != nil {
		return got, err
	}
	if len(t.text) < row.Length {
		got.at = before
		return got, Halt(errLate)
	}
	inputs, err := cutInputs(t.text, row.Inputs)
	if err == nil && len(inputs) > 0 && t.Identity.head(&t.req, p.Hash(), inputs) != row.Head {
		err = fmt.Errorf("%w: other inputs of the same length", errDiverged)
	}
	if err != nil {
		return got, Halt(err)
	}
	if got, err = t.replay(ctx, before, row, inputs); err != nil {
		return got, Halt(err)
	}
	got.at.epoch = row.Epoch + 1
	if got.goesOn {
		row.Epoch, row.From = got.at.epoch, -1
		if len(got.known) > 0 {
			row.From = row.Epoch - epochs(got.known)
		}
		return got, nil
	}
	return got, t.keepRow(row, &got.at)
}

// snapshot returns the row's snapshot, or the beginning of the call.
func (t *turn) snapshot(ctx context.Context, p *engine.Program, row *Row) (point, error) {
	if len(row.Snapshot) == 0 {
		d := t.doing(p, row.Day, row.Dial)
		at, err := t.dial(ctx, &d, row.Generation, nil)
		if errors.Is(err, errAct) {
			err = errUndialled
		}
		if err != nil {
			return at, Halt(err)
		}
		at.unsure = d.maySelect(&at.s)
		return at, nil
	}
	rec, err := engine.ParseRecord(row.Snapshot)
	if err != nil {
		return point{}, Halt(err)
	}
	s, err := p.Decode(rec, t.req)
	if err != nil {
		return point{}, Halt(fmt.Errorf("%w: %w", errUpdated, err))
	}
	at := point{p: p, s: s, length: rec.V - 1, generation: rec.Generation, unsure: rec.Unsure}
	if at.length > len(t.text) {
		return at, nil // the text belongs to a late callback
	}
	at.inputs, err = cutInputs(t.text, rec.Inputs)
	if err != nil {
		return at, Halt(err)
	}
	return at, nil
}

// replay reads the text from the row's snapshot on. inputs are those that the row
// contains.
func (t *turn) replay(ctx context.Context, from point, row *Row, inputs []string) (recovered, error) {
	at, clean := from, true
	if len(row.Results) > 0 {
		in := inputs[len(inputs)-1]
		at = from.after(in, row.Length)
		at.unsure = from.unsure
		known := row.Results
		if known[0].Name == takenText {
			known = nil
		}
		if row.Results[0].Name == refusedStar {
			at.s, at.unsure = t.refused(from.p, from.s, in), true
		} else {
			d := t.doing(from.p, from.s.Day(), known)
			s, err := t.event(ctx, &d, from.s, t.inputEvent(from.p, &from.s, in), t.text[:row.Length])
			switch {
			case errors.Is(err, errAct) && len(t.text) == row.Length:
				from.unsure = false
				return recovered{at: from, goesOn: true, input: in, known: row.Results}, nil
			case errors.Is(err, errAct):
				// More was typed since, to a screen that this row does not know.
				if s, err = t.failRest(ctx, from, in, row); err != nil {
					return recovered{}, err
				}
				clean = false
			case err != nil:
				return recovered{}, err
			}
			at.s = s
			at.unsure = at.unsure || d.maySelect(&s)
		}
	}
	if at.length == len(t.text) {
		at.unsure = at.unsure || !clean
		return recovered{at: at}, nil
	}
	typed, ok := at.rest(t.text)
	if !ok {
		return recovered{}, fmt.Errorf("%w: the last input is longer", errDiverged)
	}
	at, parts := split(at, typed)
	switch {
	case at.s.Ended || !clean:
		return t.leave(at, parts, true), nil
	case at.unsure && len(parts) == 1:
		next := at.after(parts[0], len(t.text))
		return recovered{at: next}, nil
	case at.unsure:
		return t.leave(at, parts, true), nil
	case row.Epoch > 0 && len(parts) == 1:
		return t.pieces(ctx, at, parts, piecesAnswers)
	}
	return t.pieces(ctx, at, parts, piecesUnseen)
}

// maySelect reports whether a step has read again what the caller may choose from: the
// rows may have been others when the caller saw them.
func (d *doing) maySelect(s *engine.Session) bool {
	return d.reread && d.p.ReplayStop(s) == engine.ReplayShows
}

// failRest takes the row's input, and lets the first action without a result fail.
func (t *turn) failRest(ctx context.Context, from point, in string, row *Row) (engine.Session, error) {
	d := t.doing(from.p, from.s.Day(), append(row.Results[:len(row.Results):len(row.Results)], Result{Name: engine.Failed}))
	s, err := t.event(ctx, &d, from.s, t.inputEvent(from.p, &from.s, in), t.text[:row.Length])
	if errors.Is(err, errAct) {
		err = fmt.Errorf("%w: the row does not tell what followed", errDiverged)
	}
	return s, err
}

// leave returns a point whose rest of the text is left out.
func (t *turn) leave(at point, parts []string, unsure bool) recovered {
	at.inputs = append(at.inputs[:len(at.inputs):len(at.inputs)], t.keptAll(parts)...)
	at.length, at.unsure = len(t.text), unsure
	return recovered{at: at, dropped: true}
}

// A piecesMode says what is known of the pieces between stars.
type piecesMode uint8

const (
	// piecesUnseen may be answers to other screens than these.
	piecesUnseen piecesMode = iota
	// piecesAnswers is one piece behind a row: an answer as under a record.
	piecesAnswers
	// piecesDialled were typed ahead in a code. The last may run an action.
	piecesDialled
)

// split cuts what was typed behind a point at every star. An empty first answer left the
// text as it was, so it was a repeat of the first callback: it answers nothing.
func split(at point, typed string) (point, []string) {
	parts := strings.Split(typed, "*")
	if len(at.inputs) == 0 && len(parts) > 1 && parts[0] == "" {
		at.inputs, parts = []string{""}, parts[1:]
	}
	return at, parts
}

// pieces takes the pieces of a text for answers, as far as they may be. It runs no
// action: it stops before one, at a Yes, at a secret and at a list.
func (t *turn) pieces(ctx context.Context, at point, parts []string, mode piecesMode) (recovered, error) {
	passed := false
	for i, in := range parts {
		last := i == len(parts)-1
		seen := mode == piecesAnswers || at.p.TakesUnseen(&at.s, in)
		stars := at.p.TakesStars(&at.s)
		if at.s.Ended || !seen || stars && at.p.Acts() && mode == piecesUnseen && len(parts) > 1 {
			return t.leave(at, parts[i:], true), nil
		}
		passed = passed || stars
		kept := t.kept(in)
		next := at.after(kept, at.length+len(kept)+separators(at.inputs))
		next.unsure = at.unsure
		d := t.doing(at.p, at.s.Day(), nil)
		d.unseen = !(last && mode != piecesUnseen)
		s, err := t.event(ctx, &d, at.s, t.inputEvent(at.p, &at.s, in), t.text[:next.length])
		switch {
		case errors.Is(err, errAct) && (mode == piecesAnswers || mode == piecesDialled && last):
			return recovered{at: at, goesOn: true, input: in}, nil
		case errors.Is(err, errAct):
			// The last question is asked once more. If it is the only input left out, on
			// a path that was sure, its next answer counts.
			return t.leave(at, parts[i:], !last || at.unsure), nil
		case err != nil:
			return recovered{}, err
		}
		next.s = s
		next.unsure = next.unsure || mode != piecesDialled && d.maySelect(&s)
		at = next
	}
	return recovered{at: at, passed: passed}, nil
}

// separators counts the stars before the input behind these.
func separators(inputs []string) int {
	if len(inputs) > 0 {
		return 1
	}
	return 0
}

// recoverPlain goes on with a call whose menu has no effects: its text is enough.
func (t *turn) recoverPlain(ctx context.Context, expect string) (engine.Reply, bool) {
	if t.replaced(t.program) {
		return t.failed(t.program, fmt.Errorf("%w: it may have begun on another version", errUpdated)), true
	}
	row := Row{Program: t.program.Hash(), Day: t.program.Today(t.Now())}
	from, err := t.snapshot(ctx, t.program, &row)
	if err != nil {
		return t.failed(t.program, err), true
	}
	got, err := t.replay(ctx, from, &row, nil)
	if err != nil {
		return t.failed(t.program, err), true
	}
	return t.keep(ctx, got.at, expect, false)
}

// fromTextAlone answers while neither the record nor the row can be read. Nothing is
// saved. It tells a screen only where no effect can have come before: so few answers
// lead to none, and no Yes, secret or list was passed.
func (t *turn) fromTextAlone(ctx context.Context) (engine.Reply, bool) {
	p := t.program
	busy := t.end(p, engine.BuiltinBusy, errors.New("neither the record nor the row can be read"))
	parts := strings.Split(t.text, "*")
	if len(parts) >= p.AnswersToEffect(p.StartFor(t.req.Service)) {
		return busy, true
	}
	d := t.doing(p, p.Today(t.Now()), nil)
	at, err := t.dial(ctx, &d, 0, nil)
	if err != nil || d.maySelect(&at.s) {
		return busy, true
	}
	at, parts = split(at, t.text)
	got, err := t.pieces(ctx, at, parts, piecesUnseen)
	if err != nil || got.dropped || got.passed || got.at.unsure {
		return busy, true
	}
	t.lang = got.at.s.Lang()
	return t.show(p, &got.at.s), true
}
