package command

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/paytrace/paytrace/engine/menu/rewrite"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/service"
)

type langCmd struct {
	Lang  string   `arg:"" help:"Code of the language in the menu's languages, as sw."`
	Menus []string `arg:"" optional:"" help:"Menu files, patterns or folders of them (default: all of ./menus that have the language)."`
	Check bool     `help:"Write nothing: list what is missing, stale or unreviewed, and exit with status 1 if anything is." xor:"does"`

	Reviewed bool `help:"Mark every unreviewed translation as compared with its text." xor:"does"`

	PO  string `name:"po" placeholder:"FILE" help:"Write the texts and translations of one menu to a PO file, for a translation program." xor:"form"`
	CSV string `name:"csv" placeholder:"FILE" help:"Write them to a CSV file, for a spreadsheet." xor:"form"`
	In  bool   `help:"Read the translations back from the file of --po or --csv."`
}

func (langCmd) Help() string {
	return `The translation is beside the menu, as menu.sw.yaml. If there is none, a new one is
written. A missing text gets a line with empty quotes, below the text to
translate. A text that changed after its translation gets the mark "stale", below
the text as it is now: translate it again and delete the mark. A translation that
was not written below its text gets the mark "unreviewed" and the text above it:
compare them and delete the mark, or use --reviewed. Order, comments and all other
lines stay.

With --po or --csv the texts also go to a file for translators: each with its
context, the notes of the menu's author, its length with the longest values, and
how many characters fit on its screen. With --in the translations come back. Values,
keys, lengths and letters are checked, and what is wrong is shown at the line of
that file. If it has errors, nothing is written.

Examples:
  paytrace lang sw
  paytrace lang sw --po sw.po
  paytrace lang sw --po sw.po --in`
}

// Run brings translations up to date.
func (v langCmd) Run(ctx context.Context, std streams) error {
	named := v.Menus
	if len(named) == 0 {
		named = []string{""}
	}
	files, err := filesNamed(named, func(folder string) ([]string, error) { return menusWith(std.own, folder, v.Lang) })
	if err != nil {
		return err
	}
	if v.PO != "" || v.CSV != "" || v.In {
		return v.exchange(ctx, files, std)
	}
	left := false
	for _, file := range files {
		out, name, err := translateOne(file, v.Lang, v.Reviewed)
		if err != nil {
			return err
		}
		if !v.Check && out.Changed() {
			if err := writeTranslation(name, out); err != nil {
				return err
			}
		}
		if err := reportTranslated(std.out, name, out); err != nil {
			return err
		}
		left = left || !out.Finished()
	}
	if v.Check && left {
		return outcome{exitDiagnostics}
	}
	return nil
}

// menusWith lists the menus of the default folder that have a language.
func menusWith(own service.Program, named, lang string) ([]string, error) {
	folder, err := own.OpenFolder(named)
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
		read, _ := syntax.Read(folder.FS, name, folder.Dir)
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

// translateOne returns a menu's translation, brought up to date, and its file name.
func translateOne(file, lang string, reviewed bool) (rewrite.Translated, string, error) {
	folder, name, err := hostOf(file)
	if err != nil {
		return rewrite.Translated{}, "", err
	}
	defer folder.Close()
	read, found := syntax.Read(folder.FS, name, folder.Dir)
	out, err := rewrite.Translate(read, found, lang, reviewed)
	if err != nil {
		return rewrite.Translated{}, "", misuse{err}
	}
	return out, filepath.Join(filepath.Dir(file), out.Name), nil
}

// writeTranslation writes a language's file. A new one never replaces another
// file.
func writeTranslation(name string, out rewrite.Translated) error {
	if out.Old != nil {
		return replaceFile(name, out.Bytes)
	}
	return createFile(name, out.Bytes)
}

func unreviewed(out rewrite.Translated) string {
	if len(out.Unreviewed) == 0 {
		return ""
	}
	return fmt.Sprintf(", %d unreviewed", len(out.Unreviewed))
}

// reportTranslated prints what a file lacks, and what has changed in it.
func reportTranslated(w io.Writer, name string, out rewrite.Translated) error {
	_, err := fmt.Fprintf(w, "%s: %d added, %d to translate, %d stale%s\n", name, len(out.Added), len(out.Missing), len(out.Stale), unreviewed(out))
	for _, word := range out.Missing {
		fmt.Fprintf(w, "  %s is not translated: %s\n", word.Key, firstLine(word.Text.Value))
	}
	for _, word := range out.Stale {
		fmt.Fprintf(w, "  %s is stale: the text is now %s\n", word.Key, firstLine(word.Text.Value))
	}
	for _, pair := range out.Unreviewed {
		fmt.Fprintf(w, "  %s is unreviewed: %s = %s\n", pair.Key, firstLine(pair.Text.Value), firstLine(pair.Words))
	}
	for _, key := range out.Done {
		fmt.Fprintf(w, "  %s is done: the text above it is removed\n", key)
	}
	for _, e := range out.Unknown {
		fmt.Fprintf(w, "  %s is not a text of the menu: delete line %d, or give it the name that the text has now\n", e.Key.Value, e.Key.Pos.Line)
	}
	return err
}
