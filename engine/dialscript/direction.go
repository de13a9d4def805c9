package dialscript

import (
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A Phase says where in a call a stage direction may be.
type Phase uint8

// Given directions are before the first ">", the others below a screen.
const (
	Given Phase = iota + 1
	When        // happens
	Then        // must be true
)

// A Kind distinguishes stage directions.
type Kind uint8

// This list is closed; directions says how each is written.
const (
	As Kind = iota + 1
	LanguageGiven
	Clock
	Gateway
	Answers
	Takes
	SMSDown
	Remembered
	RealActions
	Tags
	BeginsOn

	Drops
	HangsUp
	Wait
	Redials
	SentTwice
	SentAtOnce
	OlderLate
	SessionsLost
	Published

	ScreenIs
	Ends
	GoesOn
	AtMost
	LanguageIs
	AnsweredWithin
	CalledTimes
	NotCalled
	SMSTo
	NoSMS
	Nowhere
	ValueIs
)

// A Direction is one stage direction. Its Kind says which fields it uses.
type Direction struct {
	Kind     Kind
	Pos      engine.Pos // of the parenthesis
	Comments []string
	// Text is the text between the parentheses.
	Text string

	// Name names a caller, language, gateway, action, screen or value.
	Name string
	// Want is the expected value, with placeholders for captured texts.
	Want Text
	// SMS is the text of a message, with placeholders.
	SMS Text
	// Phone is the number of a message: digits with the country code.
	Phone string
	// Secret must not be in the log; it is written as in the script.
	Secret Text
	// Count counts characters or runs.
	Count int
	// Span is a duration.
	Span time.Duration
	// Clock is a wall clock in the service's time zone, here as UTC.
	Clock time.Time
	// Settings are remembered values, or the arguments of an action.
	Settings []engine.Setting
	Answers  []engine.Answer
	Tags     []string
}

// Phase returns where the direction may be.
func (d *Direction) Phase() Phase {
	for i := range directions {
		if directions[i].kind == d.Kind {
			return directions[i].phase
		}
	}
	return 0
}
