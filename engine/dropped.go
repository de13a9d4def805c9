package engine

import (
	"slices"
	"time"
)

// Dropped says what a menu does for callers who drop off: it sends them an SMS if the
// call stops on one of the screens.
type Dropped struct {
	After []string // screens
	Say   Localized
	Pos   Pos
}

// DropPause is how long a caller gets no other SMS of the same menu after dropping off.
const DropPause = 24 * time.Hour

// A Leaving says what becomes of a caller who drops off on the screen just shown.
type Leaving struct {
	// Menu is the menu's name.
	Menu string
	// Text is the SMS to send then, in the language Lang; "" for none.
	Text, Lang string
	// Done says that the caller has reached a goal, so later screens of the call send
	// nothing.
	Done bool
}

// Leaving returns what becomes of a caller who drops off here, or nil if the menu does
// nothing for such callers.
func (p *Program) Leaving(s *Session) *Leaving {
	d := p.def.Dropped
	if d == nil {
		return nil
	}
	n := p.nodes[s.Screen]
	if n == nil {
		return &Leaving{Menu: p.def.Name}
	}
	l := &Leaving{Menu: p.def.Name, Done: n.Goal != ""}
	if n.leaves && !s.Ended && !l.Done {
		l.Text, l.Lang = p.smsText(d.Say, s, p.lang(s)), s.Lang()
	}
	return l
}

// A Drop is what is known of a caller's last call to a menu: whether it stopped where an
// SMS is to follow. Its methods return the next one.
type Drop struct {
	// Session is the call.
	Session string
	// Text is the SMS to send at Due, unless the call goes on; "" for none.
	Text string
	Due  time.Time
	// Done says that the call has reached a goal.
	Done bool
	// Quiet is the time until which the caller gets no other SMS.
	Quiet time.Time
}

// Shown notes that a session shows a screen at a time. The call counts as dropped if no
// callback comes within lasts.
func (d Drop) Shown(session string, l *Leaving, at time.Time, lasts time.Duration) Drop {
	if d.Session != session {
		d.Session, d.Done = session, false
	}
	d.Done = d.Done || l.Done
	d.Text, d.Due = "", time.Time{}
	if l.Text != "" && !d.Done && !at.Before(d.Quiet) {
		d.Text, d.Due = l.Text, at.Add(lasts)
	}
	return d
}

// Over notes that the gateway has reported the end of the session.
func (d Drop) Over(session string, at time.Time) Drop {
	if d.Session == session && d.Text != "" && at.Before(d.Due) {
		d.Due = at
	}
	return d
}

// Take returns the text to send at a time, "" for none yet. The next Drop waits for
// nothing, and its caller is left in peace for DropPause.
func (d Drop) Take(at time.Time) (Drop, string) {
	if d.Text == "" || at.Before(d.Due) {
		return d, ""
	}
	text := d.Text
	d.Text, d.Due, d.Quiet = "", time.Time{}, at.Add(DropPause)
	return d, text
}

// dropped links the screens after which callers drop off.
func (l *linker) dropped() {
	d := l.p.def.Dropped
	if d == nil {
		return
	}
	for _, name := range d.After {
		if n := l.p.nodes[name]; n != nil {
			n.leaves = true
		} else {
			l.fail(d.Pos, "callers drop off after %q, but there is no such screen", name)
		}
	}
}

// DropsAfter reports whether a caller who drops off on a screen gets an SMS.
func (p *Program) DropsAfter(screen string) bool {
	return p.def.Dropped != nil && slices.Contains(p.def.Dropped.After, screen)
}
