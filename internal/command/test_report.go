package command

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/report"
	"github.com/paytrace/paytrace/internal/service"
)

// report writes the results in every form that was asked for.
func (v testCmd) report(w io.Writer, rep report.Report) error {
	form := report.Text
	switch {
	case v.TAP:
		form = report.TAP
	case v.JSON:
		form = report.JSON
	}
	if err := form(w, rep); err != nil {
		return err
	}
	if v.JUnit != "" {
		if err := writeReport(v.JUnit, rep, report.JUnit); err != nil {
			return fmt.Errorf("--junit: %w", err)
		}
	}
	if v.HTML == "" {
		return nil
	}
	if err := os.MkdirAll(v.HTML, 0o755); err != nil { //nolint:gosec // a report is no secret
		return misuse{fmt.Errorf("--html: %w", err)}
	}
	if err := writeReport(filepath.Join(v.HTML, "index.html"), rep, report.HTML); err != nil {
		return fmt.Errorf("--html: %w", err)
	}
	return nil
}

func writeReport(file string, rep report.Report, form func(io.Writer, report.Report) error) error {
	f, err := os.Create(file)
	if err != nil {
		return misuse{err}
	}
	return errors.Join(form(f, rep), f.Close())
}

// again returns the command that plays one call again.
func (v testCmd) again(r *dialscript.Result) string {
	words := []string{"paytrace", "test", shellWord(r.Call.Pos.File + ":" + strconv.Itoa(r.Call.Pos.Line))}
	if r.Lang != "" {
		words = append(words, "--lang", r.Lang)
	}
	if v.Shuffle != 0 {
		words = append(words, "--shuffle", strconv.FormatUint(v.Shuffle, 10))
	}
	if v.URL != "" {
		words = append(words, "--url", shellWord(shownURL(v.URL)), "--gateway", v.Gateway)
		for _, code := range v.Code {
			words = append(words, "--code", shellWord(code))
		}
	}
	return strings.Join(words, " ")
}

// shownURL shortens a URL for reports: its path may end in a secret.
func shownURL(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return "…"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	if first, rest, more := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/"); more && rest != "" {
		return u.Scheme + "://" + u.Host + "/" + first + "/…"
	}
	return u.String()
}

// sourceOf returns a function that reads menu files by the paths in positions.
func sourceOf(suites []*suite) func(string) []byte {
	return func(file string) []byte {
		for _, s := range suites {
			for _, folder := range []*service.Folder{s.folder, s.played} {
				if folder != nil && filepath.ToSlash(filepath.Dir(file)) == dirShown(folder) {
					return folder.Source(file)
				}
			}
		}
		return nil
	}
}

func dirShown(f *service.Folder) string {
	if f.Dir == "" {
		return "."
	}
	return filepath.ToSlash(f.Dir)
}
