package backend

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/sample"
)

// sampleValue returns a value that the type allows. other asks for a different one, where
// the type has two.
func sampleValue(t *engine.Type, day engine.Date, other bool) engine.Value {
	low := t.Lo
	if other {
		low = t.Hi
	}
	switch t.Kind {
	case engine.KindMoney:
		return engine.MoneyValue(low)
	case engine.KindNumber:
		return engine.NumberValue(low)
	case engine.KindDate:
		return engine.DateValue(sampleDay(t, day, other))
	case engine.KindPhone:
		if other {
			return engine.PhoneValue("254700000002")
		}
		return engine.PhoneValue("254700000001")
	case engine.KindChoice:
		if len(t.Options) == 0 {
			return engine.Value{}
		}
		if other {
			return engine.ChoiceValue(t.Options[len(t.Options)-1])
		}
		return engine.ChoiceValue(t.Options[0])
	case engine.KindSecret:
		n := t.Digits
		if n == 0 {
			n = t.Width
		}
		return engine.SecretValue(strings.Repeat("1", n))
	case engine.KindRecord:
		return sampleRecord(t, day, other)
	case engine.KindList:
		return engine.ListValue([]engine.Value{sampleRecord(t, day, other)})
	}
	if t.Form.Kind != engine.FormAny {
		n := 0
		if other {
			n = 1
		}
		return engine.TextValue(sample.Text(*t, n))
	}
	text := "Amina"
	if other {
		text = "Juma"
	}
	return engine.TextValue(text[:min(len(text), t.Width)])
}

// sampleDay returns a day that the range allows, near day.
func sampleDay(t *engine.Type, day engine.Date, other bool) engine.Date {
	for back := range engine.Date(maxSampleDays) {
		for _, d := range []engine.Date{day - back, day + back} {
			if t.Includes(d, day) && (!other || d != sampleDay(t, day, false)) {
				return d
			}
		}
	}
	return day
}

// maxSampleDays is how far from today a day is looked for: further than a menu asks.
const maxSampleDays = 200 * 366

func sampleRecord(t *engine.Type, day engine.Date, other bool) engine.Value {
	var fields []engine.Named
	for _, f := range t.Fields {
		fields = append(fields, engine.Named{Name: f.Name, Value: sampleValue(&f.Type, day, other)})
	}
	return engine.RecordValue(fields)
}
