package dialscript

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
)

// Parse reads a script. path is used in positions. The File is never nil. The
// diagnostics are D901 and D902, in order; a call with one is Broken.
func Parse(path string, source []byte) (*File, diag.List) {
	p := &parser{file: &File{Path: path}, titles: map[string]int{}}
	text := strings.TrimPrefix(string(source), "\ufeff")
	switch {
	case len(source) > MaxFileBytes:
		p.at(1, 1).find(CodeLine, fmt.Sprintf("The script has %d KB; at most %d are read.", len(source)>>10, MaxFileBytes>>10), "Divide it into several files.")
		return p.file, p.out
	case !utf8.ValidString(text):
		p.at(1, 1).find(CodeLine, "The script is not written in UTF-8.", `Save it again with the encoding "UTF-8".`)
		return p.file, p.out
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		p.line(n, strings.TrimSuffix(line, "\r"))
	}
	p.file.Tail = p.take()
	p.close()
	p.out.Sort()
	return p.file, p.out
}

// A parser reads line by line. It never stops: it reports what it can't read and
// leaves it out.
type parser struct {
	file *File
	call *Call // the one being read; nil above the first
	step *Step // its last; nil above the first ">"
	// comments wait for the line below them; blank counts those above the last
	// blank line.
	comments []string
	blank    int
	// closed says that the screen of the step is complete, because a direction
	// followed.
	closed bool
	names  map[string]bool // names that placeholders of this call capture
	titles map[string]int  // where each title stands
	// over says that a limit was reached and the rest is not read.
	over bool
	// here and length give the place of the next diagnostic.
	here   engine.Pos
	length int
	out    diag.List
}

// at sets the place of the next diagnostics.
func (p *parser) at(line, column int) *parser {
	p.here = engine.Pos{File: p.file.Path, Line: line, Column: column}
	p.length = 1
	return p
}

// long makes a diagnostic cover a whole text.
func (p *parser) long(text string) *parser {
	p.length = max(1, utf8.RuneCountInString(text))
	return p
}

func (p *parser) find(code, message, help string) {
	if p.call != nil {
		p.call.Broken = true
	}
	if len(p.out) < MaxFindings {
		p.out = append(p.out, diag.Diagnostic{Code: code, Severity: diag.Error, Pos: p.here, Length: p.length, Message: message, Help: help})
	}
}

func (p *parser) line(n int, raw string) {
	text := strings.TrimSpace(raw)
	if p.over {
		return
	}
	if text == "" {
		p.blank = len(p.comments)
		return
	}
	indent := utf8.RuneCountInString(raw[:strings.Index(raw, text)])
	p.at(n, indent+1).long(text)
	switch {
	case len(raw) > MaxLineBytes:
		p.find(CodeLine, fmt.Sprintf("This line has %d bytes; at most %d are read.", len(raw), MaxLineBytes), "")
	case strings.ContainsFunc(text, unwritable):
		p.find(CodeLine, "This line has a character that no phone can show.", "Delete it and write the line again.")
	case strings.HasPrefix(text, "==="):
		p.title(text)
	case text[0] == '#':
		p.comments = append(p.comments, strings.TrimPrefix(text[1:], " "))
	case text[0] == '=':
		p.unknown(text)
	case p.call == nil:
		p.find(CodeLine, "No call begins above this line.", `Write "=== " and a title above it.`)
	case text[0] == '>':
		p.input(text)
	case text[0] == '|':
		p.shown(text)
	case text[0] == '(':
		p.direction(text)
	default:
		p.unknown(text)
	}
}

// unknown reports a line of no kind.
func (p *parser) unknown(text string) {
	help := `Lines begin with "===" (a call), "#" (a comment), ">" (typed), "|" (shown) or "(" (a stage direction).`
	if strings.HasPrefix(text, "=") {
		help = `A call begins with "=== " and its title.`
	}
	p.find(CodeLine, "A script has no lines of this kind.", help)
}

