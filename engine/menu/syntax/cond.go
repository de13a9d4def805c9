package syntax

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
)

// token holds a word, a constant or a sign of a condition, and where it stands in it.
type token struct {
	Text
	quoted   bool
	from, to int
}

// condParser reads a condition by descent: or, and, not, comparison.
type condParser struct {
	*reader
	tokens []token
	whole  Text
	depth  int
	failed bool
}

// cond reads a condition like "worker is set and amount <= 500". It returns nil and
// reports a diagnostic if the text is not one.
func (p *reader) cond(t Text) *Cond {
	t = t.Trim()
	if t.Value == "" {
		p.find("U003", t, "A condition is missing here.", `Write one like "amount <= balance" or "city is set".`)
		return nil
	}
	tokens, ok := p.tokens(t)
	if !ok {
		return nil
	}
	c := &condParser{reader: p, tokens: tokens, whole: t}
	cond := c.or()
	if !c.failed && len(c.tokens) > 0 {
		c.dayWithoutQuotes(t)
		c.wrong(c.tokens[0].Text, fmt.Sprintf("The condition is complete before %q.", Short(c.tokens[0].Value)), `Join conditions with "and" or "or".`)
	}
	if c.failed {
		return nil
	}
	cond.Text = t
	return cond
}

// dayWithoutQuotes reports a day without quotes.
func (c *condParser) dayWithoutQuotes(t Text) {
	if at := bareDay.FindStringIndex(t.Value); at != nil {
		day := t.Sub(at[0], at[1])
		c.fail(day, "A day must be in quotes.", "").PutInQuotes(day.Value)
	}
}

// signs lists the signs of conditions, longer ones first, with their right spelling.
var signs = []struct{ text, right string }{
	{"==", "="},
	{"!=", "!="},
	{"<>", "!="},
	{"=<", "<="},
	{"=>", ">="},
	{"<=", "<="},
	{">=", ">="},
	{"&&", "and"},
	{"||", "or"},
	{"≤", "<="},
	{"≥", ">="},
	{"≠", "!="},
	{"=", "="},
	{"<", "<"},
	{">", ">"},
	{"(", "("},
	{")", ")"},
	{"+", "+"},
	{"*", "*"},
	{"/", "/"},
	{"!", "not"},
}

// tokens divides a condition into its words and signs.
func (p *reader) tokens(t Text) ([]token, bool) {
	var list []token
	for i := 0; i < len(t.Value); {
		rest := t.Value[i:]
		switch c := rest[0]; {
		case c == ' ' || c == '\n':
			i++
			continue
		case c == '\'' || c == '"':
			end := strings.IndexByte(rest[1:], c)
			if end < 0 {
				p.find("U003", t.Sub(i, len(t.Value)), "The quote that opens here is never closed.", "")
				return nil, false
			}
			list = append(list, token{t.Sub(i, i+end+2), true, i, i + end + 2})
			i += end + 2
			continue
		}
		if n := p.sign(t, i, &list); n > 0 {
			i += n
			continue
		}
		n := wordEnd(rest)
		if n == 0 {
			p.find("U003", t.Sub(i, i+len(string([]rune(rest)[0]))), fmt.Sprintf("%q has no meaning in a condition.", string([]rune(rest)[0])), `Conditions know "is set", "is empty", = != < <= > >=, and, or, not, + - * and parentheses.`)
			return nil, false
		}
		list = append(list, token{t.Sub(i, i+n), false, i, i + n})
		i += n
	}
	return list, true
}

// sign reads a sign at i and returns it in the right spelling, with its length.
func (p *reader) sign(t Text, i int, list *[]token) int {
	for _, s := range signs {
		if !strings.HasPrefix(t.Value[i:], s.text) {
			continue
		}
		at := t.Sub(i, i+len(s.text))
		if s.text != s.right {
			p.find("U008", at, fmt.Sprintf("Conditions write %q as %q.", s.text, s.right), fmt.Sprintf("Write %q.", s.right)).sign(s.right, s.right == "and" || s.right == "or" || s.right == "not")
			at.Value = s.right
		}
		*list = append(*list, token{at, false, i, i + len(s.text)})
		return len(s.text)
	}
	return 0
}

