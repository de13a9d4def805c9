package engine

import (
	"slices"
	"strconv"
)

// A kind holds all that the machine must know of one kind of screen. Each kind
// has a file of its own and one line in the table in kinds.go. Functions may be
// nil if a kind has nothing to say. They take sessions by value: a pointer would
// put every session on the heap.
type kind struct {
	// key is the kind's key in the menu language.
	key string
	// role is what drawings and coverage must know.
	role Role
	// silent says that the caller never sees such a screen, ends that the call
	// ends with it.
	silent, ends bool
	// asks says that the screen needs an answer or a consent. A dropped call
	// resumes before such a screen until one of another kind is shown.
	asks bool

	// link resolves the names of a screen and adds its transitions.
	link func(l *linker, n *node)
	// rowRefs calls see with the values that the screen's rows show, refs with
	// the other values that only this kind uses.
	rowRefs, refs func(s *Screen, see func(Ref))
	// gives returns the names of the values that the screen sets.
	gives func(d *Definition, s *Screen) []string

	// assigns says that the screen assigns Screen.Set before it goes on.
	assigns bool
	// onward returns the trigger by which the screen leads on by itself, or
	// TriggerShown if the caller must see it.
	onward func(p *Program, n *node, s Session) Trigger
	// call returns the action to run after triggerCall.
	call func(p *Program, n *node, s Session) *Call
	// outcome returns the arguments whose secrets the action has taken, and
	// whether its outcome asks the question again.
	outcome func(n *node, name string) (taken []Arg, retry bool)

	// rows returns the lines that can be chosen, on all pages.
	rows func(p *Program, n *node, s Session, lang int) []row
	// input decides what an input does that is no navigation key.
	input func(p *Program, n *node, s Session, in input) decision
	// notice returns the words of one of this kind's notices, and whether there is
	// such a notice. which is what follows its prefix.
	notice func(n *node, which string) (reason, bool)
}

// A ReplayStop says what a replay, or a deep dial, does at a screen.
type ReplayStop uint8

// The ways to treat a screen in a replay.
const (
	// ReplayPasses takes the next input: the caller need not see the screen.
	ReplayPasses ReplayStop = iota
	// ReplayShows shows the screen, because it was read again and may differ.
	ReplayShows
	// ReplayAsks shows the screen, and it must be known to have been shown: a
	// consent or a secret.
	ReplayAsks
)

// A node is a linked screen.
type node struct {
	*Screen
	kind *kind
	// facts says that entering or showing it needs the start facts, home that
	// the nav's home leads on from here, paged that it may have several pages,
	// acts that it runs an action that may change something.
	facts, home, paged, acts bool
	// leaves says that a caller who drops off here gets an SMS.
	leaves bool
	// optional has the slots that an outcome of the action leaves unset if it does not
	// give them.
	optional map[string][]int
	// replay says what a replay does here.
	replay ReplayStop
	// slot is the value that the screen asks for or chooses, or -1.
	slot int
	// again replaces the text of the screen after a wrong answer that has no text of
	// its own; nil leaves it.
	again Localized
	// question is the type that the screen asks for, or nil. retries is how many
	// answers a caller has then, repeat the text that asks a second time.
	question *Type
	retries  int
	repeat   Localized
	// taken has the numbers that are keys of this screen already, sorted.
	taken []int
	// still has the screen by language if it never changes and fits one page.
	still []still
}

// A still is a screen that always shows the same, without its navigation.
type still struct {
	text string
	rows []row
}

// A row is one line that a caller can choose. The line that says that a list was
// cut is one too, without a key.
type row struct {
	key     string
	text    string // "1. Create account"
	label   string // "Create account"
	trigger Trigger
	value   Value // of a choice, an offer or a list
}

func (r row) labelled(label string) row {
	r.text, r.label = texts.Row(r.key, label), label
	return r
}

// number returns the key of the nth row that is numbered: n itself, unless keys of
// the screen stand in the way.
func (n *node) number(nth int) string {
	for _, taken := range n.taken {
		if taken <= nth {
			nth++
		}
	}
	return strconv.Itoa(nth)
}

// take notes the keys that no numbered row of the screen may have: those of the
// navigation, and the fixed ones of a list's options.
func (n *node) take(nav *Nav) {
	keys := []string{nav.More.Key}
	if !n.NoNav || n.Kind == ScreenList {
		keys = append(keys, nav.Back.Key, nav.Home.Key)
	}
	if n.Kind == ScreenList && !n.Numbered {
		for _, o := range n.Options {
			keys = append(keys, o.Key)
		}
	}
	for _, key := range keys {
		if number, err := strconv.Atoi(key); err == nil && number > 0 && strconv.Itoa(number) == key {
			n.taken = append(n.taken, number)
		}
	}
	slices.Sort(n.taken)
	n.taken = slices.Compact(n.taken)
}

// An input is what the caller typed on a screen.
type input struct {
	typed string
	// key is typed as a keypad would send it; see plainTyped.
	key  string
	rows []row // those of all pages
	// digest is a keyed hash of typed where the screen asks twice.
	digest string
}

// row returns the row that was typed, or nil.
func (in *input) row() *row {
	for i := range in.rows {
		if in.key != "" && in.rows[i].key == in.key {
			return &in.rows[i]
		}
	}
	return nil
}

// A decision says what an input does. An invalid trigger asks again.
type decision struct {
	trigger Trigger
	// notice names what stands above the question then; "" is noticeInvalid.
	notice string
	// If sets, value is set first, in the node's slot or in that of the language;
	// then assign.
	sets, lang bool
	value      Value
	assign     []Assign
	// accept has conditions that must hold after value is set. digest is compared
	// with that of a second answer, "" if none is needed.
	accept []Accept
	digest string
	// consent says that the caller agreed to something.
	consent bool
}
