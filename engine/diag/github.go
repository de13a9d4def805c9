package diag

import (
	"fmt"
	"io"
	"strings"
)

// GitHub writes diagnostics as workflow commands, which GitHub shows beside the
// lines of a change. Suppressed ones are left out.
func GitHub(w io.Writer, list List) error {
	var b strings.Builder
	for _, d := range list {
		if d.Suppressed {
			continue
		}
		text := d.Message
		if d.Help != "" {
			text += "\n" + d.Help
		}
		for _, r := range d.Related {
			text += "\n"
			if r.Pos.Line > 0 {
				text += r.Pos.String() + ": "
			}
			text += r.Text
		}
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n", githubLevels[d.Severity],
			githubProperty(d.Pos.File), d.Pos.Line, d.Pos.Column, d.Pos.Column+d.Length, d.Code, githubText.Replace(text))
	}
	_, err := io.WriteString(covered{w}, b.String())
	return err
}

var githubLevels = map[Severity]string{Error: "error", Warning: "warning", Info: "notice"}

// githubText escapes the characters that end a command.
var githubText = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

// githubProperty also escapes the characters that end a property.
func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubText.Replace(s))
}
