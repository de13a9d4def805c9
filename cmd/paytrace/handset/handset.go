// Package handset draws a phone in a terminal: the screens of a call, in one
// language or several side by side, their lengths, the session's values, the SMS,
// and the way back. It plays nothing itself; who plays the call is a Line.
package handset

import (
	"context"
	"errors"
	"io"

	tea "charm.land/bubbletea/v2"
)

// Line plays calls. It is asked for one thing at a time.
type Line interface {
	// Play plays a call from its beginning: lines as dial scripts have them,
	// "> *384*1#", "> 1", "(wait 2 min)". An error is a sentence for the person
	// who typed the last one.
	Play(ctx context.Context, lines []string) (Call, error)
	// Save writes the call down as a dial script, and says what was written.
	Save(ctx context.Context, lines []string, file string) (string, error)
}

// Call is how a call stands.
type Call struct {
	// Screens are the one shown, in the language the call speaks, and behind it
	// the same one in other languages.
	Screens []Screen
	// Values are those of the session; a secret's Text is never filled in.
	Values []Value
	// Messages are the SMS that have gone out, the first first.
	Messages []Message
	// Secret says that the screen asks for a secret: what is typed is not shown.
	Secret bool
	// Over says that there is no session: the next line dials.
	Over bool
	// Fault is what went wrong behind the screen; "" for nothing.
	Fault string
}

// Screen is one screen in one language.
type Screen struct {
	Lang string // the language's own name
	Name string // in the menu
	Text string
	End  bool
}

// Value is a session value as the menu calls it.
type Value struct{ Name, Text string }

// Message is an SMS and the number it went to, as phones show it.
type Message struct{ To, Text string }

// Options of a phone.
type Options struct {
	// Title stands at the top: the menu and who calls.
	Title string
	// Code is dialled first, and again.
	Code string
	// Septets and Units are the limits of a screen in the GSM 7-bit alphabet and
	// in 16-bit characters.
	Septets, Units int
	// File is the name under which a call is saved unless another is typed.
	File string
}

// Run shows the phone until it is left or the context ends, and leaves the
// terminal as it was.
func Run(ctx context.Context, line Line, o Options, in io.Reader, out io.Writer, env []string) error {
	program := tea.NewProgram(newModel(ctx, line, o),
		tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(env), tea.WithoutSignalHandler())
	_, err := program.Run()
	if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, context.Canceled) {
		return nil // the context ended: left, not failed
	}
	return err
}
