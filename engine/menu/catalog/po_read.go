package catalog

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/spelling"
)

// ReadPO reads a PO file. path names it in diagnostics. It goes on after an error.
func ReadPO(path string, data []byte) (Read, diag.List) {
	r := &poReader{path: path, seen: map[string]int{}}
	if !r.readable(data) {
		return r.out, r.found
	}
	lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	for i, line := range lines {
		if len(r.found) >= maxFound {
			break
		}
		r.line(i+1, strings.TrimSuffix(line, "\r"))
	}
	r.end()
	return r.out, r.found
}

// maxFound bounds the diagnostics of one file: a file that is no PO file at all would
// have one for each line.
const maxFound = 50

// Codes of what is wrong with a translator's file.
const (
	codeFile = "U903" // the file can't be read
	codeText = "U904" // it translates another text
	codeKey  = "U002" // it names a text that the menu lacks
	codeSame = "U005" // it has a text twice
)

// poReader reads a PO file line by line.
type poReader struct {
	path  string
	out   Read
	found diag.List
	seen  map[string]int // the line of each key

	entry *poEntry
	part  *Words // the text that the next quoted line belongs to
	// skipped says that the entry has an error, so its texts are not used.
	skipped bool
}

// poEntry holds what was read of an entry.
type poEntry struct {
	line                int
	msgctxt, id, str    Words
	hasCtxt, hasID, has bool // has says that there is a msgstr
	fuzzy               bool
}

func (r *poReader) find(line, column, length int, message, help string) {
	r.found = append(r.found, wrong(codeFile, diag.Error, engine.Pos{File: r.path, Line: line, Column: column}, length, message, help))
}

// readable reports whether the bytes are text at all.
func (r *poReader) readable(data []byte) bool {
	message, help := unreadable(data)
	if message != "" {
		r.find(1, 1, 1, message, help)
	}
	return message == ""
}

// unreadable says why a file is no text in UTF-8, "" if it is.
func unreadable(data []byte) (message, help string) {
	switch {
	case len(data) > MaxFileBytes:
		return fmt.Sprintf("The file has more than %d MB.", MaxFileBytes>>20), "A translation of a menu is smaller; is it the right file?"
	case !utf8.Valid(data):
		return "The file is not in UTF-8, so its letters can't be read.", "Save it again, and choose UTF-8 as its encoding."
	case strings.IndexByte(string(data), 0) >= 0:
		return "The file is not a text file.", "Save it again as PO or as CSV, not as a document or a spreadsheet."
	}
	return "", ""
}

// line reads one line of the file.
func (r *poReader) line(n int, text string) {
	trimmed := strings.TrimLeft(text, " \t")
	column := utf8.RuneCountInString(text[:len(text)-len(trimmed)]) + 1
	switch {
	case trimmed == "":
		return
	case strings.HasPrefix(trimmed, "#~"):
		return // an entry that a program took out of use
	case trimmed[0] == '#':
		r.comment(n, trimmed)
	case trimmed[0] == '"':
		r.more(n, column, trimmed)
	default:
		r.keyword(n, column, trimmed)
	}
}

// comment reads the flags of the next entry.
func (r *poReader) comment(n int, text string) {
	if r.entry != nil && r.entry.has {
		r.end()
	}
	if !strings.HasPrefix(text, "#,") {
		return
	}
	for _, flag := range strings.Split(text[len("#,"):], ",") {
		if strings.TrimSpace(flag) == fuzzy {
			r.begin(n).fuzzy = true
		}
	}
}

// begin returns the entry that is being read, or a new one.
func (r *poReader) begin(n int) *poEntry {
	if r.entry == nil {
		r.entry = &poEntry{line: n}
	}
	return r.entry
}

var poKeywords = []string{"msgctxt", "msgid", "msgstr"}

// keyword reads a line that begins a text.
func (r *poReader) keyword(n, column int, text string) {
	name, rest, _ := strings.Cut(text, " ")
	if i := strings.IndexByte(name, '"'); i >= 0 {
		name, rest = text[:i], text[i:]
	}
	switch {
	case name == "msgid_plural" || strings.HasPrefix(name, "msgstr["):
		r.find(n, column, len(name), "A text of a menu has no plural forms.", `Write one "msgstr" with the whole text.`)
		r.skip()
		return
	case name == "msgctxt", name == "msgid" && r.entry != nil && r.entry.hasID:
		if r.entry != nil && (r.entry.hasCtxt || r.entry.hasID) {
			r.end()
		}
	}
	e := r.begin(n)
	switch name {
	case "msgctxt":
		e.hasCtxt, r.part = true, &e.msgctxt
	case "msgid":
		e.hasID, r.part = true, &e.id
	case "msgstr":
		if !e.hasID {
			r.find(n, column, len(name), `Here is a "msgstr" without a "msgid" above it.`, `An entry has "msgctxt", "msgid" and "msgstr", in this order.`)
			r.skipped = true
		}
		e.has, r.part = true, &e.str
	default:
		help := `A line begins with "msgctxt", "msgid", "msgstr", a quote or "#".`
		if near := spelling.DidYouMean(name, poKeywords); near != "" {
			help = near
		}
		r.find(n, column, utf8.RuneCountInString(name), fmt.Sprintf("A PO file has no %q.", name), help)
		r.skip()
		return
	}
	quoted := strings.TrimLeft(rest, " \t")
	at := column + utf8.RuneCountInString(text[:len(text)-len(quoted)])
	r.part.Pos = engine.Pos{File: r.path, Line: n, Column: at}
	if !strings.HasPrefix(quoted, `"`) {
		r.find(n, at, 1, fmt.Sprintf("After %q there is no text in quotes.", name), `Write the text between quotes, as msgstr "Mkate".`)
		r.skip()
		return
	}
	r.more(n, at, quoted)
}

