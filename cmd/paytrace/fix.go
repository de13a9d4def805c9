package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/paytrace/paytrace/docs/diagnostics"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/service"
)

type fixCmd struct {
	Code  string   `arg:"" optional:"" help:"A finding's code, as U101; those that can be mended are listed if none is named."`
	Menus []string `arg:"" optional:"" help:"Menu files; all menus of ./menus if none is named."`
	Diff  bool     `help:"Write nothing: show what would change, and end with status 1 if anything would."`
}

func (fixCmd) Help() string {
	return `Writes what the finding's hint says, where there is one right way, and shows
what has changed. Order and comments stay. A mend that would not take its finding
away, or would bring another one, is not made; what is left is told, with status
1.

Example:
  paytrace fix U101 --diff`
}

// Run mends findings.
func (v fixCmd) Run(ctx context.Context, std streams) error {
	if v.Code == "" {
		return listFixable(std.out)
	}
	code, err := fixable(v.Code)
	if err != nil {
		return err
	}
	box, err := service.NewSandbox(ctx, time.Now, nil)
	if err != nil {
		return err
	}
	defer box.Close()
	files, err := v.files()
	if err != nil {
		return err
	}
	mended, left := 0, 0
	for _, file := range files {
		fixed, err := v.one(file, code, box.Actions.Contracts(), std)
		if err != nil {
			return err
		}
		mended, left = mended+len(fixed.Mended), left+len(fixed.Left)
	}
	tell := fmt.Sprintf("%d mended, %d left", mended, left)
	if v.Diff {
		tell = fmt.Sprintf("%d would be mended, %d left; nothing is written", mended, left)
	}
	if _, err := fmt.Fprintln(std.out, tell); err != nil {
		return err
	}
	if left > 0 || v.Diff && mended > 0 {
		return outcome{exitDiagnostics}
	}
	return nil
}

func listFixable(w io.Writer) error {
	var b strings.Builder
	for _, code := range menu.Fixable() {
		fmt.Fprintf(&b, "%s  %s\n", code, titleOf(code))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fixable is a code as it was typed, if findings of it can be mended.
func fixable(typed string) (string, error) {
	code := codeOf(typed)
	if _, ok := diagnostics.Page(code); !ok {
		return "", misuse{noCode(typed)}
	}
	if !slices.Contains(menu.Fixable(), code) {
		return "", misuse{fmt.Errorf("%s (%s) is for a person to mend, there is never one right way: see paytrace explain %s; \"paytrace fix\" lists what can be mended", code, titleOf(code), code)}
	}
	return code, nil
}

// files are the menus named, or all of the default folder.
func (v fixCmd) files() ([]string, error) {
	if len(v.Menus) > 0 {
		return v.Menus, nil
	}
	folder, err := service.OpenFolder("")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if folder.Embedded() {
		return nil, misuse{fmt.Errorf("there is no folder %s here; name the menus to mend", service.DefaultFolder)}
	}
	names, err := folder.Menus()
	var files []string
	for _, name := range names {
		files = append(files, filepath.Join(folder.Dir, name))
	}
	return files, err
}

// one mends a menu and shows what has changed and what is left.
func (v fixCmd) one(file, code string, built []engine.Contract, std streams) (menu.Fixed, error) {
	folder, name, err := folderOf(file)
	if err != nil {
		return menu.Fixed{}, err
	}
	defer folder.Close()
	contracts, err := folder.Contracts(built, std.err)
	if err != nil {
		return menu.Fixed{}, err
	}
	fixed := menu.Fix(folder.FS, name, folder.Dir, contracts, code)
	for _, f := range fixed.Files {
		at := filepath.Join(filepath.Dir(file), f.Name)
		if _, err := std.out.Write(changes(at, f)); err != nil {
			return fixed, err
		}
		if v.Diff {
			continue
		}
		if err := replaceFile(at, f.Bytes); err != nil {
			return fixed, err
		}
	}
	for _, l := range fixed.Left {
		if err := folder.Print(std.out, diag.List{l.Diagnostic}); err != nil {
			return fixed, err
		}
		fmt.Fprintf(std.out, "   Left: %s.\n", strings.TrimSuffix(l.Why, "."))
	}
	return fixed, nil
}

// changes are a file's as patches have them.
func changes(name string, f menu.Formatted) []byte {
	all := diff.Diff(name, f.Old, name, f.Bytes)
	if _, rest, ok := strings.Cut(string(all), "\n"); ok && strings.HasPrefix(string(all), "diff ") {
		return []byte(rest) // its first line is the names once more
	}
	return all
}
