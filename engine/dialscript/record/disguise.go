package record

import (
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// disguise puts the people of people.yaml in the places of those in a log. A
// number is always the same person's, in every session.
type disguise struct {
	people *engine.Personas
	// numbers are the digits of a log's numbers and whose they become.
	numbers map[string]string
	persons map[string]engine.Persona
	// callers are all numbers that called, so that they are known in any text.
	callers map[string]bool
	used    int
}

func newDisguise(people *engine.Personas, calls []Recorded) *disguise {
	d := &disguise{people: people, numbers: map[string]string{}, persons: map[string]engine.Persona{}, callers: map[string]bool{}}
	for _, c := range calls {
		if digits := digitsOf(c.Phone); digits != "" {
			d.callers[digits] = true
		}
	}
	return d
}

// digitsOf are a caller's digits as the log has them, "" for what is none.
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

// caller is the person who stands for a number that called: the one whose it
// is, or the next of people.yaml, beginning anew behind the last.
func (d *disguise) caller(phone string) engine.Persona {
	digits := digitsOf(phone)
	if p, known := d.persons[digits]; known {
		return p
	}
	person := d.people.List[d.used%len(d.people.List)]
	own := false
	for _, p := range d.people.List {
		if p.Phone == digits {
			person, own = p, true
		}
	}
	if !own {
		d.used++
	}
	d.persons[digits], d.numbers[digits] = person, person.Phone
	return person
}

// other is whose a number becomes that someone typed or a screen shows.
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
	// joined and parted are numbers as they are typed and shown.
	joinedNumber = regexp.MustCompile(`\+?\d{9,15}`)
	partedNumber = regexp.MustCompile(`\+?\d{2,4}(?:[ -]\d{2,4}){2,4}`)
)

// text is a text with other numbers in it.
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

// spacedAs puts the separators of one writing into another of the same length.
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

// number is another one in the same writing; digits that are no number stay.
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

// pins are the PINs typed in one call: the last one is the person's, those
// before it were wrong, or others'.
func (d *disguise) pins(person engine.Persona, typed []string) map[string]string {
	out := map[string]string{}
	for i := len(typed) - 1; i >= 0; i-- {
		pin := typed[i]
		if _, known := out[pin]; known {
			continue
		}
		own := person.PIN.Reveal()
		if len(out) == 0 && len(own) == len(pin) {
			out[pin] = own
			continue
		}
		out[pin] = d.wrongPIN(len(pin), own, out)
	}
	return out
}

// wrongPIN is one that is nobody's and not yet used.
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
