package syntax

import (
	"iter"
	"slices"

	"github.com/paytrace/paytrace/engine"
)

// Kinds holds what one stage of the language knows of each screen kind. A kind
// enters its part from a file of its own, so that a new kind changes no file of the
// stage. Parts are listed in the order of the engine's table, whatever the order in
// which they entered.
type Kinds[Part any] struct{ parts map[engine.ScreenKind]Part }

// NewKinds returns a table without parts.
func NewKinds[Part any]() *Kinds[Part] {
	return &Kinds[Part]{map[engine.ScreenKind]Part{}}
}

// Add enters the part of a kind. It returns true, so that a file can enter its kind
// with "var _ = kinds.Add(…)".
func (k *Kinds[Part]) Add(kind engine.ScreenKind, part Part) bool {
	k.parts[kind] = part
	return true
}

// All lists the parts in the order of the engine's kinds.
func (k *Kinds[Part]) All() iter.Seq2[engine.ScreenKind, Part] {
	return func(yield func(engine.ScreenKind, Part) bool) {
		for _, kind := range engine.ScreenKinds() {
			if part, ok := k.parts[kind]; ok && !yield(kind, part) {
				return
			}
		}
	}
}

// On lists the parts of the kinds that a screen has. A screen has one kind; only in
// a menu with mistakes it has none or several. A menu below a list is a second one.
func (k *Kinds[Part]) On(s *Screen) iter.Seq2[engine.ScreenKind, Part] {
	return func(yield func(engine.ScreenKind, Part) bool) {
		for kind := range KindsOf(s) {
			if part, ok := k.parts[kind]; ok && !yield(kind, part) {
				return
			}
		}
	}
}

// Missing returns the keys of the kinds that have no part.
func (k *Kinds[Part]) Missing() []string {
	var keys []string
	for _, kind := range engine.ScreenKinds() {
		if _, ok := k.parts[kind]; !ok {
			keys = append(keys, kind.Key())
		}
	}
	return keys
}

// A kind holds what reading a menu must know of one screen kind. Functions may be
// nil if a kind has nothing to say.
type kind struct {
	// keys reads each key that only this kind has. Those among them that say that a
	// screen is of this kind are in says, the kind's own key first.
	keys map[string]func(*screenReader, entry)
	says []string
	// shares lists keys of several kinds that mean something beside this one.
	shares []string
	// beside lists keys that say another kind, and may stand beside this kind's key.
	beside []string
	// needs lists the keys that the kind can't do without.
	needs []KindNeed

	// read reports whether the screen is of this kind, as far as it could be read.
	// leads reports whether its way on could be read, too; nil means that it could.
	read, leads func(*Screen) bool
	// text returns what stands in place of a "say".
	text func(*Screen) *Text
	// targets calls see with the kind's arrows.
	targets func(s *Screen, see func(Target))
	// assigns returns what the screen sets to other values.
	assigns func(*Screen) []Assign
	// messages adds the texts that a translator may translate.
	messages func(*messageList, *Screen)
}

// kinds is the table of the kinds as they are read.
var kinds = NewKinds[*kind]()

// KindsOf lists the kinds that a screen has, in the order of the engine's table.
func KindsOf(s *Screen) iter.Seq[engine.ScreenKind] {
	return func(yield func(engine.ScreenKind) bool) {
		for number, k := range kinds.All() {
			if k.read(s) && !yield(number) {
				return
			}
		}
	}
}

// BodyOf returns what a kind has read into Screen.Body, or the zero value if another
// kind or none has.
func BodyOf[Body any](s *Screen) Body {
	body, _ := s.Body.(Body)
	return body
}

// Shows reports whether callers see the screen.
func (s *Screen) Shows() bool {
	silent := false
	for k := range KindsOf(s) {
		silent = silent || k.Silent()
	}
	return !silent || s.Ends()
}

// Ends reports whether the call ends with the screen.
func (s *Screen) Ends() bool {
	for k := range KindsOf(s) {
		if k.Ends() {
			return true
		}
	}
	return false
}

// Kindless reports a screen of which not enough could be read to know its ways on.
func (s *Screen) Kindless() bool {
	for _, k := range kinds.On(s) {
		if k.leads == nil || k.leads(s) {
			return false
		}
	}
	return true
}

// OwnText returns the text that the screen's kind shows in place of a "say", or nil.
func (s *Screen) OwnText() *Text {
	for _, k := range kinds.On(s) {
		if k.text == nil {
			continue
		}
		if t := k.text(s); t != nil {
			return t
		}
	}
	return nil
}

// Assigns returns what the screen sets to other values, on whichever way on.
func (s *Screen) Assigns() []Assign {
	var list []Assign
	for _, k := range kinds.On(s) {
		if k.assigns != nil {
			list = append(list, k.assigns(s)...)
		}
	}
	return list
}

// KindKeys lists the keys of which a screen has exactly one, in the order of the
// kinds.
func KindKeys() []string {
	var keys []string
	for _, k := range kinds.All() {
		keys = append(keys, k.says...)
	}
	return keys
}

// besideKeys lists the keys of other kinds that may stand beside a kind's key.
func besideKeys(key string) []string {
	for number, k := range kinds.All() {
		if number.Key() == key {
			return k.beside
		}
	}
	return nil
}

// GoTogether reports whether two keys that each say a kind may stand on one screen.
func GoTogether(a, b string) bool {
	return slices.Contains(besideKeys(a), b) || slices.Contains(besideKeys(b), a)
}

// A KeyOwner names the kinds, by their keys, that a key goes with.
type KeyOwner struct {
	Key   string
	Kinds []string
}

// KeyOwners lists the keys that do not stand on every screen.
func KeyOwners() []KeyOwner {
	var list []KeyOwner
	add := func(key string, kinds ...string) {
		i := slices.IndexFunc(list, func(o KeyOwner) bool { return o.Key == key })
		if i < 0 {
			i, list = len(list), append(list, KeyOwner{Key: key})
		}
		list[i].Kinds = append(list[i].Kinds, kinds...)
	}
	for _, k := range kinds.All() {
		for _, key := range k.shares {
			add(key, k.says[0])
		}
		for key := range k.keys {
			if !slices.Contains(k.says, key) {
				add(key, k.says...)
			}
		}
	}
	return list
}

// A KindNeed says that a screen with the key Says needs the key Key, too, unless it
// has the key Unless. Example shows how Key looks.
type KindNeed struct{ Says, Key, Example, Unless string }

// KindNeeds lists what the kinds can't do without.
func KindNeeds() []KindNeed {
	var list []KindNeed
	for _, k := range kinds.All() {
		list = append(list, k.needs...)
	}
	return list
}
