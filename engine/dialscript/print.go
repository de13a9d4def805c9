package dialscript

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Text writes results for people: every call that failed, with the two phones,
// what could not be checked, and a last line that counts.
func Text(w io.Writer, rep Report) error {
	var b strings.Builder
	for i := range rep.Results {
		r := &rep.Results[i]
		switch r.Status {
		case Failed:
			b.WriteString(rep.failedText(r))
		case NotChecked:
			fmt.Fprintf(&b, "%s: not checked: %s\n   %s\n\n", r.Call.Pos, visible(r.Title()), visible(r.Why))
		}
		for _, u := range r.Unchecked {
			fmt.Fprintf(&b, "%s: not checked: %s: %s\n", u.Pos, visible(u.Text), visible(u.Why))
		}
	}
	b.WriteString(Summary(rep.Results) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// failedText is a failed call: each problem, and how to see them again.
func (rep *Report) failedText(r *Result) string {
	var b strings.Builder
	for i, p := range r.Problems {
		seen := i > 0 && slices.Equal(r.Problems[i-1].Keys, p.Keys) && r.Problems[i-1].Screen == p.Screen
		if i > 0 && !seen {
			b.WriteByte('\n')
		}
		b.WriteString(rep.problemText(r, p, seen))
	}
	if again := rep.again(r); again != "" {
		b.WriteString("   again: " + again + "\n")
	}
	b.WriteByte('\n')
	return b.String()
}

// problemText is one problem: where, what, what led there, the menu's lines and
// the phones. seen says that the one above it was on the same screen.
func (rep *Report) problemText(r *Result, p Problem, seen bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: failed: %s\n", p.Pos, visible(r.Title()))
	fmt.Fprintf(&b, "   %s\n", visible(p.Message))
	if !seen {
		if keys := keysText(p.Keys); keys != "" {
			fmt.Fprintf(&b, "   keys so far: %s\n", keys)
		}
		if at := placeText(p.Screen); at != "" {
			fmt.Fprintf(&b, "   %s\n", at)
		}
		for _, line := range rep.excerpt(p.Screen.Pos) {
			b.WriteString("   " + line + "\n")
		}
	}
	if p.Shown == nil {
		return b.String()
	}
	b.WriteByte('\n')
	drawn := phones(p.Expected, p.Shown, p.Line)
	if p.Expected == nil {
		drawn = onePhone(p.Shown)
	}
	for _, row := range drawn {
		b.WriteString("   " + row + "\n")
	}
	return b.String()
}

// onePhone draws a screen that nothing stands against.
func onePhone(shown []string) []string {
	g := fold(shown, -1)
	width := g.width()
	out := []string{edge("┌", width, "┐")}
	for i := range g {
		out = append(out, g.row(i, width))
	}
	return append(out, edge("└", width, "┘"))
}

// keysText are the keys typed, an empty answer as "".
func keysText(keys []string) string {
	parts := make([]string, len(keys))
	for i, key := range keys {
		parts[i] = visible(key)
		if key == "" || strings.Contains(key, " ") {
			parts[i] = fmt.Sprintf("%q", key)
		}
	}
	return strings.Join(parts, "  ")
}

// placeText is where in the menu a screen stands, as far as it is known.
func placeText(s Screen) string {
	if s.Name == "" {
		return ""
	}
	text := "menu: " + s.Name
	if s.Pos.Line > 0 {
		text += " (" + s.Pos.String() + ")"
	}
	if s.Program != "" {
		text += ", version " + s.Program
	}
	return text
}

// Summary counts results in a line: "12 calls: 11 passed, 1 failed".
func Summary(results []Result) string {
	var n [4]int
	lines := 0
	for _, r := range results {
		n[r.Status]++
		lines += len(r.Unchecked)
	}
	s := fmt.Sprintf("%s: %d passed", counted(len(results), "call"), n[Passed])
	if n[Failed] > 0 {
		s += fmt.Sprintf(", %d failed", n[Failed])
	}
	if n[NotChecked] > 0 {
		s += fmt.Sprintf(", %d not checked", n[NotChecked])
	}
	if lines > 0 {
		s += "; " + counted(lines, "line") + " not checked"
	}
	return s
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
