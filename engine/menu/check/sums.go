package check

import (
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// sumsProved checks U210: no result of a sum is beyond its limits.
//
// Nothing is missed: c.uses has every sum. Its range is found by interval arithmetic
// over the ranges of its values, which hold everything that a value is ever set to: a
// sum that is set or offered has to fit the range of its variable. Conditions make a
// range smaller only where they hold on every path.
func (c *checker) sumsProved() {
	for _, u := range c.uses {
		if u.sum == nil {
			continue
		}
		t, problems, ok := c.sumType(u)
		switch i := slices.IndexFunc(problems, func(p engine.SumProblem) bool { return p.Limits }); {
		case !ok || t.Kind == engine.KindNone:
		case i >= 0:
			help := problems[i].Help
			if help == "" {
				help = "Give its values smaller ranges, or test them before."
			}
			c.find(u.at, syntax.Upper(problems[i].Text)+".", help)
		case u.into != "":
			c.sumFitsVariable(u, t)
		case u.of == asked || u.of == passed || u.of == lent:
			// A comparison takes any amount, and U204 is about actions.
		case t.Kind == engine.KindMoney && t.Lo < 0:
			c.find(u.at, fmt.Sprintf("%s shows %s, which may be less than nothing: %s.", syntax.Upper(u.in), syntax.Quote(u.at.Value), rangeWords(t)), negativeHelp(u.sum))
		}
	}
}

// negativeHelp says how to keep a sum from being less than nothing.
func negativeHelp(s *engine.Sum) string {
	if s.Op == engine.SumMinus {
		return fmt.Sprintf(`Come here only where "%s <= %s".`, s.B, s.A)
	}
	return fmt.Sprintf(`Come here only where "%s >= 0".`, s)
}

func (c *checker) sumFitsVariable(u use, t engine.Type) {
	v := c.values[u.into]
	if v == nil || v.typ.Kind != t.Kind {
		return // U206, U203
	}
	into := ranged(v.typ)
	if what := outside(t, into); what != "" {
		help := fmt.Sprintf("Give %s this range, or come here only where the sum fits.", syntax.Quote(u.into))
		if t.Kind != engine.KindDate && t.Hi > into.Hi {
			help = fmt.Sprintf(`Give %s a wider range, or come here only where "%s <= %s".`, syntax.Quote(u.into), u.sum, unitWords(t.Kind, into.Hi))
		} else if t.Kind != engine.KindDate && into.Lo == 0 {
			help = negativeHelp(u.sum)
		}
		c.find(u.at, fmt.Sprintf("%s may be %s, but %s is %s.", syntax.Quote(u.at.Value), what, syntax.Quote(u.into), rangeWords(v.typ)), help, noted(v.from)...)
	}
}

// firstYear is the first year that a menu can mean. A smaller number is one of two digits.
const firstYear = 1000

// neverDay says why a date of a sum never exists, or is none that is meant; "" if it may.
func neverDay(s *engine.Sum) string {
	if s == nil {
		return ""
	}
	if s.Op == engine.SumDate {
		constant := func(part *engine.Sum) (int64, bool) { return part.N, part.Op == engine.SumConstant }
		const lastMonth, longestMonth = 12, 31
		if n, is := constant(s.A); is && (n < 1 || n > longestMonth) {
			return fmt.Sprintf("no month has a day %d", n)
		}
		if n, is := constant(s.B); is && (n < 1 || n > lastMonth) {
			return fmt.Sprintf("there is no month %d", n)
		}
		if n, is := constant(s.C); is && n < firstYear {
			return fmt.Sprintf("its year is %d, and years have four digits", n)
		}
	}
	for _, part := range []*engine.Sum{s.A, s.B, s.C} {
		if never := neverDay(part); never != "" {
			return never
		}
	}
	return ""
}

// daysExist checks U212: a day that is made of its numbers, as day/month/year, may not
// exist. Only "set" takes such a sum, because it may leave its variable unset.
//
// Nothing is missed: a sum is optional unless the ranges of its numbers have only days
// that exist, and every sum that is not set is found here.
func (c *checker) daysExist() {
	for _, u := range c.uses {
		if u.sum != nil {
			if never := neverDay(u.sum); never != "" {
				c.find(u.at, fmt.Sprintf("%s is never a day: %s.", syntax.Quote(u.at.Value), never), "Write a day as day/month/year, as 28/2/2026.")
				continue
			}
		}
		if u.sum == nil || u.into != "" && u.of == taken {
			continue
		}
		if t, _, ok := c.sumType(u); ok && t.Optional {
			c.find(u.at, fmt.Sprintf("%s may be a day that does not exist, as 31/2/2026.", syntax.Quote(u.at.Value)), `Set a variable with it, and use that where it "is set".`)
		}
	}
}
