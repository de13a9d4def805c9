package catalog

import (
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/spelling"
)

// Taken says what a translator's file makes of a menu's translation.
type Taken struct {
	// Translated is the translation with the words of the file.
	rewrite.Translated
	// Keys names the texts whose words or marks change.
	Keys []string
	// Found has what is wrong with the words that came back, at their places in the
	// translator's file. A translation with an error in Found must not be written.
	Found diag.List
}

// A Menu says where a menu is, and which actions it may use.
type Menu struct {
	FS        fs.FS
	Name, Dir string
	Contracts []engine.Contract
}

// Take puts the words of a translator's file into a translation. Words that come back
// as they are there change nothing. Everything that check finds in the new words is
// reported at the lines of the translator's file. Take writes no files. The error names
// a language that the menu lacks, or a menu that can't be read.
func Take(m Menu, lang string, read Read) (Taken, error) {
	updated, err := rewrite.Take(m.FS, m.Name, m.Dir, lang, nil)
	if err != nil {
		return Taken{}, err
	}
	// What a translation lacks anyway is not the fault of the file.
	file, before := check.Diagnose(m.with(updated), m.Name, m.Dir, m.Contracts)
	t := &taking{lang: lang, file: file, messages: map[string]syntax.Message{}, entries: map[string]syntax.Entry{}}
	t.index()
	t.language(read)
	for _, one := range read.Entries {
		t.take(one)
	}
	var out Taken
	if out.Translated, err = rewrite.Take(m.FS, m.Name, m.Dir, lang, t.words); err != nil {
		return Taken{}, fmt.Errorf("the words of the translator's file can't be written: %w", err)
	}
	for _, w := range t.words {
		out.Keys = append(out.Keys, w.Key)
	}
	after, now := check.Diagnose(m.with(out.Translated), m.Name, m.Dir, m.Contracts)
	out.Found = append(t.found, t.added(read, after, before, now)...)
	out.Found.Sort()
	return out, nil
}

// with returns the menu's folder with another translation in it.
func (m Menu) with(t rewrite.Translated) fs.FS {
	return rewrite.Overlay(m.FS, fstest.MapFS{t.Name: &fstest.MapFile{Data: t.Bytes}})
}

// taking compares a translator's file with a menu.
type taking struct {
	lang     string
	file     *syntax.File
	messages map[string]syntax.Message
	entries  map[string]syntax.Entry
	keys     []string
	words    []rewrite.Words
	// older names the texts that changed after the file was written.
	older map[string]bool
	found diag.List
}

// index collects the menu's texts and the words that they have.
func (t *taking) index() {
	t.older = map[string]bool{}
	for _, m := range syntax.ListMessages(t.file) {
		if _, twice := t.messages[m.Key]; !twice {
			t.messages[m.Key] = m
			t.keys = append(t.keys, m.Key)
		}
	}
	for _, e := range entriesOf(t.file, t.lang) {
		t.entries[e.Key.Value] = e
	}
}

func entriesOf(f *syntax.File, lang string) []syntax.Entry {
	for _, t := range f.Translations {
		if t.Lang == lang {
			return t.Entries
		}
	}
	return nil
}

// language reports a file in another language. Its name may have a country, as "sw_KE".
func (t *taking) language(read Read) {
	base := strings.FieldsFunc(read.Lang, func(r rune) bool { return strings.ContainsRune("_-@.", r) })
	if len(base) == 0 || read.Lang == t.lang || strings.EqualFold(base[0], t.lang) || len(read.Entries) == 0 {
		return
	}
	at := read.Entries[0].Key.Pos
	at.Line, at.Column = 1, 1
	t.found = append(t.found, wrong(codeFile, diag.Error, at, 1, fmt.Sprintf("The file is in the language %q, and not in %q.", read.Lang, t.lang), `Name the right file, or correct its line "Language".`))
}