// wordEnd returns how many bytes make a name with fields or a number.
func wordEnd(s string) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '.' && !(c == '-' && i == 0) && nameEnd("a"+string(rune(c))) != 2 || c >= 0x80 {
			return i
		}
	}
	return len(s)
}

func (c *condParser) wrong(at Text, message, help string) *Cond {
	c.fail(at, message, help)
	return &Cond{}
}

// fail reports the first error of the condition.
func (c *condParser) fail(at Text, message, help string) Report {
	if c.failed {
		return Report{d: &diag.Diagnostic{}}
	}
	c.failed = true
	return c.find("U003", at, message, help)
}

// is reports whether the next tokens are the given words.
func (c *condParser) is(words ...string) bool {
	for i, w := range words {
		if i >= len(c.tokens) || c.tokens[i].quoted || c.tokens[i].Value != w {
			return false
		}
	}
	return true
}

// take drops the next tokens if they are these words.
func (c *condParser) take(words ...string) bool {
	if !c.is(words...) {
		return false
	}
	c.tokens = c.tokens[len(words):]
	return true
}

func (c *condParser) or() *Cond  { return c.chain("or", c.and) }
func (c *condParser) and() *Cond { return c.chain("and", c.not) }

// chain reads parts joined by one word, from the left.
func (c *condParser) chain(op string, part func() *Cond) *Cond {
	left := part()
	for !c.failed && c.take(op) {
		right := part()
		left = &Cond{Op: op, A: left, B: right, Text: c.whole}
	}
	return left
}

func (c *condParser) not() *Cond {
	if c.depth++; c.depth > MaxCondDepth {
		return c.wrong(c.whole, fmt.Sprintf("This condition is more than %d deep.", MaxCondDepth), "")
	}
	defer func() { c.depth-- }()
	if c.take("not") {
		return &Cond{Op: "not", A: c.not(), Text: c.whole}
	}
	if c.opensSum() || !c.take("(") {
		return c.comparison()
	}
	inner := c.or()
	if !c.failed && !c.take(")") {
		return c.wrong(c.whole, "A parenthesis that opens here is never closed.", "")
	}
	return inner
}

// tests lists the words that may follow "is".
var tests = []string{"set", "empty"}

func (c *condParser) comparison() *Cond {
	left, ok := c.operand()
	if !ok {
		return &Cond{}
	}
	if c.take("is") {
		if left.Sum != nil {
			return c.wrong(left.Text, fmt.Sprintf("%q is a sum, and only a value can be tested.", Short(left.Value)), "Test each of its values.")
		}
		return c.isTest(left)
	}
	if k := c.bareName(left); k != nil {
		return k
	}
	if len(c.tokens) == 0 || !isComparison(c.tokens[0]) {
		return c.wrong(left.Text, fmt.Sprintf("%q alone is not a condition.", Short(left.Value)), fmt.Sprintf(`Write "%s is set", or compare it: "%s = …".`, Short(left.Value), Short(left.Value)))
	}
	op := c.tokens[0].Value
	c.tokens = c.tokens[1:]
	right, ok := c.operand()
	if !ok {
		return &Cond{}
	}
	return &Cond{Op: op, Left: left, Right: right, Text: c.whole}
}

// bareName reads a name alone as that of a condition, nil if it is none.
func (c *condParser) bareName(left Value) *Cond {
	ends := len(c.tokens) == 0 || c.is(")") || c.is("and") || c.is("or")
	if left.Name == "" || left.Field != "" || !ends {
		return nil
	}
	k := &Cond{Op: opNamed, Left: left, Text: c.whole}
	name := left.Text // which may stand in parentheses
	if i := strings.Index(name.Value, left.Name); i >= 0 {
		name = name.Sub(i, i+len(left.Name))
	}
	c.condUses = append(c.condUses, condUse{k, name})
	return k
}

