// Package diagnostics holds one page a finding: what it means, a menu that has
// it and one that has not. Tests run the menus of every page.
package diagnostics

import (
	"embed"
	"regexp"
	"slices"
	"strings"
)

//go:embed *.md
var files embed.FS

// pageName is a page's file: a code and ".md". Other files, as the index, are no
// pages.
var pageName = regexp.MustCompile(`^([A-Z]\d{3})\.md$`)

// Page is the page of a code ("U101"), and whether there is one.
func Page(code string) (string, bool) {
	if !pageName.MatchString(code + ".md") {
		return "", false
	}
	b, err := files.ReadFile(code + ".md")
	return string(b), err == nil
}

// Codes are the codes that have a page, sorted.
func Codes() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	var codes []string
	for _, e := range entries {
		if m := pageName.FindStringSubmatch(e.Name()); m != nil {
			codes = append(codes, m[1])
		}
	}
	slices.Sort(codes)
	return codes
}

// Title is a page's first line without the code: "no such screen".
func Title(page string) string {
	first, _, _ := strings.Cut(page, "\n")
	_, title, _ := strings.Cut(first, ": ")
	return title
}
