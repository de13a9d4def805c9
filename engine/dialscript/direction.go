package dialscript

import (
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Phase is where in a call a stage direction may stand.
type Phase uint8

// Given directions stand before the first ">", the others below a screen.
const (
	Given Phase = iota + 1
	When        // happens
	Then        // must hold
)

// Kind is what a stage direction says.
type Kind uint8

// The closed list; see directions for how each is written.
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

// Direction is one stage direction. Which fields it uses is its kind's affair.
type Direction struct {
	Kind     Kind
	Pos      engine.Pos // of the parenthesis
	Comments []string
	// Text is what stands between the parentheses.
	Text string

	// Name is who calls, a language, gateway, action, screen or value.
	Name string
	// Want is what a value must be, with holes for what was kept.
	Want Text
	// Words are an SMS's text, with holes.
	SMS Text
	// Phone is the number of an SMS: digits with country code.
	Phone string
	// Secret is what must be nowhere in the log, as it stands in the script.
	Secret Text
	// Count is a number of characters or of times.
	Count int
	// Span is how long.
	Span time.Duration
	// Clock is a wall clock in the service's own time zone, here as UTC.
	Clock time.Time
	// Settings are what was remembered, or what an action was called with.
	Settings []engine.Setting
	Answers  []engine.Answer
	Tags     []string
}

// Phase is where the direction may stand.
func (d *Direction) Phase() Phase {
	for i := range directions {
		if directions[i].kind == d.Kind {
			return directions[i].phase
		}
	}
	return 0
}
