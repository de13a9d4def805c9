package command

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/paytrace/paytrace/docs/diagnostics"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/internal/service"
)

type fixCmd struct {
	Code  string   `arg:"" optional:"" help:"Code of a diagnostic, as U101 (default: all that can be fixed)."`
	Menus []string `arg:"" optional:"" help:"Menu files, patterns or folders of them (default: ./menus)."`
	Diff  bool     `help:"Write nothing: show what would change, and exit with status 1 if anything would." xor:"does"`
	List  bool     `help:"Write nothing: list the codes that can be fixed." xor:"does"`
}

func (fixCmd) Help() string {
	return `Applies the fix that the help of a diagnostic describes, if only one fix is right,
and shows the change. Order and comments stay. A fix that would not remove its
diagnostic, or would add another one, is not applied. With a code, only diagnostics
of that code are fixed; those that remain are listed, and the exit status is 1.

Example:
  paytrace fix --diff`
}

// Run applies fixes.
func (v fixCmd) Run(ctx context.Context, std streams) error {
	if v.List {
		return listCodes(std.out, rewrite.Fixable())
	}
	if strings.HasSuffix(v.Code, ".yaml") || folderNamed(v.Code) {
		v.Code, v.Menus = "", append([]string{v.Code}, v.Menus...)
	}
	code := ""
	if v.Code != "" {
		var err error
		if code, err = fixable(v.Code); err != nil {
			return err
		}
	}
	built, err := std.own.Contracts()
	if err != nil {
		return err
	}
	files, err := v.files(std.own)
	if err != nil {
		return err
	}
	done, left := 0, 0
	for _, file := range files {
		fixed, err := v.one(file, code, built, std)
		if err != nil {
			return err
		}
		done, left = done+len(fixed.Fixed), left+len(fixed.Left)
	}
	summary := fmt.Sprintf("%d fixed, %d left", done, left)
	if v.Diff {
		summary = fmt.Sprintf("%d would be fixed, %d left; nothing is written", done, left)
	}
	if _, err := fmt.Fprintln(std.out, summary); err != nil {
		return err
	}
	if left > 0 || v.Diff && done > 0 {
		return outcome{exitDiagnostics}
	}
	return nil
}

// fixable corrects a code, and refuses one whose diagnostics have no certain fix.
func fixable(typed string) (string, error) {
	code := codeOf(typed)
	if _, ok := diagnostics.Page(code); !ok {
		return "", misuse{noCode(typed)}
	}
	if !slices.Contains(rewrite.Fixable(), code) {
		return "", misuse{fmt.Errorf("%s (%s) has no certain fix, so a person must correct it: see paytrace explain %s; \"paytrace fix --list\" shows the codes that can be fixed", code, titleOf(code), code)}
	}
	return code, nil
}

// files lists the menus named, or all of the default folder.
func (v fixCmd) files(own service.Program) ([]string, error) {
	if len(v.Menus) > 0 {
		return filesNamed(v.Menus, func(folder string) ([]string, error) { return menusToFix(own, folder) })
	}
	return menusToFix(own, "")
}

// menusToFix lists the menus of a folder, "" for the default one.
func menusToFix(own service.Program, named string) ([]string, error) {
	folder, err := own.OpenFolder(named)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if folder.Embedded() {
		return nil, misuse{fmt.Errorf("there is no folder %s here; name the menus to fix", service.DefaultFolder)}
	}
	names, err := folder.Menus()
	var files []string
	for _, name := range names {
		files = append(files, filepath.Join(folder.Dir, name))
	}
	return files, err
}

// one fixes a menu and shows what has changed and what is left.
func (v fixCmd) one(file, code string, built []engine.Contract, std streams) (rewrite.Fixed, error) {
	folder, name, err := hostOf(file)
	if err != nil {
		return rewrite.Fixed{}, err
	}
	defer folder.Close()
	contracts, err := folder.Contracts(built, std.err)
	if err != nil {
		return rewrite.Fixed{}, err
	}
	fixed := rewrite.FixAll(folder.FS, name, folder.Dir, contracts)
	if code != "" {
		fixed = rewrite.Fix(folder.FS, name, folder.Dir, contracts, code)
	}
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

// changes returns the changes of a file as a patch.
func changes(name string, f rewrite.Formatted) []byte {
	all := diff.Diff(name, f.Old, name, f.Bytes)
	if _, rest, ok := strings.Cut(string(all), "\n"); ok && strings.HasPrefix(string(all), "diff ") {
		return []byte(rest) // the first line repeats the names
	}
	return all
}
