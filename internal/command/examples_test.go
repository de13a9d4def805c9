package command

import (
	"bytes"
	"path/filepath"
	"testing"
)

// The examples are correct menus, and their scripts pass in every language.
func TestExamples(t *testing.T) {
	t.Chdir("../..")
	scripts, err := filepath.Glob("menus/examples/*.dial")
	if err != nil || len(scripts) < 3 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, args := range [][]string{
		{"check", "menus/examples"},
		append([]string{"test", "--lang", "all"}, scripts...),
	} {
		var out bytes.Buffer
		if status := run(t.Context(), args, streams{in: nil, out: &out, err: &out}); status != exitFine {
			t.Errorf("%v: exit status %d\n%s", args, status, &out)
		}
	}
}

// The shipped files are formatted.
func TestShippedMenusAreFormatted(t *testing.T) {
	for _, pattern := range []string{"../../menus/*.yaml", "../../menus/*.dial", "../../menus/examples/*.yaml", "../../menus/examples/*.dial", "../../menus/starter/*.yaml", "../../menus/starter/*.dial"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			formatted, err := formatOne(file)
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			for _, f := range formatted {
				if f.Changed() {
					t.Errorf("%s is in another form; run: paytrace fmt %s", f.Name, file)
				}
			}
		}
	}
}
