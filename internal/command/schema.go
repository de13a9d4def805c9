package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/engine/menu/schema"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

type schemaCmd struct {
	Kind string `arg:"" optional:"" default:"menu" help:"Kind of file: menu, include, lang, actions or people."`
	Menu string `arg:"" optional:"" help:"With lang: the menu to translate; the schema then has exactly its texts."`
}

func (schemaCmd) Help() string {
	return `Prints the JSON Schema (2020-12) of the menu language. Editors use it to complete
keys, explain them and mark unknown ones. Name it in the first line of a menu:
# yaml-language-server: $schema=menu.schema.json

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
	folder, name, err := hostOf(v.Menu)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	file, _ := syntax.Read(folder.FS, name, folder.Dir)
	if len(syntax.ListMessages(file)) == 0 {
		return nil, misuse{fmt.Errorf("%s has no readable texts; see: paytrace check %s", v.Menu, v.Menu)}
	}
	return schema.TranslationSchema(file)
}
