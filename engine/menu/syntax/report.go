package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/spelling"
)

// A Report holds a new diagnostic. Its methods add the edits that fix it, and none if
// no single fix is certain.
type Report struct {
	d   *diag.Diagnostic
	doc *Document // the file it is in; nil if that file was not read
}

// Report returns a diagnostic of one of the menu's files, ready for a fix.
func (f *File) Report(d *diag.Diagnostic) Report { return Report{d, f.docs[d.Pos.File]} }

// Suggest names the possible corrections in the help. A single one also becomes the
// fix, which replaces only the wrong part of record.field.
func (r Report) Suggest(near []string) {
	if len(near) == 0 {
		return
	}
	r.d.Help = spelling.Ask(near)
	if len(near) > 1 {
		return
	}
	line, from, to := r.span()
	if dot := strings.LastIndexByte(line[from:to], '.'); dot >= 0 && !strings.Contains(near[0], ".") {
		from += dot + 1
	}
	r.edit(from, to, near[0])
}

// Replace replaces the characters of the diagnostic with text.
func (r Report) Replace(text string) {
	_, from, to := r.span()
	r.edit(from, to, text)
}

// Retype replaces the type of a variable.
func (r Report) Retype(f *File, v *Var, typ string) {
	doc := f.docs[v.Type.Pos.File]
	if doc == nil {
		return
	}
	line, _ := doc.rawLine(v.Type.Pos.Line)
	from := columnOffset(line, v.Type.Pos.Column)
	if strings.HasPrefix(line[from:], v.Type.Value) {
		r.d.Edits = []diag.TextEdit{doc.edit(v.Type.Pos.Line, from, from+len(v.Type.Value), typ)}
	}
}

// Unlist takes an entry out of a list. The last one goes with its key.
func (r Report) Unlist() {
	if r.doc == nil {
		return
	}
	if _, remark := r.doc.Comments[r.d.Pos.Line]; remark {
		return
	}
	line, from, to := r.span()
	before, after := strings.TrimRight(line[:from], " "), strings.TrimLeft(line[to:], " ")
	switch {
	case strings.HasSuffix(before, ","):
		r.edit(len(before)-1, to, "")
	case strings.HasPrefix(after, ","):
		rest := strings.TrimLeft(after[1:], " ")
		r.edit(from, len(line)-len(rest), "")
	case strings.HasSuffix(before, "["), strings.HasSuffix(before, ":"), strings.TrimSpace(before) == "-":
		r.d.Edits = []diag.TextEdit{r.doc.drop(r.d.Pos.Line)}
	}
}

// DropComment deletes the comment that the diagnostic is about.
func (r Report) DropComment() {
	if r.doc == nil {
		return
	}
	line, from, _ := r.span()
	before := strings.TrimRight(line[:from], " ")
	if before == "" {
		r.d.Edits = []diag.TextEdit{r.doc.drop(r.d.Pos.Line)}
		return
	}
	r.edit(len(before), len(line), "")
}

// PlainLetters replaces the signs of a text that GSM-7 lacks with plain ones. Letters
// stay: a language may need them.
func (r Report) PlainLetters() {
	if r.doc == nil {
		return
	}
	first := r.d.Pos.Line
	line, from, _ := r.span()
	for n := first; n <= max(first, r.doc.textEnd(first)); n++ {
		if n > first {
			line, _ = r.doc.rawLine(n)
			from = 0
		}
		if c, ok := r.doc.Comments[n]; ok {
			line = line[:columnOffset(line, c.Column)]
		}
		for i, sign := range line[from:] {
			plain, ok := gsm7.Replacement(sign)
			if gsm7.Septets(sign) == 0 && ok && !unicode.In(sign, unicode.L, unicode.M) {
				at := from + i
				r.d.Edits = append(r.d.Edits, r.doc.edit(n, at, at+utf8.RuneLen(sign), plain))
			}
		}
	}
}

// Quote puts quotes around the text at the diagnostic's position. If text is "", it
// quotes the text that was kept from YAML there, or the value of the line's key.
func (r Report) Quote(text string) {
	if r.doc == nil {
		return
	}
	line, from, _ := r.span()
	begin, end, ok := r.doc.around(r.d.Pos.Line, line, from, text)
	if ok {
		begin, end = uncut(line, begin, end)
		r.edit(begin, end, InQuotes(line[begin:end]))
	}
}

// PutInQuotes advises quotes around a short text, and adds the edit.
func (r Report) PutInQuotes(text string) {
	r.d.Help = "Put quotes around it: " + InQuotes(text) + "."
	r.Quote(text)
}

// edit replaces a part of the diagnostic's line, in bytes of it.
func (r Report) edit(from, to int, text string) {
	if r.doc == nil {
		return
	}
	r.d.Edits = []diag.TextEdit{r.doc.edit(r.d.Pos.Line, from, to, text)}
}

// span returns the diagnostic's line, and in bytes where its characters stand.
func (r Report) span() (line string, from, to int) {
	if r.doc == nil {
		return "", 0, 0
	}
	line, _ = r.doc.rawLine(r.d.Pos.Line)
	from = columnOffset(line, r.d.Pos.Column)
	return line, from, columnOffset(line, r.d.Pos.Column+r.d.Length)
}

// quoteWhole asks for quotes around a whole text, and puts them there. An attempt
// at quotes is left to its writer.
func (r Report) quoteWhole(text string) {
	const longest = 60 // characters that still read well in a help
	switch first := text[:min(1, len(text))]; {
	case first == `"`:
		r.d.Help = `Put the whole text between the quotes; inside them write \" for a quote and \\ for a backslash.`
	case utf8.RuneCountInString(text) > longest:
		r.d.Help = "Put quotes around the whole text."
		r.Quote("")
	default:
		r.d.Help = "Put quotes around the whole text: " + quoted(text) + "."
		r.Quote(text)
	}
}
