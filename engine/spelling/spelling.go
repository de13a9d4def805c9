// Package spelling suggests which name was meant by an unknown one.
package spelling

import (
	"slices"
	"strings"
)

// Suggest returns the candidate that was most likely meant by name: one that differs
// only in case, separators or a few letters, or the only one that begins with it. Of
// several equally near ones it returns the first.
func Suggest(name string, candidates []string) (string, bool) {
	near := Nearest(name, candidates)
	if len(near) == 0 {
		return "", false
	}
	return near[0], true
}

// Nearest returns the candidates nearest to a name, each once, in the order given.
func Nearest(name string, candidates []string) []string {
	const longest = 40 // no name is longer, and the cost grows with the square
	if name == "" || len(name) > longest {
		return nil
	}
	plain := Plain(name)
	least := 1 + len(plain)/3
	if len(plain) == 1 {
		least = 0
	}
	var best, starts []string
	for _, c := range candidates {
		if c == name || len(c) > longest {
			continue
		}
		other := Plain(c)
		d := Distance(plain, other, least)
		if d < least {
			best, least = nil, d
		}
		if d == least && !slices.Contains(best, c) {
			best = append(best, c)
		}
		if len(plain) > 1 && strings.HasPrefix(other, plain) {
			starts = append(starts, c)
		}
	}
	if len(best) == 0 && len(starts) == 1 {
		return starts
	}
	if begin := beginAlike(plain, best); len(begin) == 1 {
		return begin
	}
	return best
}

// beginAlike returns the names that begin with plain or with which plain begins:
// "goto" is closer to "go" than to "note".
func beginAlike(plain string, names []string) []string {
	var alike []string
	for _, name := range names {
		if other := Plain(name); strings.HasPrefix(plain, other) || strings.HasPrefix(other, plain) {
			alike = append(alike, name)
		}
	}
	return alike
}

// Plain returns a name in lower case and without separators, which are often
// mistyped.
func Plain(s string) string { return separators.Replace(strings.ToLower(s)) }

// separators removes what stands between the words of a name.
var separators = strings.NewReplacer("_", "", "-", "", " ", "")

// Distance counts the letters to add, drop, change or swap between a and b. A result
// above limit means "too many".
func Distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// DidYouMean returns the help for a name, "" when no candidate is near.
func DidYouMean(name string, candidates []string) string { return Ask(Nearest(name, candidates)) }

// Ask returns a question whether the nearest name was meant, or one of the first two
// if several are equally near. It returns "" for none.
func Ask(near []string) string {
	switch len(near) {
	case 0:
		return ""
	case 1:
		return `Did you mean "` + near[0] + `"?`
	default:
		return `Did you mean "` + near[0] + `" or "` + near[1] + `"?`
	}
}
