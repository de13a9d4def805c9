// Package syntax reads the YAML of a menu into a tree in which every text knows
// its place. It reports what is not the language and what YAML would silently
// change, and goes on after every mistake.
package syntax

import (
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Version is the version of the language this package reads, as in "ussd: 1".
const Version = 1

// File holds a menu as written, with its includes and translations. Parts that can't be
// read are left out, and the diagnostics name them.
type File struct {
	// Name is the main file's base name without ".yaml".
	Name string
	// Sources are the files read, the main one first.
	Sources []Source

	Ussd      Text
	Service   Text
	Dials     []Dial
	Languages []Language // as written; empty means one, "en"
	Start     Text
	Default   bool // calls to codes that no menu has begin here
	OnFailed  Text
	OnPending Text
	Dropped   *Dropped // nil where nothing happens for callers who drop off
	Limits    Limits
	Session   Session
	Remember  []Text
	Nav       Nav
	Includes  []Text
	Renamed   []Pair

	Texts []Named
	Types []*Type
	// Conditions are the named ones. Where a screen uses one, it has a copy.
	Conditions []*Condition
	Vars       []*Var
	Screens    []*Screen

	Translations []*Translation
	Suppressions []*Suppression

	docs map[string]*Document // the files read, by their paths
}

// Source holds one file's bytes.
type Source struct {
	Path  string // as in positions
	Bytes []byte
}

// Pair holds one entry of a plain mapping.
type Pair struct{ Key, Value Text }

// Named gives a text a name.
type Named struct{ Name, Text Text }

// Dial connects a service code with the screen on which its calls begin. Screen is zero
// for the menu's start.
type Dial struct {
	Code, Screen Text
	// Name is what stands in braces at the end of the code: the variable whose answer it
	// carries, or "other".
	Name Text
	// Sets has the values that the code sets. A code that sets values or carries an answer
	// begins on a screen of its own, which has the code as its name.
	Sets []Assign
}

// Base returns the code without what stands in braces.
func (d *Dial) Base() string {
	base, _ := engine.SplitCode(d.Code.Value)
	return base
}

// Language has a language's code and its own name. Missing is written for a language
// that only some texts have: it is the code of the language that callers read instead.
type Language struct{ Code, Name, Missing Text }

// Partial reports whether texts may lack a translation into the language.
func (l Language) Partial() bool { return l.Missing.Written() }

// Limits of the screens; an Int is zero where it was not written.
type Limits struct{ Screen, Options, Depth Int }

// Session has the gateway's profile and the settings of sessions.
type Session struct {
	Gateway, Timezone, Country Text
	Resume                     Resume
}

// Resume says how a dropped call continues. If For is zero, it never does.
type Resume struct {
	For                  time.Duration
	Pos                  engine.Pos
	Say, Confirm, Cancel Text
}

// Dropped says which SMS goes to callers who drop off, and after which screens.
type Dropped struct {
	Pos   engine.Pos
	After []Text
	SMS   Text
}

// Nav holds the navigation keys. A key that is not declared is zero.
type Nav struct {
	Pos              engine.Pos
	Back, Home, More NavKey
	HomeTo           Target
	Confirm, Cancel  NavKey
	Invalid, GaveUp  Text
	Resume           Text
	Busy, InProgress Text
	Expired, Updated Text
	Limited          Text
	Mismatch         Text
	ListCut          Text
	Again            Text
	Answers          Text // as on a screen, for every screen
}

// NavKey holds a key and its label, as in "0 Back".
type NavKey struct{ Key, Label Text }

// Type holds options that several variables share.
type Type struct {
	Name    Text
	Options []Named
}

// Var holds what the menu asks for.
type Var struct {
	Name  Text
	Type  Text // as written, e.g. "money 10..70000"
	Typed engine.Type
	// Options are the names and words of a choice that callers can read. "choice
	// town|lake" has none: its names are only in Typed.
	Options []Named
	// Of is the type of the menu that has the options, or nil.
	Of    *Type
	Error Text
}

// Screen holds one screen as written. What was not written is zero.
type Screen struct {
	Name Text
	File string // the file it stands in
	// Partial says that it has keys nobody knows, so that its ways on are not
	// all known either.
	Partial bool

	Say    []Say
	HasSay bool
	NavOff bool // nav: none
	// Answers has the word of "answers": what callers may type beside keys.
	Answers Text
	// Goal names what a caller has reached who sees the screen. Goals has what a call has
	// reached by an outcome of "when", which is the key.
	Goal  Text
	Goals []Pair
	Skip  *Case
	Error *Text // "" is an error too: repeat the question alone
	Again *Text
	// AgainFor has the texts after one kind of wrong answer.
	AgainFor AgainFor

	Menu     []*Option
	Numbered bool // a menu in list form
	MenuPos  engine.Pos

	Ask     *Ask
	Confirm *Confirm
	List    *List

	Languages     Target
	LanguagesPos  engine.Pos
	LanguagesOnly []Text

	Show *Text
	End  *Text
	// EndsBySay says that the call ends with one of several texts, which are in Say.
	EndsBySay bool

	Do     *Call
	When   []When
	Late   []Late
	Set    []Assign
	Choose []Case
	Go     Target
	SMS    *SMS

	ChoosePos, SetPos, WhenPos engine.Pos

	// Body holds what was read of a kind that has no field above, because only the
	// kind's own files ask for it; see BodyOf.
	Body any
}

// Say holds one text of a screen and when it is said.
type Say struct {
	If   *Cond
	Text Text
}

// Case says where a condition leads. If is nil for "else".
type Case struct {
	If  *Cond
	To  Target
	Pos engine.Pos
}

// When holds one outcome and where it leads: a screen, "retry TEXT", or "again TEXT".
type When struct {
	Outcome Text
	To      Target
	Retry   *Text // of "again", too
	// Whole says that the text stands in place of the question, as "again" has it.
	Whole bool
}

// Late holds what callers read by SMS if an outcome comes after they were told that it
// is pending.
type Late struct{ Outcome, Text Text }

// Translation holds one language's file: flat "name: words" lines.
type Translation struct {
	Lang    string
	Path    string
	Entries []Entry
}

// Entry holds one translated text. Of is the hash of the source text it was made
// from, as "lang" writes it in a comment; "" when there is none. Unreviewed says that
// nobody has compared the two.
type Entry struct {
	Key, Text  Text
	Of         string
	Unreviewed bool
}

// Suppression suppresses a code on the next line that is no comment, as "# allow U401:
// reason".
type Suppression struct {
	Code   string
	Reason string
	Pos    engine.Pos
	// Line is the line of the same file that the suppression covers; Last is the
	// last one, where that line begins a text of several lines.
	Line, Last int
}

// Handles reports whether a target stands in the screen's own "when".
func (s *Screen) Handles(t Text) bool {
	for _, w := range s.When {
		if w.To.Screen.Pos == t.Pos {
			return true
		}
	}
	return false
}

// Source returns the bytes of one of the files read, or nil.
func (f *File) Source(path string) []byte {
	for _, s := range f.Sources {
		if s.Path == path {
			return s.Bytes
		}
	}
	return nil
}

// A Choice is a set of options that is written once: those of a type, or of one
// variable.
type Choice struct {
	Name    Text
	Options []Named
}

// Choices lists the menu's sets of options, those of types first.
func (f *File) Choices() []Choice {
	var list []Choice
	for _, t := range f.Types {
		list = append(list, Choice(*t))
	}
	for _, v := range f.Vars {
		if v.Of == nil {
			list = append(list, Choice{v.Name, v.Options})
		}
	}
	return list
}
