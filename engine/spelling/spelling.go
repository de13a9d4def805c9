// Package spelling finds what was meant by a name that is not there.
package spelling

import (
	"slices"
	"strings"
)

// Suggest is the candidate that was most likely meant by name: the same but for
// case and separators, a few letters off, or the only one that begins so. Of
// several as near it is the first.
func Suggest(name string, candidates []string) (string, bool) {
	near := Nearest(name, candidates)
	if len(near) == 0 {
		return "", false
	}
	return near[0], true
}

// Nearest are the candidates that are as near to a name as any, each once, in
// the order given.
func Nearest(name string, candidates []string) []string {
	const longest = 40 // nobody mistypes more than that, and the cost grows with the square
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

// beginAlike are those of which one is the beginning of the other: "goto" is
// rather "go" than "note".
func beginAlike(plain string, names []string) []string {
	var alike []string
	for _, name := range names {
		if other := Plain(name); strings.HasPrefix(plain, other) || strings.HasPrefix(other, plain) {
			alike = append(alike, name)
		}
	}
	return alike
}

// Plain is a name without what is typed differently by accident.
func Plain(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}

// Distance counts the letters to add, drop, change or swap between a and b; a
// number above limit stands for "too many".
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

// Ask asks whether one of the nearest names was meant, or one of the first two
// where several are as near. It returns "" for none.
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
