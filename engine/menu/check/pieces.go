package check

import "github.com/paytrace/paytrace/engine/menu/syntax"

// block holds one part of a screen, of which one of several texts is shown.
type block struct {
	what  string // "the question"
	texts []piece
}

// piece is a text of a block.
type piece struct {
	key string // "" for none
	ext extent
}

func (r *ruler) piece(key string, lang int) piece {
	return piece{key, r.text(key, lang)}
}

// row returns a line that can be chosen by a key.
func (r *ruler) row(key, text string, lang int) piece {
	return piece{text, composed.Row(key, r.text(text, lang))}
}

// extent of a block: the longest of its texts.
func (b block) extent() extent {
	if len(b.texts) == 0 {
		return nothing
	}
	e := b.texts[0].ext
	for _, t := range b.texts[1:] {
		e = e.or(t.ext)
	}
	return e
}

// A wrong is one way in which a screen is shown after a wrong answer, by the keys of its
// texts: what stands above the question, and what stands in its place; "" for neither.
type wrong struct{ notice, again string }

// A label has the words of something that can be chosen.
type label struct {
	// key is what callers type for it, "" if it depends on the call.
	key string
	// text is the key of the words in translations; own has words that are not
	// translated.
	text string
	own  syntax.Text
	// cond is the condition under which it shows; nil means always.
	cond *syntax.Cond
}
