package handset

import (
	"strings"

	"charm.land/lipgloss/v2"
)

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
