package service

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Print prints diagnostics of the folder's files, with the lines they are about,
// in colour on a terminal unless NO_COLOR is set.
func (f *Folder) Print(w io.Writer, found diag.List) error {
	return diag.Text(w, found, f.Source, Coloured(w))
}

// Contracts returns the actions that the folder's menus may use: those that are
// built, and those that its actions.yaml declares. It prints diagnostics about
// the declarations, and returns ErrMenus if they have errors.
func (f *Folder) Contracts(built []engine.Contract, w io.Writer) ([]engine.Contract, error) {
	declared, err := f.Declared(w)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(built)
	for _, c := range declared.Contracts {
		if !hasContract(built, c.Name) {
			all = append(all, c)
			continue
		}
		if sameContract(built, c) {
			continue // the program, a backend or a demonstration answers it as it is declared
		}
		if declared.Answers(c) {
			fmt.Fprintf(w, "%s: the action %s is in service with another contract, so this one is ignored; start the service again if it has changed, or choose another name\n",
				f.Path(syntax.DeclaredFile), c.Name)
			continue
		}
		fmt.Fprintf(w, "%s: the action %s is built, so its declaration here is ignored; delete it\n", f.Path(syntax.DeclaredFile), c.Name)
	}
	return all, nil
}

// Declared reads the folder's actions.yaml, if there is one. It prints diagnostics, and
// returns ErrMenus if they are errors.
func (f *Folder) Declared(w io.Writer) (syntax.Declared, error) {
	switch _, err := fs.Stat(f.FS, syntax.DeclaredFile); {
	case errors.Is(err, fs.ErrNotExist):
		return syntax.Declared{}, nil
	case err != nil:
		return syntax.Declared{}, fmt.Errorf("menus: %w", err)
	}
	declared, found := syntax.ReadDeclared(f.FS, syntax.DeclaredFile, f.Dir)
	if err := f.Print(w, found); err != nil {
		return syntax.Declared{}, err
	}
	if found.Bad() {
		return syntax.Declared{}, ErrMenus
	}
	return declared, nil
}

// sameContract reports whether a contract is built exactly as it is declared. Who sends
// an SMS is not declared: it follows from who answers.
func sameContract(built []engine.Contract, c engine.Contract) bool {
	return slices.ContainsFunc(built, func(b engine.Contract) bool {
		b.SendsSMS, b.TellsLate = c.SendsSMS, c.TellsLate
		return reflect.DeepEqual(b, c)
	})
}

func hasContract(contracts []engine.Contract, name string) bool {
	return slices.ContainsFunc(contracts, func(c engine.Contract) bool { return c.Name == name })
}

// Unbuilt lists the actions that a program uses and that built lacks.
func Unbuilt(p *engine.Program, built []engine.Contract) []string {
	var names []string
	for _, s := range p.Definition().Screens {
		if s.Do != nil && !hasContract(built, s.Do.Action) && !slices.Contains(names, s.Do.Action) {
			names = append(names, s.Do.Action)
		}
	}
	return names
}

// Build compiles every menu of the folder, against the actions that are built
// and those that the folder declares. It prints diagnostics, and returns
// ErrMenus if a menu can't be published.
func (f *Folder) Build(built []engine.Contract, language string, w io.Writer) ([]menu.Built, error) {
	names, err := f.Menus()
	if err != nil {
		return nil, fmt.Errorf("menus: %w", err)
	}
	if len(names) == 0 {
		return nil, f.NoMenus("name a folder with menus")
	}
	passed, err := f.PassedOver()
	if err != nil {
		return nil, fmt.Errorf("menus: %w", err)
	}
	if err := f.Print(w, passed.Problems()); err != nil {
		return nil, err
	}
	contracts, err := f.Contracts(built, w)
	if err != nil {
		return nil, err
	}
	var all []menu.Built
	bad := passed.Bad()
	for _, name := range names {
		b := menu.Build(f.FS, name, f.Dir, contracts, menu.Options{Language: language})
		if err := f.Print(w, b.Diagnostics.Problems()); err != nil {
			return nil, err
		}
		bad = bad || b.Program == nil
		all = append(all, b)
	}
	if bad {
		fmt.Fprintln(w, "A menu with errors can't be served; nothing was started.")
		return nil, ErrMenus
	}
	return all, nil
}

