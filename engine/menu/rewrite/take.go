package rewrite

import (
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Words are new words for one text of a translation.
type Words struct {
	Key, Words string
	// Of is the text that was translated. It differs from the menu's text if that has
	// changed since.
	Of string
	// Unreviewed says that somebody should still compare the words with the text.
	Unreviewed bool
}

// Take brings a translation up to date as Translate does, and puts new words into it.
// Words that the translation has already get their mark only. Everything else stays.
func Take(fsys fs.FS, name, dir, lang string, words []Words) (Translated, error) {
	file, found := syntax.Read(fsys, name, dir)
	out, err := Translate(file, found, lang, false)
	if err != nil || len(words) == 0 {
		return out, err
	}
	changed := fstest.MapFS{out.Name: &fstest.MapFile{Data: out.Bytes}}
	with := Overlay(fsys, changed)
	file, found = syntax.Read(with, name, dir)
	if _, err := Translate(file, found, lang, false); err != nil {
		return out, err
	}
	bytes, err := taken(file, lang, words)
	if err != nil {
		return out, err
	}
	changed[out.Name] = &fstest.MapFile{Data: bytes}
	file, found = syntax.Read(with, name, dir)
	last, err := Translate(file, found, lang, false)
	last.Old, last.Added = out.Old, out.Added
	return last, err
}

// taken returns a translation's file with new words.
func taken(file *syntax.File, lang string, words []Words) ([]byte, error) {
	t, source := translationIn(file, lang)
	byKey := map[string]Words{}
	for _, w := range words {
		byKey[w.Key] = w
	}
	src, _ := syntax.Scan(source.Path, source.Bytes)
	var lines []string
	at := 0 // rows written so far
	for _, e := range t.Entries {
		w, ok := byKey[e.Key.Value]
		if !ok {
			continue
		}
		row, end := e.Key.Pos.Line-1, max(src.EndOfText(e.Key.Pos.Line), e.Text.Pos.Line)
		lines = append(lines, src.Lines[at:row]...)
		text, err := w.lines(src, e, src.Lines[row:end])
		if err != nil {
			return nil, err
		}
		lines = append(lines, text...)
		at = end
	}
	return []byte(strings.Join(append(lines, src.Lines[at:]...), "\n")), nil
}

// lines returns the lines of one text with its new words and its mark. A comment of a
// translator behind the old words stays.
func (w Words) lines(src *syntax.Document, e syntax.Entry, old []string) ([]string, error) {
	mark := syntax.SourceHash(w.Of)
	if w.Unreviewed {
		mark += " unreviewed"
	}
	lines := append([]string(nil), old...)
	lines[0] = marked(src, e, mark)
	if w.Words == e.Text.Value {
		return lines, nil
	}
	name := e.Key.Value
	if !plainText(name) {
		name = syntax.InQuotes(name)
	}
	written, err := format(e.Text.Pos.File, []byte(name+": "+syntax.InQuotes(w.Words)+"\n"), true)
	if err != nil {
		return nil, err
	}
	lines = strings.Split(strings.TrimSuffix(string(written), "\n"), "\n")
	remark := marked(src, e, mark)
	lines[0] += "  " + remark[strings.LastIndex(remark, "# of "+mark):]
	return lines, nil
}
