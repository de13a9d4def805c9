package terminal

import "strings"

// Narrowest and Widest bound the width of the text in a frame, in columns. The
// widest is about two lines of a feature phone; longer lines are wrapped.
const (
	Narrowest = 20
	Widest    = 38
)

// gap is the number of columns between two frames.
const gap = 4

// Frame draws the lines of a screen in a frame of at least width columns of text.
func Frame(lines []string, width int) []string {
	s := onScreen(lines, -1)
	width = max(width, s.width())
	out := []string{edge("┌", width, "┐")}
	for i := range s {
		out = append(out, s.row(i, width))
	}
	return append(out, edge("└", width, "┘"))
}

// Compare draws two screens side by side, each below its title, and marks the line
// with the index differs in both; -1 marks none. Its lines have no trailing spaces.
func Compare(titles [2]string, left, right []string, differs int) []string {
	a, b := onScreen(left, differs), onScreen(right, differs)
	aw, bw := max(Narrowest, a.width()), max(Narrowest, b.width())
	blank := strings.Repeat(" ", gap)
	out := []string{
		Pad(titles[0], aw+4) + blank + titles[1],
		edge("┌", aw, "┐") + blank + edge("┌", bw, "┐"),
	}
	for i := range max(len(a), len(b)) {
		between := blank
		if a.marked(i) || b.marked(i) {
			between = " ≠  "
		}
		out = append(out, a.row(i, aw)+between+b.row(i, bw))
	}
	out = append(out, edge("└", aw, "┘")+blank+edge("└", bw, "┘"))
	for i := range out {
		out[i] = strings.TrimRight(out[i], " ")
	}
	return out
}

// A screen holds the rows of a drawn screen.
type screen []row

type row struct {
	text   string
	marked bool
}

// onScreen wraps lines to the widest frame, and marks the first row of one line.
func onScreen(lines []string, marked int) screen {
	var s screen
	for i, line := range lines {
		for j, text := range Wrap(Visible(line), Widest) {
			s = append(s, row{text, i == marked && j == 0})
		}
	}
	return s
}

func (s screen) width() int {
	w := 0
	for _, row := range s {
		w = max(w, Width(row.text))
	}
	return w
}

func (s screen) marked(i int) bool { return i < len(s) && s[i].marked }

func (s screen) row(i, width int) string {
	text := ""
	if i < len(s) {
		text = s[i].text
	}
	return "│ " + Pad(text, width) + " │"
}

func edge(from string, width int, to string) string {
	return from + strings.Repeat("─", width+2) + to
}
