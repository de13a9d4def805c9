package command

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The pages for menu authors are followed from top to bottom, each in an
// empty folder. A block with "# path" as its first line is saved there. Every
// "$ command" of a console block runs and must print the lines below it. "…"
// stands for any text on a line, and alone for any lines.
func TestDialScriptsPageRuns(t *testing.T) { newPageWalk(t).page("../../docs/dial-scripts.md", 10) }

// Every version of a menu on the page is checked.
func TestMenusPageRuns(t *testing.T) {
	w := newPageWalk(t)
	w.strict = true
	w.page("../../docs/menus.md", 20)
}

func TestMenusMorePageRuns(t *testing.T) {
	w := newPageWalk(t)
	w.strict = true
	w.page("../../docs/menus-more.md", 3)
}

// page follows a page with at least this many commands.
func (w *pageWalk) page(name string, least int) {
	page, err := os.ReadFile(name)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(string(page), -1) {
		switch kind, text := m[1], m[2]; kind {
		case "console":
			w.follow(text)
		case "dial", "yaml", "json":
			w.save(text)
		case "text": // how a command is written
		default:
			w.t.Errorf("a block of %q can't be run:\n%s", kind, text)
		}
	}
	for name := range w.unchecked {
		w.t.Errorf("the last %s of the page is never checked", name)
	}
	if w.ran < least {
		w.t.Errorf("only %d commands were run", w.ran)
	}
}

// pageWalk is the folder of a reader who follows a page.
type pageWalk struct {
	t   *testing.T
	dir string
	bin string
	ran int
	// strict requires that each menu is checked before its next version is
	// saved; unchecked lists those that were not yet.
	strict    bool
	unchecked map[string]bool
}

func newPageWalk(t *testing.T) *pageWalk {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &pageWalk{t: t, dir: t.TempDir(), bin: t.TempDir(), unchecked: map[string]bool{}}
	if err := os.Symlink(self, filepath.Join(w.bin, "paytrace")); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *pageWalk) save(text string) {
	name, body, _ := strings.Cut(text, "\n")
	name, ok := strings.CutPrefix(name, "# ")
	if !ok {
		w.t.Errorf("a block does not say where it is saved: %s", name)
		return
	}
	if w.unchecked[name] {
		w.t.Errorf("%s changes before it was checked", name)
	}
	if w.strict && strings.Contains("\n"+body, "\nussd: ") {
		w.unchecked[name] = true
	}
	file := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// follow runs the commands of a block.
func (w *pageWalk) follow(text string) {
	for _, part := range strings.Split("\n"+text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = w.dir
		cmd.Env = append(os.Environ(), "PATH="+w.bin+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		got := string(out)
		if err != nil {
			got += fmt.Sprintln(err)
		}
		w.ran++
		if strings.HasPrefix(command, "paytrace check") {
			for name := range w.unchecked {
				if command == "paytrace check" || strings.HasSuffix(command, " "+name) {
					delete(w.unchecked, name)
				}
			}
		}
		if pattern := asPattern(want); !pattern.MatchString(strings.TrimSpace(got)) {
			w.t.Errorf("$ %s\nprints\n%s\nand the page says\n%s", command, got, want)
		}
	}
}

func asPattern(want string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(strings.TrimSpace(want))
	quoted = regexp.MustCompile(`(?m)^…$`).ReplaceAllLiteralString(quoted, `(?s:.*)`)
	return regexp.MustCompile("^" + strings.ReplaceAll(quoted, "…", `[^\n]*`) + "$")
}
