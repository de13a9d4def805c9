package handset

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// wrapped breaks lines at words, as a phone does. It counts columns of the
// terminal: a wide character takes two.
func wrapped(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		for lipgloss.Width(line) > width {
			at := fits(line, width)
			if at == len(line) {
				break // one character, wider than the window
			}
			if space := strings.LastIndexByte(line[:at], ' '); space > 0 && line[at] != ' ' {
				at = space
			}
			out = append(out, line[:at])
			line = strings.TrimLeft(line[at:], " ")
		}
		out = append(out, line)
	}
	return out
}

// fits returns how many bytes of a line fit a width; at least one character.
func fits(line string, width int) int {
	for i := range line {
		if i > 0 && lipgloss.Width(line[:i]) > width {
			return previous(line, i)
		}
	}
	return previous(line, len(line))
}

// previous returns the start of the character before an offset, but never 0.
func previous(line string, at int) int {
	for i := at - 1; i > 0; i-- {
		if line[i]&0xC0 != 0x80 {
			return i
		}
	}
	return at
}

// filled pads a text with spaces to a width.
func filled(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-lipgloss.Width(s)))
}

// cut shortens a text to a width, with an ellipsis.
func cut(s string, width int) string {
	s = strings.ReplaceAll(s, "\n", " ")
	if lipgloss.Width(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	return lipgloss.NewStyle().MaxWidth(width-1).Render(s) + "…"
}

// beside joins two columns of lines.
func beside(left, right []string) []string {
	if len(left) == 0 {
		return right
	}
	wide := lipgloss.Width(strings.Join(left, "\n"))
	var lines []string
	for i := range max(len(left), len(right)) {
		a, b := "", ""
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			b = right[i]
		}
		lines = append(lines, strings.TrimRight(filled(a, wide)+strings.Repeat(" ", gap)+b, " "))
	}
	return lines
}

// keypad draws the keys of a phone and highlights the last one pressed.
func (m model) keypad() []string {
	last := ""
	if m.typed != "" {
		last = m.typed[len(m.typed)-1:]
	}
	if m.call.Secret {
		last = ""
	}
	lines := make([]string, 0, len(keyRows))
	for _, row := range keyRows {
		keys := make([]string, 0, len(row))
		for _, k := range row {
			key := "[ " + string(k) + " ]"
			if string(k) == last {
				key = press.Render(key)
			}
			keys = append(keys, key)
		}
		lines = append(lines, "    "+strings.Join(keys, "  "))
	}
	return append(lines, "")
}

var keyRows = []string{"123", "456", "789", "*0#"}
