package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/internal/service"
)

// coverFlag is --cover. It prints what is covered, and writes the file that follows
// it, if any.
type coverFlag struct {
	on   bool
	file string
}

// coverForms maps file endings to the forms of a coverage report.
var coverForms = map[string]func(io.Writer, []*coverage.Menu) error{
	".html": coverage.HTML, ".htm": coverage.HTML, ".json": coverage.JSON, ".txt": coverage.Text,
}

// Decode takes the word after the flag if it ends like a report. A script does not.
func (f *coverFlag) Decode(ctx *kong.DecodeContext) error {
	f.on = true
	next := ctx.Scan.Peek()
	word, ok := next.Value.(string)
	attached := next.Type == kong.FlagValueToken
	if !ok || !attached && coverForms[filepath.Ext(word)] == nil {
		return nil
	}
	ctx.Scan.Pop()
	if coverForms[filepath.Ext(word)] == nil {
		return fmt.Errorf("found %q, expected a file that ends in .html, .json or .txt", word)
	}
	f.file = word
	return nil
}

// suggestFlag is --suggest. It writes NAME.suggested.dial beside each menu, with
// =FILE that file, and with =- to standard output.
type suggestFlag struct {
	on   bool
	file string
}

// Decode takes a value only after "=": a separate word is a script to play.
func (f *suggestFlag) Decode(ctx *kong.DecodeContext) error {
	f.on = true
	if next := ctx.Scan.Peek(); next.Type == kong.FlagValueToken {
		f.file, _ = next.Value.(string)
		ctx.Scan.Pop()
		if f.file != toStdout && filepath.Ext(f.file) != ".dial" {
			return fmt.Errorf("found %q, expected a file that ends in .dial, or - for standard output", f.file)
		}
	}
	return nil
}

// toStdout stands for standard output as a file name.
const toStdout = "-"

// covers reports whether coverage was asked for.
func (v testCmd) covers() bool { return v.Cover.on || v.MinCover > 0 || v.Suggest.on }

// cover counts what the scripts of a folder covered. With --suggest it also writes
// scripts for the rest, plays them and returns their results.
func (v testCmd) cover(ctx context.Context, s *suite, b *booth, results []dialscript.Result, std streams) ([]*coverage.Menu, []dialscript.Result, error) {
	programs := s.covered(b.local.Menus, results)
	if !v.Suggest.on {
		menus := coverage.Count(programs, results)
		for _, m := range menus {
			if err := m.FindPaths(b.people); err != nil {
				return nil, nil, err
			}
		}
		return menus, nil, nil
	}
	play := func(keepGoing bool) func([]*dialscript.Call) []dialscript.Result {
		player := *b.player
		player.KeepGoing = keepGoing
		return func(calls []*dialscript.Call) []dialscript.Result {
			return dialscript.Run(ctx, &player, b.local, b.people, calls, dialscript.Options{Parallel: v.parallel()})
		}
	}
	author := &coverage.Author{
		People: b.people, Play: play(true),
		Path:  func(p *engine.Program) string { return v.suggested(s, p) },
		Taken: func(p *engine.Program) []string { return s.titles(v.suggested(s, p)) },
	}
	_, drafts, err := author.Suggest(programs, results)
	if err != nil {
		return nil, nil, err
	}
	suggested, err := v.write(s, b, drafts, play(false), std)
	if err != nil {
		return nil, nil, err
	}
	menus := coverage.Count(programs, append(slices.Clip(results), suggested...))
	for _, m := range menus {
		if err := author.FindPaths(m); err != nil {
			return nil, nil, err
		}
	}
	return menus, suggested, nil
}

// covered lists the menus to report on: those that were named, or all of the folder,
// or those that the named scripts dialled.
func (s *suite) covered(programs []*engine.Program, results []dialscript.Result) []*engine.Program {
	if s.whole {
		return programs
	}
	dialled := map[string]bool{}
	if len(s.named) == 0 {
		for i := range results {
			for _, e := range results[i].Events {
				dialled[e.Menu] = true
			}
		}
	}
	var list []*engine.Program
	for _, p := range programs {
		if slices.Contains(s.named, p.Name()) || dialled[p.Name()] {
			list = append(list, p)
		}
	}
	return list
}

