package diag

import (
	"encoding/json"
	"io"
)

// jsonSeverities names the severities for programs; "advice" is older than Info.
var jsonSeverities = map[Severity]string{0: "unknown", Error: "error", Warning: "warning", Info: "advice"}

type jsonDiagnostic struct {
	Code     string        `json:"code"`
	Severity string        `json:"severity"`
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Column   int           `json:"column"`
	Length   int           `json:"length"`
	Message  string        `json:"message"`
	Hint     string        `json:"hint,omitempty"`
	Notes    []jsonRelated `json:"notes,omitempty"`
	Allowed  bool          `json:"allowed,omitempty"`
}

type jsonRelated struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Text   string `json:"text"`
}

// JSON writes an array of diagnostics for programs.
func JSON(w io.Writer, list List) error {
	all := make([]jsonDiagnostic, 0, len(list))
	for _, d := range list {
		j := jsonDiagnostic{
			Code: d.Code, Severity: jsonSeverities[d.Severity],
			File: d.Pos.File, Line: d.Pos.Line, Column: d.Pos.Column, Length: d.Length,
			Message: d.Message, Hint: d.Help, Allowed: d.Suppressed,
		}
		for _, r := range d.Related {
			j.Notes = append(j.Notes, jsonRelated{r.Pos.File, r.Pos.Line, r.Pos.Column, r.Text})
		}
		all = append(all, j)
	}
	e := json.NewEncoder(covered{w})
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
