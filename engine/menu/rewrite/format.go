// Package rewrite changes the files of a menu without changing what they mean:
// it formats them, fixes diagnostics and brings translations up to date.
package rewrite

import (
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// ErrFormat reports that a menu was not formatted because its meaning or a comment
// would have changed.
var ErrFormat = errors.New("not formatted")

// Formatted holds a file before and after formatting.
type Formatted struct {
	Name       string // of the file, without its folder
	Old, Bytes []byte
}

// Changed reports whether formatting changed the file.
func (f Formatted) Changed() bool { return string(f.Old) != string(f.Bytes) }

// FormatMenu formats a menu's files: its own, those it includes, and its
// translations. Order, comments and meaning stay. A menu that can't be read is not
// formatted; its diagnostics say why.
func FormatMenu(file *syntax.File, found diag.List) ([]Formatted, error) {
	for _, f := range found {
		if f.Severity == diag.Error {
			return nil, fmt.Errorf("%w: %s", ErrFormat, diag.List{f}.First())
		}
	}
	translates := map[string]bool{} // by path
	for _, t := range file.Translations {
		translates[t.Path] = true
	}
	var list []Formatted
	files := fstest.MapFS{}
	for _, s := range file.Sources {
		b, err := format(s.Path, s.Bytes, translates[s.Path])
		if err != nil {
			return nil, err
		}
		list = append(list, Formatted{Name: path.Base(s.Path), Old: s.Bytes, Bytes: b})
		files[path.Base(s.Path)] = &fstest.MapFile{Data: b}
	}
	again, wrong := syntax.Read(files, list[0].Name, path.Dir(file.Sources[0].Path))
	if len(wrong) > 0 || meaning(again) != meaning(file) {
		return nil, fmt.Errorf("%w: %s would mean something else; please write to us", ErrFormat, file.Sources[0].Path)
	}
	return list, nil
}

// FormatBeside formats a file that lies beside menus: actions.yaml or people.yaml. Order, comments and meaning stay.
func FormatBeside(file string, data []byte) (Formatted, error) {
	b, err := format(file, data, false)
	return Formatted{Name: path.Base(file), Old: data, Bytes: b}, err
}

// meaning returns a menu as text without positions.
func meaning(f *syntax.File) string {
	shown := *f
	shown.Sources = nil
	var b strings.Builder
	writeMeaning(&b, reflect.ValueOf(shown))
	return b.String()
}

func writeMeaning(b *strings.Builder, v reflect.Value) {
	switch x := v.Interface().(type) {
	case syntax.Text:
		fmt.Fprintf(b, "%t %q,", x.Written(), x.Value)
		return
	case engine.Pos:
		return
	case syntax.Entry:
		fmt.Fprintf(b, "%q: %q %s %t,", x.Key.Value, x.Text.Value, x.Of, x.Unreviewed)
		return
	case *syntax.Suppression:
		fmt.Fprintf(b, "%s %q,", x.Code, x.Reason)
		return
	case engine.Type:
		b.WriteString(x.String() + ",")
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			writeMeaning(b, v.Elem())
		}
		b.WriteByte(';')
	case reflect.Slice:
		fmt.Fprintf(b, "[%d:", v.Len())
		for i := range v.Len() {
			writeMeaning(b, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				writeMeaning(b, v.Field(i))
			}
		}
	default:
		fmt.Fprintf(b, "%v,", v.Interface())
	}
}

// format formats one file. translates says that it is a translation, in which every
// line is a text.
func format(path string, data []byte, translates bool) ([]byte, error) {
	src, root, err := nodesOf(path, data)
	if err != nil || root == nil {
		return data, err
	}
	f := &formatter{src: src, translates: translates, used: map[int]bool{}}
	f.node(root, 0, "")
	f.flush(len(src.Lines)+1, 0)
	out := []byte(strings.TrimLeft(f.b.String(), "\n"))
	again, tree, err := nodesOf(path, out)
	if err != nil || tree == nil || !sameNodes(src, root, again, tree) || !f.sameComments(again) {
		return nil, fmt.Errorf("%w: %s would change its meaning or lose a comment; please write to us", ErrFormat, path)
	}
	return out, nil
}

// nodesOf reads one file as nodes; root is nil for an empty one.
func nodesOf(path string, data []byte) (*syntax.Document, *yaml.Node, error) {
	src, found := syntax.Scan(path, data)
	if len(found) > 0 {
		return nil, nil, fmt.Errorf("%w: %s", ErrFormat, found.First())
	}
	root, err := src.Decode()
	if errors.Is(err, syntax.ErrEmpty) {
		return src, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w", ErrFormat, path, err)
	}
	return src, root, nil
}

func sameNodes(s *syntax.Document, a *yaml.Node, t *syntax.Document, b *yaml.Node) bool {
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) || syntax.IsEmpty(a) != syntax.IsEmpty(b) {
		return false
	}
	if a.Kind == yaml.ScalarNode {
		return s.Scalar(a).Value == t.Scalar(b).Value
	}
	for i := range a.Content {
		if !sameNodes(s, a.Content[i], t, b.Content[i]) {
			return false
		}
	}
	return true
}

// sameComments reports whether both files have the same comments.
func (f *formatter) sameComments(again *syntax.Document) bool {
	list := func(s *syntax.Document) []string {
		var all []string
		for _, c := range s.Comments {
			all = append(all, strings.TrimRight(c.Text, " "))
		}
		slices.Sort(all)
		return slices.DeleteFunc(all, func(c string) bool { return strings.Trim(c, "# ") == "" })
	}
	return slices.Equal(list(f.src), list(again))
}