// suggested returns the file for suggestions for a menu.
func (v testCmd) suggested(s *suite, p *engine.Program) string {
	switch {
	case v.Suggest.file != "":
		return v.Suggest.file
	case s.menuFolder().Embedded():
		return toStdout
	}
	return filepath.Join(s.menuFolder().Dir, p.Name()+".suggested.dial")
}

// menuFolder returns the folder of the menus that the scripts are played on.
func (s *suite) menuFolder() *service.Folder { return cmp.Or(s.played, s.folder) }

// titles lists the titles in a script file, none if the file is missing.
func (s *suite) titles(file string) []string {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	parsed, _ := dialscript.Parse(file, source)
	var list []string
	for i := range parsed.Calls {
		list = append(list, parsed.Calls[i].Title)
	}
	return list
}

// write writes the drafts, groups those for one file, and plays what was written.
func (v testCmd) write(s *suite, b *booth, drafts []*coverage.Draft, play func([]*dialscript.Call) []dialscript.Result, std streams) ([]dialscript.Result, error) {
	var files []*dialscript.File
	for _, d := range drafts {
		i := slices.IndexFunc(files, func(f *dialscript.File) bool { return f.Path == d.File.Path })
		if i >= 0 {
			files[i].Calls = append(files[i].Calls, d.File.Calls...)
		} else if len(d.File.Calls) > 0 {
			files = append(files, d.File)
		}
	}
	var results []dialscript.Result
	for _, f := range files {
		file, err := v.append(f, std)
		if err != nil {
			return nil, err
		}
		found := dialscript.Check(file, b.people)
		for _, one := range found {
			fmt.Fprintln(std.err, one)
		}
		var calls []*dialscript.Call
		for i := len(file.Calls) - len(f.Calls); i < len(file.Calls); i++ {
			calls = append(calls, &file.Calls[i])
		}
		results = append(results, play(calls)...)
	}
	if len(files) == 0 {
		fmt.Fprintln(std.err, "Nothing to suggest.")
	}
	return results, nil
}

// append adds calls to the end of a script file, and returns the whole script.
func (v testCmd) append(f *dialscript.File, std streams) (*dialscript.File, error) {
	if f.Path == toStdout {
		text := dialscript.Format(f)
		if _, err := std.out.Write(text); err != nil {
			return nil, err
		}
		file, _ := dialscript.Parse("suggested.dial", text)
		return file, nil
	}
	old, err := os.ReadFile(f.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, misuse{fmt.Errorf("--suggest: %w", err)}
	}
	whole, found := dialscript.Parse(f.Path, old)
	if _, failed := dialscript.FirstError(found); failed {
		return nil, misuse{fmt.Errorf("--suggest: %s has errors; correct it first, or name another file with --suggest=FILE", f.Path)}
	}
	whole.Calls = append(whole.Calls, f.Calls...)
	text := dialscript.Format(whole)
	if err := os.WriteFile(f.Path, text, 0o644); err != nil { //nolint:gosec // a script is no secret
		return nil, misuse{fmt.Errorf("--suggest: %w", err)}
	}
	fmt.Fprintf(std.err, "%s: written; new calls: %d\n", f.Path, len(f.Calls))
	file, _ := dialscript.Parse(f.Path, text)
	return file, nil
}

// coverReport writes the coverage in every form that was asked for, and reports
// whether a menu is below --min-cover.
func (v testCmd) coverReport(w io.Writer, menus []*coverage.Menu) (short bool, err error) {
	if v.Cover.file != "" {
		f, err := os.Create(v.Cover.file)
		if err != nil {
			return false, misuse{fmt.Errorf("--cover: %w", err)}
		}
		if err := errors.Join(coverForms[filepath.Ext(v.Cover.file)](f, menus), f.Close()); err != nil {
			return false, fmt.Errorf("--cover: %w", err)
		}
	}
	var b strings.Builder
	if err := coverage.Text(&b, menus); err != nil {
		return false, err
	}
	if len(menus) == 0 {
		b.WriteString("no call reached a menu, so nothing is covered\n")
	}
	short = len(menus) == 0 && v.MinCover > 0
	for _, m := range menus {
		if got := m.Total().Percent(); got < v.MinCover {
			short = true
			fmt.Fprintf(&b, "%s: %d %% is covered, less than --min-cover %d\n", m.File(), got, v.MinCover)
		}
	}
	text := b.String()
	switch {
	case v.JSON:
		return short, nil
	case v.TAP:
		text = "# " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n# ") + "\n"
	}
	_, err = io.WriteString(w, text)
	return short, err
}
