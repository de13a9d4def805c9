package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

// The examples are correct menus, and their scripts hold, in every language.
func TestExamples(t *testing.T) {
	t.Chdir("../..")
	scripts, err := filepath.Glob("menus/examples/*.dial")
	if err != nil || len(scripts) < 3 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, verb := range [][]string{
		{"check", "menus/examples/clinic.yaml", "menus/examples/milk.yaml", "menus/examples/fees.yaml"},
		append([]string{"test", "--lang", "all"}, scripts...),
	} {
		var out bytes.Buffer
		if status := run(t.Context(), verb, streams{nil, &out, &out}); status != exitFine {
			t.Errorf("%v: exit status %d\n%s", verb, status, &out)
		}
	}
}
