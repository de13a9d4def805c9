package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// publicDatabase is the database of the Go project.
	publicDatabase = "https://vuln.go.dev"
	// databaseModule has the same entries as a module, for machines that reach a module
	// proxy and nothing else. It is as old as its version: take a newer one with each
	// update of the modules.
	databaseModule = "golang.org/x/vulndb@v0.0.0-20261105234957-e22db6528018"
	// databaseFolder is where that module has its entries.
	databaseFolder = "data/osv"
	// askTimeout bounds the question whether the public database answers.
	askTimeout = 5 * time.Second
)

// accepted are vulnerabilities that the program contains and that nobody can use, by
// why.
var accepted = map[string]string{
	"GO-2026-4950": "fasthttp serves files with it, and the service serves none; Fiber names the version",
}

// errVulnerable says that the program contains a known vulnerability.
var errVulnerable = errors.New("the program contains the vulnerabilities above; take the versions in which they are fixed")

// vulnerabilities looks for known vulnerabilities in the program. Without a database it
// says that it did not look, and returns nil. Those of the standard library are the
// machine's: its Go decides, so they are an error only in a release.
func vulnerabilities(ctx context.Context, out io.Writer, release bool) error {
	where, err := database(ctx)
	if err != nil {
		fmt.Fprintf(out, "The program was NOT examined for known vulnerabilities, because no database can be reached: %v\n", err)
		return nil
	}
	dir, err := os.MkdirTemp("", "paytrace-supply-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "paytrace")
	if err := build(ctx, ".", file, nil); err != nil {
		return err
	}
	said, err := output(ctx, "", "go", "tool", "-modfile=tools/go.mod", "govulncheck", "-mode=binary", "-format=json", "-db="+where, file)
	if err != nil {
		return err
	}
	found, err := readFindings(strings.NewReader(said))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Known vulnerabilities in the program, by %s: %d\n", where, len(found))
	return judge(found, release, out)
}

// A finding is a vulnerability whose code is in the program.
type finding struct{ ID, Summary, Module, Version, Fixed string }

// readFindings reads what govulncheck says. Vulnerabilities of modules whose vulnerable
// code is not in the program are left out.
func readFindings(r io.Reader) ([]finding, error) {
	summaries := map[string]string{}
	byID := map[string]finding{}
	for in := json.NewDecoder(r); ; {
		var message struct {
			OSV *struct{ ID, Summary string }
			// Finding has the place in the program, from the vulnerable code outwards.
			Finding *struct {
				OSV          string
				FixedVersion string `json:"fixed_version"`
				Trace        []struct{ Module, Version, Function string }
			}
		}
		err := in.Decode(&message)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read what govulncheck says: %w", err)
		}
		if o := message.OSV; o != nil {
			summaries[o.ID] = o.Summary
		}
		if f := message.Finding; f != nil && len(f.Trace) > 0 && f.Trace[0].Function != "" {
			byID[f.OSV] = finding{ID: f.OSV, Module: f.Trace[0].Module, Version: f.Trace[0].Version, Fixed: f.FixedVersion}
		}
	}
	var list []finding
	for id, f := range byID {
		f.Summary = summaries[id]
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b finding) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// standardModule is the module under which govulncheck lists the standard library.
const standardModule = "stdlib"

// judge prints findings, and returns errVulnerable if one must be mended.
func judge(found []finding, release bool, out io.Writer) (err error) {
	for _, f := range found {
		what := "mend it"
		switch {
		case accepted[f.ID] != "":
			what = "accepted: " + accepted[f.ID]
		case f.Module == standardModule && !release:
			what = "build releases with the Go in which it is fixed"
		default:
			err = errVulnerable
		}
		fmt.Fprintf(out, "%s  %s %s, fixed in %s: %s\n  %s\n", f.ID, f.Module, f.Version, cmp.Or(f.Fixed, "no version"), f.Summary, what)
	}
	return err
}

// database returns the address of a database that can be read.
func database(ctx context.Context) (string, error) {
	away := asked(ctx, publicDatabase+"/index/db.json")
	if away == nil {
		return publicDatabase, nil
	}
	out, err := output(ctx, "", "go", "mod", "download", "-json", databaseModule)
	if err != nil {
		return "", errors.Join(away, err)
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal([]byte(out), &downloaded); err != nil {
		return "", fmt.Errorf("read what go mod download says: %w", err)
	}
	return "file://" + filepath.Join(downloaded.Dir, databaseFolder), nil
}

// asked returns nil if an address answers.
func asked(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, response.Status)
	}
	return nil
}
