package rewrite

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// Only returns a file in which one group keeps only some of its entries, for example the
// actions that one menu uses. Comments above entries go, because they are about several
// entries. Everything outside the group stays.
func Only(name string, data []byte, group string, keep func(entry string) bool) ([]byte, error) {
	src, root, err := nodesOf(name, data)
	if err != nil || root == nil || root.Kind != yaml.MappingNode {
		return data, err
	}
	var lines []string
	at := 0 // lines written or left out so far
	for i := 0; i+1 < len(root.Content); i += 2 {
		if src.Scalar(root.Content[i]).Value != group || root.Content[i+1].Kind != yaml.MappingNode {
			continue
		}
		head := root.Content[i].Line
		lines = append(lines, src.Lines[at:head]...)
		at = head
		entries := root.Content[i+1].Content
		for j := 0; j+1 < len(entries); j += 2 {
			first, last := entries[j].Line, lastLine(entries[j+1])
			if keep(src.Scalar(entries[j]).Value) {
				lines = append(lines, src.Lines[first-1:last]...)
			}
			at = last
		}
	}
	lines = append(lines, src.Lines[at:]...)
	return []byte(strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"), nil
}
