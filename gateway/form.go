package gateway

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Form is an application/x-www-form-urlencoded text, read strictly: a field that
// comes twice, a broken percent escape, invalid UTF-8 and NUL are refused, and
// so is more than MaxFields. The standard library lets all of them through, and
// a proxy in front may pick the other of two values.
//
// Fields that were not asked for are checked, counted and forgotten.
type Form struct {
	values string
	fields [MaxFields]span
}

// span is a part of Form.values; end 0 means that the field is missing, which
// works because every value has a byte before it.
type span struct{ from, end int }

// room is the usual size of the decoded fields: it lets them live on the stack
// until they are copied once, in one piece.
const room = 512

// Parse reads raw and keeps the fields with the given names, at most MaxFields
// of them; Get finds them by their index. An error is a *Refusal.
func (f *Form) Parse(raw []byte, names []string) error {
	var stack [room]byte
	var others [MaxFields][]byte
	kept := append(stack[:0], ' ')
	for count := 0; len(raw) > 0; {
		var pair []byte
		pair, raw = cut(raw, '&')
		if len(pair) == 0 {
			continue
		}
		if count == MaxFields {
			return Refuse("The form has more than %d fields.", MaxFields)
		}
		name, value := cut(pair, '=')
		name, ok := plainName(name)
		if !ok {
			return Refuse("The name of form field %d is no percent-encoded UTF-8.", count+1)
		}
		at := index(names, name)
		if at < 0 {
			if err := checkOther(others[:count], name, value); err != nil {
				return err
			}
			others[count] = name
		} else if err := f.keep(&kept, at, names[at], value); err != nil {
			return err
		}
		count++
	}
	f.values = string(kept)
	return nil
}

// Get is the value of the field names[at] of Parse; ok is false if it is missing.
func (f *Form) Get(at int) (value string, ok bool) {
	s := f.fields[at]
	return f.values[s.from:s.end], s.end > 0
}

// keep appends a value to kept and notes where it is.
func (f *Form) keep(kept *[]byte, at int, name string, raw []byte) error {
	if f.fields[at].end > 0 {
		return Refuse("The field %s comes twice.", name)
	}
	from := len(*kept)
	out, ok := unescape(*kept, raw)
	if !ok {
		return Refuse("The field %s has a broken percent escape.", name)
	}
	*kept = out
	f.fields[at] = span{from, len(out)}
	return checkValue(name, out[from:])
}

// checkValue refuses what no handset sends: bytes that are no UTF-8 and control
// characters, which would reach logs, SMS and other people's screens.
func checkValue(name string, value []byte) error {
	ascii := true
	for _, b := range value {
		if b < ' ' || b == 0x7f {
			return Refuse("The field %s holds a control character.", name)
		}
		ascii = ascii && b < utf8.RuneSelf
	}
	if ascii {
		return nil
	}
	if !utf8.Valid(value) {
		return Refuse("The field %s is not valid UTF-8.", name)
	}
	if bytes.IndexFunc(value, unicode.IsControl) >= 0 {
		return Refuse("The field %s holds a control character.", name)
	}
	return nil
}

// checkOther checks a field that nobody asked for. Line breaks are allowed in
// it: an event repeats the last screen.
func checkOther(earlier [][]byte, name, raw []byte) error {
	for _, other := range earlier {
		if bytes.Equal(other, name) && other != nil {
			return Refuse("A field that is none of a callback's comes twice.")
		}
	}
	var stack [room]byte
	value, ok := unescape(stack[:0], raw)
	if !ok || !utf8.Valid(value) || bytes.IndexByte(value, 0) >= 0 {
		return Refuse("A field that is none of a callback's is no percent-encoded UTF-8 text.")
	}
	return nil
}

// plainName decodes a field's name, in most cases without a copy.
func plainName(raw []byte) ([]byte, bool) {
	if bytes.IndexByte(raw, '%') < 0 && bytes.IndexByte(raw, '+') < 0 {
		return raw, utf8.Valid(raw)
	}
	name, ok := unescape(nil, raw)
	return name, ok && utf8.Valid(name)
}

// unescape appends the decoded raw to dst; ok is false if an escape is broken.
func unescape(dst, raw []byte) (out []byte, ok bool) {
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; b {
		case '+':
			dst = append(dst, ' ')
		case '%':
			if i+2 >= len(raw) {
				return dst, false
			}
			high, low := unhex(raw[i+1]), unhex(raw[i+2])
			if high|low > 15 {
				return dst, false
			}
			dst = append(dst, high<<4|low)
			i += 2
		default:
			dst = append(dst, b)
		}
	}
	return dst, true
}

// unhex is the value of a hexadecimal digit, over 15 for anything else.
func unhex(b byte) byte {
	switch {
	case '0' <= b && b <= '9':
		return b - '0'
	case 'a' <= b|0x20 && b|0x20 <= 'f':
		return b | 0x20 - 'a' + 10
	}
	return 0xff
}

// cut splits b at the first sep, which is in neither part.
func cut(b []byte, sep byte) (before, after []byte) {
	if i := bytes.IndexByte(b, sep); i >= 0 {
		return b[:i], b[i+1:]
	}
	return b, nil
}

func index(names []string, name []byte) int {
	for i, n := range names {
		if n == string(name) {
			return i
		}
	}
	return -1
}
