package engine

import (
	"strconv"
	"strings"
)

// A Trigger says how a call goes on from a screen. Triggers of one screen are
// equal exactly if they are the same row of the machine's table.
type Trigger struct {
	Kind TriggerKind
	// Index counts options, offers, cases and accept rules as the menu has them,
	// hidden ones included, from 0. It is 0 for other kinds.
	Index int
	// Name is an offer's key, the name of an outcome, or the screen of a
	// TriggerStart. For a TriggerInvalid it is the kind of wrong answer that has a
	// text of its own. It is "" for other kinds.
	Name string
}

// A TriggerKind distinguishes triggers.
type TriggerKind uint8

// These triggers are rows of the machine's table.
const (
	TriggerStart    TriggerKind = iota + 1 // a code is dialled, or begun again instead of resumed
	TriggerDropped                         // a code is dialled after a dropped call
	TriggerOption                          // the caller chooses an option
	TriggerAnswer                          // the caller answers a question
	TriggerOffer                           // the caller takes a shortcut of a question
	TriggerYes                             // the caller confirms
	TriggerNo                              // the caller declines
	TriggerRow                             // the caller chooses a row of a list
	TriggerEmpty                           // a list has no rows
	TriggerLanguage                        // the caller chooses a language
	TriggerHome                            // the caller types the key that leads home
	TriggerGiveUp                          // the caller's last try was wrong
	TriggerSkip                            // the screen's skip condition is true
	TriggerCase                            // a case of a choose is true; its else is the last case
	TriggerGo                              // a set leads on
	TriggerOutcome                         // an action has ended
	TriggerNoFacts                         // what is remembered of the caller can't be read
)

// These triggers have no row: the session stays where it is, or an earlier state is
// restored. Only a Move has them.
const (
	TriggerShown   TriggerKind = iota + 64 // the caller sees the screen
	TriggerInvalid                         // an answer of another type, or no such option
	TriggerRefused                         // an accept rule refuses the answer
	TriggerRetry                           // an outcome asks the question again
	TriggerBack                            // the caller goes back, a page or a screen
	TriggerMore                            // the caller asks for the next page
	TriggerResumed                         // the caller resumes a dropped call
	TriggerLeft                            // the caller drops off, and gets an SMS

	triggerCall // an action must run
	triggerElse // no case of a choose is true
)

var triggerWords = map[TriggerKind]string{
	TriggerDropped: Resume, TriggerOption: "option ", TriggerAnswer: "answer", TriggerOffer: "offer ",
	TriggerYes: "yes", TriggerNo: "no", TriggerRow: "row", TriggerEmpty: "empty", TriggerLanguage: "language",
	TriggerHome: "home", TriggerGiveUp: "give up", TriggerSkip: "skip", TriggerCase: "case ", TriggerGo: "go",
	TriggerNoFacts: "start facts failed", TriggerShown: "(shown)", TriggerInvalid: "invalid", TriggerRefused: "accept ",
	TriggerRetry: "retry ", TriggerBack: "(back)", TriggerMore: "(more)", TriggerResumed: "(resumed)", TriggerLeft: "(left)", triggerElse: "else",
}

// Wrong reports whether the caller is asked again because an answer was wrong.
func (t Trigger) Wrong() bool {
	return t.Kind == TriggerInvalid || t.Kind == TriggerRefused || t.Kind == TriggerRetry
}

// String returns the trigger for people: "option 3", "offer 9", "created". No
// two triggers of a screen have the same words, and the machine uses them as
// names of its events.
func (t Trigger) String() string {
	switch t.Kind {
	case TriggerOption, TriggerCase, TriggerRefused:
		return triggerWords[t.Kind] + strconv.Itoa(t.Index+1)
	case TriggerInvalid:
		return strings.TrimSuffix(triggerWords[t.Kind]+" "+t.Name, " ")
	default:
		return triggerWords[t.Kind] + t.Name
	}
}

func outcomeTrigger(name string) Trigger { return Trigger{Kind: TriggerOutcome, Name: name} }

// invalid is the trigger of an input that is no answer. outOfRange and mismatch are
// those of inputs that have a text of their own on the screen.
var (
	invalid    = Trigger{Kind: TriggerInvalid}
	outOfRange = Trigger{Kind: TriggerInvalid, Name: WrongRange}
	mismatch   = Trigger{Kind: TriggerInvalid, Name: WrongMismatch}
)

// These are the kinds of wrong answers that AgainFor has texts for, as
// Trigger.Name has them.
const (
	WrongRange    = "range"
	WrongMismatch = "mismatch"
)

// States that every machine has besides the menu's screens. Menus can't have
// names with parentheses.
const (
	Idle         = "(idle)"   // before the call begins
	Resume       = "(resume)" // the question whether to resume a dropped call
	stateFailed  = "(failed)"
	statePending = "(pending)"
	stateLimited = "(limited)"
	stateGaveUp  = "(gave up)"
)

// A Transition is one row of a program's machine: on the screen From, Trigger
// leads to To. Screens in parentheses are the engine's own: Idle, Resume, and the
// texts that end a call if the menu names no screen for that.
type Transition struct {
	From, To string
	Trigger  Trigger
}

// A Move is one thing that happened to a session within a step. It contains
// nothing that was typed. Coverage and the studio use it.
type Move struct {
	// Screen is where it happened, and To where it led. To is "" if the session
	// stayed.
	Screen, To string
	// Trigger says how. After a retry, Screen is the question and not the action's
	// screen.
	Trigger Trigger
	// Chosen is the code of the language chosen with a TriggerLanguage, otherwise
	// "".
	Chosen string
	// Page is the page of a TriggerShown, from 0. More says that another follows.
	Page int
	More bool
	// Lang is the session's language at that time, before a choice of another.
	Lang string
}
