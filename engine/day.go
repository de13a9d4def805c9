package engine

import (
	"context"
	"time"
)

// longestCall is longer than any network keeps a call open. Within that time after
// midnight a text may be of a call that began on the day before.
const longestCall = 30 * time.Minute

// asksDay reports whether anything in a session depends on the day.
func (p *Program) asksDay() bool {
	for i := range p.slots[builtinSlots:] {
		if p.slots[builtinSlots+i].Type.Kind == KindDate {
			return true
		}
	}
	return p.uses(p.slots[slotToday].Name)
}

// uses reports whether a screen uses a value.
func (p *Program) uses(name string) (found bool) {
	for _, n := range p.nodes {
		walkRefs(n.Screen, func(r Ref) { found = found || r.Name == name })
	}
	return found
}

// begunOn is the day on which the call began. Its text does not tell, but what it
// has done does: just after midnight the text is read as on the day before, up to
// a write that has a result. Without one it is today: then nothing depends on it
// but what is shown.
func (f *fold) begunOn(ctx context.Context) Date {
	now := f.Now()
	today := f.p.Today(now)
	if f.text == "" || !f.p.dated || !f.p.acts {
		return today
	}
	before := f.p.Today(now.Add(-longestCall))
	if before == today {
		return today
	}
	for _, day := range [...]Date{before, today} {
		try := fold{turn: f.turn, p: f.p, fresh: true, probing: true}
		// How far it gets does not matter: on the wrong day the text may go wrong.
		if _ = try.readAll(ctx, day); try.day != 0 {
			return try.day
		}
	}
	return today
}
