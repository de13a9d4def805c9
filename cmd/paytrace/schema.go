package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/engine/menu/schema"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

type schemaCmd struct {
	Kind string `arg:"" optional:"" default:"menu" help:"Kind of file: menu, include, lang, actions or people."`
	Menu string `arg:"" optional:"" help:"With lang: the menu whose texts are translated, so that the schema has exactly those."`
}

func (schemaCmd) Help() string {
	return `The JSON Schema (2020-12) of the menu language, for editors: they complete keys,
say what each means, and mark those that nobody knows. The first line of a menu
then names it: # yaml-language-server: $schema=menu.schema.json

Example:
  paytrace schema > menu.schema.json`
}

// Run prints a schema.
func (v schemaCmd) Run(_ context.Context, std streams) error {
	if v.Menu != "" && v.Kind != "lang" {
		return misuse{errors.New("only translations have a schema for one menu: paytrace schema lang MENU")}
	}
	source, err := v.schema()
	if err != nil {
		return err
	}
	_, err = std.out.Write(source)
	return err
}

func (v schemaCmd) schema() ([]byte, error) {
	if v.Menu == "" {
		source, err := schema.Schema(v.Kind)
		if err != nil {
			return nil, misuse{fmt.Errorf("schema: %w", err)}
		}
		return source, nil
	}
	folder, name, err := folderOf(v.Menu)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	file, _ := syntax.Read(folder.FS, name, folder.Dir)
	if len(syntax.ListMessages(file)) == 0 {
		return nil, misuse{fmt.Errorf("%s has no texts that can be read; see: paytrace check %s", v.Menu, v.Menu)}
	}
	return schema.TranslationSchema(file)
}
