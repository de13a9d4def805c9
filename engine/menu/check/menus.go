package check

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/spelling"
)

// defaultDepth limits the menus a caller goes through where the file sets no limit.
// longestLabel limits an option to two lines of a feature phone's screen, in
// characters.
const (
	defaultDepth = 5
	longestLabel = 34
)

// depthFits checks U404: few menus lie between the start and any other. Questions
// do not count.
func (c *checker) depthFits() {
	limit := defaultDepth
	if n := c.f.Limits.Depth.N; n > 0 {
		limit = n
	}
	depth := c.depths(func(st *step) bool { return st.screen != nil && st.screen.Menu != nil && st.call == nil })
	for _, s := range c.f.Screens {
		if n := c.depthOf(depth, s); s.Menu != nil && n > limit {
			c.find(s.Name, fmt.Sprintf("%s is the %s menu in a row; the limit is %d.", syntax.Quote(s.Name.Value), ordinal(n), limit), "Bring it nearer to the start.")
		}
	}
}

// depthOf returns a screen's depth, 0 if no call reaches it.
func (c *checker) depthOf(depth map[*step]int, s *syntax.Screen) int {
	least := 0
	for _, st := range c.flow.copies(s) {
		if n := depth[st]; least == 0 || n < least {
			least = n
		}
	}
	return least
}

func ordinal(n int) string {
	switch {
	case n%100/10 == 1:
	case n%10 == 1:
		return strconv.Itoa(n) + "st"
	case n%10 == 2:
		return strconv.Itoa(n) + "nd"
	case n%10 == 3:
		return strconv.Itoa(n) + "rd"
	}
	return strconv.Itoa(n) + "th"
}

// depths returns the fewest counted steps on a path to each step, including itself.
func (c *checker) depths(counts func(*step) bool) map[*step]int {
	depth := map[*step]int{c.flow.begin: 0}
	near, far := []*step{c.flow.begin}, []*step(nil)
	for len(near)+len(far) > 0 {
		if len(near) == 0 {
			near, far = far, nil
		}
		st := near[0]
		near = near[1:]
		for _, e := range st.out {
			if e.to == nil {
				continue
			}
			n, next := depth[st], &near
			if counts(e.to) {
				n, next = n+1, &far
			}
			if old, been := depth[e.to]; been && old <= n {
				continue
			}
			depth[e.to] = n
			*next = append(*next, e.to)
		}
	}
	return depth
}

// keysInOrder checks U405: options count 1, 2, 3. Keys that begin with 0, like
// the usual 0 for Exit, stand last.
func (c *checker) keysInOrder() {
	for _, s := range c.f.Screens {
		want := 1
		for _, o := range s.Menu {
			n, err := strconv.Atoi(o.Key.Value)
			if s.Numbered || err != nil || strings.HasPrefix(o.Key.Value, "0") {
				continue
			}
			if n != want {
				c.find(o.Key, fmt.Sprintf("Option %d of %s is expected here, not %s.", want, syntax.Quote(s.Name.Value), syntax.Quote(o.Key.Value)), "Number the options 1, 2, 3, or write them as a list, which numbers itself.")
				break
			}
			want++
		}
	}
}

// labelsDiffer checks U406: options are short and easy to tell apart.
func (c *checker) labelsDiffer() {
	for _, s := range c.f.Screens {
		for i, o := range s.Menu {
			if n := utf8.RuneCountInString(o.Say.Value); n > longestLabel {
				c.find(o.Say, fmt.Sprintf("This option has %d characters; more than %d fill several lines of a small phone.", n, longestLabel), "")
			}
			for _, other := range s.Menu[:min(i, syntax.MaxOptions)] {
				if alike(o.Say.Value, other.Say.Value) && c.decisions.possible(o.If, other.If) {
					c.find(o.Say, fmt.Sprintf("%s is nearly the same as %s.", syntax.Quote(o.Say.Value), syntax.Quote(other.Say.Value)), "", diag.At(other.Say.Pos, "The other is here."))
					break
				}
			}
		}
	}
}

// alike reports whether two labels differ in at most one letter. Labels with digits
// are never alike: "Bank 1" and "Bank 2" are meant to look the same.
func alike(a, b string) bool {
	const shortest = 5 // letters: "Send" and "Lend" are easy to tell apart
	if len(a) > 2*longestLabel || len(b) > 2*longestLabel {
		return a == b
	}
	a, b = spelling.Plain(a), spelling.Plain(b)
	if a == b {
		return a != ""
	}
	if strings.ContainsAny(a+b, "0123456789") || len(a) < shortest || len(b) < shortest || len(a) > longestLabel || len(b) > longestLabel {
		return false
	}
	return spelling.Distance(a, b, 1) <= 1
}

// answersFree checks U407: no navigation key is a valid answer to its question.
//
// Nothing is missed: each type that takes short numbers says whether a key is one
// of its answers.
func (c *checker) answersFree() {
	for _, s := range c.f.Screens {
		t, ok := c.askedType(s)
		if !ok {
			continue
		}
		for _, k := range c.navKeys() {
			live := k.does == "More" && c.pages(s) || k.does != "More" && !s.NavOff
			if k.key.Written() && live && answers(t, k.key.Value) {
				c.find(s.Ask.Var, fmt.Sprintf("%s is an answer to %s (%s), but it also means %s.", k.key.Value, syntax.Quote(s.Name.Value), rangeWords(t), k.does), `Narrow the range, choose another key, or write "nav: none".`, diag.At(k.key.Pos, "The key is declared here."))
			}
		}
	}
}

// offersFree checks U408: no shortcut is a valid answer to its question.
func (c *checker) offersFree() {
	for _, s := range c.f.Screens {
		t, ok := c.askedType(s)
		if !ok {
			continue
		}
		for _, o := range s.Ask.Offers {
			if answers(t, o.Key.Value) {
				c.find(o.Key, fmt.Sprintf("%s is also an answer to %s (%s).", o.Key.Value, syntax.Quote(s.Name.Value), rangeWords(t)), "Choose a key that is not an answer, like 00.")
			}
		}
	}
}

func (c *checker) askedType(s *syntax.Screen) (engine.Type, bool) {
	if s.Ask == nil || c.values[s.Ask.Var.Value] == nil {
		return engine.Type{}, false
	}
	return c.values[s.Ask.Var.Value].typ, true
}

// answers reports whether a key is a valid answer of a type. Texts, secret words and
// phone numbers are longer than any key.
func answers(t engine.Type, key string) bool {
	n, whole := wholeNumber(key)
	switch t.Kind {
	case engine.KindNumber:
		return whole && n >= t.Lo && n <= t.Hi
	case engine.KindMoney:
		return whole && n*100 >= t.Lo && n*100 <= t.Hi
	case engine.KindSecret:
		return t.Digits > 0 && len(key) == t.Digits
	case engine.KindChoice:
		return whole && n >= 1 && n <= int64(len(t.Options)) && strconv.FormatInt(n, 10) == key
	}
	return false
}
