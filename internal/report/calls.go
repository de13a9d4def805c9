// Package report counts calls from the notes on their callbacks: which goals they reached,
// where they ended, and which screens callers leave. A note that comes late or twice counts
// once, in its place.
package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
)

// Ending says how a call ended, as far as its notes tell.
type Ending string

// The endings of calls.
const (
	// Completed calls reached a goal, whatever happened after it.
	Completed Ending = "completed"
	// Ended calls came to a last screen of the menu without reaching a goal.
	Ended Ending = "ended"
	// Abandoned calls just stopped: there was no last screen, and nothing came for Silence.
	// The network does not tell why.
	Abandoned Ending = "abandoned"
	// Faulty calls ended with a text of the service, as when the database was away.
	Faulty Ending = "fault"
	// Unknown calls may go on, or some of their notes are missing.
	Unknown Ending = "unknown"
)

// Endings lists all endings in the order in which reports have them.
func Endings() []Ending { return []Ending{Completed, Ended, Abandoned, Faulty, Unknown} }

// Silence is how long nothing comes of a call before it counts as over. No network keeps a
// session for as long.
const Silence = 10 * time.Minute

// repeatWithin is how soon a callback may be repeated by a gateway that does not count them.
const repeatWithin = 10 * time.Second

// A Call is what the notes tell of one call.
type Call struct {
	Session, Provider, Service, Network string
	// Caller is the MSISDN. A printed report masks it.
	Caller string
	// Program is the hash of the menu that the call was on last.
	Program     string
	Began, Last time.Time
	Ending      Ending
	// Goals lists what was reached, in order, each once.
	Goals []string
	// Screens are what the caller saw, in order.
	Screens []Seen
	// Wrong counts the wrong answers.
	Wrong int
}

// Seen is a screen that the caller saw.
type Seen struct {
	Screen string
	// Wrong says that the next answer was wrong.
	Wrong bool
	// Answered is the time from the screen to the next callback; 0 for the last screen.
	Answered time.Duration
}

// LastScreen returns the screen that the caller saw last.
func (c *Call) LastScreen() string { return c.Screens[len(c.Screens)-1].Screen }

type callKey struct{ provider, session, caller string }

// Collector groups notes into calls. Add takes notes roughly in the order of time, and
// hands calls that are over to done.
type Collector struct {
	// Now is the time as of which calls are over.
	now  time.Time
	done func(Call)
	open map[callKey][]store.CallNote
	// swept is when the open calls were looked through last, by the time of the notes.
	swept time.Time
}

// NewCollector returns a Collector that judges calls as of now.
func NewCollector(now time.Time, done func(Call)) *Collector {
	return &Collector{now: now, done: done, open: map[callKey][]store.CallNote{}}
}

// Add adds a note.
func (c *Collector) Add(n store.CallNote) {
	k := callKey{n.Provider, n.Session, n.Caller}
	notes := c.open[k]
	if len(notes) > 0 && n.At.Sub(notes[len(notes)-1].At) > Silence {
		c.close(k) // the gateway uses the ID again
		notes = nil
	}
	c.open[k] = append(notes, n)
	// A note may wait for a while before it is stored, so calls stay open for longer.
	if n.At.Sub(c.swept) > Silence {
		for k, notes := range c.open {
			if n.At.Sub(notes[len(notes)-1].At) > 2*Silence {
				c.close(k)
			}
		}
		c.swept = n.At
	}
}

// Close hands over all other calls.
func (c *Collector) Close() {
	for k := range c.open {
		c.close(k)
	}
}

func (c *Collector) close(k callKey) {
	notes := c.open[k]
	delete(c.open, k)
	c.done(callOf(notes, c.now))
}

// callOf makes a call of its notes, of which there is at least one.
func callOf(notes []store.CallNote, now time.Time) Call {
	notes, whole := inOrder(notes)
	first, last := notes[0], notes[len(notes)-1]
	c := Call{
		Session: first.Session, Provider: first.Provider, Service: first.Service, Caller: first.Caller,
		Began: first.At, Last: last.At, Program: last.Program,
	}
	for i, n := range notes {
		c.Network = cmp.Or(c.Network, n.Network)
		c.Program = cmp.Or(n.Program, c.Program)
		for goal := range strings.FieldsSeq(n.Goals) {
			if !slices.Contains(c.Goals, goal) {
				c.Goals = append(c.Goals, goal)
			}
		}
		seen := Seen{Screen: n.Screen}
		if i+1 < len(notes) {
			next := notes[i+1]
			seen.Wrong = next.Wrong
			seen.Answered = max(0, next.At.Sub(n.At.Add(n.Took)))
		}
		if n.Wrong {
			c.Wrong++
		}
		c.Screens = append(c.Screens, seen)
	}
	c.Ending = endingOf(&c, last, whole, now)
	return c
}

func endingOf(c *Call, last store.CallNote, whole bool, now time.Time) Ending {
	switch {
	case len(c.Goals) > 0:
		return Completed
	case last.Ended && strings.HasPrefix(last.Screen, "("):
		return Faulty
	case last.Ended:
		return Ended
	case !whole, now.Sub(last.At) <= Silence:
		return Unknown
	}
	return Abandoned
}

// inOrder sorts notes by their turns and leaves out repeats. The first delivery of a
// callback counts, with what any delivery reached. whole reports whether there is a note for
// every turn from the first.
func inOrder(notes []store.CallNote) (list []store.CallNote, whole bool) {
	sorted := slices.Clone(notes)
	slices.SortStableFunc(sorted, func(a, b store.CallNote) int {
		if a.Turn != store.NoTurn && b.Turn != store.NoTurn && a.Turn != b.Turn {
			return cmp.Compare(a.Turn, b.Turn)
		}
		return a.At.Compare(b.At)
	})
	whole = sorted[0].Turn <= 0
	for _, n := range sorted {
		if len(list) == 0 {
			list = append(list, n)
			continue
		}
		before := &list[len(list)-1]
		if repeats(before, &n) {
			merge(before, &n)
			continue
		}
		whole = whole && (n.Turn == store.NoTurn || n.Turn == before.Turn+1)
		list = append(list, n)
	}
	return list, whole
}

func repeats(first, n *store.CallNote) bool {
	if n.Turn != store.NoTurn {
		return n.Turn == first.Turn
	}
	return n.Screen == first.Screen && n.Input == first.Input && n.Shown == first.Shown && n.At.Sub(first.At) < repeatWithin
}

// merge adds a repeat to the first delivery. Of two different screens the caller sees the
// one that is not a fault, and goes on from it.
func merge(first, n *store.CallNote) {
	if n.Goals != "" && n.Goals != first.Goals {
		first.Goals += " " + n.Goals
	}
	if strings.HasPrefix(first.Screen, "(") && !strings.HasPrefix(n.Screen, "(") {
		first.Screen, first.Ended, first.Program = n.Screen, n.Ended, cmp.Or(n.Program, first.Program)
	}
	first.Wrong = first.Wrong || n.Wrong
}
