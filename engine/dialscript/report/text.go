package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/terminal"
)

// Text writes results for people: every call that failed, with the two phones,
// then what could not be checked, and a last line with counts.
func Text(w io.Writer, rep Report) error {
	var b strings.Builder
	for i := range rep.Results {
		r := &rep.Results[i]
		switch r.Status {
		case dialscript.Failed:
			b.WriteString(rep.failedText(r))
		case dialscript.NotChecked:
			fmt.Fprintf(&b, "%s: not checked: %s\n   %s\n\n", r.Call.Pos, terminal.Visible(r.Title()), terminal.Visible(r.Why))
		}
		for _, u := range r.Unchecked {
			fmt.Fprintf(&b, "%s: not checked: %s: %s\n", u.Pos, terminal.Visible(u.Text), terminal.Visible(u.Why))
		}
	}
	b.WriteString(Summary(rep.Results) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// failedText writes a failed call: each problem, and how to see it again.
func (rep *Report) failedText(r *dialscript.Result) string {
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

// problemText writes one problem: where, what, the keys before it, the lines of
// the menu and the phones. seen says that the problem above it was on the same
// screen.
func (rep *Report) problemText(r *dialscript.Result, p dialscript.Problem, seen bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: failed: %s\n", p.Pos, terminal.Visible(r.Title()))
	fmt.Fprintf(&b, "   %s\n", terminal.Visible(p.Message))
	if !seen {
		if keys := Keys(p.Keys); keys != "" {
			fmt.Fprintf(&b, "   keys so far: %s\n", keys)
		}
		if at := Place(p.Screen); at != "" {
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
	drawn := terminal.Compare([2]string{"expected", "shown"}, p.Expected, p.Shown, p.Line)
	if p.Expected == nil {
		drawn = terminal.Frame(p.Shown, terminal.Narrowest)
	}
	for _, row := range drawn {
		b.WriteString("   " + row + "\n")
	}
	return b.String()
}

// Keys returns the typed keys, with an empty answer as "".
func Keys(keys []string) string {
	parts := make([]string, len(keys))
	for i, key := range keys {
		parts[i] = terminal.Visible(key)
		if key == "" || strings.Contains(key, " ") {
			parts[i] = fmt.Sprintf("%q", key)
		}
	}
	return strings.Join(parts, "  ")
}

// Place says where in the menu a screen is, as far as it is known.
func Place(s dialscript.Screen) string {
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
func Summary(results []dialscript.Result) string {
	var n [4]int
	lines := 0
	for _, r := range results {
		n[r.Status]++
		lines += len(r.Unchecked)
	}
	s := fmt.Sprintf("%s: %d passed", Count(len(results), "call"), n[dialscript.Passed])
	if n[dialscript.Failed] > 0 {
		s += fmt.Sprintf(", %d failed", n[dialscript.Failed])
	}
	if n[dialscript.NotChecked] > 0 {
		s += fmt.Sprintf(", %d not checked", n[dialscript.NotChecked])
	}
	if lines > 0 {
		s += "; " + Count(lines, "line") + " not checked"
	}
	return s
}

func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