// take compares one text with the menu, and keeps its words if they are new.
func (t *taking) take(one Translation) {
	m, known := t.messages[one.Key.Value]
	if !known {
		help := "Delete it, or give it the key that the text has in the menu."
		if near, ok := spelling.Suggest(one.Key.Value, t.keys); ok {
			help = fmt.Sprintf("Did you mean %q?", near)
		}
		t.found = append(t.found, wrong(codeKey, diag.Error, one.Key.Pos, utf8.RuneCountInString(one.Key.Value), fmt.Sprintf("The menu has no text %s.", syntax.Quote(one.Key.Value)), help))
		return
	}
	e := t.entries[one.Key.Value]
	words := one.Words.Value
	if words != e.Text.Value {
		words = strings.Trim(words, " \t\r\n") // programs add line breaks at the ends
	}
	if strings.TrimSpace(words) == "" {
		return
	}
	same := words == e.Text.Value
	if same && (one.State != Done || stateOf(e, m.Text.Value) == Done) {
		return // nothing has been said about these words
	}
	if !sameText(one.Text.Value, m.Text.Value) {
		t.changed(one, m)
		if same {
			return
		}
	} else {
		one.Text.Value = m.Text.Value // without what a program made of its line ends
	}
	t.words = append(t.words, rewrite.Words{Key: one.Key.Value, Words: words, Of: one.Text.Value, Unreviewed: one.State == Unreviewed})
}

// sameText compares texts without the spaces at the ends of lines.
func sameText(a, b string) bool { return lineEnds(a) == lineEnds(b) }

func lineEnds(s string) string {
	lines := strings.Split(strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}

// changed reports a translation of a text that the menu has no longer.
func (t *taking) changed(one Translation, m syntax.Message) {
	t.older[one.Key.Value] = true
	first, _, _ := strings.Cut(one.Text.Value, "\n")
	d := wrong(codeText, diag.Warning, one.Text.Pos, utf8.RuneCountInString(first), fmt.Sprintf("The menu has another text for %s than this file.", syntax.Quote(one.Key.Value)), "The words are taken and marked as stale; translate the text as it is now.")
	d.Related = []diag.Related{diag.At(m.Text.Pos, "The text is: "+syntax.Short(m.Text.Value))}
	t.found = append(t.found, d)
}

// added returns what is wrong with a menu now and was not before, at the places of the
// translator's file.
func (t *taking) added(read Read, file *syntax.File, before, now diag.List) diag.List {
	known := map[string]int{}
	for _, d := range before {
		known[d.Code+d.Message]++
	}
	p := &places{entries: entriesOf(file, t.lang), read: map[string]Translation{}}
	for _, one := range read.Entries {
		p.read[one.Key.Value] = one
	}
	var out diag.List
	for _, d := range now {
		if known[d.Code+d.Message]--; known[d.Code+d.Message] >= 0 || d.Suppressed {
			continue
		}
		if key := p.keyAt(d.Pos); d.Code == "U311" && t.older[key] {
			continue // that has been said
		}
		d.Pos, d.Edits = p.of(d.Pos), nil
		for i, r := range d.Related {
			d.Related[i].Pos = p.of(r.Pos)
		}
		out = append(out, d)
	}
	return out
}

// places finds the places of a translator's file that stand for those of a translation.
type places struct {
	entries []syntax.Entry
	read    map[string]Translation
}

// entryAt returns the entry of a translation that has a position, nil for others.
func (p *places) entryAt(at engine.Pos) *syntax.Entry {
	for i := len(p.entries) - 1; i >= 0; i-- {
		if e := &p.entries[i]; e.Key.Pos.File == at.File && e.Key.Pos.Line <= at.Line {
			return e
		}
	}
	return nil
}

func (p *places) keyAt(at engine.Pos) string {
	if e := p.entryAt(at); e != nil {
		return e.Key.Value
	}
	return ""
}

// of returns the place in the translator's file, or the same place where the file has
// none for it.
func (p *places) of(at engine.Pos) engine.Pos {
	e := p.entryAt(at)
	if e == nil {
		return at
	}
	one, ok := p.read[e.Key.Value]
	if !ok {
		return at
	}
	for off := range e.Text.Value {
		if e.Text.At(off) == at {
			return one.Words.At(off)
		}
	}
	return one.Words.Pos
}
