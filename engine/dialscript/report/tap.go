package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/terminal"
)

// TAP writes results in the Test Anything Protocol, version 14. A call that was
// not checked is skipped; single lines that were not checked are comments.
func TAP(w io.Writer, rep Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 14\n1..%d\n", len(rep.Results))
	for i := range rep.Results {
		rep.tapResult(&b, i+1, &rep.Results[i])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (rep *Report) tapResult(b *strings.Builder, n int, r *dialscript.Result) {
	title := tapEscape(r.Title())
	switch r.Status {
	case dialscript.Failed:
		fmt.Fprintf(b, "not ok %d - %s\n  ---\n  at: %s\n", n, title, tapQuote(r.Call.Pos.String()))
		b.WriteString("  problems:\n")
		for _, p := range r.Problems {
			fmt.Fprintf(b, "    - at: %s\n      message: %s\n      keys: %s\n", tapQuote(p.Pos.String()), tapQuote(p.Message), tapQuote(Keys(p.Keys)))
			tapScreen(b, "expected", p.Expected)
			tapScreen(b, "shown", p.Shown)
		}
		if again := rep.again(r); again != "" {
			fmt.Fprintf(b, "  again: %s\n", tapQuote(again))
		}
		b.WriteString("  ...\n")
	case dialscript.NotChecked:
		fmt.Fprintf(b, "ok %d - %s # SKIP not checked: %s\n", n, title, tapEscape(r.Why))
	default:
		fmt.Fprintf(b, "ok %d - %s\n", n, title)
	}
	for _, u := range r.Unchecked {
		fmt.Fprintf(b, "# not checked: %s %s: %s\n", terminal.Visible(u.Pos.String()), terminal.Visible(u.Text), terminal.Visible(u.Why))
	}
}

func tapScreen(b *strings.Builder, name string, lines []string) {
	if lines == nil {
		return
	}
	fmt.Fprintf(b, "      %s:\n", name)
	for _, line := range lines {
		fmt.Fprintf(b, "        - %s\n", tapQuote(line))
	}
}

// tapQuote writes a text as YAML in single quotes, where no character is
// special.
func tapQuote(s string) string {
	return "'" + strings.ReplaceAll(terminal.Visible(strings.ReplaceAll(s, "\n", " ")), "'", "''") + "'"
}

// tapEscape escapes a title that could look like a directive.
func tapEscape(s string) string {
	s = strings.ReplaceAll(terminal.Visible(s), `\`, `\\`)
	return strings.ReplaceAll(s, "#", `\#`)
}
