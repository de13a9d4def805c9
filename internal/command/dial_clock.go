package command

import (
	"fmt"
	"sync/atomic"
	"time"
)

// dialClock gives the time of calls that "dial" makes: now, or a day that is set. It
// goes on like any clock.
type dialClock struct {
	real func() time.Time
	// set is the wall clock that was asked for, as UTC; zero for now.
	set   time.Time
	began time.Time
	zone  atomic.Pointer[time.Location]
}

// newDialClock reads --clock: a day, or a day and a time.
func newDialClock(text string, real func() time.Time) (*dialClock, error) {
	c := &dialClock{real: real, began: real()}
	c.zone.Store(time.UTC)
	if text == "" {
		return c, nil
	}
	for _, form := range []string{"2006-01-02 15:04", time.DateOnly} {
		wall, err := time.Parse(form, text)
		if err == nil {
			if form == time.DateOnly {
				wall = wall.Add(dialHour)
			}
			c.set = wall
			return c, nil
		}
	}
	return nil, fmt.Errorf("--clock: found %q, expected a day as 2026-03-01, or with a time as \"2026-03-01 09:00\"", text)
}

// dialHour is the time of a day that is given without one.
const dialHour = 9 * time.Hour

// in sets the time zone of the menu's service.
func (c *dialClock) in(zone *time.Location) { c.zone.Store(zone) }

func (c *dialClock) now() time.Time {
	if c.set.IsZero() {
		return c.real()
	}
	y, m, d := c.set.Date()
	at := time.Date(y, m, d, c.set.Hour(), c.set.Minute(), 0, 0, c.zone.Load())
	return at.Add(c.real().Sub(c.began))
}

// wall returns what a clock on the wall shows at the service.
func (c *dialClock) wall() time.Time { return c.now().In(c.zone.Load()) }