// take returns the comments for the line below them.
func (p *parser) take() []string {
	c := p.comments
	p.comments, p.blank = nil, 0
	if len(c) == 0 {
		return nil
	}
	return c
}

func (p *parser) title(text string) {
	p.close()
	title := strings.TrimSpace(text[len("==="):])
	if len(p.file.Calls) == 0 {
		p.file.Head = append([]string(nil), p.comments[:p.blank]...)
		p.comments = p.comments[p.blank:]
	}
	if len(p.file.Calls) >= MaxCalls {
		p.over = true
		p.find(CodeLine, fmt.Sprintf("The file has more than %d calls.", MaxCalls), "Divide it into several files.")
		return
	}
	p.file.Calls = append(p.file.Calls, Call{Title: title, Pos: p.here, Comments: p.take()})
	p.call, p.names = &p.file.Calls[len(p.file.Calls)-1], map[string]bool{}
	first, twice := p.titles[title]
	switch {
	case title == "" || strings.Trim(title, "=") != title:
		p.find(CodeLine, "A call needs a title, and this line has none.", `Write "=== " and what the caller does.`)
	case twice:
		p.find(CodeLine, fmt.Sprintf("Two calls have this title; the other is in line %d.", first), "Give each call its own title.")
	}
	p.titles[title] = p.here.Line
}

// close ends the current call.
func (p *parser) close() {
	if p.call != nil && len(p.call.Steps) == 0 {
		here := p.here
		p.here, p.length = p.call.Pos, 1
		p.find(CodeLine, "This call dials no code.", `Write "> " and the dialled code, as > *384*8481#`)
		p.here = here
	}
	p.call, p.step, p.closed = nil, nil, false
}

func (p *parser) addStep(s Step) {
	s.Pos, s.Comments = p.here, p.take()
	if len(p.call.Steps) >= MaxSteps {
		p.find(CodeLine, fmt.Sprintf("The call has more than %d steps.", MaxSteps), "Divide it into several calls.")
		return
	}
	p.call.Steps = append(p.call.Steps, s)
	p.step, p.closed = &p.call.Steps[len(p.call.Steps)-1], false
}

func (p *parser) input(text string) {
	typed := strings.TrimPrefix(text[1:], " ")
	words, ok := p.text(typed, len(text)-len(typed))
	if !ok {
		return
	}
	for _, part := range words {
		if part.Placeholder != "" {
			p.find(CodeLine, "An input can't have placeholders.", `Only a captured text, as {ref}, can be typed. "{{" is a brace.`)
		}
	}
	_, dials := Dialled(typed)
	switch {
	case len(p.call.Steps) > 0 || dials:
	case strings.HasPrefix(typed, "*") && strings.HasSuffix(typed, "#") && strings.ContainsFunc(typed, unicode.IsLetter):
		p.find(CodeLine, "A dialled code has no letters.", "Dial the part with digits. Type each answer after it on a line of its own, below its screen.")
	default:
		p.find(CodeLine, "A call begins with the dialled code.", "Write the whole code, as > *384*8481#")
	}
	p.addStep(Step{Input: words})
}

// text reads a text with placeholders, offset bytes into the line.
func (p *parser) text(s string, offset int) (Text, bool) {
	words, bad := parseText(s)
	if bad != nil {
		p.here.Column += offset + utf8.RuneCountInString(s[:bad.at])
		p.length = bad.length
		p.find(CodeLine, bad.message, bad.help)
		return nil, false
	}
	p.capture(words)
	return words, true
}

// capture records the names that placeholders capture, and reports names that
// are used before.
func (p *parser) capture(words Text) {
	for _, part := range words {
		switch {
		case part.Name == "":
		case part.Placeholder != "":
			p.names[part.Name] = true
		case !p.names[part.Name]:
			p.find(CodeLine, fmt.Sprintf("No text is captured as {%s} above.", part.Name), fmt.Sprintf("Capture it where it is shown, as {%s=*}.", part.Name))
		}
	}
}