// PrintDraft prints what is wrong with a menu that is only played, not served. Infos are
// left to check.
func (f *Folder) PrintDraft(w io.Writer, name string, b menu.Built) error {
	if err := f.Print(w, b.Diagnostics.Problems()); err != nil {
		return err
	}
	if b.Program != nil && b.Diagnostics.Bad() {
		fmt.Fprintf(w, "%s is a draft: it can be played, and can't be served yet.\n", f.Path(name))
	}
	return nil
}

// BuildDrafts compiles every menu of the folder that can be played, and prints what is
// wrong with the others. bad reports whether there are others. The error is ErrMenus if
// no menu can be played.
func (f *Folder) BuildDrafts(built []engine.Contract, language string, w io.Writer) (all []menu.Built, bad bool, err error) {
	names, err := f.Menus()
	if err != nil {
		return nil, false, fmt.Errorf("menus: %w", err)
	}
	if len(names) == 0 {
		return nil, false, f.NoMenus("name a folder with menus")
	}
	contracts, err := f.Contracts(built, w)
	if err != nil {
		return nil, false, err
	}
	for _, name := range names {
		b := menu.BuildDraft(f.FS, name, f.Dir, contracts, menu.Options{Language: language})
		if err := f.PrintDraft(w, name, b); err != nil {
			return nil, false, err
		}
		if b.Program == nil {
			fmt.Fprintf(w, "%s can't be played; its calls fail.\n", f.Path(name))
			bad = true
			continue
		}
		all = append(all, b)
	}
	if len(all) == 0 {
		return nil, true, ErrMenus
	}
	return all, bad, nil
}

// Programs returns the programs of compiled menus.
func Programs(all []menu.Built) []*engine.Program {
	var programs []*engine.Program
	for _, b := range all {
		programs = append(programs, b.Program)
	}
	return programs
}

// servable parts the menus that can answer calls from those that can't, with the
// reason.
func servable(all []menu.Built, built []engine.Contract) (able []menu.Built, why []string) {
	for _, b := range all {
		if names := Unbuilt(b.Program, built); len(names) > 0 {
			why = append(why, fmt.Sprintf("%s (%s)", b.Program.Name(), onlyDeclared(names)))
			continue
		}
		able = append(able, b)
	}
	return able, why
}

// buildActions says what to do about actions that are only declared.
const buildActions = "say where a backend answers them, with \"serve_at\" and \"post\" in actions.yaml, or try the menus with: serve --demo"

func onlyDeclared(names []string) string {
	if len(names) == 1 {
		return names[0] + " is only declared"
	}
	return fmt.Sprintf("%s and %d more are only declared", names[0], len(names)-1)
}

// described names the menus that are served, and those that are not.
func described(programs []*engine.Program, unknown string, waiting []string) string {
	var list []string
	for _, p := range programs {
		var codes []string
		for _, code := range p.Codes() {
			codes = append(codes, code.Dial)
		}
		if p.Name() == unknown {
			codes = append(codes, "and other codes")
		}
		list = append(list, p.Name()+" ("+strings.Join(codes, " ")+")")
	}
	line := strings.Join(list, ", ")
	if len(waiting) > 0 {
		line += "; not served: " + strings.Join(waiting, ", ")
	}
	return line
}

// unspoken says that no menu has the language of DEFAULT_LANGUAGE. It is "" if one has, and
// if none is set.
func unspoken(programs []*engine.Program, language string) string {
	speaks := func(p *engine.Program) bool {
		return slices.ContainsFunc(p.Definition().Languages, func(l engine.Language) bool { return l.Code == language })
	}
	if language == "" || slices.ContainsFunc(programs, speaks) {
		return ""
	}
	var known []string
	for _, p := range programs {
		for _, l := range p.Definition().Languages {
			if !slices.Contains(known, l.Code) {
				known = append(known, l.Code)
			}
		}
	}
	return fmt.Sprintf("DEFAULT_LANGUAGE: found %q, expected a language of a menu that is served: %s; calls begin in the first language of each menu", language, strings.Join(known, ", "))
}
