package gateway

import (
	"bytes"
	"unicode/utf8"
)

// Form reads an application/x-www-form-urlencoded text strictly. It refuses a
// field that comes twice, a broken percent escape, invalid UTF-8, NUL and more
// than MaxFields fields. The standard library accepts all of these, and a proxy in
// front may use the other one of two values.
//
// Fields that Parse was not asked for are checked and counted, but not stored.
type Form struct {
	// Typed names the field with what a caller typed, which is no fault of who sends
	// the form. Latin-1 is read there where it is not UTF-8, as some handsets and
	// operators send it. A percent sign without its digits stands for itself.
	Typed  string
	values string
	fields [MaxFields]span
}

// span is a part of Form.values. An end of 0 means that the field is missing;
// this works because every value has a byte before it.
type span struct{ from, end int }

// room is the usual size of the decoded fields. They stay on the stack until they
// are copied once, in one piece.
const room = 512

// Parse reads raw and stores the fields with the given names, at most MaxFields of
// them. Get finds them by their index in names. An error is a *Refusal.
func (f *Form) Parse(raw []byte, names []string) error {
	var stack [room]byte
	var others [MaxFields][]byte
	values := append(stack[:0], ' ')
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
			return Refuse("The name of form field %d is not percent-encoded UTF-8 text.", count+1)
		}
		var err error
		if at := index(names, name); at >= 0 {
			values, err = f.add(values, at, names[at], value)
		} else {
			others[count], err = name, checkOther(others[:count], name, value)
		}
		if err != nil {
			return err
		}
		count++
	}
	f.values = string(values)
	return nil
}

// Get returns the value of the field names[at] of Parse; ok is false if it is
// missing.
func (f *Form) Get(at int) (value string, ok bool) {
	s := f.fields[at]
	return f.values[s.from:s.end], s.end > 0
}

// add appends a field's value to values and records its place.
func (f *Form) add(values []byte, at int, name string, raw []byte) ([]byte, error) {
	if f.fields[at].end > 0 {
		return values, Refuse("The field %s comes twice.", name)
	}
	from := len(values)
	if name == f.Typed {
		values = append(values[:from], asTyped(raw)...)
		f.fields[at] = span{from, len(values)}
		return values, nil
	}
	values, ok := unescape(values, raw)
	if !ok {
		return values, Refuse("The field %s has a broken percent escape.", name)
	}
	if !isText(values[from:]) {
		return values, Refuse("The field %s is not valid UTF-8 text.", name)
	}
	f.fields[at] = span{from, len(values)}
	return values, nil
}

// asTyped returns what a caller typed, in UTF-8. Each input is read by itself, so an
// earlier one is read as it was before.
func asTyped(raw []byte) []byte {
	typed, ok := unescape(nil, raw)
	if !ok {
		typed, _ = unescape(nil, literalPercents(raw))
	}
	if utf8.Valid(typed) {
		return typed
	}
	inputs := bytes.Split(typed, []byte("*"))
	for i, input := range inputs {
		if !utf8.Valid(input) {
			inputs[i] = Latin1(input)
		}
	}
	return bytes.Join(inputs, []byte("*"))
}

// literalPercents escapes the percent signs that begin no escape.
func literalPercents(raw []byte) (out []byte) {
	for i, b := range raw {
		out = append(out, b)
		if b == '%' && (i+2 >= len(raw) || unhex(raw[i+1])|unhex(raw[i+2]) > 15) {
			out = append(out, "25"...)
		}
	}
	return out
}

// Latin1 returns a text in Latin-1 as UTF-8.
func Latin1(text []byte) []byte {
	out := make([]byte, 0, 2*len(text))
	for _, b := range text {
		out = utf8.AppendRune(out, rune(b))
	}
	return out
}

// isText reports whether value is UTF-8 without NUL, which databases do not store.
// Each field's own check refuses other control characters; an event repeats the
// last screen, with its line breaks.
func isText(value []byte) bool {
	return utf8.Valid(value) && bytes.IndexByte(value, 0) < 0
}

// checkOther checks a field that Parse was not asked for.
func checkOther(earlier [][]byte, name, raw []byte) error {
	for _, other := range earlier {
		if other != nil && bytes.Equal(other, name) {
			return Refuse("An unknown field comes twice.")
		}
	}
	var stack [room]byte
	if value, ok := unescape(stack[:0], raw); !ok || !isText(value) {
		return Refuse("An unknown field is not percent-encoded UTF-8 text.")
	}
	return nil
}

// plainName decodes a field's name, usually without a copy.
func plainName(raw []byte) ([]byte, bool) {
	if bytes.IndexByte(raw, '%') < 0 && bytes.IndexByte(raw, '+') < 0 {
		return raw, isText(raw)
	}
	name, ok := unescape(nil, raw)
	return name, ok && isText(name)
}

// unescape appends the decoded raw to dst. It returns false if an escape is
// broken.
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

// unhex returns the value of a hexadecimal digit, and more than 15 for any other
// byte.
func unhex(b byte) byte {
	switch {
	case '0' <= b && b <= '9':
		return b - '0'
	case 'a' <= b|0x20 && b|0x20 <= 'f':
		return b | 0x20 - 'a' + 10
	}
	return 0xff
}

// cut splits b around the first sep.
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
