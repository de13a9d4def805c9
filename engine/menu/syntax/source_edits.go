package syntax

import (
	"bytes"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
)

// index records where each line of the file begins.
func (d *Document) index(data []byte) {
	d.raw, d.starts = data, []int{0}
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		d.starts[0] = len("\ufeff")
	}
	for i, b := range data {
		if b == '\n' {
			d.starts = append(d.starts, i+1)
		}
	}
}

// rawLine returns a line as the file has it, without its end, and its offset.
func (d *Document) rawLine(n int) (text string, at int) {
	if n < 1 || n > len(d.starts) {
		return "", len(d.raw)
	}
	at = d.starts[n-1]
	rest := d.raw[at:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimSuffix(string(rest), "\r"), at
}

// edit replaces a part of a line, in bytes of it.
func (d *Document) edit(n, from, to int, text string) diag.TextEdit {
	_, at := d.rawLine(n)
	return diag.TextEdit{File: d.path, From: at + from, To: at + to, New: text}
}

// drop deletes a line with its end.
func (d *Document) drop(n int) diag.TextEdit {
	_, at := d.rawLine(n)
	to := len(d.raw)
	if n < len(d.starts) {
		to = d.starts[n]
	}
	return diag.TextEdit{File: d.path, From: at, To: to}
}

// columnOffset returns the byte offset of a column, which counts characters
// from 1.
func columnOffset(line string, column int) int {
	for off := range line {
		if column--; column == 0 {
			return off
		}
	}
	return len(line)
}

// around returns the range of the text that contains a position on its line: the text
// that the help quotes, the one that was hidden from YAML, or the value of the line's
// key.
func (d *Document) around(n int, line string, at int, text string) (begin, end int, ok bool) {
	if text == "" {
		for spot, raw := range d.refused {
			if off := columnOffset(line, spot.column); spot.line == n && off <= at && at < off+len(raw) {
				text = raw
			}
		}
	}
	if text == "" {
		if _, value, keyed := keyEnd(line, indentOf(line)); keyed {
			text = strings.TrimRight(line[value:], " ")
		}
	}
	for from := 0; text != ""; from++ {
		i := strings.Index(line[from:], text)
		if i < 0 || from+i > at {
			break
		}
		if from += i; at < from+len(text) {
			return from, from + len(text), true
		}
	}
	return 0, 0, false
}

// uncut returns a text in braces together with the parts that its commas cut off.
func uncut(line string, begin, end int) (from, to int) {
	from = strings.LastIndex(line[:begin], ": ")
	if from < 0 || !strings.Contains(line[:from], "{") {
		return begin, end
	}
	from = skipSpaces(line, from+1)
	to = textInBraces(line, from)
	if to < end || to == len(line) || strings.IndexByte("[{\"'", line[from]) >= 0 {
		return begin, end
	}
	return from, from + len(strings.TrimRight(line[from:to], " "))
}

// textInBraces returns the end of a text that contains commas: the bracket around it,
// the next entry with a key, or the end of the line.
func textInBraces(line string, from int) int {
	depth := 0
	for i := from; i < len(line); i++ {
		switch line[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			next, _, _ := strings.Cut(line[i+1:], ",")
			if depth == 0 && strings.Contains(next, ": ") {
				return i
			}
		}
	}
	return len(line)
}
