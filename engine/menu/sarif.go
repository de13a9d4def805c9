package menu

import (
	"encoding/json"
	"io"
	"net/url"
	"slices"
)

// The parts of SARIF 2.1.0 (OASIS, 2020) that findings fill.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string     `json:"id"`
	Short *sarifText `json:"shortDescription,omitempty"`
	Help  *sarifText `json:"help,omitempty"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifText    `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndColumn   int `json:"endColumn,omitempty"`
}

type sarifSuppression struct {
	Kind string `json:"kind"`
}

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// SARIF writes findings in the format that code hosts show beside the lines of a
// change: SARIF 2.1.0. title is what a code means, "" if that is not known.
func SARIF(w io.Writer, fs Findings, version string, title func(code string) string) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "paytrace", Version: version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
	}
	var codes []string
	for _, f := range fs {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	for _, code := range codes {
		rule := sarifRule{ID: code, Help: &sarifText{"paytrace explain " + code}}
		if t := title(code); t != "" {
			rule.Short = &sarifText{t}
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
	}
	for _, f := range fs {
		run.Results = append(run.Results, sarifOf(f, slices.Index(codes, f.Code)))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifOf(f Finding, rule int) sarifResult {
	text := f.Message
	if f.Hint != "" {
		text += " " + f.Hint
	}
	r := sarifResult{
		RuleID: f.Code, RuleIndex: rule, Level: sarifLevels[f.Severity], Message: sarifText{text},
		Locations: []sarifLocation{{Physical: sarifPlace(f.Pos.File, f.Pos.Line, f.Pos.Column, f.Length)}},
	}
	for _, n := range f.Notes {
		if n.Pos.Line > 0 {
			r.Related = append(r.Related, sarifLocation{sarifPlace(n.Pos.File, n.Pos.Line, n.Pos.Column, 0), &sarifText{n.Text}})
		} else {
			r.Message.Text += "\n" + n.Text
		}
	}
	if f.Allowed {
		r.Suppressions = []sarifSuppression{{"inSource"}}
	}
	return r
}

var sarifLevels = map[Severity]string{Error: "error", Warning: "warning", Advice: "note"}

func sarifPlace(file string, line, column, length int) sarifPhysical {
	p := sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: file}).EscapedPath()}}
	if line > 0 {
		p.Region = &sarifRegion{StartLine: line, StartColumn: max(1, column)}
		if length > 0 {
			p.Region.EndColumn = max(1, column) + length
		}
	}
	return p
}
