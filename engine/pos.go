package engine

import "strconv"

// A Pos is a place in a menu's source, even inside a scalar. Line and Column count
// from 1; Column counts characters, not bytes. The zero Pos is no place.
type Pos struct {
	File         string
	Line, Column int
}

// String returns "file:line:column".
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}
