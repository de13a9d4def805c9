package syntax

import (
	"fmt"
	"strings"
)

// indentOf returns the number of spaces a line begins with.
func indentOf(line string) int { return skipSpaces(line, 0) }

func skipSpaces(line string, i int) int {
	for i < len(line) && line[i] == ' ' {
		i++
	}
	return i
}

func isMarker(line string) bool {
	return len(line) >= 3 && (line[:3] == "---" || line[:3] == "...") && (len(line) == 3 || line[3] == ' ')
}

func isDash(line string, off int) bool {
	return off < len(line) && line[off] == '-' && (off+1 == len(line) || line[off+1] == ' ')
}

// keyEnd returns where a line's key ends and its value begins.
func keyEnd(line string, off int) (end, value int, ok bool) {
	if q := line[off]; q == '"' || q == '\'' {
		end = closeQuote(line, off)
		if end < 0 {
			return 0, 0, false
		}
		i := skipSpaces(line, end)
		if i < len(line) && line[i] == ':' && (i+1 == len(line) || line[i+1] == ' ') {
			return end, skipSpaces(line, i+1), true
		}
		return 0, 0, false
	}
	if line[off] == '{' || line[off] == '[' {
		return 0, 0, false
	}
	for i := off; i < len(line); i++ {
		if line[i] == '#' && i > off && line[i-1] == ' ' {
			break
		}
		if line[i] == ':' && (i+1 == len(line) || line[i+1] == ' ') {
			return i, skipSpaces(line, i+1), true
		}
	}
	return 0, 0, false
}

// spaceHint returns the help for a key without a space after its colon, or "".
func spaceHelp(text string) string {
	if i := strings.IndexByte(text, ':'); i > 0 && nameEnd(text[:i]) == i {
		return fmt.Sprintf("Write a space after the colon: %s.", Short(text[:i+1]+" "+text[i+1:]))
	}
	return ""
}

// closeQuote returns the offset after the closing quote of the one at off, or -1 if
// the line has none.
func closeQuote(line string, off int) int {
	q := line[off]
	for i := off + 1; i < len(line); i++ {
		switch {
		case q == '"' && line[i] == '\\':
			i++
		case line[i] == q && q == '\'' && i+1 < len(line) && line[i+1] == q:
			i++
		case line[i] == q:
			return i + 1
		}
	}
	return -1
}

// Specials lists the characters with which a text can't begin in YAML unless it is
// quoted.
const Specials = "&*!%@`|>,]}"
