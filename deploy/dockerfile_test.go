package deploy

import (
	"regexp"
	"strings"
	"testing"
)

// instruction is one instruction of a Dockerfile.
type instruction struct{ name, args string }

// stage is a part of a Dockerfile that begins with FROM.
type stage struct {
	base         string
	instructions []instruction
}

// stages reads the instructions of a Dockerfile.
func stages(t *testing.T, text string) (all []stage) {
	t.Helper()
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, args, _ := strings.Cut(line, " ")
		if name == "FROM" {
			base, _, _ := strings.Cut(args, " ")
			all = append(all, stage{base: base})
			continue
		}
		if len(all) == 0 {
			t.Fatalf("found %q before FROM", line)
		}
		now := &all[len(all)-1]
		now.instructions = append(now.instructions, instruction{name, strings.TrimSpace(args)})
	}
	return all
}

// last returns the arguments of the last instruction of a name.
func (s stage) last(t *testing.T, name string) string {
	t.Helper()
	for i := len(s.instructions) - 1; i >= 0; i-- {
		if s.instructions[i].name == name {
			return s.instructions[i].args
		}
	}
	t.Fatalf("found no %s in the stage from %s", name, s.base)
	return ""
}

// ignored reads a .dockerignore and returns whether it leaves out a path. The last
// pattern that fits a path, or a folder above it, decides.
func ignored(text string) func(path string) bool {
	type rule struct {
		pattern *regexp.Regexp
		out     bool
	}
	var rules []rule
	for line := range strings.Lines(text) {
		pattern, back := strings.CutPrefix(strings.TrimSpace(line), "!")
		if pattern == "" || strings.HasPrefix(pattern, "#") {
			continue
		}
		expr := regexp.QuoteMeta(pattern)
		expr = strings.ReplaceAll(expr, `\*\*/`, `(.*/)?`)
		expr = strings.ReplaceAll(expr, `\*`, `[^/]*`)
		rules = append(rules, rule{regexp.MustCompile(`^` + expr + `(/.*)?$`), !back})
	}
	return func(path string) (out bool) {
		for _, r := range rules {
			if r.pattern.MatchString(path) {
				out = r.out
			}
		}
		return out
	}
}

func TestIgnored(t *testing.T) {
	out := ignored(read(t, "deploy/Dockerfile.dockerignore"))
	for path, want := range map[string]bool{
		"cmd/paytrace/main.go":       false,
		"cmd/paytrace/main_test.go":  true,
		"main_test.go":               true,
		"docs/menus.md":              true,
		"docs/diagnostics/U001.md":   false,
		"engine/menu/testdata/x/y":   true,
		"paytrace.db-wal":            true,
		"paytrace.key":               true,
		"deploy/.env":                true,
		"paytrace.env":               true,
		"menus/starter/starter.yaml": false,
	} {
		if out(path) != want {
			t.Errorf("%s is left out: %v, want %v", path, out(path), want)
		}
	}
}
