package report

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// ReportVersion is the version of the JSON report. It changes when a field is
// removed or changes its meaning, not when one is added.
const ReportVersion = 1

// reportJSON is the report as docs/dial-results.schema.json describes it.
type reportJSON struct {
	Version    int        `json:"version"`
	Began      string     `json:"began"`
	TookMS     float64    `json:"took_ms"`
	Seed       uint64     `json:"seed"`
	Passed     int        `json:"passed"`
	Failed     int        `json:"failed"`
	NotChecked int        `json:"not_checked"`
	Calls      []callJSON `json:"calls"`
	Coverage   any        `json:"coverage,omitempty"`
}

type callJSON struct {
	File      string          `json:"file"`
	Line      int             `json:"line"`
	Title     string          `json:"title"`
	Lang      string          `json:"lang,omitempty"`
	Tags      []string        `json:"tags"`
	Status    string          `json:"status"`
	Why       string          `json:"why,omitempty"`
	Checks    int             `json:"checks"`
	TookMS    float64         `json:"took_ms"`
	Again     string          `json:"again,omitempty"`
	Problems  []problemJSON   `json:"problems"`
	Unchecked []uncheckedJSON `json:"unchecked"`
	Steps     []stepJSON      `json:"steps"`
	Events    []eventJSON     `json:"events"`
}

type placeJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type problemJSON struct {
	placeJSON
	Message  string   `json:"message"`
	Keys     []string `json:"keys"`
	Expected []string `json:"expected,omitempty"`
	Shown    []string `json:"shown,omitempty"`
	// DiffersAt is the first line of the two screens that differs, from 0.
	DiffersAt *int        `json:"differs_at,omitempty"`
	Screen    *ScreenJSON `json:"screen,omitempty"`
}

// ScreenJSON is a screen of the menu, with its line there.
type ScreenJSON struct {
	Name    string `json:"name"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Version string `json:"version"`
}

type uncheckedJSON struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	Why  string `json:"why"`
}

type stepJSON struct {
	Line   int         `json:"line"`
	Typed  string      `json:"typed"`
	Text   string      `json:"text"`
	End    bool        `json:"end"`
	TookMS float64     `json:"took_ms"`
	Screen *ScreenJSON `json:"screen,omitempty"`
}

type eventJSON struct {
	placeJSON
	Kind    string `json:"kind"`
	Step    int    `json:"step"`
	Menu    string `json:"menu"`
	Version string `json:"version"`
	Screen  string `json:"screen"`
	To      string `json:"to,omitempty"`
	Name    string `json:"name,omitempty"`
	Action  string `json:"action,omitempty"`
	Index   *int   `json:"index,omitempty"`
	Page    int    `json:"page,omitempty"`
	Lang    string `json:"lang"`
}

// JSON writes the report for programs, as docs/dial-results.schema.json
// describes it.
func JSON(w io.Writer, rep Report) error {
	out := reportJSON{
		Version: ReportVersion, Began: rep.Began.UTC().Format(time.RFC3339), TookMS: millis(rep.Took), Seed: rep.Seed,
		Calls: make([]callJSON, 0, len(rep.Results)), Coverage: rep.Coverage,
	}
	out.Passed, out.Failed, out.NotChecked = counts(rep.Results)
	for i := range rep.Results {
		out.Calls = append(out.Calls, rep.callJSON(&rep.Results[i]))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (rep *Report) callJSON(r *dialscript.Result) callJSON {
	c := callJSON{
		File: r.Call.Pos.File, Line: r.Call.Pos.Line, Title: r.Call.Title, Lang: r.Lang, Tags: append([]string{}, r.Call.Tags()...),
		Status: strings.ReplaceAll(r.Status.String(), " ", "_"), Why: r.Why, Checks: r.Checks, TookMS: millis(r.Took), Again: rep.again(r),
		Problems: []problemJSON{}, Unchecked: []uncheckedJSON{}, Steps: []stepJSON{}, Events: []eventJSON{},
	}
	for _, p := range r.Problems {
		j := problemJSON{placeJSON: place(p.Pos), Message: p.Message, Keys: append([]string{}, p.Keys...), Expected: p.Expected, Shown: p.Shown, Screen: ScreenOf(p.Screen)}
		if p.Line >= 0 {
			j.DiffersAt = &p.Line
		}
		c.Problems = append(c.Problems, j)
	}
	for _, u := range r.Unchecked {
		c.Unchecked = append(c.Unchecked, uncheckedJSON{u.Pos.Line, u.Text, u.Why})
	}
	for i, s := range r.Screens {
		if s != nil {
			step := &r.Call.Steps[i]
			c.Steps = append(c.Steps, stepJSON{step.Pos.Line, step.Input.String(), s.Text, s.End, millis(s.Took), ScreenOf(*s)})
		}
	}
	for _, e := range r.Events {
		c.Events = append(c.Events, eventOf(e))
	}
	return c
}

func place(p engine.Pos) placeJSON { return placeJSON{p.File, p.Line, p.Column} }

// ScreenOf returns nil if the target can't see which screen it is.
func ScreenOf(s dialscript.Screen) *ScreenJSON {
	if s.Name == "" {
		return nil
	}
	return &ScreenJSON{s.Name, s.Pos.File, s.Pos.Line, s.Program}
}

func eventOf(e dialscript.Event) eventJSON {
	j := eventJSON{
		placeJSON: place(e.Pos), Kind: e.Kind, Step: e.Step, Menu: e.Menu, Version: e.Program, Screen: e.Screen,
		To: e.To, Name: e.Name, Action: e.Action, Page: e.Page, Lang: e.Lang,
	}
	if e.Screen == engine.Idle {
		j.Screen = e.To
	}
	if e.Index >= 0 {
		j.Index = &e.Index
	}
	return j
}
