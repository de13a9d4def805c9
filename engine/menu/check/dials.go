package check

import (
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// codesCarry checks U215: a code that ends in a name carries an answer that can be
// dialled, and every other code below it is answered, too.
//
// Nothing is missed: it looks at every code of the menu.
func (c *checker) codesCarry() {
	dials := c.f.Dials
	if len(dials) > 0 && !slices.ContainsFunc(dials, func(d syntax.Dial) bool { return !d.Name.Written() }) {
		c.find(dials[0].Code, "No code of this menu can be dialled as it stands.", fmt.Sprintf("Add one, as %q: callers are told it.", dials[0].Base()))
		return
	}
	for i, d := range dials {
		switch {
		case !d.Name.Written():
		case d.Name.Value == engine.OtherCode:
			c.otherCode(d)
		default:
			c.answerCode(d, dials[:i])
		}
	}
}

// otherCode reports a name that would mean two things.
func (c *checker) otherCode(d syntax.Dial) {
	if v := c.values[engine.OtherCode]; v != nil {
		c.find(d.Name, fmt.Sprintf("%s stands for every other code here, and it is a value of the menu, too.", syntax.Quote(engine.OtherCode)), "Rename the value.", noted(v.from)...)
	}
}

func (c *checker) answerCode(d syntax.Dial, before []syntax.Dial) {
	v := c.values[d.Name.Value]
	base := d.Base()
	same := func(o syntax.Dial) bool {
		return o.Name.Written() && o.Name.Value != engine.OtherCode && o.Base() == base
	}
	takesRest := func(o syntax.Dial) bool {
		return o.Base() == base && (!o.Name.Written() || o.Name.Value == engine.OtherCode)
	}
	switch {
	case v == nil: // U206
	case v.v == nil:
		c.find(d.Name, fmt.Sprintf("There is no variable %s for what is dialled here.", syntax.Quote(d.Name.Value)), fmt.Sprintf(`Declare it below "vars", or write "{%s}" for every other code.`, engine.OtherCode))
	case v.secret:
		c.find(d.Name, fmt.Sprintf("%s is a secret, and a code that is dialled stays in the phone.", syntax.Quote(d.Name.Value)), "Ask for it on a screen.", noted(v.from)...)
	case !v.typ.CarriesAnswer():
		c.find(d.Name, fmt.Sprintf("%s is %s, which can't be dialled.", syntax.Quote(d.Name.Value), typeName(v.typ)), "A code carries a number, an amount, a phone number or digits. For a choice, write a code for each option, with \"set\".", noted(v.from)...)
	case slices.ContainsFunc(before, same):
		i := slices.IndexFunc(before, same)
		c.find(d.Code, fmt.Sprintf("Two codes carry an answer behind %s.", base), "Leave one of them.", diag.At(before[i].Code.Pos, "The other is here."))
	case !slices.ContainsFunc(c.f.Dials, takesRest):
		c.find(d.Code, fmt.Sprintf("A code that carries no %s that %s takes is not answered.", typeName(v.typ)[len(article(typeName(v.typ))):], syntax.Quote(d.Name.Value)), fmt.Sprintf("Add the code %q; what is dialled behind it is then typed ahead.", base))
	}
}
