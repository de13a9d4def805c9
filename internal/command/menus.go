package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/service"
)

// menusAt lists the menus of a folder, or those that a file belongs to: itself, or those
// that include it or that it translates. An empty name stands for the default folder.
func menusAt(own service.Program, name string) (*service.Folder, []string, error) {
	if name != "" && !folderNamed(name) {
		return hostsOf(name)
	}
	folder, err := own.OpenFolder(name)
	if err != nil {
		return nil, nil, err
	}
	files, err := folder.Menus()
	if err == nil && len(files) == 0 {
		err = folder.NoMenus("name a folder with menus")
	}
	if err != nil {
		folder.Close()
		return nil, nil, err
	}
	return folder, files, nil
}

// hostsOf opens the folder of a file, and lists the menus that the file belongs to.
func hostsOf(file string) (*service.Folder, []string, error) {
	folder, name, err := folderOf(file)
	if err != nil {
		return nil, nil, err
	}
	hosts, err := folder.Hosts(name)
	if err == nil && len(hosts) == 0 {
		err = misuse{fmt.Errorf("%s is not a menu: it lacks the line \"ussd: 1\", and no menu of its folder includes it or has its language; name a menu", file)}
	}
	if err != nil {
		folder.Close()
		return nil, nil, err
	}
	return folder, hosts, nil
}

// hostOf opens the folder of a file, and returns the first menu that the file belongs to.
func hostOf(file string) (*service.Folder, string, error) {
	folder, hosts, err := hostsOf(file)
	if err != nil {
		return nil, "", err
	}
	return folder, hosts[0], nil
}

// folderOf opens the folder of a file, and returns the file's name in it.
func folderOf(file string) (*service.Folder, string, error) {
	info, err := service.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
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
	info, err := service.Stat(name)
	return err == nil && info.IsDir()
}

// oneProgram compiles the menu file named, or the first of the default folder.
func oneProgram(file string, built []engine.Contract, lang string, std streams) (*engine.Program, error) {
	folder, name, err := oneMenu(std.own, file)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	contracts, err := folder.Contracts(built, std.err)
	if err != nil {
		return nil, err
	}
	return compileOne(folder, name, contracts, lang, std.err)
}

// oneMenu opens the menu file named, or the first of the default folder.
func oneMenu(own service.Program, file string) (*service.Folder, string, error) {
	if file != "" {
		return hostOf(file)
	}
	folder, err := own.OpenFolder("")
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

// compileOne compiles one menu, as far as it can be played, and prints its errors and
// warnings.
func compileOne(f *service.Folder, name string, contracts []engine.Contract, language string, w io.Writer) (*engine.Program, error) {
	built := menu.BuildDraft(f.FS, name, f.Dir, contracts, menu.Options{Language: language})
	if err := f.PrintDraft(w, name, built); err != nil {
		return nil, err
	}
	if built.Program == nil {
		return nil, outcome{exitDiagnostics}
	}
	return built.Program, nil
}

// peopleOf reads the folder's people.yaml, or the embedded one.
func peopleOf(own service.Program, folder *service.Folder, w io.Writer) (*engine.Personas, error) {
	from := folder
	if _, err := fs.Stat(folder.FS, service.PeopleFile); err != nil {
		from = service.ShippedFolder()
	}
	people, found := syntax.ReadPersonas(from.FS, service.PeopleFile, from.Dir)
	if err := from.Print(w, found); err != nil {
		return nil, err
	}
	if found.Bad() {
		return nil, outcome{exitDiagnostics}
	}
	return &people, nil
}
