package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/service"
)

type langCmd struct {
	Lang  string   `arg:"" help:"Code of the language, as the menu's languages have it: sw."`
	Menus []string `arg:"" optional:"" help:"Menu files; all of ./menus that have the language, if none is named."`
	Check bool     `help:"Write nothing: tell what is missing or stale, and end with status 1 if anything is."`
}

func (langCmd) Help() string {
	return `The translation lies beside the menu, as menu.sw.yaml; it is made if it is not
there. Each text that is missing gets a line with empty quotes, and the text
above it. Each that was translated before its text changed is marked "stale",
with the text as it is now above it: translate it anew, and delete the mark.
Order, comments and all other lines stay.

Example:
  paytrace lang sw`
}

// Run brings translations up to date.
func (v langCmd) Run(_ context.Context, std streams) error {
	files := v.Menus
	if len(files) == 0 {
		var err error
		if files, err = menusWith(v.Lang); err != nil {
			return err
		}
	}
	left := false
	for _, file := range files {
		out, name, err := translateOne(file, v.Lang)
		if err != nil {
			return err
		}
		if !v.Check && out.Changed() {
			if err := writeTranslation(name, out); err != nil {
				return err
			}
		}
		if err := tellTranslated(std.out, name, out); err != nil {
			return err
		}
		left = left || len(out.Missing)+len(out.Stale)+len(out.Unknown) > 0
	}
	if v.Check && left {
		return outcome{exitDiagnostics}
	}
	return nil
}

// menusWith are the menus of the default folder that have a language.
func menusWith(lang string) ([]string, error) {
	folder, err := service.OpenFolder("")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if folder.Embedded() {
		return nil, misuse{fmt.Errorf("there is no folder %s here; name a menu", service.DefaultFolder)}
	}
	names, err := folder.Menus()
	if err != nil {
		return nil, err
	}
	var files []string
	for _, name := range names {
		read, _ := menu.Read(folder.FS, name, folder.Dir)
		for i, l := range read.Languages {
			if i > 0 && l.Code.Value == lang {
				files = append(files, filepath.Join(folder.Dir, name))
			}
		}
	}
	if len(files) == 0 {
		return nil, misuse{fmt.Errorf("no menu of %s is translated into %q; add it to a menu's languages first, as \"languages: {en: English, %s: …}\"", folder.Shown, lang, lang)}
	}
	return files, nil
}

// translateOne is a menu's translation as it is to be, and the name of its file.
func translateOne(file, lang string) (menu.Translated, string, error) {
	folder, name, err := folderOf(file)
	if err != nil {
		return menu.Translated{}, "", err
	}
	defer folder.Close()
	read, found := menu.Read(folder.FS, name, folder.Dir)
	out, err := menu.Translate(read, found, lang)
	if err != nil {
		return menu.Translated{}, "", misuse{err}
	}
	return out, filepath.Join(filepath.Dir(file), out.Name), nil
}

// writeTranslation writes a language's file, a new one never over another.
func writeTranslation(name string, out menu.Translated) (err error) {
	if out.Old != nil {
		return replaceFile(name, out.Bytes)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(out.Bytes)
	return errors.Join(err, f.Close())
}

// tellTranslated says what a file lacks, and what has changed in it.
func tellTranslated(w io.Writer, name string, out menu.Translated) error {
	_, err := fmt.Fprintf(w, "%s: %d added, %d to translate, %d stale\n", name, len(out.Added), len(out.Missing), len(out.Stale))
	for _, word := range out.Missing {
		fmt.Fprintf(w, "  %s is to be translated: %s\n", word.Key, firstLine(word.Text.Value))
	}
	for _, word := range out.Stale {
		fmt.Fprintf(w, "  %s is stale: the text is now %s\n", word.Key, firstLine(word.Text.Value))
	}
	for _, key := range out.Done {
		fmt.Fprintf(w, "  %s is done: the text above it is taken away\n", key)
	}
	for _, e := range out.Unknown {
		fmt.Fprintf(w, "  %s is no text of the menu: delete line %d, or name it as the text is named now\n", e.Key.Value, e.Key.Pos.Line)
	}
	return err
}

// firstLine is a text on one line.
func firstLine(text string) string {
	first, _, more := strings.Cut(text, "\n")
	if more {
		first += " …"
	}
	return first
}
