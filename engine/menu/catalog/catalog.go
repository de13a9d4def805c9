// Package catalog writes the texts of a menu into the files that translators work
// with, and reads them back: PO files, which translation programs edit, and CSV
// files, which spreadsheets edit. A text has its context, a note, its length and its
// limit beside it.
package catalog

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// MaxFileBytes bounds a file that comes back: a menu has at most 256 KB, and a
// translator's file repeats each text with its notes.
const MaxFileBytes = 4 << 20

// A State says what a translation still needs.
type State string

// The states of a translation.
const (
	// Done says that the words translate the text as it is.
	Done State = ""
	// Missing says that there are no words yet.
	Missing State = "missing"
	// Stale says that the text has changed since it was translated.
	Stale State = "stale"
	// Unreviewed says that nobody has compared the words with the text.
	Unreviewed State = "unreviewed"
)

// A Catalog holds all texts of a menu and their words in one language.
type Catalog struct {
	// Menu is the name of the menu's file, and Service the name that callers know.
	Menu, Service string
	Lang          syntax.Language
	Entries       []Entry
}

// An Entry is one text of a menu.
type Entry struct {
	// Key names the text, e.g. "main.1".
	Key string
	// Text is the text in the first language, and Words is its translation.
	Text, Words string
	State       State
	// Context says where callers read the text. Note is what the menu's author says
	// about it, in comments; "" without any.
	Context, Note string
	// Place is where the text stands in the menu.
	Place engine.Pos
	check.TextSpace
}

// Of returns the catalog of a menu in one of its languages. contracts are the actions
// that the service offers. The language must be one of the menu's.
func Of(f *syntax.File, lang string, contracts []engine.Contract) *Catalog {
	c := &Catalog{Menu: path.Base(f.Sources[0].Path), Service: f.Service.Value}
	index := 0
	for i, l := range f.Languages {
		if l.Code.Value == lang {
			c.Lang, index = l, i
		}
	}
	written := map[string]syntax.Entry{}
	for _, t := range f.Translations {
		for _, e := range t.Entries {
			if t.Lang == lang {
				written[e.Key.Value] = e
			}
		}
	}
	spaces := check.TextSpaces(f, contracts, index)
	notes := newNotes(f)
	seen := map[string]bool{}
	for _, m := range syntax.ListMessages(f) {
		if seen[m.Key] || strings.TrimSpace(m.Text.Value) == "" {
			continue
		}
		seen[m.Key] = true
		e, own := written[m.Key]
		if byWords, ok := written[m.Text.Value]; ok && !own {
			e = byWords
			e.Of = syntax.SourceHash(m.Text.Value) // its key is the text
		}
		c.Entries = append(c.Entries, Entry{
			Key: m.Key, Text: m.Text.Value, Words: e.Text.Value, State: stateOf(e, m.Text.Value),
			Context: contextOf(m), Note: notes.above(m.Text.Pos), Place: m.Text.Pos, TextSpace: spaces[m.Key],
		})
	}
	return c
}

func stateOf(e syntax.Entry, text string) State {
	switch {
	case strings.TrimSpace(e.Text.Value) == "":
		return Missing
	case e.Of != "" && e.Of != syntax.SourceHash(text):
		return Stale
	case e.Of == "" || e.Unreviewed:
		return Unreviewed
	}
	return Done
}

// notes finds the comments that a menu's author wrote at its texts.
type notes map[string]*syntax.Document

func newNotes(f *syntax.File) notes {
	n := notes{}
	for _, s := range f.Sources {
		n[s.Path], _ = syntax.Scan(s.Path, s.Bytes)
	}
	return n
}

// above returns the comments right above a text and behind it, as one line. It leaves
// out suppressions, which are for the checker.
func (n notes) above(at engine.Pos) string {
	doc := n[at.File]
	if doc == nil {
		return ""
	}
	line := at.Line
	if _, inside := doc.Comments[line]; !inside && doc.Offset(line, at.Column) == indentOf(doc.Line(line)) {
		line-- // a text of several lines begins below its key
	}
	first := line
	for first > 1 && doc.Comments[first-1].Whole {
		first--
	}
	var words []string
	for i := first; i <= line; i++ {
		c := strings.TrimSpace(strings.TrimLeft(doc.Comments[i].Text, "#"))
		if c != "" && !strings.HasPrefix(c, "allow ") {
			words = append(words, c)
		}
	}
	return strings.Join(words, " ")
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// A Read is what a translator's file contains.
type Read struct {
	// Lang is the language that the file names; "" if it names none.
	Lang    string
	Entries []Translation
}

// A Translation is one text that came back, with the places of its parts.
type Translation struct {
	Key, Text, Words Words
	// State is what the file says of the words: Unreviewed where a PO file calls them
	// fuzzy.
	State State
}

// Words is a text of a translator's file. It knows where each of its characters stands.
type Words struct {
	Value string
	Pos   engine.Pos
	// starts has the places where the source and the value part, for texts of several
	// lines and texts with escapes.
	starts []start
}

// start says that the byte at off of a value stands at a line and a column.
type start struct{ off, line, column int }

// At returns where the byte at an offset of the value stands in the file.
func (w Words) At(offset int) engine.Pos {
	offset = max(0, min(offset, len(w.Value)))
	pos, from := w.Pos, 0
	for _, s := range w.starts {
		if s.off > offset {
			break
		}
		pos.Line, pos.Column, from = s.line, s.column, s.off
	}
	pos.Column += utf8.RuneCountInString(w.Value[from:offset])
	return pos
}

// wrong returns a diagnostic about a translator's file.
func wrong(code string, severity diag.Severity, at engine.Pos, length int, message, help string) diag.Diagnostic {
	return diag.Diagnostic{Code: code, Severity: severity, Pos: at, Length: max(1, length), Message: message, Help: help}
}
