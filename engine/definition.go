package engine

import "time"

// A Definition is a menu as data, in which every name is still a name. New links it
// into a Program. Package engine/menu makes Definitions from YAML; tests and
// benchmarks build their own.
type Definition struct {
	// Name is the menu's file name without its ending.
	Name    string
	Service string
	// Source is hashed into the program's identity. It has the bytes of the menu's
	// files, the language's version and the contracts used by the checker.
	Source []byte
	// Hash is the program's identity if it is not to be computed from Source.
	Hash string

	// Codes maps dialled service codes to first screens. It has at least one.
	Codes []Code
	// Languages begins with the language in which the menu is written.
	Languages []Language
	// Default is the code of the language in which a call begins; "" for the first.
	Default string
	// AnswersUnknown says that calls to codes that no menu has begin here.
	AnswersUnknown bool
	// Currency stands before amounts: "KES 1,500".
	Currency string

	Limits  Limits
	Session SessionRules
	Nav     Nav

	// Vars lists every session value: what the menu asks for and what actions give.
	// New adds the built-in facts (caller, lang, today, network, service, worker).
	Vars []Var
	// Sums lists what the menu computes wherever a Ref has the name of a sum.
	Sums []NamedSum
	// Remember names the values that are stored for this phone number between calls.
	Remember []string

	// OnFailed and OnPending name screens; "" means the built-in text.
	OnFailed, OnPending string
	// Dropped says what happens for callers who drop off; nil for nothing.
	Dropped *Dropped

	Screens   []Screen
	Contracts []Contract
	// Renamed maps screens of earlier versions to today's, for dropped calls.
	Renamed map[string]string
}

// A Code is one dialled service code ("*384*8481#") and its first screen. It may end in
// a name; see SplitCode.
type Code struct {
	Dial  string
	Start string
	Pos   Pos
}

// A Language has a code ("sw") and its own name ("Kiswahili").
type Language struct{ Code, Name string }

// Limits bounds the length of screens.
type Limits struct {
	// Septets bounds a screen in the GSM 7-bit alphabet.
	Septets int
	// Units bounds a screen in UCS-2, counted in UTF-16 code units.
	Units int
}

// SessionRules has the gateway's profile and the menu's rules for sessions.
type SessionRules struct {
	Gateway  string
	Country  string // region of numbers typed without a country code: "KE"
	Timezone string // IANA name; days begin and end there
	// Resume is how long a dropped call can be resumed; 0 for never.
	Resume time.Duration
}

// Localized has one text in every language, in the order of Definition.Languages. A
// missing translation is nil; the first language replaces it.
type Localized []Text

// A Text is one text in one language: literal parts and placeholders.
type Text []Part

// A Part is a literal, or a placeholder for a value if Ref is set. Format says how the
// value is shown.
type Part struct {
	Lit    string
	Ref    Ref
	Format Format `json:",omitzero"`
}

// A Ref names a session value, or one field of a record.
type Ref struct {
	Name  string
	Field string
	Pos   Pos
}

// IsZero reports whether the Ref names nothing.
func (r Ref) IsZero() bool { return r.Name == "" }

// Nav has the keys that work on every screen, and the built-in texts.
type Nav struct {
	Back, Home, More NavKey
	// HomeScreen is the screen to which Home leads.
	HomeScreen string
	// Confirm and Cancel are the answers to a confirm screen.
	Confirm, Cancel NavKey
	// Labels says that the labels of Yes and No answer the question about a dropped
	// call, as Screen.Labels does for a screen.
	Labels bool
	// Invalid stands above a menu after a wrong option.
	Invalid Localized
	// GaveUp ends a call after too many wrong answers if the question names no
	// screen for that.
	GaveUp Localized
	// Resume asks whether to resume a dropped call. Its answers are ResumeYes and
	// ResumeNo, with the keys of Confirm and Cancel.
	Resume, ResumeYes, ResumeNo Localized

	// Again replaces every question and every text above choices after a wrong answer,
	// except that of a confirm, unless the screen has its own; nil means not to.
	Again Localized

	// Mismatch stands above a question that is asked twice, after two answers that
	// differ. ListCut stands below a list that has more rows than MaxRows.
	Mismatch, ListCut Localized

	Busy, InProgress, Expired, Updated, Limited Localized
}

// A NavKey is a navigation key and its label. Without a Key there is no such key.
type NavKey struct {
	Key   string
	Label Localized
}

// A Var is a session value, with what is needed to ask for it.
type Var struct {
	Name string
	Type Type
	// Labels has the words of a choice's options, by option.
	Labels []Localized
	// Error stands above the question after a wrong answer; nil means Nav.Invalid.
	Error Localized
	Pos   Pos
}

// A ScreenKind says what a screen does.
type ScreenKind uint8

// The kinds of screens, by their keys in the menu language. The numbers are part of
// a program's printed forms and never change.
const (
	ScreenMenu ScreenKind = iota + 1
	ScreenAsk
	ScreenConfirm
	ScreenList
	ScreenLanguages
	ScreenShow
	ScreenEnd
	// The rest show nothing.
	ScreenDo
	ScreenSet
	ScreenChoose
)

