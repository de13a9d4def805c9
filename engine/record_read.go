package engine

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// readRecord reads a record in the form that appendRecord writes, in a tenth of the
// time of encoding/json. It returns false for everything else, such as another form of
// the same JSON: encoding/json then decides. A test compares the two.
//
// The texts of the record share the memory of one string.
func readRecord(b []byte, rec *Record) bool {
	r := recordReader{s: string(b)}
	r.object(func(key string) { r.recordField(key, rec) })
	return !r.other && r.at == len(r.s)
}

// recordReader reads a text from its beginning. It stops where the text has another
// form.
type recordReader struct {
	s     string
	at    int
	other bool
}

func (r *recordReader) recordField(key string, rec *Record) {
	switch key {
	case "v":
		rec.V = r.int()
	case "h":
		rec.H = r.text()
	case "step":
		rec.Step = r.text()
	case "o":
		rec.Owner = r.text()
	case "m":
		rec.Program = r.text()
	case "n":
		rec.Inputs = r.ints()
	case "e":
		rec.Epoch = r.int()
	case "today":
		rec.Today = int64(r.int())
	case "lang":
		rec.Lang = r.text()
	case "net":
		rec.Network = r.text()
	case "undo":
		rec.Undo = r.undos()
	case "values":
		rec.Values = r.values()
	case "worker":
		r.part(&rec.Worker)
	case "rest":
		r.part(&rec.Resting)
	case "offered":
		r.part(&rec.Offered)
	case "skipped":
		r.part(&rec.Skipped)
	case "sent":
		r.part(&rec.Sent)
	default:
		r.rareField(key, rec)
	}
}

func (r *recordReader) rareField(key string, rec *Record) {
	switch key {
	case "at":
		rec.Offset = r.int()
	case "pages":
		rec.Pages = r.ints()
	case "wrong":
		rec.Wrong = r.int()
	case "notice":
		rec.Notice = r.text()
	case "repeat":
		rec.Repeat = r.text()
	case "start":
		rec.Start = r.text()
	case "moved":
		rec.Moved = r.flag()
	case "end":
		rec.Ended = r.flag()
	case "facts":
		rec.Facts = r.flag()
	case "again":
		rec.Unsure = r.flag()
	case "gen":
		rec.Generation = r.int()
	case "seq":
		rec.Sequence = r.int()
	case "code":
		rec.Code = r.text()
	case "row":
		rec.Row = r.text()
	case "unsaved":
		rec.Unsaved = r.flag()
	case "chose":
		rec.Chose = r.flag()
	case "guarded":
		rec.Guarded = r.flag()
	default:
		r.other = true
	}
}

func (r *recordReader) undos() (list []undo) {
	r.list(func() {
		var u undo
		r.object(func(key string) {
			switch key {
			case "s":
				u.Step = r.text()
			case "at":
				u.Offset = r.int()
			case "pages":
				u.Pages = r.ints()
			case "moved":
				u.Moved = r.flag()
			case "v":
				u.Values = r.values()
			case "yes":
				u.Yes = r.flag()
			default:
				r.other = true
			}
		})
		list = append(list, u)
	})
	return list
}

// values reads values with their names. encoding/json reads those that have another
// form, such as a text with an escape, or a list.
func (r *recordReader) values() (list []Named) {
	from := r.at
	list = make([]Named, 0, usualValues)
	r.list(func() {
		var n Named
		r.expect('[')
		n.Name = r.text()
		r.expect(',')
		r.value(&n.Value)
		r.expect(']')
		list = append(list, n)
	})
	if r.other {
		r.at, r.other, list = from, false, nil
		r.part(&list)
	}
	return list
}

// usualValues is as many as most calls have.
const usualValues = 4

// value reads an object of one tag, or null.
func (r *recordReader) value(v *Value) {
	const none = "null"
	if r.other {
		return
	}
	if strings.HasPrefix(r.s[r.at:], none) {
		r.at += len(none)
		return
	}
	r.expect('{')
	tag := r.text()
	r.expect(':')
	if r.other {
		return
	}
	switch v.kind = plainTags[tag]; v.kind {
	case KindNumber, KindMoney, KindDate:
		v.n = r.int64(maxDigits64)
	case KindText, KindPhone, KindChoice:
		v.s = r.text()
	default:
		r.other = true
	}
	r.expect('}')
}

