package command

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/docs/diagnostics"
	"github.com/paytrace/paytrace/engine/spelling"
)

type explainCmd struct {
	Code []string `arg:"" optional:"" name:"code" help:"Code of a diagnostic, as U205, or words of its page. Without any, all codes are listed."`
}

func (explainCmd) Help() string {
	return `Each page has a menu that is wrong and one that is right. Words find the pages that
have all of them: those with the words in their title come first.

Examples:
  paytrace explain U205
  paytrace explain too long`
}

// Run prints the page of a diagnostic, or lists the pages that have some words.
func (v explainCmd) Run(std streams) error {
	if len(v.Code) == 0 {
		return listCodes(std.out, diagnostics.Codes())
	}
	typed := strings.Join(v.Code, " ")
	if page, ok := diagnostics.Page(codeOf(typed)); ok {
		_, err := io.WriteString(std.out, page)
		return err
	}
	switch found := pagesWith(strings.Fields(typed)); {
	case looksLikeCode.MatchString(typed) || len(found) == 0:
		return misuse{noCode(typed)}
	case len(found) == 1:
		page, _ := diagnostics.Page(found[0])
		_, err := io.WriteString(std.out, page)
		return err
	default:
		return listCodes(std.out, found)
	}
}

// looksLikeCode matches what somebody typed as a code, and not as a word.
var looksLikeCode = regexp.MustCompile(`^[A-Za-z]?\d+$`)

// pagesWith returns the codes whose pages have all of some words. Those with all words
// in their title come first.
func pagesWith(words []string) []string {
	var titles, pages []string
	for _, code := range diagnostics.Codes() {
		page, _ := diagnostics.Page(code)
		if hasWords(diagnostics.Title(page), words) {
			titles = append(titles, code)
		}
		if hasWords(page, words) {
			pages = append(pages, code)
		}
	}
	for _, code := range pages {
		if !slices.Contains(titles, code) {
			titles = append(titles, code)
		}
	}
	return titles
}

func hasWords(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, w := range words {
		if !strings.Contains(text, strings.ToLower(w)) {
			return false
		}
	}
	return len(words) > 0
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
	if !looksLikeCode.MatchString(typed) {
		return fmt.Errorf("no diagnostic has the code %q, and no page has these words; \"paytrace explain\" lists all codes", typed)
	}
	return fmt.Errorf("no diagnostic has the code %q; \"paytrace explain\" lists them all", typed)
}
