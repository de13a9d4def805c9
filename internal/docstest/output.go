//go:build unix

package docstest

import (
	"regexp"
	"strings"
)

// placeholder matches what differs from run to run in the output of a document.
var placeholder = regexp.MustCompile(`…|NW-(?:X{8}|Y{8})`)

// pattern compiles the output that a document shows. "…" matches any text on
// one line, and any lines where it stands alone. names are the placeholders of
// Worker IDs, in the order of the pattern's groups.
func pattern(want string) (p *regexp.Regexp, names []string) {
	var lines []string
	for line := range strings.Lines(want) {
		line = strings.TrimSuffix(line, "\n")
		if line == "…" {
			lines = append(lines, `(?s:.*)`)
			continue
		}
		text, at := "", 0
		for _, h := range placeholder.FindAllStringIndex(line, -1) {
			text += regexp.QuoteMeta(line[at:h[0]])
			if at = h[1]; line[h[0]:at] == "…" {
				text += `[^\n]*?`
			} else {
				text += `(NW-[0-9A-F]{8})`
				names = append(names, line[h[0]:at])
			}
		}
		lines = append(lines, text+regexp.QuoteMeta(line[at:]))
	}
	return regexp.MustCompile(`\A` + strings.Join(lines, `\n`) + `\z`), names
}

// compare fails the test where a command printed something else than the
// document shows.
func (w *Walk) compare(s step, got string) {
	w.t.Helper()
	want, names := pattern(strings.TrimRight(s.want, "\n"))
	m := want.FindStringSubmatch(strings.TrimRight(got, "\n"))
	if m == nil {
		w.t.Fatalf("%s:%d: %s\nprinted\n%s\nexpected\n%s", w.doc, s.line, s.command, got, s.want)
	}
	for i, name := range names {
		if before := w.ids[name]; before != "" && before != m[i+1] {
			w.t.Errorf("%s:%d: %s is %s here, and was %s before", w.doc, s.line, name, m[i+1], before)
		}
		w.ids[name] = m[i+1]
	}
}
