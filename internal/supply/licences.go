package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/google/licensecheck"
)

// allowed are the licences under which a linked module may come, by their SPDX names.
// All of them let the program be sold and its own source stay closed. MPL-2.0 asks only
// that changes to the module's own files are published, and none is changed here.
var allowed = map[string]bool{
	"0BSD": true, "Apache-2.0": true, "BSD-2-Clause": true, "BSD-3-Clause": true, "CC0-1.0": true,
	"ISC": true, "MIT": true, "MPL-2.0": true, "Unlicense": true, "Zlib": true, "blessing": true,
}

// standsBeside are texts that come beside a licence and are none: promises about
// patents, and lists of those who hold the copyright.
var standsBeside = map[string]bool{"GooglePatentClause": true, "GooglePatentsFile": true}

// byHand are the licences of texts that people have read, by the SHA-256 of the text:
// another text has to be read again.
var byHand = map[string][]string{
	// modernc.org/libc: Go and musl, with parts under BSD licences and in the public domain.
	"f597097efe3d97021f89170746bd3a0fb9a8b6fb26b82043ed68a4e0283bee6c": {"BSD-2-Clause", "BSD-3-Clause", "MIT"},
	// modernc.org/memory: the address of a picture, which is not in the program.
	"5ae5bee3072a841376451b48d8cfcec7188e10543926d5870828d36c8a750dc5": {},
	// modernc.org/sqlite: SQLite is in the public domain.
	"8438c9c89b849131ead81d5435cb97fcf052df5b0b286dda8a2d4c29e6cb3fd0": {"blessing"},
}

// minCovered is how much of a licence's file must be words of known licences, in
// percent. The rest is the names of those who hold the copyright.
const minCovered = 60

var (
	errNoLicence  = errors.New("its files state no licence that is known")
	errNotAllowed = errors.New("its licence is not allowed")
)

// licencesOf returns the SPDX names of the licences in texts, sorted. "unknown" stands
// for a text that is no known licence.
func licencesOf(texts []text) []string {
	var list []string
	add := func(name string) {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	for _, t := range texts {
		if read, ok := byHand[fmt.Sprintf("%x", sha256.Sum256([]byte(t.Text)))]; ok {
			for _, name := range read {
				add(name)
			}
			continue
		}
		found := licensecheck.Scan([]byte(t.Text))
		known := false
		for _, m := range found.Match {
			if m.IsURL || standsBeside[m.ID] {
				continue
			}
			known = true
			add(m.ID)
		}
		aside := !strings.Contains(strings.ToLower(t.Name), "licen") && !strings.Contains(strings.ToLower(t.Name), "copying")
		if !aside && (!known || found.Percent < minCovered) {
			add("unknown")
		}
	}
	slices.Sort(list)
	return list
}

// refuse returns why a module may not be linked, or nil.
func (m module) refuse() error {
	if len(m.Licences) == 0 {
		return fmt.Errorf("%s %s: %w; read its source, or use another module", m.Path, m.Version, errNoLicence)
	}
	for _, name := range m.Licences {
		if !allowed[name] {
			return fmt.Errorf("%s %s: %w: found %s, expected one of the list in internal/supply/licences.go; use another module, or add the licence there with a reason",
				m.Path, m.Version, errNotAllowed, name)
		}
	}
	return nil
}

// report lists the linked modules with their licences. The error names those that may
// not be linked.
func report(linked []module, out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	var refused []error
	for _, m := range linked {
		fmt.Fprintf(w, "%s\t%s\t%s\n", m.Path, m.Version, strings.Join(m.Licences, ", "))
		refused = append(refused, m.refuse())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return errors.Join(refused...)
}
