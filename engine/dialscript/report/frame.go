package report

import (
	"strings"
	"unicode"
)

// These widths of a drawn phone are in characters; longer lines are folded.
const (
	phoneNarrowest = 20
	phoneWidest    = 38
	phoneGap       = 4
)

// Frames draws two screens side by side and marks the first line that differs.
// line is its index in both, or -1. The result has no trailing spaces.
func Frames(expected, shown []string, line int) []string {
	left, right := fold(expected, line), fold(shown, line)
	leftWidth, rightWidth := left.width(), right.width()
	rows := max(len(left), len(right))
	out := []string{
		pad("expected", leftWidth+4) + strings.Repeat(" ", phoneGap) + "shown",
		edge("┌", leftWidth, "┐") + strings.Repeat(" ", phoneGap) + edge("┌", rightWidth, "┐"),
	}
	for i := range rows {
		between := strings.Repeat(" ", phoneGap)
		if left.marked(i) || right.marked(i) {
			between = " ≠  "
		}
		out = append(out, left.row(i, leftWidth)+between+right.row(i, rightWidth))
	}
	out = append(out, edge("└", leftWidth, "┘")+strings.Repeat(" ", phoneGap)+edge("└", rightWidth, "┘"))
	for i := range out {
		out[i] = strings.TrimRight(out[i], " ")
	}
	return out
}

// A glass is what one phone shows: its rows, folded to its width.
type glass []glassRow

type glassRow struct {
	text string
	mark bool
}

func fold(lines []string, marked int) glass {
	var g glass
	for i, line := range lines {
		text := []rune(Visible(line))
		mark := i == marked
		for len(text) > phoneWidest {
			g = append(g, glassRow{string(text[:phoneWidest]), mark})
			text, mark = text[phoneWidest:], false
		}
		g = append(g, glassRow{string(text), mark})
	}
	return g
}

func (g glass) width() int {
	w := phoneNarrowest
	for _, row := range g {
		w = max(w, columns(row.text))
	}
	return w
}

func (g glass) marked(i int) bool { return i < len(g) && g[i].mark }

func (g glass) row(i, width int) string {
	text := ""
	if i < len(g) {
		text = g[i].text
	}
	return "│ " + pad(text, width) + " │"
}

func edge(from string, width int, to string) string {
	return from + strings.Repeat("─", width+2) + to
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

// columns returns the width of a text on a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			n++
		}
	}
	return n
}

// Visible replaces characters that could command a terminal, because the text of
// a service may come from anyone.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
