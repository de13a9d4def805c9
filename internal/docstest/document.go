package docstest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Read returns the text of a file.
func Read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Section returns the text below a "## heading" of a document, up to the next
// such heading.
func Section(t *testing.T, doc, heading string) string {
	t.Helper()
	_, after, ok := strings.Cut(Read(t, doc), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("%s: found no heading %q", doc, heading)
	}
	text, _, _ := strings.Cut(after, "\n## ")
	return text
}

var inBackticks = regexp.MustCompile("`([^`\n]+)`")

// Names returns everything that stands in backticks in a text.
func Names(text string) (names []string) {
	for _, m := range inBackticks.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// Column returns the names in column n of the tables of a text. Columns count
// from 1.
func Column(text string, n int) (names []string) {
	for line := range strings.Lines(text) {
		if cells := strings.Split(line, "|"); strings.HasPrefix(line, "|") && n < len(cells) {
			names = append(names, Names(cells[n])...)
		}
	}
	return names
}

// part holds the blocks below one "## heading" of a document.
type part struct {
	heading string
	blocks  []block
}

// block is a fenced block and the line of its opening fence.
type block struct {
	lang, text string
	line       int
}

// parts reads the fenced blocks of a document.
func parts(t *testing.T, doc string) []part {
	t.Helper()
	all := []part{{heading: "begin"}}
	var open *block
	line := 0
	for text := range strings.Lines(Read(t, doc)) {
		line++
		now := &all[len(all)-1]
		lang, fence := strings.CutPrefix(text, "```")
		heading, heads := strings.CutPrefix(text, "## ")
		switch {
		case fence && open == nil:
			open = &block{lang: strings.TrimSpace(lang), line: line}
		case fence:
			now.blocks = append(now.blocks, *open)
			open = nil
		case open != nil:
			open.text += text
		case heads:
			all = append(all, part{heading: strings.TrimSpace(heading)})
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: this block has no closing fence", doc, open.line)
	}
	return all
}

// step is a command of a console block and the output that the document shows.
type step struct {
	line          int
	command, want string
}

func steps(t *testing.T, doc string, b block) (all []step) {
	t.Helper()
	line := b.line
	for text := range strings.Lines(b.text) {
		line++
		if command, ok := strings.CutPrefix(text, "$ "); ok {
			all = append(all, step{line: line, command: strings.TrimSpace(command)})
		} else if len(all) > 0 {
			all[len(all)-1].want += text
		} else {
			t.Fatalf("%s:%d: found output without a command above it; begin the block with \"$ command\"", doc, line)
		}
	}
	return all
}
