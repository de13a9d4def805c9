package syntax

import (
	"os"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

// TestSmallChangesAreSeenOrHarmless: a slip of the keyboard in a good menu is
// a diagnostic, or YAML still reads exactly what stands there.
func TestSmallChangesAreSeenOrHarmless(t *testing.T) {
	good, err := os.ReadFile("../testdata/ok/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	more, err := os.ReadFile("../testdata/ok/everything.more.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		data := append([]byte{}, good...)
		for range rapid.IntRange(1, 2).Draw(rt, "changes") {
			i := rapid.IntRange(0, len(data)-1).Draw(rt, "at")
			c := rapid.SampledFrom([]byte(" \n:#-'\"{}[]|>&*!,?x%@`.")).Draw(rt, "character")
			switch rapid.SampledFrom([]string{"replace", "insert", "delete"}).Draw(rt, "change") {
			case "replace":
				data[i] = c
			case "insert":
				data = append(data[:i:i], append([]byte{c}, data[i:]...)...)
			case "delete":
				data = append(data[:i:i], data[i+1:]...)
			}
		}
		fsys := fstest.MapFS{"m.yaml": {Data: data}, "everything.more.yaml": {Data: more}}
		file, found := Read(fsys, "m.yaml", "menus")
		if len(found) == 0 {
			checkSource(rt, file, string(data))
			checkSame(rt, data)
		}
	})
}
