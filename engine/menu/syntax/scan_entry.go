package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// entry reads the dashes, the key and the start of the value of a line.
func (s *scanner) entry(off int) {
	line := s.Lines[s.row]
	dash := isDash(line, off)
	below := s.below(off)
	_, value, keyed := keyEnd(line, off)
	if !dash && !keyed {
		s.bare(off, below)
		return
	}
	if !s.place(off, dash) {
		return
	}
	for isDash(line, off) {
		s.nodes++
		next := skipSpaces(line, off+1)
		if next == len(line) || line[next] == '#' {
			s.value(next, off)
			return
		}
		end, value, keyed := keyEnd(line, next)
		again := isDash(line, next)
		if !again && !keyed {
			s.value(next, off)
			return
		}
		if off = next; !s.push(off, again) {
			return
		}
		if !again {
			s.key(off, end)
			s.value(value, off)
			return
		}
	}
	end, _, _ := keyEnd(line, off)
	s.key(off, end)
	s.value(value, off)
}

// below returns the column of the entry whose value may be on a line at off, or -2 if
// there is none.
func (s *scanner) below(off int) int {
	if !s.open || len(s.cols) == 0 {
		return noColumn
	}
	if top := s.cols[len(s.cols)-1].off; off > top {
		return top
	}
	return noColumn
}

// noColumn is less than every column, and less than the -1 before the first one.
const noColumn = -2

// bare reads a line without a key and a dash: the value of the entry above, or a text
// that belongs to nothing.
func (s *scanner) bare(off, parent int) {
	text := s.Lines[s.row][off:]
	if parent != noColumn {
		s.value(off, parent)
		return
	}
	s.find("U001", s.row, off, utf8.RuneCountInString(text), `This line is neither "key: value" nor "- item".`, `A text of several lines stands below "say: |", further right.`).spaceColon(text)
	s.drop(s.row)
}

// place closes the collections that end above a line, and reports a line that begins
// at the column of none.
func (s *scanner) place(off int, dash bool) bool {
	closed := false
	top := column{off: noColumn}
	for len(s.cols) > 0 {
		top = s.cols[len(s.cols)-1]
		// A list may begin at the column of its key. The next key ends the list.
		if top.off < off || top.off == off && (dash || !top.list) {
			break
		}
		s.cols, top = s.cols[:len(s.cols)-1], column{off: noColumn}
		closed = true
	}
	message := "This line is further right than the entry above, which already has its value."
	switch {
	case top.off == off && top.list == dash:
		return true
	case top.off == off && s.open && !closed, top.off < off && s.open && !closed, len(s.cols) == 0 && !closed:
		return s.push(off, dash)
	case top.off == off:
		message = `A "- " begins an entry of a list, but the entries above it are not a list.`
	case closed:
		message = "This line does not line up with any entry above."
	}
	s.find("U001", s.row, off, 1, message, "Entries that belong together begin in the same column and have the same form.")
	s.skip = off
	if top.off == off {
		s.skip = off + 1
	}
	s.drop(s.row)
	return false
}

func (s *scanner) push(off int, list bool) bool {
	s.nodes++
	if s.cols = append(s.cols, column{off, list}); len(s.cols) > MaxDepth {
		s.find("U001", s.row, off, 1, fmt.Sprintf("The entries are nested more than %d deep.", MaxDepth), "")
		s.broken = true
		return false
	}
	return true
}

// key reports a key that YAML does not read as text: "*: Home -> main".
func (s *scanner) key(off, end int) {
	s.nodes++
	line := s.Lines[s.row]
	raw := strings.TrimRight(line[off:end], " ")
	if end > off && (strings.IndexByte(Specials, line[off]) < 0 && line[off] != '?' || line[off] == '?' && end > off+1) {
		return
	}
	s.find("U004", s.row, off, len(raw), fmt.Sprintf("YAML would not read the key %q as plain text.", raw), "Put quotes around it: "+quoted(raw)+".").Quote(raw)
	s.refuse(off, end, raw)
}
