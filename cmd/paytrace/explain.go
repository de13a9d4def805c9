package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/docs/diagnostics"
	"github.com/paytrace/paytrace/engine/spelling"
)

type explainCmd struct {
	Code string `arg:"" optional:"" help:"Code of a diagnostic, as U205. Without one, all codes are listed."`
}

func (explainCmd) Help() string {
	return `Each page has a menu that is wrong and one that is right.

Example:
  paytrace explain U205`
}

// Run prints the page of a diagnostic.
func (v explainCmd) Run(std streams) error {
	if v.Code == "" {
		return listCodes(std.out, diagnostics.Codes())
	}
	page, ok := diagnostics.Page(codeOf(v.Code))
	if !ok {
		return misuse{noCode(v.Code)}
	}
	_, err := io.WriteString(std.out, page)
	return err
}

func listCodes(w io.Writer, codes []string) error {
	var b strings.Builder
	for _, code := range codes {
		fmt.Fprintf(&b, "%s  %s\n", code, titleOf(code))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// titleOf returns what a code means, "" for one without a page.
func titleOf(code string) string {
	page, ok := diagnostics.Page(code)
	if !ok {
		return ""
	}
	return diagnostics.Title(page)
}

var bareNumber = regexp.MustCompile(`^\d{3}$`)

// codeOf corrects a code as people type it: "u205", "205".
func codeOf(typed string) string {
	if bareNumber.MatchString(typed) {
		return "U" + typed
	}
	return strings.ToUpper(typed)
}

func noCode(typed string) error {
	if near, ok := spelling.Suggest(codeOf(typed), diagnostics.Codes()); ok {
		return fmt.Errorf("no diagnostic has the code %q; did you mean %q?", typed, near)
	}
	return fmt.Errorf("no diagnostic has the code %q; \"paytrace explain\" lists them all", typed)
}