// plainTags has the kinds of values that have no parts, by their tags.
var plainTags = func() map[string]Kind {
	tags := map[string]Kind{}
	for kind, tag := range kindTags {
		if kind != KindRecord && kind != KindList {
			tags[tag] = kind
		}
	}
	return tags
}()

// object calls field after each key. A key that comes twice is left to encoding/json.
func (r *recordReader) object(field func(key string)) {
	var known [maxFields]string
	r.expect('{')
	for n := 0; !r.other; n++ {
		key := r.text()
		for _, k := range known[:min(n, maxFields)] {
			r.other = r.other || k == key
		}
		if n == maxFields {
			r.other = true
			return
		}
		known[n] = key
		r.expect(':')
		if !r.other {
			field(key)
		}
		if r.ends('}') {
			return
		}
	}
}

// maxFields is more than any object of a record has.
const maxFields = 40

// list calls entry for each entry. An empty list is left to encoding/json.
func (r *recordReader) list(entry func()) {
	r.expect('[')
	for !r.other {
		entry()
		if r.ends(']') {
			return
		}
	}
}

func (r *recordReader) ints() (list []int) {
	list = make([]int, 0, usualInputs)
	r.list(func() { list = append(list, r.int()) })
	return list
}

// usualInputs is as many as most calls have.
const usualInputs = 8

// expect passes a byte.
func (r *recordReader) expect(c byte) {
	if r.at >= len(r.s) || r.s[r.at] != c {
		r.other = true
		return
	}
	r.at++
}

// ends passes the end of an object or a list, or the comma before what follows.
func (r *recordReader) ends(end byte) bool {
	if r.at < len(r.s) && r.s[r.at] == end {
		r.at++
		return true
	}
	r.expect(',')
	return false
}

// text reads a string without escapes.
func (r *recordReader) text() string {
	r.expect('"')
	ascii := true
	for i := r.at; !r.other && i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == '"':
			text := r.s[r.at:i]
			r.at = i + 1
			r.other = !ascii && !utf8.ValidString(text)
			return text
		case c < ' ' || c == '\\':
			r.other = true
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	r.other = true
	return ""
}

// int reads a whole number that can't be too large.
func (r *recordReader) int() int { return int(r.int64(maxDigits)) }

// int64 reads a whole number of fewer digits than most.
func (r *recordReader) int64(most int) int64 {
	from := r.at
	if r.at < len(r.s) && r.s[r.at] == '-' {
		r.at++
	}
	digits := r.at
	var n int64
	for ; r.at < len(r.s) && r.s[r.at]-'0' <= 9 && r.at-digits < most; r.at++ {
		n = 10*n + int64(r.s[r.at]-'0')
	}
	if r.at == digits || r.at-digits == most || r.s[digits] == '0' && r.s[from:r.at] != "0" {
		r.other = true
	}
	if from != digits {
		return -n
	}
	return n
}

// maxDigits is more than a number of a record has. Fewer digits fit into 32 bits.
const maxDigits = 10

// maxDigits64 is more than a value has. Fewer digits fit into 64 bits.
const maxDigits64 = 19

func (r *recordReader) flag() bool {
	const yes = "true"
	if len(r.s)-r.at < len(yes) || r.s[r.at:r.at+len(yes)] != yes {
		r.other = true
		return false
	}
	r.at += len(yes)
	return true
}

// part reads an object or a list by encoding/json.
func (r *recordReader) part(into any) {
	from, depth, quoted := r.at, 0, false
	for ; r.at < len(r.s); r.at++ {
		switch c := r.s[r.at]; {
		case quoted && c == '\\':
			r.at++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	if r.at >= len(r.s) || r.s[from] != '{' && r.s[from] != '[' {
		r.other = true
		return
	}
	r.at++
	r.other = json.Unmarshal([]byte(r.s[from:r.at]), into) != nil
}
