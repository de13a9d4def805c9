package coverage

import (
	"fmt"
	"io"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Text writes the coverage of menus for readers: a table for each menu, then each
// missing item with its line in the menu and the path to it.
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
			if it.Unsearched {
				b.WriteString("      " + unsearched + "\n")
			}
			if it.Path == nil {
				continue
			}
			if scene := it.Path.scene(); scene != "" {
				b.WriteString("      " + scene + "\n")
			}
			b.WriteString("      " + it.Path.String() + "\n")
		}
	}
	if out := m.Unreachable(); len(out) > 0 {
		b.WriteString("can't be reached, and not counted:\n")
		for _, it := range out {
			b.WriteString("  " + it.line() + "\n      " + it.Why + "\n")
		}
	}
}

// unsearched explains an item that the search did not reach.
const unsearched = "the search for a path stopped at its limit, because the menu has very many states. Write this call by hand"

// String returns a text such as "3 of 4".
func (s Share) String() string { return fmt.Sprintf("%d of %d", s.Covered, s.Of) }

// line describes an item with its position.
func (it *Item) line() string { return it.Pos.String() + ": " + it.what() }

// what describes an item in words.
func (it *Item) what() string { return strings.TrimSpace(one[it.Group] + " " + it.Name) }

// String returns the keys, with an empty answer as "".
func (w *Path) String() string {
	parts := make([]string, len(w.Keys))
	for i, k := range w.Keys {
		parts[i] = k
		if k == "" || strings.Contains(k, " ") && k[0] != '(' {
			parts[i] = fmt.Sprintf("%q", k)
		}
	}
	return strings.Join(parts, "  ")
}

// longestGiven bounds how much of a stage direction a report quotes, because a list
// may have many rows.
const longestGiven = 90

// scene returns the stage directions before the call, with long ones cut.
func (w *Path) scene() string {
	parts := make([]string, len(w.Given))
	for i, g := range w.Given {
		parts[i] = g
		if r := []rune(g); len(r) > longestGiven {
			parts[i] = string(r[:longestGiven]) + "…)"
		}
	}
	return strings.Join(parts, " ")
}

// File returns the name of the menu's file.
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

// table returns a row for each group that has items, and a column for each language
// if there are several.
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

// languages returns the languages of the menu, or none if there is only one.
func (m *Menu) languages() []engine.Language {
	if langs := m.Program.Definition().Languages; len(langs) > 1 {
		return langs
	}
	return nil
}

// aligned pads the cells of each column to one width.
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
