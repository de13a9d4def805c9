package dialscript

import (
	"fmt"
	"regexp/syntax"
	"strings"
)

func (p *parser) shown(text string) {
	switch {
	case p.step == nil:
		p.find(CodeLine, "No screen can be shown before anything is dialled.", `Write "> " and the code above it.`)
	case p.closed:
		p.find(CodeLine, "The lines of a screen stand directly below what was typed.", "Move the stage directions below them.")
	case len(p.step.Shown) > 0 && p.step.Shown[len(p.step.Shown)-1].Rest:
		p.find(CodeLine, `Nothing can follow the line "...", which stands for the rest of the screen.`, "Delete one of the two.")
	case len(p.step.Shown) >= MaxShown:
		p.find(CodeLine, fmt.Sprintf("No screen has more than %d lines.", MaxShown), "")
	default:
		if s, ok := p.readShown(text); ok {
			s.Pos, s.Comments = p.here, p.take()
			p.step.Shown = append(p.step.Shown, s)
		}
	}
}

func (p *parser) readShown(text string) (ScreenLine, bool) {
	if strings.HasPrefix(text, "|/") {
		return p.readRegexp(text)
	}
	line := strings.TrimPrefix(text[1:], " ")
	if line == "..." {
		return ScreenLine{Rest: true}, true
	}
	here := p.here
	words, ok := p.text(line, len(text)-len(line))
	p.here = here
	return ScreenLine{Text: words}, ok
}

func (p *parser) readRegexp(text string) (ScreenLine, bool) {
	source, ended := strings.CutSuffix(text[len("|/"):], "/")
	switch {
	case !ended || source == "":
		p.find(CodeLine, "A regular expression stands between two slashes, and the second one is missing.", `Write |/…/, or a space behind the bar for a text that begins with "/".`)
		return ScreenLine{}, false
	case len(source) > MaxPatternBytes:
		p.find(CodeLine, fmt.Sprintf("This expression has %d bytes; at most %d are read.", len(source), MaxPatternBytes), "")
		return ScreenLine{}, false
	}
	switch tree, err := syntax.Parse(source, syntax.Perl); {
	case err != nil:
		p.find(CodeLine, fmt.Sprintf("This is not a regular expression: %s.", strings.TrimPrefix(err.Error(), "error parsing regexp: ")), "The syntax is RE2's.")
		return ScreenLine{}, false
	case regexpSize(tree) > MaxPatternSize:
		p.find(CodeLine, "This expression repeats too much: a line has at most 160 characters.", "Write smaller numbers in its { }.")
		return ScreenLine{}, false
	}
	return ScreenLine{Regexp: source}, true
}
