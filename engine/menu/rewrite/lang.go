package rewrite

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/spelling"
)

// Translated holds a language's file, updated to the menu's texts. Its Old is nil if
// there was no file.
type Translated struct {
	Formatted
	// Partial says that the language needs words for only some texts.
	Partial bool
	// Added lists the texts that had no line. Missing lists all texts without words,
	// including the added ones.
	Added, Missing []syntax.Message
	// Stale are those whose text has changed since they were translated.
	Stale []syntax.Message
	// Unreviewed are translations that nobody has compared with the text of their key:
	// they have no mark, and the text did not stand above them.
	Unreviewed []Pair
	// Done names the texts that are no longer missing or stale.
	Done []string
	// Unknown lists lines that name no text of the menu. They stay unchanged.
	Unknown []syntax.Entry
}

// A Pair is a text of the menu and the words that stand at its key in a translation.
type Pair struct {
	syntax.Message
	Words string
}

// Finished reports whether a translator has nothing left to do. A language of only some
// texts may lack words.
func (t Translated) Finished() bool {
	return (t.Partial || len(t.Missing) == 0) && len(t.Stale)+len(t.Unreviewed)+len(t.Unknown) == 0
}

// Translate brings the translation of a menu into one language up to date. Each
// text without words gets a line with empty quotes, which U310 finds, and the
// text itself in a comment above it. A translation that was written below its text gets
// the mark of that text. One whose text has changed gets the word "stale" behind its
// mark, which U311 goes by, and one that never stood below a text gets the word
// "unreviewed", which U314 goes by; both get the text as it is now above them. A
// translator who has compared them deletes the mark, and gets a new one. If reviewed is
// true, everything unreviewed counts as compared.
// Nothing else changes: order, comments, and lines that name no text stay. The error
// names a language that the menu lacks, or a file that can't be read.
func Translate(file *syntax.File, found diag.List, lang string, reviewed bool) (Translated, error) {
	for _, f := range found {
		if f.Severity == diag.Error {
			return Translated{}, fmt.Errorf("%w: %s", ErrFormat, diag.List{f}.First())
		}
	}
	own, err := languageOf(file, lang)
	if err != nil {
		return Translated{}, err
	}
	main := file.Sources[0].Path
	out := Translated{Formatted: Formatted{Name: file.Name + "." + lang + ".yaml"}, Partial: own.Partial()}
	u := &updater{out: &out, reviewed: reviewed, words: map[string]syntax.Message{}, texts: map[string]bool{}, covered: map[string]bool{}}
	for _, w := range syntax.ListMessages(file) {
		if _, twice := u.words[w.Key]; !twice && strings.TrimSpace(w.Text.Value) != "" {
			u.words[w.Key] = w
			u.texts[w.Text.Value] = true
			u.order = append(u.order, w.Key)
		}
	}
	t, source := translationIn(file, lang)
	if t != nil {
		out.Old = source.Bytes
		u.read(source, t)
	} else {
		u.tail = []string{fmt.Sprintf("# The texts of %s in %s.", path.Base(main), own.Name.Value), ""}
	}
	u.add()
	out.Bytes = u.write(t == nil)
	if err := u.held(out.Name, t); err != nil {
		return Translated{}, err
	}
	return out, nil
}

// languageOf returns a language that the menu is translated into.
func languageOf(file *syntax.File, lang string) (syntax.Language, error) {
	var codes []string
	for i, l := range file.Languages {
		codes = append(codes, l.Code.Value)
		switch {
		case l.Code.Value != lang:
		case i == 0:
			return syntax.Language{}, fmt.Errorf("%s is the language that %s is written in; name another of its languages", lang, file.Sources[0].Path)
		default:
			return l, nil
		}
	}
	help := spelling.DidYouMean(lang, codes)
	if help == "" {
		help = fmt.Sprintf(`Add it there first, as "languages: {en: English, %s: …}".`, lang)
	}
	return syntax.Language{}, fmt.Errorf("%s has no language %q. %s", file.Sources[0].Path, lang, help)
}

func translationIn(file *syntax.File, lang string) (*syntax.Translation, syntax.Source) {
	for _, t := range file.Translations {
		for _, s := range file.Sources {
			if t.Lang == lang && s.Path == t.Path {
				return t, s
			}
		}
	}
	return nil, syntax.Source{}
}

// updater works on a language's file as sections, one a line of it.
type updater struct {
	out      *Translated
	reviewed bool
	words    map[string]syntax.Message
	order    []string // of the menu's texts
	// texts has the words of all texts, and covered those that a line translates by
	// its words.
	texts, covered map[string]bool
	sections       []section
	tail           []string // what stands behind the last one
}

// section holds one text's lines, and those above it: comments, blank ones.
type section struct {
	key         string
	above, text []string
}

// aboveText begins the comment lines that show the text to be translated.
const aboveText = "# text:"

// read divides a file into sections.
func (u *updater) read(source syntax.Source, t *syntax.Translation) {
	src, _ := syntax.Scan(source.Path, source.Bytes)
	at := 0 // rows read so far
	for _, e := range t.Entries {
		row := max(at, e.Key.Pos.Line-1)
		end := max(src.EndOfText(e.Key.Pos.Line), e.Text.Pos.Line)
		u.sections = append(u.sections, u.section(src, e, slices.Clone(src.Lines[at:row]), slices.Clone(src.Lines[row:end])))
		at = end
	}
	u.tail = src.Lines[at:]
	for len(u.tail) > 0 && u.tail[len(u.tail)-1] == "" {
		u.tail = u.tail[:len(u.tail)-1]
	}
}

