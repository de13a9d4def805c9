package paytrace_test

import (
	"strings"
	"testing"
)

// part is what stands under one "## heading" of a document.
type part struct {
	heading string
	blocks  []block
}

// block is a fenced block and the line of its fence.
type block struct {
	lang, text string
	line       int
}

// parts reads a document's blocks, part by part.
func parts(t *testing.T, doc string) []part {
	t.Helper()
	all := []part{{heading: "begin"}}
	var open *block
	line := 0
	for text := range strings.Lines(read(t, doc)) {
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
		t.Fatalf("%s:%d: this block does not end", doc, open.line)
	}
	return all
}

// step is a command and what it prints.
type step struct {
	line          int
	command, want string
}

func (w *walk) steps(b block) []step {
	w.t.Helper()
	var all []step
	line := b.line
	for text := range strings.Lines(b.text) {
		line++
		if command, ok := strings.CutPrefix(text, "$ "); ok {
			all = append(all, step{line: line, command: strings.TrimSpace(command)})
		} else if len(all) > 0 {
			all[len(all)-1].want += text
		} else {
			w.t.Fatalf("%s:%d: output without a command above it", w.doc, line)
		}
	}
	return all
}
