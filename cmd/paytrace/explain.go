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
	Code string `arg:"" optional:"" help:"A finding's code, as U205; all codes are listed if none is named."`
}

func (explainCmd) Help() string {
	return `Each page has a menu that is wrong and one that is right.

Example:
  paytrace explain U205`
}

// Run prints the page of a finding.
func (v explainCmd) Run(std streams) error {
	if v.Code == "" {
		return listCodes(std.out)
	}
	page, ok := diagnostics.Page(codeOf(v.Code))
	if !ok {
		return misuse{noCode(v.Code)}
	}
	_, err := io.WriteString(std.out, page)
	return err
}

func listCodes(w io.Writer) error {
	var b strings.Builder
	for _, code := range diagnostics.Codes() {
		page, _ := diagnostics.Page(code)
		fmt.Fprintf(&b, "%s  %s\n", code, diagnostics.Title(page))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var bareNumber = regexp.MustCompile(`^\d{3}$`)

// codeOf is a code as people may type it: "u205", "205".
func codeOf(typed string) string {
	if bareNumber.MatchString(typed) {
		return "U" + typed
	}
	return strings.ToUpper(typed)
}

func noCode(typed string) error {
	if near, ok := spelling.Suggest(codeOf(typed), diagnostics.Codes()); ok {
		return fmt.Errorf("no finding has the code %q; did you mean %q?", typed, near)
	}
	return fmt.Errorf("no finding has the code %q; \"paytrace explain\" lists them all", typed)
}
