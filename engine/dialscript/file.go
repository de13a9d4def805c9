package dialscript

import "github.com/paytrace/paytrace/engine"

// A File is a script as written. It omits what could not be read; the
// diagnostics say what is missing.
type File struct {
	// Path is the path in positions.
	Path string
	// Head has the comments above the first call, with a blank line after them;
	// Tail has those below the last call.
	Head, Tail []string
	Calls      []Call
}

// A Call is one call, "=== title". It may have several sessions.
type Call struct {
	Title    string
	Pos      engine.Pos
	Comments []string // above it, as in every part of a call
	Given    []Direction
	Steps    []Step
	// Broken says that a line of the call could not be read, so the call would
	// prove nothing if it were played.
	Broken bool
}

// A Step makes a screen appear: the caller types, dials, or dials again.
type Step struct {
	Pos      engine.Pos
	Comments []string
	// Input is what the caller types, "> text". The first input of a session is
	// the dialled code. An empty input is an empty answer.
	Input Text
	// Redial is set, and Input is empty, for "(redials after …)".
	Redial *Direction
	// Shown has the expected lines of the screen. Without lines the screen is
	// not checked.
	Shown []ScreenLine
	// Directions has, in order, what happens after the screen and what is
	// checked then.
	Directions []Direction
}

// A ScreenLine is one line of a screen: a text, a regular expression, or "..."
// for the rest of the screen.
type ScreenLine struct {
	Pos      engine.Pos
	Comments []string
	Text     Text
	Regexp   string
	Rest     bool
}

// A Text is a text with placeholders. A nil Text is empty.
type Text []Part

// A Part is a literal text, or a placeholder if Placeholder or Name is set.
type Part struct {
	Lit string
	// Placeholder says what may be here: "*", "money", "date" or "phone". With a
	// Name, the text is captured under that name. A Name alone stands for the
	// captured text.
	Placeholder, Name string
}

// Tags returns the words of the call's (tags …) directions.
func (c *Call) Tags() []string {
	var tags []string
	for _, d := range c.Given {
		if d.Kind == Tags {
			tags = append(tags, d.Tags...)
		}
	}
	return tags
}

// HasScreens reports whether any step of the file checks its screen.
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
