package syntax

import (
	"bytes"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine/spelling"
)

// An Outline is what the first look at a file shows, before it is known to be a menu.
type Outline struct {
	// Unread says why the file could not be read; nil where it was.
	Unread error
	// Menu says that the file has the line "ussd:", which begins every menu.
	Menu bool
	// Meant says that the file has no such line, but other keys that only a menu has:
	// its first line is misspelt or missing.
	Meant bool
	// Part says that the file has keys that a menu or a part of one has.
	Part bool
	// Whole says that YAML could read the file, so that Includes and Languages are known.
	Whole bool
	// Includes and Languages list what the file names under these keys.
	Includes, Languages []string
}

// IsMenu reports whether the file is read as a menu, so that its errors are found.
func (o Outline) IsMenu() bool { return o.Menu || o.Meant }

// versionKey begins every menu. menuKeys are the keys that only a menu has, and
// partKeys those of its parts.
const versionKey = "ussd"

var (
	menuKeys = []string{"dial", "service", "start", "include"}
	partKeys = []string{"screens", "vars", "texts"}
)

// LookAt returns the outline of a file. A file in which YAML itself is wrong has one,
// too: what counts is what its author meant.
func LookAt(fsys fs.FS, name string) Outline {
	r := &reader{fsys: fsys, file: &File{}}
	data, err := r.load(name)
	if err != nil {
		return Outline{Unread: err}
	}
	src, _ := Scan(name, data)
	keys, values := topKeys(src, data)
	o := Outline{Menu: slices.Contains(keys, versionKey), Whole: values != nil}
	near := slices.ContainsFunc(keys, func(k string) bool {
		_, near := spelling.Suggest(strings.ToLower(k), []string{versionKey})
		return near || strings.EqualFold(k, versionKey)
	})
	has := func(some []string) (n int) {
		for _, k := range some {
			if slices.Contains(keys, k) {
				n++
			}
		}
		return n
	}
	o.Part = has(partKeys) > 0
	o.Meant = !o.Menu && (has(menuKeys) > 1 || has(menuKeys) > 0 && o.Part || near && (o.Part || has(menuKeys) > 0))
	o.Includes, o.Languages = names(values["include"]), names(values["languages"])
	return o
}

var keyLine = regexp.MustCompile(`(?m)^["']?([A-Za-z_][A-Za-z_0-9]*)["']?[ \t]*:`)

// topKeys returns the keys of a file that stand at its margin, and their values: nil where
// YAML can't read them.
func topKeys(src *Document, data []byte) ([]string, map[string]*yaml.Node) {
	var keys []string
	if src.clean != nil {
		if root, err := src.Decode(); err == nil && root.Kind == yaml.MappingNode {
			values := map[string]*yaml.Node{}
			for i := 0; i+1 < len(root.Content); i += 2 {
				key := src.Scalar(root.Content[i]).Value
				keys, values[key] = append(keys, key), root.Content[i+1]
			}
			return keys, values
		}
	}
	for _, m := range keyLine.FindAllSubmatch(withoutUTF16(data), -1) {
		keys = append(keys, string(m[1]))
	}
	return keys, nil
}

// withoutUTF16 returns the characters of a file in UTF-16 that ASCII has: some editors
// save so, and what such a file is meant to be can be seen. Other files stay as they are.
func withoutUTF16(data []byte) []byte {
	marked := bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))
	if !marked && bytes.IndexByte(data, 0) < 0 {
		return data
	}
	return bytes.Trim(bytes.ReplaceAll(data, []byte{0}, nil), "\xff\xfe")
}

// names returns the entries of a list, or the keys of a group.
func names(n *yaml.Node) []string {
	var list []string
	switch {
	case n == nil:
	case n.Kind == yaml.SequenceNode:
		for _, entry := range n.Content {
			list = append(list, entry.Value)
		}
	case n.Kind == yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			list = append(list, n.Content[i].Value)
		}
	case n.Kind == yaml.ScalarNode && n.Value != "":
		list = []string{n.Value}
	}
	return list
}
