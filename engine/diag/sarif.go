package diag

import (
	"encoding/json"
	"io"
	"net/url"
	"slices"

	"github.com/paytrace/paytrace/engine"
)

// The types below are the parts of SARIF 2.1.0 (OASIS, 2020) that diagnostics fill.
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

// SARIF writes diagnostics as SARIF 2.1.0, which code hosts show beside the lines
// of a change. title returns what a code means, or "".
func SARIF(w io.Writer, list List, version string, title func(code string) string) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "paytrace", Version: version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
	}
	var codes []string
	for _, d := range list {
		codes = append(codes, d.Code)
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
	for _, d := range list {
		run.Results = append(run.Results, sarifOf(d, slices.Index(codes, d.Code)))
	}
	e := json.NewEncoder(covered{w})
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifOf(d Diagnostic, rule int) sarifResult {
	text := d.Message
	if d.Help != "" {
		text += " " + d.Help
	}
	r := sarifResult{
		RuleID: d.Code, RuleIndex: rule, Level: sarifLevels[d.Severity], Message: sarifText{text},
		Locations: []sarifLocation{{Physical: sarifPlace(d.Pos, d.Length)}},
	}
	for _, also := range d.Related {
		if also.Pos.Line > 0 {
			r.Related = append(r.Related, sarifLocation{sarifPlace(also.Pos, 0), &sarifText{also.Text}})
		} else {
			r.Message.Text += "\n" + also.Text
		}
	}
	if d.Suppressed {
		r.Suppressions = []sarifSuppression{{"inSource"}}
	}
	return r
}

var sarifLevels = map[Severity]string{Error: "error", Warning: "warning", Info: "note"}

func sarifPlace(pos engine.Pos, length int) sarifPhysical {
	p := sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: pos.File}).EscapedPath()}}
	if pos.Line > 0 {
		p.Region = &sarifRegion{StartLine: pos.Line, StartColumn: max(1, pos.Column)}
		if length > 0 {
			p.Region.EndColumn = max(1, pos.Column) + length
		}
	}
	return p
}
