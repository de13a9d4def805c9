// Package spelling finds what was meant by a name that is not there.
package spelling

import "strings"

// Suggest is the candidate that was most likely meant by name, for "did you
// mean": the same but for case and separators, a few letters off, or the only
// one that begins so.
func Suggest(name string, candidates []string) (string, bool) {
	const longest = 40 // nobody mistypes more than that, and the cost grows with the square
	if name == "" || len(name) > longest {
		return "", false
	}
	plain := Plain(name)
	best, least := "", 1+len(plain)/3
	if len(plain) == 1 {
		least = 0
	}
	starts, only := "", 0
	for _, c := range candidates {
		if c == name || len(c) > longest {
			continue
		}
		other := Plain(c)
		if d := Distance(plain, other, least); d < least || d == least && best == "" {
			best, least = c, d
		}
		if len(plain) > 1 && strings.HasPrefix(other, plain) {
			starts, only = c, only+1
		}
	}
	if best == "" && only == 1 {
		best = starts
	}
	return best, best != ""
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

// DidYouMean is the hint for a name, "" when nothing is near.
func DidYouMean(name string, candidates []string) string {
	if s, ok := Suggest(name, candidates); ok {
		return `Did you mean "` + s + `"?`
	}
	return ""
}
