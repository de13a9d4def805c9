package dialscript

import "github.com/paytrace/paytrace/engine"

// File is a script as written. What could not be read is left out: the
// findings say what is missing.
type File struct {
	// Path is as in positions.
	Path string
	// Head are the comments above the first call, parted from it by a blank
	// line; Tail those below the last one.
	Head, Tail []string
	Calls      []Call
}

// Call is one call, "=== title". It may go over several sessions.
type Call struct {
	Title    string
	Pos      engine.Pos
	Comments []string // above it, as in every part of a call
	Given    []Direction
	Steps    []Step
	// Broken says that a line of the call could not be read, so that playing it
	// would prove nothing.
	Broken bool
}

// Step is what makes a screen appear: the caller types, dials, or dials again.
type Step struct {
	Pos      engine.Pos
	Comments []string
	// Input is what is typed, "> text"; the first of a session is the dialled
	// code. An empty one is an empty answer.
	Input Text
	// Redial is set, and Input empty, where the step is "(redials after …)".
	Redial *Direction
	// Shown are the lines of the screen; none leaves it unchecked.
	Shown []ScreenLine
	// Directions are what happens after the screen and what must hold then, in
	// order.
	Directions []Direction
}

// Shown is one line of a screen: Words, a regular expression, or "..." for the
// rest of the screen.
type ScreenLine struct {
	Pos      engine.Pos
	Comments []string
	Text     Text
	Regexp   string
	Rest     bool
}

// Words are a text with holes. A nil Words is the empty text.
type Text []Part

// Part is Lit, or a hole where Hole or Name is set.
type Part struct {
	Lit string
	// Hole is what may stand here: "*", "money", "date" or "phone". With a Name
	// it is kept under that name; a Name alone stands for what was kept.
	Placeholder, Name string
}

// Tags are the words of the call's (tags …) directions.
func (c *Call) Tags() []string {
	var tags []string
	for _, d := range c.Given {
		if d.Kind == Tags {
			tags = append(tags, d.Tags...)
		}
	}
	return tags
}

// HasScreens reports whether any step of the file is checked.
func (f *File) HasScreens() bool {
	for i := range f.Calls {
		for _, s := range f.Calls[i].Steps {
			if len(s.Shown) > 0 {
				return true
			}
		}
	}
	return false
}
