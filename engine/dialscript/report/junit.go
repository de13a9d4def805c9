package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/terminal"
)

// CI services read these elements of JUnit's XML: a file is a suite, a call is a
// case.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		ID         int             `xml:"id,attr"`
		Properties []junitProperty `xml:"properties>property,omitempty"`
		Cases      []junitCase     `xml:"testcase"`

		took time.Duration
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		Class     string        `xml:"classname,attr"`
		File      string        `xml:"file,attr"`
		Line      int           `xml:"line,attr"`
		Time      string        `xml:"time,attr"`
		Skipped   *junitMessage `xml:"skipped"`
		Failure   *junitMessage `xml:"failure"`
		Error     *junitMessage `xml:"error"`
		SystemOut string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

const (
	wholeRun  = "paytrace test"
	timestamp = "2006-01-02T15:04:05"
)

// JUnit writes the report as JUnit XML. A call that was not checked is skipped.
func JUnit(w io.Writer, rep Report) error {
	all := junitSuites{Name: wholeRun, Time: seconds(rep.Took), Tests: len(rep.Results)}
	_, all.Failures, all.Skipped = counts(rep.Results)
	at := map[string]int{}
	for i := range rep.Results {
		r := &rep.Results[i]
		file := r.Call.Pos.File
		n, known := at[file]
		if !known {
			n = len(all.Suites)
			at[file] = n
			all.Suites = append(all.Suites, junitSuite{
				Name: file, ID: n, Timestamp: rep.Began.UTC().Format(timestamp),
				Properties: []junitProperty{{"seed", fmt.Sprint(rep.Seed)}},
			})
		}
		all.Suites[n].add(rep, r)
	}
	if rep.Stopped != "" {
		all.Tests++
		all.Errors++
		all.Suites = append(all.Suites, stoppedSuite(rep, len(all.Suites)))
	}
	for i := range all.Suites {
		all.Suites[i].Time = seconds(all.Suites[i].took)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// stoppedSuite has one case, with the error of the whole run: a CI service shows a file
// without a failed case as a success.
func stoppedSuite(rep Report, id int) junitSuite {
	first, _, _ := strings.Cut(rep.Stopped, "\n")
	return junitSuite{
		Name: wholeRun, Tests: 1, Errors: 1, ID: id, Timestamp: rep.Began.UTC().Format(timestamp),
		Cases: []junitCase{{Name: "the run", Class: wholeRun, Time: seconds(0), Error: &junitMessage{Message: terminal.Visible(first), Type: "run", Text: visibleLines(rep.Stopped)}}},
	}
}

func (s *junitSuite) add(rep Report, r *dialscript.Result) {
	c := junitCase{Name: r.Title(), Class: r.Call.Pos.File, File: r.Call.Pos.File, Line: r.Call.Pos.Line, Time: seconds(r.Took)}
	switch r.Status {
	case dialscript.Failed:
		s.Failures++
		c.Line = r.Problems[0].Pos.Line
		c.Failure = &junitMessage{Message: terminal.Visible(r.Problems[0].Message), Type: "call", Text: rep.failedText(r)}
	case dialscript.NotChecked:
		s.Skipped++
		c.Skipped = &junitMessage{Message: terminal.Visible("not checked: " + r.Why)}
	}
	for _, u := range r.Unchecked {
		c.SystemOut += fmt.Sprintf("%s: not checked: %s: %s\n", u.Pos, terminal.Visible(u.Text), terminal.Visible(u.Why))
	}
	s.Tests++
	s.took += r.Took
	s.Cases = append(s.Cases, c)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
