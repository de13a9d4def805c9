package compat

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// service compares what holds on every screen: languages, limits, sessions and the
// targets of failures. What takes something from callers is U807.
func (c *comparison) service() {
	c.languages()
	c.limits()
	c.sessions()
	for _, f := range []struct{ what, was, now string }{
		{"The service's name", c.old.Service, c.next.Service},
		{"The currency", c.old.Currency, c.next.Currency},
		{"The time zone", c.old.Session.Timezone, c.next.Session.Timezone},
		{"The gateway", c.old.Session.Gateway, c.next.Session.Gateway},
		{"The words that answer the question about a dropped call (answers: labels)", trueOr(c.old.Nav.Labels), trueOr(c.next.Nav.Labels)},
		{"The answer to codes of no menu (default)", trueOr(c.old.AnswersUnknown), trueOr(c.next.AnswersUnknown)},
		{"The screen after a failure (on_failed)", c.moved(c.old.OnFailed), c.next.OnFailed},
		{"The screens after which a caller who drops off gets an SMS (dropped)", c.leaves(c.old, c.moved), c.leaves(c.next, func(name string) string { return name })},
		{"The screen after an unknown outcome (on_pending)", c.moved(c.old.OnPending), c.next.OnPending},
	} {
		if f.was != f.now {
			c.notice(c.top(), "%s is %s, and was %s.", f.what, orNone(f.now), orNone(f.was))
		}
	}
}

// leaves lists the screens after which a caller who drops off gets an SMS.
func (c *comparison) leaves(d *engine.Definition, name func(string) string) string {
	if d.Dropped == nil {
		return ""
	}
	var list []string
	for _, after := range d.Dropped.After {
		list = append(list, name(after))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func trueOr(given bool) string {
	if given {
		return "true"
	}
	return ""
}

func orNone(s string) string {
	if s == "" {
		return "not given"
	}
	return syntax.Quote(s)
}

// languages compares the languages of a menu, and the one in which calls begin.
func (c *comparison) languages() {
	first := func(d *engine.Definition) string {
		if slices.ContainsFunc(d.Languages, func(l engine.Language) bool { return l.Code == d.Default }) {
			return d.Default
		}
		return d.Languages[0].Code
	}
	a, b := first(c.old), first(c.next)
	if a != b {
		c.find("U807", diag.Warning, c.top(), fmt.Sprintf("Calls begin in the language %s, and began in %s.", syntax.Quote(b), syntax.Quote(a)), "Callers who never chose a language read another one.")
	}
	for _, was := range c.old.Languages {
		i := slices.IndexFunc(c.next.Languages, func(now engine.Language) bool { return now.Code == was.Code })
		switch {
		case i < 0:
			c.find("U807", diag.Warning, c.top(), fmt.Sprintf("The language %s (%s) is gone; callers who chose it read %s.", was.Name, was.Code, syntax.Quote(b)), "")
		case c.next.Languages[i].Name != was.Name:
			c.notice(c.top(), "The language %s is called %s, and was called %s.", was.Code, syntax.Quote(c.next.Languages[i].Name), syntax.Quote(was.Name))
		}
	}
	for _, now := range c.next.Languages {
		if !slices.ContainsFunc(c.old.Languages, func(was engine.Language) bool { return was.Code == now.Code }) {
			c.notice(c.top(), "The language %s (%s) is new.", now.Name, now.Code)
		}
	}
}

// limits compares how much one screen holds.
func (c *comparison) limits() {
	was, now := c.old.Limits, c.next.Limits
	if was == now {
		return
	}
	message := fmt.Sprintf("A screen holds %d characters (%d outside GSM-7), and held %d (%d): what is longer is divided into other pages.", now.Septets, now.Units, was.Septets, was.Units)
	if now.Septets < was.Septets || now.Units < was.Units {
		c.find("U807", diag.Warning, c.top(), message, "Callers need more keys to reach the end of a long text.")
		return
	}
	c.notice(c.top(), "%s", message)
}

// sessions compares the rules of calls.
func (c *comparison) sessions() {
	was, now := c.old.Session, c.next.Session
	if was.Country != now.Country {
		c.find("U807", diag.Warning, c.top(), fmt.Sprintf("Numbers without a country code are numbers of %s, and were numbers of %s.", now.Country, was.Country), "What callers type is read as another number, or refused.")
	}
	message := fmt.Sprintf("A dropped call %s, and %s.", resumed("can", now.Resume), resumed("could", was.Resume))
	switch {
	case now.Resume < was.Resume:
		c.find("U807", diag.Warning, c.top(), message, "Callers whose call drops start again.")
	case now.Resume > was.Resume:
		c.notice(c.top(), "%s", message)
	}
}

// resumed says how long a call can be resumed: "can be resumed within 5m".
func resumed(can string, d time.Duration) string {
	if d == 0 {
		return can + " not be resumed"
	}
	return can + " be resumed within " + short(d)
}

// short returns a time as a menu writes it: "5m" and not "5m0s".
func short(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-len("0s")]
		}
	}
	return s
}
