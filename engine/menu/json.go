package menu

import (
	"encoding/json"
	"io"
)

// String is "error", "warning" or "advice".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Advice:
		return "advice"
	}
	return "unknown"
}

type jsonFinding struct {
	Code     string     `json:"code"`
	Severity string     `json:"severity"`
	File     string     `json:"file"`
	Line     int        `json:"line"`
	Column   int        `json:"column"`
	Length   int        `json:"length"`
	Message  string     `json:"message"`
	Hint     string     `json:"hint,omitempty"`
	Notes    []jsonNote `json:"notes,omitempty"`
	Allowed  bool       `json:"allowed,omitempty"`
}

type jsonNote struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Text   string `json:"text"`
}

// JSON writes findings for programs: an array, one object a finding.
func JSON(w io.Writer, fs Findings) error {
	list := make([]jsonFinding, 0, len(fs))
	for _, f := range fs {
		j := jsonFinding{
			Code: f.Code, Severity: f.Severity.String(),
			File: f.Pos.File, Line: f.Pos.Line, Column: f.Pos.Column, Length: f.Length,
			Message: f.Message, Hint: f.Hint, Allowed: f.Allowed,
		}
		for _, n := range f.Notes {
			j.Notes = append(j.Notes, jsonNote{n.Pos.File, n.Pos.Line, n.Pos.Column, n.Text})
		}
		list = append(list, j)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}
