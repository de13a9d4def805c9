package catalog

import (
	"fmt"
	"strings"
)

// WritePO returns a catalog as a PO file. "msgctxt" has the key of a text.
func WritePO(c *Catalog) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# The texts of %s in %s.\n", c.Menu, oneLine(c.Lang.Name.Value))
	b.WriteString("msgid \"\"\nmsgstr \"\"\n")
	for _, field := range poHeader(c) {
		b.WriteString(quotePO(field+"\n") + "\n")
	}
	for _, e := range c.Entries {
		b.WriteByte('\n')
		for _, line := range e.remarks() {
			b.WriteString("#. " + line + "\n")
		}
		fmt.Fprintf(&b, "#: %s:%d\n", strings.ReplaceAll(e.Place.File, " ", "_"), e.Place.Line)
		if e.State == Stale || e.State == Unreviewed {
			b.WriteString("#, " + fuzzy + "\n")
		}
		b.WriteString(linesPO("msgctxt", e.Key) + linesPO("msgid", e.Text) + linesPO("msgstr", e.Words))
	}
	return []byte(b.String())
}

// fuzzy is the flag of a translation that somebody should look at. Programs that use
// translations take fuzzy ones for missing.
const fuzzy = "fuzzy"

// poHeader returns the fields of a PO file's header. Those that a person or a program
// fills in are empty, so the file is the same whenever it is written.
func poHeader(c *Catalog) []string {
	return []string{
		"Project-Id-Version: " + oneLine(c.Service),
		"PO-Revision-Date: ",
		"Last-Translator: ",
		"Language-Team: ",
		languageField + ": " + c.Lang.Code.Value,
		"MIME-Version: 1.0",
		contentField + ": text/plain; charset=UTF-8",
		"Content-Transfer-Encoding: 8bit",
		"X-Generator: paytrace",
	}
}

const (
	languageField = "Language"
	contentField  = "Content-Type"
)

// remarks returns what a translator should know about a text, line by line.
func (e Entry) remarks() []string {
	lines := []string{oneLine(e.Context) + "."}
	if e.Note != "" {
		lines = append(lines, "Note: "+oneLine(e.Note))
	}
	lines = append(lines, e.size())
	switch e.State {
	case Stale:
		lines = append(lines, "The text has changed since it was translated.")
	case Unreviewed:
		lines = append(lines, "Nobody has compared this translation with its text.")
	}
	return lines
}

// size says how long a text is and how long it may be.
func (e Entry) size() string {
	now := fmt.Sprintf("It takes up to %d characters", e.Length)
	if strings.Contains(e.Text, "{") {
		now += " with its longest values"
	}
	place := "screen"
	if e.SMS {
		place = "SMS"
	}
	switch {
	case e.Whole == 0:
		return now + "; its screen has pages, so any length fits."
	case e.Limit == 0:
		return fmt.Sprintf("%s; its %s of %d is already full.", now, place, e.Whole)
	}
	return fmt.Sprintf("%s; %d fit on its %s of %d.", now, e.Limit, place, e.Whole)
}

// oneLine returns a text without line breaks, for a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// linesPO returns a keyword and its text: on one line, or one line for each line of the
// text.
func linesPO(keyword, text string) string {
	if !strings.Contains(strings.TrimSuffix(text, "\n"), "\n") {
		return keyword + " " + quotePO(text) + "\n"
	}
	var b strings.Builder
	b.WriteString(keyword + " \"\"\n")
	for line := range strings.Lines(text) {
		b.WriteString(quotePO(line) + "\n")
	}
	return b.String()
}

// escapesPO are the escapes of PO files, which are those of C.
var escapesPO = map[byte]rune{
	'n': '\n', 't': '\t', 'r': '\r', '"': '"', '\\': '\\',
	'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v',
}

func quotePO(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\t':
			b.WriteString(`\t`)
		case '\r':
			b.WriteString(`\r`)
		default:
			if r < ' ' || r == 0x7f {
				fmt.Fprintf(&b, `\%03o`, r)
				continue
			}
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