// isTest reads what follows "is": set, empty, or not one of them.
func (c *condParser) isTest(left Value) *Cond {
	not := c.take("not")
	for _, test := range tests {
		if c.take(test) {
			cond := &Cond{Op: "is " + test, Left: left, Text: c.whole}
			if not {
				cond = &Cond{Op: "not", A: cond, Text: c.whole}
			}
			return cond
		}
	}
	if len(c.tokens) > 0 {
		t := c.tokens[0].Text
		c.fail(t, fmt.Sprintf(`"is" is followed by "set" or "empty", not by %q.`, Short(t.Value)), fmt.Sprintf(`To compare, write "%s = %s".`, Short(left.Value), Short(t.Value))).equals()
		return &Cond{}
	}
	return c.wrong(c.whole, `"is" is followed by "set" or "empty".`, "")
}

func isComparison(t token) bool {
	switch t.Value {
	case "=", "!=", "<", "<=", ">", ">=":
		return !t.quoted
	}
	return false
}

// operand returns a name, a constant or a sum.
func (c *condParser) operand() (Value, bool) {
	if len(c.tokens) == 0 {
		c.wrong(c.whole.Sub(len(c.whole.Value), len(c.whole.Value)), "The condition ends here, but it is not complete.", "")
		return Value{}, false
	}
	first := c.tokens[0]
	if !first.quoted && !isTermBegin(first) {
		c.wrong(first.Text, fmt.Sprintf("A value is missing before %q.", first.Value), "")
		return Value{}, false
	}
	last := c.term()
	at := first.Text
	for len(c.tokens) > 0 && isSumSign(c.tokens[0]) {
		if len(c.tokens[0].Value) > 1 {
			last = c.tokens[0].to // a sign and its number: "-5"
			c.tokens = c.tokens[1:]
			continue
		}
		c.tokens = c.tokens[1:]
		if len(c.tokens) == 0 {
			last = len(c.whole.Value)
			break
		}
		last = c.term()
	}
	if last > first.to {
		at = c.whole.Sub(first.from, last)
	}
	v, ok := c.value(at)
	c.failed = c.failed || !ok
	return v, ok
}

// term drops one token, or those of a pair of parentheses, and returns where they end.
func (c *condParser) term() (end int) {
	n := 1
	if c.is("(") {
		n = max(1, c.closing())
	}
	end = c.tokens[n-1].to
	c.tokens = c.tokens[n:]
	return end
}

// closing returns how many tokens the parentheses at the beginning take, 0 if they never
// close.
func (c *condParser) closing() int {
	depth := 0
	for i, t := range c.tokens {
		switch {
		case t.quoted:
		case t.Value == "(":
			depth++
		case t.Value == ")":
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// opensSum reports whether the parentheses at the beginning are those of a sum, and not
// of a condition.
func (c *condParser) opensSum() bool {
	if !c.is("(") {
		return false
	}
	n := c.closing()
	for _, t := range c.tokens[:n] {
		if !t.quoted && (isComparison(t) || t.Value == "is" || t.Value == "and" || t.Value == "or" || t.Value == "not") {
			return false
		}
	}
	return n > 0
}

// isTermBegin reports whether a value can begin with a token.
func isTermBegin(t token) bool {
	switch t.Value {
	case ")", "and", "or", "is", "+", "*", "/", "-":
		return false
	}
	return !isComparison(t)
}

// isSumSign reports whether a token is a sign of a sum, alone or before its number.
func isSumSign(t token) bool {
	return !t.quoted && (t.Value == "+" || t.Value == "*" || t.Value == "/" || strings.HasPrefix(t.Value, "-"))
}

// condOf returns the condition that a key "if" holds.
func (p *reader) condOf(e entry) *Cond {
	t, ok := p.scalar(e, "a condition")
	if !ok {
		return nil
	}
	return p.cond(t)
}
