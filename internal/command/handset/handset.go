// Package handset draws a phone in a terminal: the screens of a call, in one
// language or several side by side, their lengths, the session's values, the SMS,
// and the keys so far. A Player plays the call.
package handset

import (
	"context"
	"errors"
	"io"

	tea "charm.land/bubbletea/v2"
)

// A Player plays calls. It gets one request at a time.
type Player interface {
	// Play plays a call from its beginning. The lines are those of dial scripts:
	// "> *384*1#", "> 1", "(wait 2 min)". An error is a sentence for the person
	// who typed the last line.
	Play(ctx context.Context, lines []string) (Call, error)
	// Save writes the call to a dial script, and says what was written.
	Save(ctx context.Context, lines []string, file string) (string, error)
}

// A Call describes the state of a call.
type Call struct {
	// Screens starts with the screen in the call's language; the same screen in
	// other languages follows.
	Screens []Screen
	// Values lists the session's values; a secret has no Text.
	Values []Value
	// Messages lists the SMS sent so far, oldest first.
	Messages []Message
	// Secret says that the screen asks for a secret; typed keys are hidden.
	Secret bool
	// Over says that the session has ended; the next line dials.
	Over bool
	// Fault says what went wrong behind the screen, if anything.
	Fault string
}

// A Screen is one screen in one language.
type Screen struct {
	Lang string // the language's own name
	Name string // in the menu
	Text string
	End  bool
}

// A Value is a session value under its name in the menu.
type Value struct{ Name, Text string }

// A Message is an SMS and its recipient, as phones show the number.
type Message struct{ To, Text string }

// Options describe a phone.
type Options struct {
	// Title names the menu and the caller, at the top.
	Title string
	// Code is dialled first, and again.
	Code string
	// Septets and Units limit a screen, in the GSM 7-bit alphabet and in 16-bit
	// characters.
	Septets, Units int
	// File is the suggested name for a saved call.
	File string
}

// Run shows the phone until the person leaves or ctx ends, and restores the
// terminal.
func Run(ctx context.Context, player Player, o Options, in io.Reader, out io.Writer, env []string) error {
	program := tea.NewProgram(newModel(ctx, player, o),
		tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(env), tea.WithoutSignalHandler())
	_, err := program.Run()
	if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, context.Canceled) {
		return nil // ctx ended: no failure
	}
	return err
}
