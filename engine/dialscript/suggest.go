package dialscript

import (
	"errors"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine/spelling"
)

// errMistyped marks a direction that is read as another than was meant.
var errMistyped = errors.New("mistyped")

// suggest is the direction that was most likely meant, with the person's own
// words in the places of those in capitals; "" when none is near.
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

// fixedLetters counts those of a form's own words.
func fixedLetters(form string) int {
	n := 0
	for _, f := range strings.Fields(form) {
		if !isPlaceholder(f) {
			n += len(f)
		}
	}
	return n
}

// placeholder reports a word of a form that stands for the person's own.
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

// align compares words with a form, word by word: the letters to change, and
// the form with the person's words where it leaves room. It is the distance of
// two lists, with free placeholders.
func align(words, form []string) (cost int, filled []string) {
	// row[j] is the best way to lay the words so far beside form[:j].
	type way struct {
		cost   int
		filled []string
	}
	row := make([]way, len(form)+1)
	for j, f := range form {
		row[j+1] = way{row[j].cost + weightOf(f), with(row[j].filled, f)}
	}
	for _, w := range words {
		next := make([]way, len(form)+1)
		next[0] = way{row[0].cost + len(w), nil}
		for j, f := range form {
			change, shown := pairCost(w, f)
			next[j+1] = way{row[j].cost + change, with(row[j].filled, shown)}
			drop := way{row[j+1].cost + len(w), row[j+1].filled}
			if f == "TEXT" { // as many words as it likes
				drop = way{row[j+1].cost, with(row[j+1].filled, w)}
			}
			if drop.cost < next[j+1].cost {
				next[j+1] = drop
			}
			if add := next[j].cost + weightOf(f); add < next[j+1].cost {
				next[j+1] = way{add, with(next[j].filled, f)}
			}
		}
		row = next
	}
	last := row[len(form)]
	return last.cost, last.filled
}

func with(list []string, s string) []string { return append(list[:len(list):len(list)], s) }

// weightOf is what it costs to leave a word of a form out.
func weightOf(f string) int {
	if isPlaceholder(f) {
		return 1
	}
	return len(f)
}

// pairCost is what it costs to take a word for a word of a form, and what then
// stands in its place.
func pairCost(word, f string) (int, string) {
	if !isPlaceholder(f) {
		return spelling.Distance(strings.ToLower(word), strings.ToLower(f), len(f)), f
	}
	// A number stands for a number, a word for a word.
	if strings.ContainsFunc(f, unicode.IsDigit) && !strings.ContainsFunc(word, unicode.IsDigit) {
		return len(word), f
	}
	return 0, word
}
