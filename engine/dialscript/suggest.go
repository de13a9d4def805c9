package dialscript

import (
	"errors"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine/spelling"
)

// errMistyped marks a text that matches a direction by mistake.
var errMistyped = errors.New("mistyped")

// suggest returns the direction that was most likely meant, with the user's own
// words instead of those in capitals, or "" if none is near.
func suggest(text string) string {
	words := strings.Fields(text)
	const longest = 12 // words; no direction but an SMS has as many
	if len(words) > longest {
		words = words[:longest]
	}
	best, least := "", 1000
	for _, s := range directions {
		for _, form := range []string{s.form, s.form + s.more} {
			cost, filled := align(words, strings.Fields(form))
			meant := strings.Join(filled, " ")
			if cost < least && cost*2 <= fixedLetters(form) && meant != text {
				best, least = meant, cost
			}
		}
	}
	return best
}

// fixedLetters counts the letters of the fixed words of a form.
func fixedLetters(form string) int {
	n := 0
	for _, f := range strings.Fields(form) {
		if !isPlaceholder(f) {
			n += len(f)
		}
	}
	return n
}

// isPlaceholder reports whether a word of a form stands for the user's own.
func isPlaceholder(word string) bool {
	word = strings.Trim(word, ":=")
	name, value, pair := strings.Cut(word, "=")
	if pair {
		return isPlaceholder(name) && isPlaceholder(value)
	}
	switch word {
	case "NAME", "LANG", "ACTION", "OUTCOME", "VALUE", "NUMBER", "TEXT":
		return true
	}
	return strings.ContainsFunc(word, unicode.IsDigit) // an example: 12s, 2026-03-01
}

// align compares words with a form, word by word. It returns the number of
// letters to change, and the form with the user's words in its places. It is the
// edit distance of two lists, with free placeholders.
func align(words, form []string) (cost int, filled []string) {
	// row[j] is the best alignment of the words so far with form[:j].
	type alignment struct {
		cost   int
		filled []string
	}
	row := make([]alignment, len(form)+1)
	for j, f := range form {
		row[j+1] = alignment{row[j].cost + weightOf(f), with(row[j].filled, f)}
	}
	for _, w := range words {
		next := make([]alignment, len(form)+1)
		next[0] = alignment{row[0].cost + len(w), nil}
		for j, f := range form {
			change, shown := pairCost(w, f)
			next[j+1] = alignment{row[j].cost + change, with(row[j].filled, shown)}
			drop := alignment{row[j+1].cost + len(w), row[j+1].filled}
			if f == "TEXT" { // as many words as it likes
				drop = alignment{row[j+1].cost, with(row[j+1].filled, w)}
			}
			if drop.cost < next[j+1].cost {
				next[j+1] = drop
			}
			if add := next[j].cost + weightOf(f); add < next[j+1].cost {
				next[j+1] = alignment{add, with(next[j].filled, f)}
			}
		}
		row = next
	}
	last := row[len(form)]
	return last.cost, last.filled
}

func with(list []string, s string) []string { return append(list[:len(list):len(list)], s) }

// weightOf returns the cost of omitting a word of a form.
func weightOf(f string) int {
	if isPlaceholder(f) {
		return 1
	}
	return len(f)
}

// pairCost returns the cost of taking a word for a word of a form, and the word
// that results.
func pairCost(word, f string) (int, string) {
	if !isPlaceholder(f) {
		return spelling.Distance(strings.ToLower(word), strings.ToLower(f), len(f)), f
	}
	// A number may replace a number, and a word a word.
	if strings.ContainsFunc(f, unicode.IsDigit) && !strings.ContainsFunc(word, unicode.IsDigit) {
		return len(word), f
	}
	return 0, word
}
