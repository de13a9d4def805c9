package dialscript

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/engine/spelling"
)

func readName(d *Direction, g []string) error {
	d.Name = g[1]
	return nil
}

// clockForm is the form of a wall clock in scripts.
const clockForm = "2006-01-02 15:04"

func readClock(d *Direction, g []string) error {
	when, err := time.Parse(clockForm, g[1])
	if err != nil {
		return fmt.Errorf("%q is not a day and time; write them as 2026-03-01 09:00", g[1])
	}
	d.Clock = when
	return nil
}

func readTags(d *Direction, g []string) error {
	for tag := range strings.SplitSeq(g[1], ",") {
		tag = strings.TrimSpace(tag)
		if tag == "" || strings.ContainsAny(tag, " \t") {
			return fmt.Errorf("%q is not a tag; write single words with commas between them, as money, smoke", g[1])
		}
		d.Tags = append(d.Tags, tag)
	}
	return nil
}

func readSettings(d *Direction, g []string) (err error) {
	d.Settings, err = engine.ParseSettings(g[1])
	return err
}

func readBegins(d *Direction, g []string) (err error) {
	d.Name = g[1]
	d.Settings, err = engine.ParseSettings(g[2])
	return err
}

func readAnswers(d *Direction, g []string) (err error) {
	d.Name = g[1]
	d.Answers, err = engine.ParseAnswers(g[2])
	return err
}

func readNameSpan(d *Direction, g []string) error {
	d.Name = g[1]
	return d.setSpan(g[2])
}

func readSpan(d *Direction, g []string) error { return d.setSpan(g[1]) }

// setSpan reads what the pattern span matches.
func (d *Direction) setSpan(s string) error {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.Atoi(s[:end])
	if err != nil {
		return err
	}
	unit := time.Second
	switch strings.TrimSpace(s[end:])[0] {
	case 'm':
		unit = time.Minute
	case 'h':
		unit = time.Hour
	}
	if d.Span = time.Duration(n) * unit; n > MaxWaitHours*3600 || d.Span > MaxWaitHours*time.Hour {
		return fmt.Errorf("%s is longer than %d days; set the clock of another call", s, MaxWaitHours/24)
	}
	return nil
}

func readCount(d *Direction, g []string) (err error) {
	d.Count, err = strconv.Atoi(g[1])
	return err
}

func readCalled(d *Direction, g []string) (err error) {
	d.Name = g[1]
	switch times, _, _ := strings.Cut(g[2], " "); times {
	case "once":
		d.Count = 1
	case "twice":
		d.Count = 2
	default:
		if d.Count, err = strconv.Atoi(times); err != nil {
			return err
		}
	}
	d.Settings, err = engine.ParseSettings(g[3])
	return err
}

func readSMS(d *Direction, g []string) error {
	digits, ok := number(g[1])
	if !ok {
		return fmt.Errorf("%q is not a phone number; write it as 0712345678, or with + and the country code", g[1])
	}
	d.Phone = digits
	return d.setText(&d.SMS, g[2])
}

func readSecret(d *Direction, g []string) error { return d.setText(&d.Secret, g[1]) }

func readWant(d *Direction, g []string) error {
	for _, word := range []string{"screen", "language", "session"} {
		if spelling.Distance(g[1], word, 1) <= 1 {
			return errMistyped
		}
	}
	d.Name = g[1]
	return d.setText(&d.Want, g[2])
}

func (d *Direction) setText(into *Text, s string) error {
	words, bad := parseText(s)
	if bad != nil {
		return fmt.Errorf("%s %s", bad.message, bad.help)
	}
	*into = words
	return nil
}

// number reads a phone number as scripts write it: a Kenyan number without
// country code, any other with a plus sign.
func number(s string) (digits string, ok bool) {
	s = strings.TrimSpace(s)
	if digits, ok = msisdn.Parse(s); ok || !strings.HasPrefix(s, "+") {
		return digits, ok
	}
	return msisdn.Digits(strings.NewReplacer(" ", "", "-", "").Replace(s))
}
