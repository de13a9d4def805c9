package engine

import "strconv"

// A Trigger says how a call goes on from a screen. Triggers of one screen are
// equal exactly if they are the same row of the machine's table.
type Trigger struct {
	Kind TriggerKind
	// Index counts options, offers, cases and accept rules as the menu has them,
	// hidden ones included, from 0. It is 0 for other kinds.
	Index int
	// Name is an offer's key, the name of an outcome, or the screen of a
	// TriggerStart. It is "" for other kinds.
	Name string
}

// TriggerKind tells triggers apart.
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
	TriggerGiveUp                          // the caller's last try was wrong, too
	TriggerSkip                            // the screen's skip condition is true
	TriggerCase                            // a case of a choose is true; its else is the last case
	TriggerGo                              // a set leads on
	TriggerOutcome                         // an action has ended
	TriggerNoFacts                         // what is remembered of the caller can't be read
)

// These triggers have no row: the session stays where it is, or an earlier
// state is restored. Only a Move has them.
const (
	TriggerShown   TriggerKind = iota + 64 // the caller sees the screen
	TriggerInvalid                         // an answer of another type, or no such option
	TriggerRefused                         // an accept rule refuses the answer
	TriggerRetry                           // an outcome asks the question again
	TriggerBack                            // the caller goes back, a page or a screen
	TriggerMore                            // the caller asks for the next page
	TriggerResumed                         // the caller takes up a dropped call

	triggerCall // an action is to be run
	triggerElse // no case of a choose is true
)

var triggerWords = map[TriggerKind]string{
	TriggerDropped: stateResume, TriggerOption: "option ", TriggerAnswer: "answer", TriggerOffer: "offer ",
	TriggerYes: "yes", TriggerNo: "no", TriggerRow: "row", TriggerEmpty: "empty", TriggerLanguage: "language",
	TriggerHome: "home", TriggerGiveUp: "give up", TriggerSkip: "skip", TriggerCase: "case ", TriggerGo: "go",
	TriggerNoFacts: "start facts failed", TriggerShown: "(shown)", TriggerInvalid: "invalid", TriggerRefused: "accept ",
	TriggerRetry: "retry ", TriggerBack: "(back)", TriggerMore: "(more)", TriggerResumed: "(resumed)", triggerElse: "else",
}

// Wrong reports whether the caller is asked once more because an answer was
// wrong.
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
	default:
		return triggerWords[t.Kind] + t.Name
	}
}

func outcomeTrigger(name string) Trigger { return Trigger{Kind: TriggerOutcome, Name: name} }

// invalid is the trigger of an answer of another type.
var invalid = Trigger{Kind: TriggerInvalid}

// Idle is the state of a machine before its call begins, Resume the question
// whether to take up a dropped call.
const (
	Idle   = stateIdle
	Resume = stateResume
)

// A Transition is one row of a program's machine: on the screen From, Trigger
// leads to To. Screens in parentheses are the engine's own: Idle, Resume, and the
// texts that end a call where the menu names no screen for it.
type Transition struct {
	From, To string
	Trigger  Trigger
}

// Transitions returns all rows of the machine: the start's first, then screen by
// screen as the menu has them.
func (p *Program) Transitions() []Transition {
	states := []string{stateIdle, stateResume}
	for i := range p.def.Screens {
		states = append(states, p.def.Screens[i].Name)
	}
	var all []Transition
	for _, state := range states {
		if sh := p.machine.shards[state]; sh != nil {
			for i, row := range sh.rows {
				all = append(all, Transition{From: state, Trigger: sh.triggers[i], To: row.Dst})
			}
		}
	}
	return all
}
