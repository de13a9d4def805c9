package coverage

import (
	"fmt"
	"io"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Text writes for people what of menus is covered: a table a menu, then each
// thing that is missing, with the menu's line and how a call comes there.
func Text(w io.Writer, menus []*Menu) error {
	var b strings.Builder
	for i, m := range menus {
		if i > 0 {
			b.WriteByte('\n')
		}
		m.text(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (m *Menu) text(b *strings.Builder) {
	total := m.Total()
	fmt.Fprintf(b, "%s: %d %% covered, %s\n", m.File(), total.Percent(), total)
	for _, line := range m.table() {
		b.WriteString("  " + line + "\n")
	}
	if missing := m.Missing(); len(missing) > 0 {
		b.WriteString("not covered:\n")
		for _, it := range missing {
			b.WriteString("  " + it.line() + "\n")
			if it.Lost {
				b.WriteString("      " + lost + "\n")
			}
			if it.Way == nil {
				continue
			}
			if scene := it.Way.scene(); scene != "" {
				b.WriteString("      " + scene + "\n")
			}
			b.WriteString("      " + it.Way.String() + "\n")
		}
	}
	if out := m.Unreachable(); len(out) > 0 {
		b.WriteString("can't be reached, and is not counted:\n")
		for _, it := range out {
			b.WriteString("  " + it.line() + "\n      " + it.Why + "\n")
		}
	}
}

// lost is said where the search was too large.
const lost = "the menu has so many states that the search for a way was ended; write this call by hand"

// String is "3 of 4".
func (s Share) String() string { return fmt.Sprintf("%d of %d", s.Covered, s.Of) }

// line is an item with its place.
func (it *Item) line() string { return it.Pos.String() + ": " + it.what() }

// what is an item in words.
func (it *Item) what() string { return strings.TrimSpace(one[it.Group] + " " + it.Name) }

// String is the keys, an empty answer as "".
func (w *Way) String() string {
	parts := make([]string, len(w.Keys))
	for i, k := range w.Keys {
		parts[i] = k
		if k == "" || strings.Contains(k, " ") && k[0] != '(' {
			parts[i] = fmt.Sprintf("%q", k)
		}
	}
	return strings.Join(parts, "  ")
}

// longestGiven is how much of a stage direction a report quotes: a list may have
// many rows.
const longestGiven = 90

// scene are the stage directions that set the scene, long ones cut.
func (w *Way) scene() string {
	parts := make([]string, len(w.Given))
	for i, g := range w.Given {
		parts[i] = g
		if r := []rune(g); len(r) > longestGiven {
			parts[i] = string(r[:longestGiven]) + "…)"
		}
	}
	return strings.Join(parts, " ")
}

// File is the menu's file as positions name it.
func (m *Menu) File() string {
	def := m.Program.Definition()
	for _, c := range def.Codes {
		if c.Pos.File != "" {
			return c.Pos.File
		}
	}
	for i := range def.Screens {
		if f := def.Screens[i].Pos.File; f != "" {
			return f
		}
	}
	return m.Program.Name()
}

// table has a row a group that the menu has anything of, and a column a language
// where there are several.
func (m *Menu) table() []string {
	langs := m.languages()
	rows := [][]string{}
	if len(langs) > 0 {
		head := []string{"", "any"}
		for _, l := range langs {
			head = append(head, l.Name)
		}
		rows = append(rows, head)
	}
	for _, g := range Groups {
		s := m.Share(g, "")
		if s.Of == 0 {
			continue
		}
		row := []string{string(g), s.String()}
		for _, l := range langs {
			row = append(row, m.Share(g, l.Code).String())
		}
		rows = append(rows, row)
	}
	return aligned(rows)
}

// languages are the menu's, none where there is one only.
func (m *Menu) languages() []engine.Language {
	if langs := m.Program.Definition().Languages; len(langs) > 1 {
		return langs
	}
	return nil
}

func aligned(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell + strings.Repeat(" ", widths[i]-len([]rune(cell))+2))
		}
		lines[n] = strings.TrimRight(b.String(), " ")
	}
	return lines
}