// section returns one updated line of the file.
func (u *updater) section(src *syntax.Document, e syntax.Entry, above, text []string) section {
	s := section{key: e.Key.Value, above: above, text: text}
	w, known := u.words[s.key]
	if !known && u.texts[s.key] {
		u.covered[s.key] = strings.TrimSpace(e.Text.Value) != ""
		return s
	}
	if !known {
		u.out.Unknown = append(u.out.Unknown, e)
		return s
	}
	n := len(above)
	for n > 0 && strings.HasPrefix(strings.TrimSpace(above[n-1]), aboveText) {
		n--
	}
	asked := readText(above[n:])
	s.above = slices.Clone(above[:n])
	now := syntax.SourceHash(w.Text.Value)
	of, unreviewed := e.Of, e.Unreviewed && !u.reviewed
	switch {
	case of != "":
	case n < len(above) && asked == strings.Join(trimmed(w.Text.Value), "\n"):
		of = now // it was written below this text
	case n < len(above):
		of = syntax.SourceHash(asked) // it was written below an older text
	default:
		of, unreviewed = now, !u.reviewed
	}
	switch {
	case strings.TrimSpace(e.Text.Value) == "":
		u.out.Missing = append(u.out.Missing, w)
		s.above = append(s.above, shownText(w)...)
	case of == now && !unreviewed:
		s.text[0] = marked(src, e, now)
		if n < len(above) {
			u.out.Done = append(u.out.Done, s.key)
		}
	case of == now:
		u.out.Unreviewed = append(u.out.Unreviewed, Pair{w, e.Text.Value})
		s.above = append(s.above, shownText(w)...)
		s.text[0] = marked(src, e, now+" unreviewed")
	default:
		u.out.Stale = append(u.out.Stale, w)
		s.above = append(s.above, shownText(w)...)
		s.text[0] = marked(src, e, of+" stale")
	}
	return s
}

// readText returns the text that comments show above a translation.
func readText(comments []string) string {
	lines := make([]string, len(comments))
	for i, c := range comments {
		lines[i] = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(c), aboveText), " ")
	}
	return strings.Join(lines, "\n")
}

// trimmed returns the lines of a text without the spaces at their ends.
func trimmed(text string) []string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// shownText returns a text as the comment above its translation.
func shownText(w syntax.Message) []string {
	lines := trimmed(w.Text.Value)
	for i, line := range lines {
		lines[i] = strings.TrimRight(aboveText+" "+line, " ")
	}
	return lines
}

// marked returns the first line of a translation with its mark. The mark stands first
// in the comment.
func marked(src *syntax.Document, e syntax.Entry, mark string) string {
	n := e.Key.Pos.Line
	line := src.Line(n)
	c, ok := src.Comments[n]
	if !ok {
		return strings.TrimRight(line, " ") + "  # of " + mark
	}
	before := line[:src.Offset(n, c.Column)]
	if old := syntax.MarkComment.FindString(c.Text); old != "" {
		return before + "# of " + mark + strings.TrimPrefix(c.Text, old)
	}
	return before + "# of " + mark + " " + strings.TrimLeft(c.Text, "# ")
}

// add inserts a line for each text without one, below the line of the text before it.
func (u *updater) add() {
	at := map[string]bool{}
	for _, s := range u.sections {
		at[s.key] = true
	}
	before := ""
	for _, key := range u.order {
		if w := u.words[key]; !at[key] && !u.covered[w.Text.Value] {
			u.out.Added = append(u.out.Added, w)
			u.out.Missing = append(u.out.Missing, w)
			name := key
			if !plainText(name) {
				name = syntax.InQuotes(name)
			}
			u.insert(before, section{key: key, above: shownText(w), text: []string{name + `: ""`}})
		}
		before = key
	}
}

// insert puts a section behind another one. A first section goes below the comment
// about the file.
func (u *updater) insert(behind string, s section) {
	i := slices.IndexFunc(u.sections, func(o section) bool { return o.key == behind })
	if i < 0 && len(u.sections) > 0 {
		first := &u.sections[0]
		if blank := lastBlank(first.above); blank >= 0 {
			s.above = append(slices.Clone(first.above[:blank+1]), s.above...)
			first.above = first.above[blank+1:]
		}
	}
	u.sections = slices.Insert(u.sections, i+1, s)
}

func lastBlank(lines []string) int {
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.TrimSpace(lines[i]) == "" {
			return i
		}
	}
	return -1
}

// write joins the sections to a file. A new file begins with a comment.
func (u *updater) write(made bool) []byte {
	var lines []string
	if made {
		lines, u.tail = u.tail, nil
	}
	for _, s := range u.sections {
		lines = append(append(lines, s.above...), s.text...)
	}
	return []byte(strings.Join(append(lines, u.tail...), "\n") + "\n")
}

// held returns an error unless every old line keeps its meaning.
func (u *updater) held(name string, t *syntax.Translation) error {
	src, root, err := nodesOf(name, u.out.Bytes)
	if err != nil {
		return err
	}
	says := map[string]string{}
	for i := 0; root != nil && i+1 < len(root.Content); i += 2 {
		says[src.Scalar(root.Content[i]).Value] = src.Scalar(root.Content[i+1]).Value
	}
	if t == nil {
		return nil
	}
	for _, e := range t.Entries {
		if says[e.Key.Value] != e.Text.Value {
			return fmt.Errorf("%w: %s would say something else of %s; please write to us", ErrFormat, name, e.Key.Value)
		}
	}
	return nil
}
