package engine

import (
	"fmt"
	"strings"
)

// String returns the type as the menu language spells it. Records and lists, which
// no menu declares, have their fields.
func (t Type) String() string {
	if t.Optional {
		t.Optional = false
		return t.String() + " " + OrNothing
	}
	switch t.Kind {
	case KindText:
		if t.Stars {
			return t.formString() + withStars
		}
		return t.formString()
	case KindNumber:
		return fmt.Sprintf("number %d..%d", t.Lo, t.Hi)
	case KindMoney:
		return fmt.Sprintf("money %d..%d", t.Lo/centsPerUnit, t.Hi/centsPerUnit)
	case KindDate:
		return t.dateString()
	case KindPhone:
		return strings.TrimSpace("phone " + strings.Join(t.Countries, "|"))
	case KindChoice:
		return strings.TrimSpace("choice " + strings.Join(t.Options, "|"))
	case KindSecret:
		if t.Digits > 0 {
			return fmt.Sprintf("pin %d", t.Digits)
		}
		return fmt.Sprintf("secret %d", t.Width)
	case KindRecord:
		return t.Record + " " + t.fieldsString()
	case KindList:
		return "list of " + t.Record + " " + t.fieldsString()
	default:
		return "no type"
	}
}

func (t Type) fieldsString() string {
	parts := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		parts[i] = f.Name + ": " + f.Type.String()
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (t Type) dateString() string {
	if !t.From.Set && !t.To.Set {
		return "date"
	}
	return "date " + t.From.String() + ".." + t.To.String()
}

// String returns the bound as the menu language spells it, or "" for none.
func (b DateBound) String() string {
	if !b.Set {
		return ""
	}
	if !b.Relative {
		return b.Day.Time().Format("2006-01-02")
	}
	for _, d := range []struct {
		n    int
		unit string
	}{{b.Years, "y"}, {b.Months, "m"}, {b.Days, "d"}} {
		if d.n != 0 {
			return fmt.Sprintf("today%+d%s", d.n, d.unit)
		}
	}
	return "today"
}
