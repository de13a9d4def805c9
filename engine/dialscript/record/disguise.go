package record

import (
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// A disguise replaces the callers of a log by the personas of people.yaml. One number
// becomes the same persona in every session.
type disguise struct {
	people *engine.Personas
	// numbers maps the digits of a log's numbers to their replacements.
	numbers  map[string]string
	personas map[string]engine.Persona
	// callers has all numbers that called, to recognise them in any text.
	callers map[string]bool
	used    int
}

func newDisguise(people *engine.Personas, calls []Recorded) *disguise {
	d := &disguise{people: people, numbers: map[string]string{}, personas: map[string]engine.Persona{}, callers: map[string]bool{}}
	for _, c := range calls {
		if digits := digitsOf(c.Phone); digits != "" {
			d.callers[digits] = true
		}
	}
	return d
}

// digitsOf returns the digits of a caller as the log has them, or "" if it is no
// number.
func digitsOf(phone string) string {
	phone = strings.TrimPrefix(strings.TrimSpace(phone), "+")
	if digits, ok := msisdn.Parse(phone); ok {
		return digits
	}
	if strings.Trim(phone, "0123456789") != "" {
		return ""
	}
	return phone
}

// caller returns the persona that replaces a number that called: its owner if it is in
// people.yaml, or the next persona. After the last persona comes the first again.
func (d *disguise) caller(phone string) engine.Persona {
	digits := digitsOf(phone)
	if p, known := d.personas[digits]; known {
		return p
	}
	persona := d.people.List[d.used%len(d.people.List)]
	own := false
	for _, p := range d.people.List {
		if p.Phone == digits {
			persona, own = p, true
		}
	}
	if !own {
		d.used++
	}
	d.personas[digits], d.numbers[digits] = persona, persona.Phone
	return persona
}

// other returns the replacement of a number that someone typed or a screen
// shows.
func (d *disguise) other(digits string) string {
	if to, known := d.numbers[digits]; known {
		return to
	}
	var free []string
	for _, p := range d.people.List {
		if p.Phone == digits {
			return digits
		}
		free = append(free, p.Phone)
	}
	free = append(free, d.people.Numbers...)
	taken := map[string]bool{}
	for _, to := range d.numbers {
		taken[to] = true
	}
	to := free[len(free)-1]
	for _, n := range free {
		if n == digits {
			return digits
		}
	}
	for _, n := range free {
		if !taken[n] {
			to = n
			break
		}
	}
	d.numbers[digits] = to
	return to
}

var (
	// joinedNumber and partedNumber match numbers as people type them and
	// screens show them.
	joinedNumber = regexp.MustCompile(`\+?\d{9,15}`)
	partedNumber = regexp.MustCompile(`\+?\d{2,4}(?:[ -]\d{2,4}){2,4}`)
)

// text replaces the numbers in a text.
func (d *disguise) text(s string) string {
	s = joinedNumber.ReplaceAllStringFunc(s, d.number)
	return partedNumber.ReplaceAllStringFunc(s, func(found string) string {
		compact := strings.NewReplacer(" ", "", "-", "").Replace(found)
		if len(compact) < 9 {
			return found
		}
		return spacedAs(found, d.number(compact))
	})
}

// spacedAs writes digits with the separators of another number of the same
// length.
func spacedAs(like, digits string) string {
	if strings.Count(like, " ")+strings.Count(like, "-")+len(digits) != len(like) {
		return digits
	}
	var b strings.Builder
	i := 0
	for _, r := range like {
		if r == ' ' || r == '-' {
			b.WriteRune(r)
			continue
		}
		b.WriteByte(digits[i])
		i++
	}
	return b.String()
}

// number replaces a number and keeps how it is written. Digits that are no
// number stay.
func (d *disguise) number(found string) string {
	raw := strings.TrimPrefix(found, "+")
	digits, ok := dialscript.RealNumber(found)
	switch {
	case ok:
	case d.callers[raw]:
		digits = raw
	case strings.HasPrefix(raw, "0") && d.callers["254"+raw[1:]]:
		digits = "254" + raw[1:]
	default:
		return found
	}
	to := d.other(digits)
	switch {
	case to == digits:
		return found
	case strings.HasPrefix(found, "+"):
		return msisdn.E164(to)
	case raw == digits:
		return to
	case strings.HasPrefix(raw, "00"):
		return "00" + to
	case strings.HasPrefix(raw, "0"):
		return msisdn.National(to)
	}
	return strings.TrimPrefix(msisdn.National(to), "0")
}

// pins replaces the PINs of one call: the last becomes the persona's own,
// and those before it become wrong PINs.
func (d *disguise) pins(persona engine.Persona, typed []string) map[string]string {
	out := map[string]string{}
	for i := len(typed) - 1; i >= 0; i-- {
		pin := typed[i]
		if _, known := out[pin]; known {
			continue
		}
		own := persona.PIN.Reveal()
		if len(out) == 0 && len(own) == len(pin) {
			out[pin] = own
			continue
		}
		out[pin] = d.wrongPIN(len(pin), own, out)
	}
	return out
}

// wrongPIN returns a PIN that belongs to nobody and was not used yet.
func (d *disguise) wrongPIN(length int, own string, used map[string]string) string {
	var candidates []string
	for _, p := range d.people.PINs {
		candidates = append(candidates, p.Reveal())
	}
	const down, up = "987654321", "123456789"
	candidates = append(candidates, down[len(down)-min(length, len(down)):], up[:min(length, len(up))])
	for digit := '9'; digit >= '0'; digit-- {
		candidates = append(candidates, strings.Repeat(string(digit), length))
	}
	for _, c := range candidates {
		taken := c == own
		for _, u := range used {
			taken = taken || u == c
		}
		if len(c) == length && !taken {
			return c
		}
	}
	return strings.Repeat("0", length)
}
