package fuzz

import (
	"math"
	"math/rand/v2"
	"reflect"
)

const (
	// maxChanges bounds how often one text is changed.
	maxChanges = 8
	// growth bounds in bytes how much longer a text becomes.
	growth = 256
)

// pieces are what parsers of text stumble over.
var pieces = []string{
	"*", "#", "*1*", "**", "%2A", "%23", "%", "%00", "%C0%AF", "%u0041", "+", "&", "=", "&a=", ";", "\x00", "\x1b[31m", "\n", "\r\n", "\r", "\t", " ",
	"\"", "'", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", "[[[[[[[[", "(", ")", ":", ": ", ",", "- ", "|", ">", "<", "</", "<a>", "&amp;", "&#0;",
	"<!DOCTYPE a [<!ENTITY b \"c\">]>", "<![CDATA[", "<?xml version=\"1.0\"?>", "<!--", "-->", "null", "true", "1e400", "-1", "0", "-0", "00", "1.", ".5",
	"9223372036854775807", "9223372036854775808", "18446744073709551616", "999999999999999999999999", "1_000", "0x1f", "NaN", "+254711000111", "0711000111",
	"254711000111", "7391", "\xff", "\xc3\x28", "\xed\xa0\x80", "\ufeff", "\u2028", "\u202e", "\u0301", "é", "ſ", "K", "😀", "٣", "１", "…", "--", "->", "=>",
	"# ", "?", "!", "&a ", "*a", "!!binary ", "<<: ", "---\n", "...\n", "? ", "$ref", "${HOME}", "../", "//", "http://a:b@c/", "Transfer-Encoding: chunked\r\n",
	"Content-Length: 5\r\n", "\r\n\r\n", "HTTP/1.1", "GET / HTTP/1.1\r\n", "\r\n ", "chunked", "100-continue",
}

// draw sets args to an input: a known one of which one or several parts are changed.
func (f *F) draw(r *rand.Rand, args []reflect.Value) {
	base := f.pick(r)
	copy(args, base)
	for first := true; first || r.IntN(3) == 0; first = false {
		at := r.IntN(len(args))
		args[at] = f.change(r, base[at], at)
	}
	for i := range args {
		if b, ok := args[i].Interface().([]byte); ok {
			args[i] = reflect.ValueOf(append([]byte(nil), b...)) // a target may write into it
		}
	}
}

// pick returns a known input. Short ones come more often: they take less time, and are
// changed in more of their parts.
func (f *F) pick(r *rand.Rand) []reflect.Value {
	best := f.begun[r.IntN(len(f.begun))]
	const others = 2
	for range others {
		if other := f.begun[r.IntN(len(f.begun))]; r.IntN(4) != 0 && size(other) < size(best) {
			best = other
		}
	}
	return best
}

func size(args []reflect.Value) (n int) {
	for _, a := range args {
		if a.Kind() == reflect.String || a.Kind() == reflect.Slice {
			n += a.Len()
		}
	}
	return n
}

// change returns another value for the argument at a place.
func (f *F) change(r *rand.Rand, v reflect.Value, at int) reflect.Value {
	other := f.pick(r)[at]
	switch v.Kind() {
	case reflect.String:
		return reflect.ValueOf(string(changeText(r, []byte(v.String()), []byte(other.String()))))
	case reflect.Slice:
		return reflect.ValueOf(changeText(r, v.Bytes(), other.Bytes()))
	case reflect.Int, reflect.Int64:
		return reflect.ValueOf(changeNumber(r, v.Int(), other.Int())).Convert(v.Type())
	default:
		f.Fatalf("inputs of type %s can't be drawn", v.Type())
		return v
	}
}

func changeNumber(r *rand.Rand, n, other int64) int64 {
	switch r.IntN(6) {
	case 0:
		return other
	case 1:
		return n + int64(r.IntN(9)) - 4
	case 2:
		return int64(r.IntN(600)) - 50
	case 3:
		return []int64{math.MinInt64, math.MaxInt64, math.MaxInt32, math.MaxInt32 + 1, -1, 0, 1}[r.IntN(7)]
	case 4:
		return -n
	default:
		return int64(r.Uint64()) >> r.IntN(64) //nolint:gosec // any number
	}
}

// changeText returns text with some changes. Some of them take parts of another known
// text.
func changeText(r *rand.Rand, text, other []byte) []byte {
	limit := len(text) + growth
	text = append(make([]byte, 0, limit), text...)
	for n := 1 + r.IntN(maxChanges); n > 0; n-- {
		text = changeOnce(r, text, other)
	}
	if len(text) > limit {
		text = text[:limit]
	}
	return text
}

func changeOnce(r *rand.Rand, text, other []byte) []byte {
	from, to := span(r, len(text))
	switch r.IntN(10) {
	case 0, 1:
		return replace(text, from, from, []byte(pieces[r.IntN(len(pieces))]))
	case 2:
		return replace(text, from, to, []byte(pieces[r.IntN(len(pieces))]))
	case 3:
		return replace(text, from, to, nil)
	case 4:
		return replace(text, from, from, text[from:to]) // twice
	case 5:
		a, b := span(r, len(other))
		return replace(text, from, from, other[a:b])
	case 6:
		a, b := span(r, len(other))
		return replace(text, from, to, other[a:b])
	case 7:
		if len(text) > 0 {
			text[r.IntN(len(text))] ^= 1 << r.IntN(8)
		}
	case 8:
		if len(text) > 0 {
			text[r.IntN(len(text))] = byte(' ' + r.IntN('~'-' '+1))
		}
	default:
		if len(text) > 0 {
			text[r.IntN(len(text))] = byte(r.IntN(256))
		}
	}
	return text
}

// span returns a part of a text of n bytes, mostly a short one.
func span(r *rand.Rand, n int) (from, to int) {
	if n == 0 {
		return 0, 0
	}
	from = r.IntN(n + 1)
	length := r.IntN(1 + min(n-from, 1<<r.IntN(8)))
	return from, from + length
}

// replace returns text with the bytes from..to replaced.
func replace(text []byte, from, to int, by []byte) []byte {
	out := make([]byte, 0, len(text)-(to-from)+len(by))
	out = append(out, text[:from]...)
	out = append(out, by...)
	return append(out, text[to:]...)
}
