package menu

import (
	"fmt"
	"io"
	"strings"
)

// GitHub writes findings as workflow commands, which GitHub shows beside the
// lines of a change. Warnings that are allowed are left out.
func GitHub(w io.Writer, fs Findings) error {
	var b strings.Builder
	for _, f := range fs {
		if f.Allowed {
			continue
		}
		text := f.Message
		if f.Hint != "" {
			text += "\n" + f.Hint
		}
		for _, n := range f.Notes {
			text += "\n"
			if n.Pos.Line > 0 {
				text += n.Pos.String() + ": "
			}
			text += n.Text
		}
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n", githubLevels[f.Severity],
			githubProperty(f.Pos.File), f.Pos.Line, f.Pos.Column, f.Pos.Column+f.Length, f.Code, githubText.Replace(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var githubLevels = map[Severity]string{Error: "error", Warning: "warning", Advice: "notice"}

// githubText escapes what would end a command; a property has more signs.
var githubText = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubText.Replace(s))
}