// skip passes over the rest of an entry.
func (r *poReader) skip() { r.skipped, r.part = true, nil }

// more adds a quoted line to the text above it.
func (r *poReader) more(n, column int, text string) {
	if r.part == nil {
		if !r.skipped {
			r.find(n, column, 1, "These words belong to no text.", `Write "msgstr" before the first line of a translation.`)
		}
		return
	}
	value, starts, fault := unquotePO(text)
	if fault.message != "" {
		r.find(n, column+fault.column, 1, fault.message, fault.help)
		r.skip()
		return
	}
	if r.part.Value == "" {
		r.part.Pos = engine.Pos{File: r.path, Line: n, Column: column + 1}
	}
	for _, s := range starts {
		r.part.starts = append(r.part.starts, start{len(r.part.Value) + s.off, n, column + s.column})
	}
	r.part.Value += value
}

type poFault struct {
	column        int
	message, help string
}

// unquotePO returns the text of a quoted line, and where its parts begin.
func unquotePO(line string) (value string, starts []start, fault poFault) {
	var b strings.Builder
	column := 1 // in characters, behind the first quote
	starts = []start{{0, 0, column}}
	for i := 1; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case r == '"':
			if rest := strings.TrimSpace(line[i+1:]); rest != "" {
				return "", nil, poFault{column, "The text goes on behind its last quote.", `A quote inside a text is written \".`}
			}
			return b.String(), starts, poFault{}
		case r != '\\':
			b.WriteRune(r)
			i += size
			column++
			continue
		}
		char, n, ok := escapePO(line[i+1:])
		if !ok {
			return "", nil, poFault{column, `This \ begins no known escape.`, `Write \n for a new line, \" for a quote, \\ for the sign itself.`}
		}
		b.WriteRune(char)
		i += 1 + n
		column += 1 + n
		starts = append(starts, start{b.Len(), 0, column})
	}
	return "", nil, poFault{0, "The text has no quote at its end.", "Write a quote at the end of the line; each line of a longer text has its own two quotes."}
}

// escapePO reads what follows a backslash: a letter, three octal digits, or x and two
// hexadecimal digits.
func escapePO(s string) (char rune, size int, ok bool) {
	if s == "" {
		return 0, 0, false
	}
	if char, ok := escapesPO[s[0]]; ok {
		return char, 1, true
	}
	const octal, hex = "01234567", "0123456789abcdef"
	digits, base, from := octal, 8, 0
	if s[0] == 'x' {
		digits, base, from = hex, 16, 1
	}
	end := from
	for end < len(s) && end < 3 && s[end] >= '0' && strings.IndexByte(digits, s[end]|' ') >= 0 {
		char = char*rune(base) + rune(strings.IndexByte(digits, s[end]|' '))
		end++
	}
	// Higher codes are bytes of an encoding, and the file has its letters as they are.
	return char, end, end > from && char > 0 && char < utf8.RuneSelf
}

// end finishes the entry that is being read.
func (r *poReader) end() {
	e, skipped := r.entry, r.skipped
	r.entry, r.part, r.skipped = nil, nil, false
	switch {
	case e == nil || skipped:
	case e.hasID && e.has && !e.hasCtxt && e.id.Value == "":
		r.header(e)
	case !e.hasID && !e.has && !e.hasCtxt:
		// Only a flag.
	case !e.hasCtxt:
		r.find(e.line, 1, 1, `This entry has no "msgctxt", so the text is not known.`, `Write the text's key above it, as msgctxt "main.1".`)
	case !e.hasID || !e.has:
		r.find(e.line, 1, 1, fmt.Sprintf("The entry %q is not complete.", e.msgctxt.Value), `An entry has "msgctxt", "msgid" and "msgstr", in this order.`)
	default:
		r.add(Translation{Key: e.msgctxt, Text: e.id, Words: e.str, State: fuzzyState(e.fuzzy)})
	}
}

func fuzzyState(fuzzy bool) State {
	if fuzzy {
		return Unreviewed
	}
	return Done
}

// add keeps a translation, unless the file has had it.
func (r *poReader) add(t Translation) {
	if d, twice := sameKey(r.seen, t); twice {
		r.found = append(r.found, d)
		return
	}
	r.out.Entries = append(r.out.Entries, t)
}

// sameKey reports a key that a file has twice.
func sameKey(seen map[string]int, t Translation) (diag.Diagnostic, bool) {
	first, twice := seen[t.Key.Value]
	if !twice {
		seen[t.Key.Value] = t.Key.Pos.Line
		return diag.Diagnostic{}, false
	}
	return wrong(codeSame, diag.Error, t.Key.Pos, utf8.RuneCountInString(t.Key.Value), fmt.Sprintf("The text %q stands in this file twice, first on line %d.", t.Key.Value, first), "Delete one of the two."), true
}

// header reads the language and the encoding.
func (r *poReader) header(e *poEntry) {
	for line := range strings.Lines(e.str.Value) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch {
		case strings.EqualFold(name, languageField):
			r.out.Lang = value
		case strings.EqualFold(name, contentField):
			_, charset, ok := strings.Cut(strings.ToLower(value), "charset=")
			if ok && charset != "utf-8" && charset != "utf8" && charset != "charset" {
				r.find(e.str.Pos.Line, 1, 1, fmt.Sprintf("The file says that its encoding is %q.", charset), "Save it again, and choose UTF-8 as its encoding.")
			}
		}
	}
}
