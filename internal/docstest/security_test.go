package docstest

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const securityPage = "docs/security.md"

// testsOf returns the names of all tests in the tree.
func testsOf(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(source, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%d tests, %v", len(names), err)
	}
	return names
}

// Each line of the threat model names a test, and each test that the page names exists.
func TestSecurityPageNamesTests(t *testing.T) {
	page, tests := Read(t, securityPage), testsOf(t)
	for _, m := range regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(page, -1) {
		if !tests[m[1]] {
			t.Errorf("%s names %s, and there is no such test", securityPage, m[1])
		}
	}
	for line := range strings.Lines(Section(t, securityPage, "Who can do what")) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.Contains(line, "---") || strings.Contains(line, "| test |") {
			continue
		}
		if test := strings.TrimSpace(cells[4]); !strings.Contains(test, "`Test") && test != "none, it is so" {
			t.Errorf("no test shows: %s", line)
		}
	}
}

// The retention table has every table of the database.
func TestSecurityPageNamesTables(t *testing.T) {
	schema, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	section := Section(t, securityPage, "What is stored, and for how long")
	for _, m := range regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`).FindAllSubmatch(schema, -1) {
		if !bytes.Contains([]byte(section), append(append([]byte("| `"), m[1]...), '`')) {
			t.Errorf("the retention table lacks %s", m[1])
		}
	}
}

// asvs is the number of requirements of levels 1 and 2 in each section of ASVS 5.0.
// They come first in each section.
var asvs = map[string]int{
	"V1.1": 2, "V1.2": 9, "V1.3": 11, "V1.4": 3, "V1.5": 2, "V2.1": 3, "V2.2": 3, "V2.3": 4, "V2.4": 1,
	"V3.2": 2, "V3.3": 4, "V3.4": 6, "V3.5": 5, "V3.7": 2, "V4.1": 3, "V4.2": 1, "V4.3": 2, "V4.4": 4,
	"V5.1": 1, "V5.2": 3, "V5.3": 2, "V5.4": 3, "V6.1": 3, "V6.2": 12, "V6.3": 4, "V6.4": 4, "V6.5": 5, "V6.6": 3, "V6.8": 4,
	"V7.1": 3, "V7.2": 4, "V7.3": 2, "V7.4": 5, "V7.5": 2, "V7.6": 2, "V8.1": 2, "V8.2": 3, "V8.3": 1, "V8.4": 1, "V9.1": 3, "V9.2": 4,
	"V10.1": 2, "V10.2": 2, "V10.3": 4, "V10.4": 11, "V10.5": 5, "V10.6": 2, "V10.7": 3, "V11.1": 2, "V11.2": 3, "V11.3": 3, "V11.4": 4, "V11.5": 1, "V11.6": 1,
	"V12.1": 3, "V12.2": 2, "V12.3": 4, "V13.1": 1, "V13.2": 5, "V13.3": 2, "V13.4": 5, "V14.1": 2, "V14.2": 4, "V14.3": 3,
	"V15.1": 3, "V15.2": 3, "V15.3": 7, "V16.1": 1, "V16.2": 5, "V16.3": 4, "V16.4": 3, "V16.5": 3, "V17.1": 1, "V17.2": 4, "V17.3": 2,
}

// The checklist answers each requirement once, with a reason.
func TestSecurityPageAnswersEachRequirement(t *testing.T) {
	answered := map[string]int{}
	row := regexp.MustCompile(`(?m)^\| (V\d+\.\d+)\.(\d+)(?:–(\d+))? \| (\S+) \| (.+) \|$`)
	for _, m := range row.FindAllStringSubmatch(Section(t, securityPage, "ASVS 5.0, level 2"), -1) {
		first, _ := strconv.Atoi(m[2])
		last := first
		if m[3] != "" {
			last, _ = strconv.Atoi(m[3])
		}
		for n := first; n <= last; n++ {
			answered[fmt.Sprintf("%s.%d", m[1], n)]++
		}
		if !slices.Contains([]string{"yes", "no", "n/a"}, m[4]) {
			t.Errorf("%s.%s: the answer is %q, expected yes, no or n/a", m[1], m[2], m[4])
		}
	}
	for section, most := range asvs {
		for n := 1; n <= most; n++ {
			id := fmt.Sprintf("%s.%d", section, n)
			if answered[id] != 1 {
				t.Errorf("%s is answered %d times", id, answered[id])
			}
			delete(answered, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(answered)) {
		t.Errorf("%s is no requirement of level 1 or 2", id)
	}
}
