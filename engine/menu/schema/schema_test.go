package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// rightFile holds a correct file and the kind of schema that it must pass.
type rightFile struct{ path, kind string }

// examples returns all files of the repository without errors in their form.
func examples(t *testing.T) []rightFile {
	t.Helper()
	var list []rightFile
	for _, dir := range []string{"../testdata/ok", "../testdata/checked", "../testdata/services", "testdata", "../../../menus", "../../../menus/examples"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files: %v", dir, err)
		}
		for _, f := range files {
			list = append(list, rightFile{f, kindOf(f)})
		}
	}
	return list
}

func kindOf(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".yaml")
	_, part, dotted := strings.Cut(name, ".")
	switch {
	case name == "actions" || name == "people":
		return name
	case part == "more":
		return "include"
	case dotted:
		return "lang"
	}
	return "menu"
}

func compiledSchemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	all := map[string]*jsonschema.Schema{}
	for _, kind := range SchemaKinds() {
		source, err := Schema(kind)
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = menutest.CompiledSchema(t, source)
	}
	return all
}

// parsed returns a file's tree. Two keys of everything.yaml can be read, and are
// refused by the check of keys.
func parsed(t *testing.T, path string) *yaml.Node {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	source = []byte(strings.NewReplacer(`"#": Hash`, "7: Hash", `'*': Star`, "8: Star").Replace(string(source)))
	var root yaml.Node
	if err := yaml.Unmarshal(source, &root); err != nil {
		t.Fatal(err)
	}
	return root.Content[0]
}

// asJSON returns a tree as an editor passes it to a schema: keys are text, values have
// their YAML types.
func asJSON(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = asJSON(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, asJSON(t, c))
		}
		return list
	}
	if n.Tag == "!!timestamp" {
		return n.Value
	}
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if whole, ok := v.(int); ok {
		return float64(whole)
	}
	return v
}

// Every correct file passes its schema.
func TestSchemaAccepts(t *testing.T) {
	schemas := compiledSchemas(t)
	for _, e := range examples(t) {
		if err := schemas[e.kind].Validate(asJSON(t, parsed(t, e.path))); err != nil {
			t.Errorf("%s is refused as %s: %v", e.path, e.kind, err)
		}
	}
}

// A menu with correct forms passes, even if the check reports it; one with an unknown
// form does not.
func TestSchemaOfErrGoldens(t *testing.T) {
	menu := compiledSchemas(t)["menu"]
	refused := []string{"U002_unknown.yaml", "U003_missing.yaml", "U006_things.yaml", "U403.yaml", "U705_gateway.yaml"}
	for _, name := range menutest.MenusIn(t, "../testdata/err") {
		path := filepath.Join("../testdata/err", name)
		switch {
		case slices.Contains(refused, name):
			if menu.Validate(asJSON(t, parsed(t, path))) == nil {
				t.Errorf("%s passes", path)
			}
		case name >= "U1":
			if err := menu.Validate(asJSON(t, parsed(t, path))); err != nil {
				t.Errorf("%s is refused: %v", path, err)
			}
		}
	}
}

// groups calls each for every mapping of a tree.
func groups(n *yaml.Node, each func(*yaml.Node)) {
	if n.Kind == yaml.MappingNode {
		each(n)
	}
	for _, c := range n.Content {
		groups(c, each)
	}
}

const stranger = "unknown key"

// Schema and language both refuse an unknown key at every place of every file. Where
// the language lists the known keys, the schema has exactly those.
func TestSchemaRefusesUnknownKeys(t *testing.T) {
	schemas := compiledSchemas(t)
	known := map[string]map[string]bool{} // kind → sets of keys, as the language names them
	places := 0
	for _, e := range examples(t) {
		if known[e.kind] == nil {
			known[e.kind] = map[string]bool{}
		}
		root := parsed(t, e.path)
		beside := menutest.Folder(t, e.path)
		groups(root, func(group *yaml.Node) {
			if e.kind == "people" && group == root.Content[1] {
				return // a persona may have any name
			}
			before := group.Content
			defer func() { group.Content = before }()
			group.Content = append(slices.Clone(before), scalarNode(stranger), scalarNode("words -> main"))
			places++
			if schemas[e.kind].Validate(asJSON(t, root)) == nil {
				t.Errorf("%s:%d: a key %q passes the schema", e.path, group.Line, stranger)
			}
			refused, keys := refusedKey(t, e, root, beside)
			if !refused { // the value is wrong too
				group.Content[len(group.Content)-1] = scalarNode("main")
				refused, keys = refusedKey(t, e, root, beside)
			}
			if !refused {
				t.Errorf("%s:%d: a key %q passes the language", e.path, group.Line, stranger)
			}
			if keys != "" {
				known[e.kind][keys] = true
			}
		})
	}
	t.Logf("%d places", places)
	for _, kind := range []string{"menu", "actions", "people"} {
		if diff := cmp.Diff(inOrder(known[kind]), inOrder(closedGroups(t, kind))); diff != "" {
			t.Errorf("%s: the schema knows other keys than the language (-language +schema):\n%s", kind, diff)
		}
	}
	for keys := range closedGroups(t, "include") {
		if !known["menu"][keys] && !known["include"][keys] {
			t.Errorf("include: the schema has a group of %s, the language has not", keys)
		}
	}
}

func scalarNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

func inOrder(set map[string]bool) []string {
	list := []string{}
	for s := range set {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

func mentions(found diag.List) bool {
	return slices.ContainsFunc(found, func(f diag.Diagnostic) bool { return strings.Contains(f.Message, fmt.Sprintf("%q", stranger)) })
}

// refusedKey reads a changed file and reports whether the language refuses the unknown
// key, and which keys it lists as known there.
func refusedKey(t *testing.T, e rightFile, root *yaml.Node, files fstest.MapFS) (refused bool, known string) {
	t.Helper()
	source, err := yaml.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(e.path)
	files[name] = &fstest.MapFile{Data: source}
	var found diag.List
	switch e.kind {
	case "actions":
		_, found = syntax.ReadDeclared(files, name, "")
	case "people":
		_, found = syntax.ReadPersonas(files, name, "")
	default:
		main, _, _ := strings.Cut(strings.TrimSuffix(name, ".yaml"), ".")
		_, found = syntax.Read(files, main+".yaml", "")
		if !mentions(found) { // translations and keys are checked, not read
			_, found = check.Diagnose(files, main+".yaml", "", menutest.Contracts)
		}
	}
	for _, f := range found {
		if mentions(diag.List{f}) {
			refused = true
			if list, closed := strings.CutPrefix(f.Help, "Known are "); closed {
				known = strings.TrimSuffix(list, ".")
			}
		}
	}
	return refused, known
}

// closedGroups returns the sets of keys of all groups of a schema that have no keys
// but known ones. Each key says what it means.
func closedGroups(t *testing.T, kind string) map[string]bool {
	t.Helper()
	source, err := Schema(kind)
	if err != nil {
		t.Fatal(err)
	}
	var all any
	if err := json.Unmarshal(source, &all); err != nil {
		t.Fatal(err)
	}
	sets := map[string]bool{}
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			properties, has := x["properties"].(map[string]any)
			if _, open := x["patternProperties"]; has && !open && x["additionalProperties"] == false {
				var list []string
				for name, of := range properties {
					list = append(list, name)
					if about, _ := of.(map[string]any)["description"].(string); about == "" {
						t.Errorf("%s: nothing says what %q means", kind, name)
					}
				}
				slices.Sort(list)
				sets[strings.Join(list, ", ")] = true
			}
			for _, v := range x {
				walk(v)
			}
		case []any:
			for _, v := range x {
				walk(v)
			}
		}
	}
	walk(all)
	return sets
}

// A translation's own schema has exactly the texts of its menu.
func TestTranslationSchema(t *testing.T) {
	f, found := syntax.Read(os.DirFS("../../../menus"), "paytrace.yaml", "")
	if found.Bad() {
		t.Fatal(found.First())
	}
	source, err := TranslationSchema(f)
	if err != nil {
		t.Fatal(err)
	}
	schema := menutest.CompiledSchema(t, source)
	own := parsed(t, "../../../menus/paytrace.sw.yaml")
	if err := schema.Validate(asJSON(t, own)); err != nil {
		t.Errorf("the menu's own translation is refused: %v", err)
	}
	own.Content = append(own.Content, scalarNode("main.say.9"), scalarNode("Karibu"))
	if schema.Validate(asJSON(t, own)) == nil {
		t.Error("a text that the menu has not passes")
	}
	if !bytes.Contains(source, []byte("Welcome to PayTrace")) {
		t.Error("the words to translate are not in it")
	}
}

func TestSchemaKinds(t *testing.T) {
	if len(schemas) != len(SchemaKinds()) {
		t.Errorf("%d schemas, and %d kinds of them", len(schemas), len(SchemaKinds()))
	}
	if _, err := Schema("menus"); err == nil || !strings.Contains(err.Error(), "menu, include, lang, actions, people") {
		t.Errorf("an unknown kind: %v", err)
	}
}
