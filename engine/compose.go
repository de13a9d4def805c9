package engine

// A Composer puts the parts of a screen together: the order of the parts, the
// line breaks between them, the key before an option, and the navigation line.
// T is what a screen is laid out in. The machine lays out texts; the checker lays
// out the greatest lengths of texts with values that it does not know. Both use
// this one layout, so the checker measures what the phone shows.
type Composer[T any] struct {
	// Literal returns a text that is known.
	Literal func(text string) T
	// Then returns one part directly followed by another.
	Then func(first, second T) T
	// Empty reports whether a part has no characters.
	Empty func(part T) bool
}

// ScreenParts has the parts of a screen from top to bottom. An empty part takes no
// line.
type ScreenParts[T any] struct {
	// Notice says why the last answer was not taken.
	Notice T
	// Body is the question, or the text in its place.
	Body T
	// Rows are the lines that can be chosen.
	Rows []T
	// Nav is the navigation line.
	Nav T
}

// Screen returns the whole screen.
func (c Composer[T]) Screen(parts ScreenParts[T]) T {
	screen := c.Below(parts.Notice, parts.Body)
	if len(parts.Rows) > 0 {
		screen = c.Below(screen, c.column(parts.Rows))
	}
	return c.Below(screen, parts.Nav)
}

// column returns rows below each other. It joins halves, because a list may have
// hundreds of rows, and row after row would copy the text as often.
func (c Composer[T]) column(rows []T) T {
	if len(rows) == 1 {
		return rows[0]
	}
	half := len(rows) / 2
	return c.Below(c.column(rows[:half]), c.column(rows[half:]))
}

// Below returns two parts, the second on a new line below the first.
func (c Composer[T]) Below(first, second T) T {
	if c.Empty(first) {
		return second
	}
	if c.Empty(second) {
		return first
	}
	return c.Then(c.Then(first, c.Literal("\n")), second)
}

// Row returns a line that can be chosen: "1. Create account".
func (c Composer[T]) Row(key string, label T) T {
	return c.Then(c.Literal(key+". "), label)
}

// Noted returns an option's label with a note behind it.
func (c Composer[T]) Noted(label, note T) T {
	return c.Then(c.Then(label, c.Literal(" ")), note)
}

// NavKeys is a set of navigation keys.
type NavKeys uint8

// The navigation keys, in the order in which a screen shows them.
const (
	NavBack NavKeys = 1 << iota
	NavHome
	NavMore
	navSets // how many sets there are
)

// NavLine returns the last line of a screen: "0:Back 00:Home 98:More". sign returns
// the key and the label of one of the shown keys. A menu without such a key
// returns "" for it.
func (c Composer[T]) NavLine(shown NavKeys, sign func(NavKeys) (key string, label T)) T {
	line := c.Literal("")
	for one := NavBack; one < navSets; one <<= 1 {
		if shown&one == 0 {
			continue
		}
		key, label := sign(one)
		if key == "" {
			continue
		}
		if !c.Empty(line) {
			line = c.Then(line, c.Literal(" "))
		}
		line = c.Then(line, c.Then(c.Literal(key+":"), label))
	}
	return line
}

// texts composes screens as the phone shows them.
var texts = Composer[string]{
	Literal: func(text string) string { return text },
	Then:    func(first, second string) string { return first + second },
	Empty:   func(part string) bool { return part == "" },
}
