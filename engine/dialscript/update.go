package dialscript

import (
	"maps"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Update replaces the "|" lines of a script by the screens that were shown, and
// nothing else. Lines and placeholders that still match stay. Steps without "|"
// lines, and steps after the call stopped, stay too. source is what f was read
// from, and results belong to its calls.
func Update(source []byte, f *File, results []Result) []byte {
	edits := map[int][]string{} // by the line, from 1, of a step's first "|" line
	drop := map[int]bool{}
	for _, r := range results {
		if r.Lang != "" {
			continue
		}
		k := Captures{}
		for i, screen := range r.Screens {
			if screen == nil || i >= len(r.Call.Steps) || r.Call.Pos.File != f.Path {
				continue
			}
			if s := &r.Call.Steps[i]; len(s.Shown) > 0 {
				s.rewrite(Lines(screen.Text), k, edits, drop)
			}
		}
	}
	if len(edits) == 0 {
		return source
	}
	return apply(source, edits, drop)
}

// rewrite decides what happens to the lines of one step.
func (s *Step) rewrite(shown []string, k Captures, edits map[int][]string, drop map[int]bool) {
	if MatchScreen(s.Shown, shown, k) < 0 {
		return
	}
	var text []string
	for _, line := range renewed(s.Shown, shown, k) {
		text = append(text, line.String())
	}
	edits[s.Shown[0].Pos.Line] = text
	for _, line := range s.Shown {
		drop[line.Pos.Line] = true
	}
}

// apply replaces the old lines by the new ones, with the indentation and line
// ends of the first.
func apply(source []byte, edits map[int][]string, drop map[int]bool) []byte {
	var b strings.Builder
	for n, raw := range strings.SplitAfter(string(source), "\n") {
		text, edited := edits[n+1]
		switch {
		case edited:
			body := strings.TrimRight(raw, "\r\n")
			indent := body[:len(body)-len(strings.TrimLeft(body, " \t"))]
			end := raw[len(body):]
			if end == "" && len(text) > 1 {
				b.WriteString(indent + strings.Join(text, "\n"+indent))
				continue
			}
			for _, line := range text {
				b.WriteString(indent + line + end)
			}
		case !drop[n+1]:
			b.WriteString(raw)
		}
	}
	return []byte(b.String())
}

// renewed returns the lines of a step for a screen that was not expected. It
// uses an old line wherever one still matches, in order. "..." stays if it omits
// at least one line.
func renewed(old []ScreenLine, shown []string, k Captures) []ScreenLine {
	rest := len(old) > 0 && old[len(old)-1].Rest
	if rest {
		old = old[:len(old)-1]
		if len(shown) > len(old) && len(old) > 0 {
			shown = shown[:len(old)]
		} else {
			rest = false
		}
	}
	paired := pair(old, shown, k)
	var out []ScreenLine
	for i, line := range shown {
		switch j := paired[i]; {
		case j >= 0 && old[j].Matches(line, k):
			out = append(out, old[j])
		case j >= 0:
			out = append(out, keepPlaceholders(old[j], line, k))
		default:
			out = append(out, LiteralLine(line))
		}
	}
	if rest {
		out = append(out, ScreenLine{Rest: true})
	}
	return out
}

// pair returns, for each shown line, the old line that it continues, or -1. It
// pairs as many matching lines as possible, in order (the longest common
// subsequence), and between them lines at the same distance.
func pair(old []ScreenLine, shown []string, k Captures) []int {
	best := make([][]int, len(shown)+1)
	for i := range best {
		best[i] = make([]int, len(old)+1)
	}
	same := func(i, j int) bool { return old[j].Matches(shown[i], maps.Clone(k)) }
	for i := len(shown) - 1; i >= 0; i-- {
		for j := len(old) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if same(i, j) {
				best[i][j] = max(best[i][j], 1+best[i+1][j+1])
			}
		}
	}
	paired := make([]int, len(shown))
	j := 0
	for i := range shown {
		paired[i] = -1
		for j < len(old) && best[i][j] == best[i][j+1] && best[i][j] > best[i+1][j] {
			j++
		}
		switch {
		case j < len(old) && same(i, j) && best[i][j] == 1+best[i+1][j+1]:
			paired[i] = j
			j++
		case j < len(old) && best[i][j] == best[i+1][j+1]:
			paired[i] = j // both changed here
			j++
		}
	}
	return paired
}

// near is the number of characters on each side of a placeholder that must still
// match to keep it in a line whose other words have changed.
const near = 4

// keepPlaceholders returns a changed line with the placeholders of the old line whose
// surrounding text is still in it.
func keepPlaceholders(old ScreenLine, line string, k Captures) ScreenLine {
	if old.Regexp != "" {
		return LiteralLine(line)
	}
	var words Text
	rest := strings.TrimRight(line, " \t")
	for i, part := range old.Text {
		if part.Placeholder == "" && part.Name == "" {
			continue
		}
		left, right := old.Text.beside(i)
		source, _ := Text{part}.pattern(k)
		re, err := regexp.Compile(regexp.QuoteMeta(left) + "(" + source + ")" + right)
		if err != nil {
			continue
		}
		at := re.FindStringSubmatchIndex(rest)
		if at == nil {
			continue
		}
		if part.Placeholder != "" && part.Name != "" {
			k[part.Name] = rest[at[2]:at[3]]
		}
		words = append(words, PlainText(rest[:at[2]])...)
		words = append(words, part)
		rest = rest[at[3]:]
	}
	if words == nil {
		return LiteralLine(line)
	}
	return ScreenLine{Text: append(words, PlainText(rest)...)}
}

// beside returns the text next to a placeholder: what must be before it, and the
// pattern of what must follow.
func (w Text) beside(i int) (left, right string) {
	if i > 0 {
		left = w[i-1].Lit
		for utf8.RuneCountInString(left) > near {
			_, size := utf8.DecodeRuneInString(left)
			left = left[size:]
		}
	}
	if i == len(w)-1 {
		return left, "$"
	}
	if next := []rune(w[i+1].Lit); len(next) > 0 {
		right = regexp.QuoteMeta(string(next[:min(near, len(next))]))
	}
	return left, right
}
