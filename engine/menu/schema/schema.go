// Package schema describes the files of a menu as JSON Schema, for editors.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// object holds a JSON Schema or a part of one.
type object = map[string]any

// key describes one key of a group: its name, the description that editors show, and
// the schema of its value.
type key struct {
	name, about string
	value       object
}

// schemas lists the kinds of files that have a JSON Schema.
var schemas = map[string]func() object{
	"menu":    menuSchema,
	"include": includeSchema,
	"lang":    langSchema,
	"actions": actionsSchema,
	"people":  peopleSchema,
}

// SchemaKinds returns the kinds of files that Schema knows: a menu, a file it
// includes, its translation (NAME.LANG.yaml), actions.yaml and people.yaml.
func SchemaKinds() []string { return []string{"menu", "include", "lang", "actions", "people"} }

// Schema returns the JSON Schema (2020-12) of one kind of file, for editors: which
// keys it has at each place, what they mean, and how values look. Check does
// what needs the whole menu, such as whether a screen exists. The error names the
// known kinds.
func Schema(kind string) ([]byte, error) {
	form, ok := schemas[kind]
	if !ok {
		return nil, fmt.Errorf("found %q, expected one of %s", kind, strings.Join(SchemaKinds(), ", "))
	}
	return encoded(form())
}

// TranslationSchema returns the schema of one menu's translations: exactly its texts,
// each described by the words to translate.
func TranslationSchema(f *syntax.File) ([]byte, error) {
	var keys []key
	for _, w := range syntax.ListMessages(f) {
		keys = append(keys, key{w.Key, "In " + firstLanguage(f) + ": " + strings.TrimSpace(w.Text.Value), aText()})
	}
	s := group("The texts of "+f.Name+".yaml in another language, one line a text.", keys...)
	s["title"] = "Translation of " + f.Name + ".yaml"
	return encoded(s)
}

func firstLanguage(f *syntax.File) string { return syntax.Languages(f)[0].Name.Value }

func encoded(s object) ([]byte, error) {
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(s)
	return b.Bytes(), err
}

// group returns a mapping with known keys and no others.
func group(about string, keys ...key) object {
	properties := object{}
	for _, k := range keys {
		value := maps.Clone(k.value)
		value["description"] = k.about
		properties[k.name] = value
	}
	return object{"type": "object", "description": about, "properties": properties, "additionalProperties": false}
}

// needs makes keys of a group required.
func needs(s object, keys ...string) object {
	s["required"] = keys
	return s
}

// byName returns a mapping whose keys the author chooses.
func byName(about string, value object) object {
	return object{
		"type": "object", "description": about,
		"patternProperties": object{namePattern: value}, "additionalProperties": false,
		"propertyNames": object{"not": object{"enum": slices.Sorted(maps.Keys(syntax.Reserved))}},
	}
}

// keyed returns a mapping whose keys are those of a phone.
func keyed(about string, value object) object {
	return object{
		"type": "object", "description": about,
		"patternProperties": object{phoneKey: value}, "additionalProperties": false,
	}
}

// either returns one of several forms.
func either(about string, forms ...object) object {
	return object{"description": about, "anyOf": forms}
}

func listOfAll(about string, item object) object {
	return object{"type": "array", "description": about, "items": item}
}

// oneOrMore returns a value alone or a list of them.
func oneOrMore(about string, item object) object {
	return either(about, item, listOfAll(about, item))
}

// The forms of what is written. A value that looks like a number or like yes is
// text, too: the language reads every value as it stands.
const (
	nameForm    = `[A-Za-z_][A-Za-z0-9_]*`
	targetForm  = nameForm + `(\([\s\S]*\))?`
	namePattern = `^` + nameForm + `$`
)

var phoneKey = fmt.Sprintf(`^[0-9]{1,%d}$`, syntax.MaxKeyDigits)

func scalarTypes() []string { return []string{"string", "number", "boolean"} }

// aText returns the schema of any text.
func aText() object { return object{"type": scalarTypes()} }

// formed returns a scalar of one form. An editor shows says for any other value.
func formed(pattern, says string, examples ...string) object {
	s := object{"type": scalarTypes(), "pattern": pattern, "patternErrorMessage": says}
	if len(examples) > 0 {
		s["examples"] = examples
	}
	return s
}

// aJump returns the schema of "Label -> target"; the label is optional.
func aJump(examples ...string) object {
	s := formed(`(^|\s)->\s+`+targetForm+`\s*$`, "An arrow and a screen are expected, as: Exit -> bye", examples...)
	s["type"] = "string"
	return s
}

// aTarget returns the schema of a screen or an action; the arrow is optional.
func aTarget() object {
	return formed(`^\s*(->\s+)?`+targetForm+`\s*$`, "A screen is expected, or an action with its values")
}

func aName(what string) object {
	s := formed(`^\s*`+nameForm+`\s*$`, "The name of "+what+" is expected: letters, digits and _")
	s["not"] = object{"enum": slices.Sorted(maps.Keys(syntax.Reserved))}
	return s
}

// aWhole returns a whole number, in quotes or not.
func aWhole(lo, hi int) object {
	return object{"type": []string{"integer", "string"}, "minimum": lo, "maximum": hi, "pattern": `^\d+$`}
}

// aType returns the schema of a type of variables and actions.
func aType(examples ...string) object {
	return formed(`^\s*(`+strings.Join(engine.TypeNames(), "|")+`)(\s[\s\S]*)?$`, "A type is expected: "+strings.Join(engine.TypeNames(), ", "), examples...)
}

func aChoice(options ...string) object { return object{"enum": options} }
