package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/catalog"
	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/service"
)

// exchange writes a menu's texts to a translator's file, or reads one back.
func (v langCmd) exchange(ctx context.Context, files []string, std streams) error {
	switch {
	case v.PO == "" && v.CSV == "":
		return misuse{errors.New(`--in does not say which file to read; name it, as "paytrace lang sw --po sw.po --in"`)}
	case v.Check || v.Reviewed:
		return misuse{errors.New("--po and --csv can't be used with --check or --reviewed; run them one after the other")}
	case len(files) > 1:
		return misuse{fmt.Errorf("a translator's file has the texts of one menu, and %d menus have the language %q; name one of them: %s", len(files), v.Lang, strings.Join(files, ", "))}
	}
	x, err := v.open(ctx, files[0], std)
	if err != nil {
		return err
	}
	defer x.folder.Close()
	if v.In {
		return x.read(std.out)
	}
	return x.write(std.out)
}

// langFile is a menu and its translator's file.
type langFile struct {
	lang, menuFile string
	file           string // the translator's
	form           form
	folder         *service.Folder
	menu           catalog.Menu
}

// form is a kind of translator's file.
type form struct {
	read  func(path string, data []byte) (catalog.Read, diag.List)
	write func(*catalog.Catalog) ([]byte, error)
}

var (
	formPO  = form{catalog.ReadPO, func(c *catalog.Catalog) ([]byte, error) { return catalog.WritePO(c), nil }}
	formCSV = form{catalog.ReadCSV, catalog.WriteCSV}
)

func (v langCmd) open(ctx context.Context, menuFile string, std streams) (*langFile, error) {
	x := &langFile{lang: v.Lang, menuFile: menuFile, file: v.PO, form: formPO}
	if v.CSV != "" {
		x.file, x.form = v.CSV, formCSV
	}
	built, err := std.own.Contracts()
	if err != nil {
		return nil, err
	}
	folder, name, err := hostOf(menuFile)
	if err != nil {
		return nil, err
	}
	contracts, err := folder.Contracts(built, std.err)
	if err != nil {
		folder.Close()
		return nil, err
	}
	x.folder, x.menu = folder, catalog.Menu{FS: folder.FS, Name: name, Dir: folder.Dir, Contracts: contracts}
	return x, nil
}

// beside returns the path of a file that lies beside the menu.
func (x *langFile) beside(name string) string { return filepath.Join(filepath.Dir(x.menuFile), name) }

// write brings the translation up to date and writes the translator's file. It does not
// replace a file with words that the translation lacks.
func (x *langFile) write(w io.Writer) error {
	data, err := readBounded(x.file)
	exists := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return misuse{err}
	}
	if exists {
		if err := x.replaceable(data); err != nil {
			return err
		}
	}
	out, err := rewrite.Take(x.menu.FS, x.menu.Name, x.menu.Dir, x.lang, nil)
	if err != nil {
		return misuse{err}
	}
	if out.Changed() {
		if err := writeTranslation(x.beside(out.Name), out); err != nil {
			return err
		}
	}
	now := rewrite.Overlay(x.menu.FS, fstest.MapFS{out.Name: &fstest.MapFile{Data: out.Bytes}})
	file, _ := syntax.Read(now, x.menu.Name, x.menu.Dir)
	c := catalog.Of(file, x.lang, x.menu.Contracts)
	bytes, err := x.form.write(c)
	if err != nil {
		return err
	}
	if err := x.replace(bytes, exists); err != nil {
		return err
	}
	if err := reportTranslated(w, x.beside(out.Name), out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s: %s written\n", x.file, texts(len(c.Entries)))
	return err
}

// replaceable refuses to replace a file that is no translator's file of this menu, or
// that has words which the translation lacks.
func (x *langFile) replaceable(data []byte) error {
	read, found := x.form.read(x.file, data)
	if countErrors(found) > 0 {
		return misuse{fmt.Errorf("%s exists and can't be read as a translator's file (%s); choose another name, or delete it", x.file, found.First())}
	}
	taken, err := catalog.Take(x.menu, x.lang, read)
	if err != nil {
		return misuse{err}
	}
	if n := len(taken.Keys); n > 0 {
		return misuse{fmt.Errorf("%s has words for %s that %s lacks; read them first with --in, or delete the file", x.file, texts(n), x.beside(taken.Name))}
	}
	return nil
}

func texts(n int) string { return counted(n, "text", "texts") }

func (x *langFile) replace(bytes []byte, exists bool) error {
	if exists {
		return replaceFile(x.file, bytes)
	}
	return os.WriteFile(x.file, bytes, 0o644)
}

// read puts the words of the translator's file into the translation, unless there are
// errors in them.
func (x *langFile) read(w io.Writer) error {
	data, err := readBounded(x.file)
	if err != nil {
		return misuse{err}
	}
	read, found := x.form.read(x.file, data)
	taken, err := catalog.Take(x.menu, x.lang, read)
	if err != nil {
		return misuse{err}
	}
	found = append(found, taken.Found...)
	found.Sort()
	sources := func(path string) []byte {
		switch {
		case path == x.file:
			return data
		case filepath.Base(path) == taken.Name:
			return taken.Bytes
		}
		return x.folder.Source(path)
	}
	if err := diag.Text(w, found, sources, service.Coloured(w)); err != nil {
		return err
	}
	if errs := countErrors(found); errs > 0 {
		fmt.Fprintf(w, "%s: nothing is taken, because of %s\n", x.file, counted(errs, "error", "errors"))
		return outcome{exitDiagnostics}
	}
	if taken.Changed() {
		if err := writeTranslation(x.beside(taken.Name), taken.Translated); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "%s: %s taken\n", x.file, texts(len(taken.Keys))); err != nil {
		return err
	}
	return reportTranslated(w, x.beside(taken.Name), taken.Translated)
}

func countErrors(found diag.List) int {
	n := 0
	for _, d := range found {
		if d.Severity == diag.Error {
			n++
		}
	}
	return n
}

// readBounded reads a translator's file, but no more than it may have.
func readBounded(name string) ([]byte, error) {
	info, err := service.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file; name a file for the translator", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, catalog.MaxFileBytes+1))
	return data, errors.Join(err, f.Close())
}
