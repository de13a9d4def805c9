package report

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/terminal"
)

//go:embed report.html
var reportPage embed.FS

var reportTemplate = template.Must(template.ParseFS(reportPage, "report.html"))

// These types are the data of the page.
type (
	pageData struct {
		Summary                    string
		Began, Took                string
		Seed                       uint64
		Passed, Failed, NotChecked int
		Files                      []pageFile
	}
	pageFile struct {
		Name  string
		Calls []pageCall
	}
	pageCall struct {
		Title, At, Took, Why, Again string
		Status                      string // as a CSS class
		Word                        string
		Problems                    []pageProblem
		Unchecked                   []string
		Steps                       []pageStep
	}
	pageProblem struct {
		At, Message, Keys, Menu string
		Lines                   []string
		Expected, Shown         []pageLine
	}
	pageLine struct {
		Text   string
		Differ bool
	}
	pageStep struct {
		Typed, Name string
		Lines       []string
		End         bool
	}
)

// HTML writes the report as one page without other files.
func HTML(w io.Writer, rep Report) error {
	d := pageData{Summary: Summary(rep.Results), Began: rep.Began.Format("2 January 2006, 15:04:05"), Took: rep.Took.Round(time.Millisecond).String(), Seed: rep.Seed}
	d.Passed, d.Failed, d.NotChecked = counts(rep.Results)
	at := map[string]int{}
	for i := range rep.Results {
		r := &rep.Results[i]
		file := r.Call.Pos.File
		n, known := at[file]
		if !known {
			n = len(d.Files)
			at[file] = n
			d.Files = append(d.Files, pageFile{Name: file})
		}
		d.Files[n].Calls = append(d.Files[n].Calls, rep.pageCall(r))
	}
	return reportTemplate.Execute(w, d)
}

func (rep *Report) pageCall(r *dialscript.Result) pageCall {
	c := pageCall{
		Title: r.Title(), At: r.Call.Pos.String(), Took: fmt.Sprintf("%.1f ms", millis(r.Took)), Why: r.Why,
		Status: strings.ReplaceAll(r.Status.String(), " ", "-"), Word: r.Status.String(),
	}
	if r.Status == dialscript.Failed {
		c.Again = rep.again(r)
	}
	for _, p := range r.Problems {
		c.Problems = append(c.Problems, pageProblem{
			At: p.Pos.String(), Message: p.Message, Keys: Keys(p.Keys), Menu: Place(p.Screen), Lines: rep.excerpt(p.Screen.Pos),
			Expected: pageLines(p.Expected, p.Line), Shown: pageLines(p.Shown, p.Line),
		})
	}
	for _, u := range r.Unchecked {
		c.Unchecked = append(c.Unchecked, fmt.Sprintf("line %d: %s: %s", u.Pos.Line, u.Text, u.Why))
	}
	for i, s := range r.Screens {
		if s != nil {
			step := &r.Call.Steps[i]
			c.Steps = append(c.Steps, pageStep{Typed: strings.TrimPrefix(step.Line(), "> "), Name: s.Name, Lines: dialscript.Lines(visibleLines(s.Text)), End: s.End})
		}
	}
	return c
}

func pageLines(text []string, differ int) []pageLine {
	var out []pageLine
	for i, line := range text {
		out = append(out, pageLine{terminal.Visible(line), i == differ})
	}
	if differ == len(text) && text != nil {
		out = append(out, pageLine{"", true})
	}
	return out
}

// visibleLines applies Visible to a text of several lines.
func visibleLines(s string) string {
	all := strings.Split(s, "\n")
	for i := range all {
		all[i] = terminal.Visible(all[i])
	}
	return strings.Join(all, "\n")
}
