package syntax

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// prepare splits a file into lines. It reports characters that YAML takes for a line
// break, or refuses without a position, and replaces them by spaces.
func (s *scanner) prepare(data []byte) bool {
	text := strings.TrimPrefix(string(data), "\ufeff")
	switch {
	case len(data) > MaxFileBytes:
		s.whole(fmt.Sprintf("The file has more than %d KB, and no more of a file is read.", MaxFileBytes>>10), "Divide it with include.")
		return false
	case strings.Count(text, "\n") >= MaxLines:
		s.whole(fmt.Sprintf("The file has more than %d lines.", MaxLines), "Divide it with include.")
		return false
	case !utf8.ValidString(text):
		s.whole("The file is not written in UTF-8.", `Save it again with the encoding "UTF-8".`)
		return false
	}
	s.Lines = strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for row, line := range s.Lines {
		if len(line) > MaxLineBytes {
			s.find("U001", row, 0, 1, fmt.Sprintf("This line has %d characters; at most %d are read.", len(line), MaxLineBytes), "Divide it into several lines.")
			return false
		}
		s.sanitize(row, line)
	}
	return true
}

// sanitize replaces characters that no screen can show.
func (s *scanner) sanitize(row int, line string) {
	bad := strings.IndexFunc(line, Unprintable)
	if bad < 0 {
		return
	}
	r, _ := utf8.DecodeRuneInString(line[bad:])
	s.find("U004", row, bad, 1, fmt.Sprintf("Here is a character that no screen can show (%U).", r), "Delete it and type the text again.")
	s.Lines[row] = strings.Map(func(r rune) rune {
		if Unprintable(r) {
			return ' '
		}
		return r
	}, line)
}

// apply joins the lines with their edits.
func apply(lines []string, edits []edit) []byte {
	sort.SliceStable(edits, func(i, j int) bool {
		a, b := edits[i], edits[j]
		return a.row < b.row || a.row == b.row && a.from < b.from
	})
	var out []byte
	if len(edits) == 0 {
		return []byte(strings.Join(lines, "\n"))
	}
	for row, line := range lines {
		at := 0
		for ; len(edits) > 0 && edits[0].row == row; edits = edits[1:] {
			if e := edits[0]; e.from >= at {
				out = append(append(out, line[at:e.from]...), e.with...)
				at = e.to
			}
		}
		out = append(append(out, line[at:]...), '\n')
	}
	return out[:max(0, len(out)-1)] // the last line had no line break
}
