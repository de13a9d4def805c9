package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mit is the text of a licence, without the names.
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`

const agpl = `GNU AFFERO GENERAL PUBLIC LICENSE Version 3

This program is free software: you can redistribute it and/or modify it under
the terms of the GNU Affero General Public License as published by the Free
Software Foundation, either version 3 of the License, or (at your option) any
later version.`

// all are the modules of the program. They are listed once.
func all(t *testing.T) []module {
	t.Helper()
	t.Chdir("../..")
	linked, err := linkedModules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return linked
}

func TestLicences(t *testing.T) {
	for name, c := range map[string]struct {
		texts []text
		want  []string
		err   error
	}{
		"allowed":             {[]text{{"LICENSE", "Copyright 2026 A\n\n" + mit}}, []string{"MIT"}, nil},
		"not allowed":         {[]text{{"LICENSE", agpl}}, nil, errNotAllowed},
		"beside an allowed":   {[]text{{"LICENSE", mit}, {"LICENSE-EXTRA", agpl}}, nil, errNotAllowed},
		"words of its own":    {[]text{{"LICENSE", "You may use this on weekdays."}}, []string{"unknown"}, errNotAllowed},
		"more than a licence": {[]text{{"LICENSE", mit + strings.Repeat("But never sell it to anybody at all. ", 40)}}, []string{"MIT", "unknown"}, errNotAllowed},
		"a notice alone":      {[]text{{"NOTICE", "Made by A."}}, nil, errNoLicence},
		"nothing":             {nil, nil, errNoLicence},
	} {
		m := module{Path: "example.com/a", Version: "v1.0.0", Texts: c.texts, Licences: licencesOf(c.texts)}
		if c.want != nil && !slices.Equal(m.Licences, c.want) {
			t.Errorf("%s: found %v, want %v", name, m.Licences, c.want)
		}
		err := m.refuse()
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
		if err != nil && !strings.Contains(err.Error(), "example.com/a v1.0.0") {
			t.Errorf("%s: the error does not name the module: %v", name, err)
		}
	}
}

// All linked modules may be linked, and NOTICE has their licences.
func TestLinkedModules(t *testing.T) {
	linked := all(t)
	var out bytes.Buffer
	if err := report(linked, &out); err != nil {
		t.Error(err)
	}
	if err := checkNotice(linked); err != nil {
		t.Error(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile(noticeFile, notice(linked[1:]), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkNotice(linked); !errors.Is(err, errStale) {
		t.Errorf("a NOTICE without one module: %v, want %v", err, errStale)
	}
}

// The bill of materials has every module that go.mod needs for the program, with its
// hash, and its graph names nothing else.
func TestBillOfMaterials(t *testing.T) {
	linked := all(t)
	var files [2][]byte
	for i := range files {
		name := filepath.Join(t.TempDir(), "bom.json")
		if err := writeSBOM(linked, name, "v1.2.3"); err != nil {
			t.Fatal(err)
		}
		var err error
		if files[i], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same modules gave two different files")
	}
	var bom struct {
		BOMFormat, SpecVersion string
		Metadata               struct {
			Component struct{ Name, Version, Purl string }
		}
		Components []struct {
			Ref     string `json:"bom-ref"`
			Name    string
			Version string
			Purl    string
			Hashes  []struct{ Content string }
		}
		Dependencies []struct {
			Ref       string
			DependsOn []string
		}
	}
	if err := json.Unmarshal(files[0], &bom); err != nil {
		t.Fatal(err)
	}
	if bom.BOMFormat != "CycloneDX" || bom.SpecVersion != "1.6" || bom.Metadata.Component.Version != "v1.2.3" || bom.Metadata.Component.Name != "paytrace" {
		t.Errorf("the head is %q %q %+v", bom.BOMFormat, bom.SpecVersion, bom.Metadata)
	}
	known := map[string]bool{bom.Metadata.Component.Purl: true}
	for _, c := range bom.Components {
		known[c.Ref] = true
		if hashed := len(c.Hashes) == 1 && len(c.Hashes[0].Content) == 64; hashed == (c.Name == standardLibrary) || c.Version == "" || c.Purl != c.Ref {
			t.Errorf("%s: %+v", c.Name, c)
		}
	}
	if len(bom.Components) != len(linked)-1 || len(bom.Dependencies) != len(linked) {
		t.Errorf("%d components and %d in the graph of %d modules", len(bom.Components), len(bom.Dependencies), len(linked))
	}
	for _, d := range bom.Dependencies {
		for _, ref := range append(d.DependsOn, d.Ref) {
			if !known[ref] {
				t.Errorf("the graph names %s, which is no component", ref)
			}
		}
	}
	if !known["pkg:golang/github.com/jackc/pgx/v5@"+version(linked, "github.com/jackc/pgx/v5")] {
		t.Error("the driver of Postgres is missing")
	}
}

func version(linked []module, path string) string {
	for _, m := range linked {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}

// What govulncheck says of a program: one vulnerability of a module, one of the standard
// library, and one whose code is not in the program.
const said = `{"config": {"protocol_version": "v1.0.0"}}
{"osv": {"id": "GO-2026-0002", "summary": "Too much memory", "affected": []}}
{"osv": {"id": "GO-2026-0001", "summary": "A wrong length"}}
{"osv": {"id": "GO-2026-0003", "summary": "Not used"}}
{"finding": {"osv": "GO-2026-0002", "fixed_version": "v1.2.7", "trace": [{"module": "example.com/a", "version": "v1.2.6", "package": "example.com/a", "function": "Read"}]}}
{"finding": {"osv": "GO-2026-0002", "fixed_version": "v1.2.7", "trace": [{"module": "example.com/a", "version": "v1.2.6"}]}}
{"finding": {"osv": "GO-2026-0001", "fixed_version": "v1.26.9", "trace": [{"module": "stdlib", "version": "v1.26.8", "package": "net/http", "function": "Serve"}]}}
{"finding": {"osv": "GO-2026-0003", "trace": [{"module": "example.com/b", "version": "v0.1.0"}]}}
`

func TestFindings(t *testing.T) {
	found, err := readFindings(strings.NewReader(said))
	if err != nil {
		t.Fatal(err)
	}
	want := []finding{
		{"GO-2026-0001", "A wrong length", "stdlib", "v1.26.8", "v1.26.9"},
		{"GO-2026-0002", "Too much memory", "example.com/a", "v1.2.6", "v1.2.7"},
	}
	if !slices.Equal(found, want) {
		t.Fatalf("found %v, want %v", found, want)
	}
	old := finding{ID: "GO-2026-4950", Module: "github.com/valyala/fasthttp"}
	for name, c := range map[string]struct {
		found   []finding
		release bool
		err     error
		words   string
	}{
		"nothing":              {nil, true, nil, ""},
		"a module":             {found[1:], false, errVulnerable, "fixed in v1.2.7"},
		"Go":                   {found[:1], false, nil, "build releases with the Go"},
		"Go in a release":      {found[:1], true, errVulnerable, "mend it"},
		"accepted":             {[]finding{old}, true, nil, "accepted: "},
		"accepted and another": {[]finding{old, found[1]}, false, errVulnerable, "no version"},
	} {
		var out bytes.Buffer
		if err := judge(c.found, c.release, &out); !errors.Is(err, c.err) || (err == nil) != (c.err == nil) || !strings.Contains(out.String(), c.words) {
			t.Errorf("%s: %v, want %v; it says\n%s", name, err, c.err, out.String())
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"sbom"}, {"notice", "now"}, {"reproducible", "twice"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", args, err)
		}
	}
}