// A Screen is one state of the machine.
type Screen struct {
	Name string
	Kind ScreenKind
	Pos  Pos
	// Say has the screen's texts. The first whose condition holds is shown; the last
	// has no condition.
	Say []Say
	// Labels says that the label of what can be chosen is an answer, too, as well as
	// its key. It has no effect on questions for a text or a secret.
	Labels bool
	// NoNav hides back and home here ("nav: none").
	NoNav bool
	// Skip leads on without showing the screen, once in a call.
	Skip *Case
	// Error stands above the question after a wrong answer: nil means the variable's
	// error, then Nav.Invalid; empty but not nil means the question alone. Again
	// replaces the question; nil means Nav.Again.
	Error, Again Localized
	// AgainFor has the texts that replace the question and the error after one kind of
	// wrong answer.
	AgainFor AgainFor

	Options []Option // ScreenMenu, and after the rows of ScreenList
	// Numbered says that the options shown have the keys 1, 2, … instead of their own.
	Numbered bool

	Ask     *Ask
	Confirm *Confirm
	List    *List
	Do      *Do
	// Go is the target of a ScreenLanguages and a ScreenSet.
	Go  string
	Set []Assign
	// SMS is sent when the screen is entered, once in a call.
	SMS *SMS
	// Goal names what a caller has reached who sees the screen; "" for nothing.
	Goal string
	// Only lists the language codes that a ScreenLanguages offers; empty for all.
	Only   []string
	Choose []Case
}

// AgainFor has a text for each kind of wrong answer to a question; nil means none.
type AgainFor struct {
	// Format replaces it after an answer of another form than the type's, Range after
	// one of the right form that is outside of the type's range.
	Format, Range Localized
	// Mismatch replaces it after two answers that should be equal and differ.
	Mismatch Localized
}

// A Say is a text and its condition; nil means always.
type Say struct {
	If    *Cond
	Words Localized
}

// A Case is a condition and its target; nil means else.
type Case struct {
	If  *Cond
	Go  string
	Pos Pos
}

// An Option is one line of a menu.
type Option struct {
	Key   string
	Label Localized
	Note  Localized // shown after the label, or nil
	If    *Cond
	Set   []Assign
	Go    string
	Pos   Pos
}

// An Assign sets a variable to a constant, or to another value if From is set. Dialled
// takes the answer that the dialled code carries.
type Assign struct {
	Var     string
	Value   Value
	From    Ref
	Dialled bool `json:",omitzero"`
}

// An Ask is one question.
type Ask struct {
	Var string
	Go  string
	// Retries is how many answers a caller has in all; 0 means the default, and
	// Unlimited any number.
	Retries int
	// GiveUp is the target of the last wrong answer; "" ends with Nav.GaveUp. If it is
	// the question itself, the question is asked once more, with the reason.
	GiveUp string
	Offers []Offer
	Accept []Accept
	// Repeat asks a second time and compares; nil means not to.
	Repeat Localized
}

// An Offer is a shortcut on a question: a known value, or another target that
// leaves the variable unset.
type Offer struct {
	Key   string
	Label Localized // nil: the value itself is shown
	Value Ref       // the value to take, or zero
	Go    string
	Pos   Pos
}

// Unlimited is the number of Ask.Retries that asks until the answer is right.
const Unlimited = -1

// An Accept is a condition that an answer must meet, and what is said if it does not:
// Error above the question, and Again in its place. One of the two may be nil.
type Accept struct {
	If           *Cond
	Error, Again Localized
}

// A Confirm has the targets of Yes and No, and their labels; nil means those of the
// nav.
type Confirm struct {
	Yes, No           string
	YesWords, NoWords Localized
}

// A List shows rows on pages and leads on with the chosen row.
type List struct {
	Items Ref    // a value of KindList
	As    string // the name of the chosen row
	Each  Localized
	Go    string
	Empty string // the target of an empty list
}

// A Do runs an action.
type Do struct {
	Action   string
	Args     []Arg
	Outcomes []OutcomeCase
	// Late has what callers read by SMS if an outcome comes after they were told that it
	// is pending; empty for the built-in texts.
	Late []LateText `json:",omitempty"`
}

// A LateText is the SMS about one outcome that comes late.
type LateText struct {
	Outcome string
	Words   Localized
}

// An Arg is a value for a parameter: a session value or a constant.
type Arg struct {
	Ref   Ref
	Value Value
}

// An OutcomeCase leads on from an outcome. With Retry or Again, Go names the question
// to ask again, which uses up one try: below the text of Retry, or with that of Again
// in its place.
type OutcomeCase struct {
	Outcome string
	Go      string
	// Goal is what a call has reached by the outcome; "" for nothing.
	Goal         string
	Retry, Again Localized
	Pos          Pos
}

// Asks reports whether the outcome asks the question again.
func (o *OutcomeCase) Asks() bool { return o.Retry != nil || o.Again != nil }

// An SMS is a message; To names a phone value.
type SMS struct {
	To  Ref
	Say Localized
}

// A CondOp is an operator of a condition.
type CondOp uint8

// The operators of the language.
const (
	OpIsSet CondOp = iota + 1
	OpIsEmpty
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpAnd
	OpOr
	OpNot
)

// A Cond is a condition over session values. OpAnd, OpOr and OpNot use A and B; the
// others use Left and Right.
type Cond struct {
	Op          CondOp
	A, B        *Cond
	Left, Right Arg
}
