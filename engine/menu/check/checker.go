package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/spelling"
)

// rule holds one check of a whole menu: a function, a golden and a line here.
type rule struct {
	code     string
	severity diag.Severity // of its diagnostics, unless they say otherwise
	check    func(*checker)
}

// checker holds what the rules share. Rules only add diagnostics.
type checker struct {
	*index
	flow      *flow
	decisions *decisions
	rule      rule // the one that is running
	known     *facts
	// consent keeps what consents has found.
	consent *consents
	// onward has the steps that a caller can choose to come to; see deliberate.
	onward map[*step][]*step
	// suppressions are the menu's by the line they cover; needed are those that
	// cover a warning.
	suppressions map[int][]*syntax.Suppression
	needed       map[*syntax.Suppression]bool
	out          diag.List
}

// consents returns which Yes holds where, and finds it out at the first call.
func (c *checker) consents() *consents {
	if c.consent == nil {
		c.consent = c.flow.consents()
	}
	return c.consent
}

// find adds a diagnostic of the running rule about a text.
func (c *checker) find(at syntax.Text, message, help string, related ...diag.Related) syntax.Report {
	return c.add(c.rule.severity, at.Pos, at.Len(), message, help, related)
}

// findAs is find with another severity than the rule's own.
func (c *checker) findAs(severity diag.Severity, at syntax.Text, message, help string, related ...diag.Related) syntax.Report {
	return c.add(severity, at.Pos, at.Len(), message, help, related)
}

// findKey calls find for a key ("menu") whose position alone was kept.
func (c *checker) findKey(at engine.Pos, key, message, help string, related ...diag.Related) {
	c.add(c.rule.severity, at, len(key), message, help, related)
}

func (c *checker) add(severity diag.Severity, at engine.Pos, length int, message, help string, related []diag.Related) syntax.Report {
	if severity == diag.Warning {
		// A suppression stands above the line that the warning names, and that can't be
		// a line of the text itself.
		if key, inText := c.f.TextAround(at); inText {
			if at.Line > key.Pos.Line+1 {
				related = append([]diag.Related{diag.At(at, "It is about this line of the text.")}, related...)
			}
			at, length = key.Pos, key.Len()
		}
	}
	c.out = append(c.out, diag.Diagnostic{
		Code: c.rule.code, Severity: severity, Pos: at, Length: max(1, length),
		Message: message, Help: help, Related: related,
		Suppressed: severity != diag.Error && c.suppressed(c.rule.code, at),
	})
	return c.f.Report(&c.out[len(c.out)-1])
}

// near returns the candidates nearest to a name. It stops suggesting after
// MaxDiagnostics, because each search costs more than it then helps.
func (c *checker) near(name string, candidates []string) []string {
	if len(c.out) > syntax.MaxDiagnostics {
		return nil
	}
	return spelling.Nearest(name, candidates)
}

// suppressed reports whether a suppression covers a diagnostic's line, and marks that
// suppression as used.
func (c *checker) suppressed(code string, at engine.Pos) bool {
	covered := false
	for _, a := range c.suppressions[at.Line] {
		if a.Code == code && a.Pos.File == at.File {
			c.needed[a] = true
			covered = true
		}
	}
	return covered
}
