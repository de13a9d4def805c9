package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/service"
)

// menusAt lists the menus of a folder, or one file. An empty name stands for the
// default folder.
func menusAt(name string) (*service.Folder, []string, error) {
	if name != "" && !folderNamed(name) {
		folder, file, err := folderOf(name)
		return folder, []string{file}, err
	}
	folder, err := service.OpenFolder(name)
	if err != nil {
		return nil, nil, err
	}
	files, err := folder.Menus()
	if err == nil && len(files) == 0 {
		err = misuse{fmt.Errorf("the folder %s has no menu: no file with the line \"ussd: 1\"", folder.Shown)}
	}
	return folder, files, err
}

// folderOf opens the folder of a file, and returns the file's name in it.
func folderOf(file string) (*service.Folder, string, error) {
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, "", misuse{fmt.Errorf("there is no file %s; name a file that exists, or none for all of ./%s", file, service.DefaultFolder)}
	}
	if err != nil {
		return nil, "", misuse{err}
	}
	if info.IsDir() {
		return nil, "", misuse{fmt.Errorf("%s is a folder; name a menu file in it", file)}
	}
	dir, name := filepath.Split(file)
	if dir == "" {
		dir = "."
	}
	before := filepath.Clean(dir)
	if before == "." {
		before = ""
	}
	folder, err := service.OpenDir(dir, before, dir)
	if err != nil {
		return nil, "", misuse{err}
	}
	return folder, name, nil
}

// folderNamed reports whether a name is that of a folder.
func folderNamed(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// oneProgram compiles the menu file named, or the first of the default folder.
func oneProgram(file string, box *service.Sandbox, lang string, std streams) (*engine.Program, error) {
	folder, name, err := oneMenu(file)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	contracts, err := folder.Contracts(box.Actions.Contracts(), std.err)
	if err != nil {
		return nil, err
	}
	return compileOne(folder, name, contracts, lang, std.err)
}

// oneMenu opens the menu file named, or the first of the default folder.
func oneMenu(file string) (*service.Folder, string, error) {
	if file != "" {
		return folderOf(file)
	}
	folder, err := service.OpenFolder("")
	if err != nil {
		return nil, "", err
	}
	names, err := folder.Menus()
	if err == nil && len(names) == 0 {
		err = misuse{fmt.Errorf("the folder %s has no menu", folder.Shown)}
	}
	if err != nil {
		folder.Close()
		return nil, "", err
	}
	return folder, names[0], nil
}

// compileOne compiles one menu and prints its diagnostics.
func compileOne(f *service.Folder, name string, contracts []engine.Contract, language string, w io.Writer) (*engine.Program, error) {
	p, found := menu.Load(f.FS, name, f.Dir, contracts, menu.Options{Language: language})
	if err := f.Print(w, found); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, outcome{exitDiagnostics}
	}
	return p, nil
}

// peopleFile names the file that says who calls.
const peopleFile = "people.yaml"

// peopleOf reads the folder's people.yaml, or the embedded one.
func peopleOf(folder *service.Folder, w io.Writer) (*engine.Personas, error) {
	from := folder
	if _, err := fs.Stat(folder.FS, peopleFile); err != nil {
		from = service.EmbeddedFolder()
	}
	people, found := syntax.ReadPersonas(from.FS, peopleFile, from.Dir)
	if err := from.Print(w, found); err != nil {
		return nil, err
	}
	if found.Bad() {
		return nil, outcome{exitDiagnostics}
	}
	return &people, nil
}
