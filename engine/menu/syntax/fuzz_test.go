package syntax

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// FuzzRead: no bytes make reading panic, and a menu read without a diagnostic
// holds every text as it stands in the source.
func FuzzRead(tf *testing.F) {
	f := fuzz.New(tf)
	for _, pattern := range []string{"../testdata/ok/*.yaml", "../testdata/err/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds: %v", err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := fstest.MapFS{"m.yaml": {Data: data}, "m.sw.yaml": {Data: data}}
		file, found := Read(fsys, "m.yaml", "menus")
		for _, x := range found {
			if x.Code == "" || x.Message == "" || x.Pos.Line < 1 || x.Pos.Column < 1 || x.Length < 1 {
				t.Fatalf("incomplete diagnostic %+v", x)
			}
		}
		menutest.Printed(t, file.Source, found)
		if len(found) == 0 {
			checkSource(t, file, string(data))
			checkSame(t, data)
		}
	})
}

// checkSame compares what YAML makes of a file with what it makes of the
// file's cleaned form: of a menu without diagnostics, nothing may be lost.
func checkSame(t menutest.Fataler, data []byte) {
	var want yaml.Node
	if err := yaml.Unmarshal(data, &want); err != nil {
		t.Fatalf("no diagnostic, but YAML says %v", err)
	}
	src, _ := Scan("m.yaml", data)
	got, err := src.Decode()
	if err != nil {
		t.Fatalf("the cleaned file: %v", err)
	}
	if diff := cmp.Diff(outline(want.Content[0]), outline(got)); diff != "" {
		t.Fatalf("-original +cleaned:\n%s", diff)
	}
}

// outline returns a tree's kinds and values in order.
func outline(n *yaml.Node) []string {
	list := []string{fmt.Sprintf("%d %q", n.Kind, n.Value)}
	for _, c := range n.Content {
		list = append(list, outline(c)...)
	}
	return list
}

// checkSource compares every text of a menu's own file with the source. A
// double-quoted text may be escaped in more ways than the check knows.
func checkSource(t menutest.Fataler, file *File, source string) {
	if strings.Contains(source, `\`) {
		return
	}
	source = strings.TrimPrefix(strings.ReplaceAll(source, "\r\n", "\n"), "\ufeff")
	shown := *file
	shown.Sources, shown.Translations = nil, nil
	for _, text := range texts(reflect.ValueOf(shown)) {
		if text.Written() && text.Pos.File == "menus/m.yaml" {
			checkPlaces(t, text, source)
		}
	}
}

// FuzzCond: no condition makes the parser panic, and one that is read without
// a diagnostic is complete.
func FuzzCond(tf *testing.F) {
	f := fuzz.New(tf)
	for _, s := range []string{
		"worker is set", "lang is not empty", "amount <= balance and not (city = 'Nairobi' or study = soccer)",
		"a = 5", "a = -5.25", "not not a is set", "((((a = b))))", "a == b && c <> d || !e is set", "a.b >= c.d",
		"", "is", "a is", "a =", "(", "'", "a = 'b", "a ≤ b", "5x = é",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := &reader{file: &File{}}
		c := p.cond(Text{Value: s, Pos: engine.Pos{File: "f", Line: 1, Column: 1}})
		if c == nil {
			if len(p.out) == 0 {
				t.Fatalf("%q: neither a condition nor a diagnostic", s)
			}
			return
		}
		if len(p.out) == 0 {
			complete(t, c, 0)
		}
	})
}

func complete(t *testing.T, c *Cond, depth int) {
	t.Helper()
	if c == nil || depth > 10_000 {
		t.Fatal("a part of the condition is missing")
	}
	switch c.Op {
	case "and", "or":
		complete(t, c.A, depth+1)
		complete(t, c.B, depth+1)
	case "not":
		complete(t, c.A, depth+1)
	case "is set", "is empty":
		if !c.Left.Written() {
			t.Fatalf("%q has no left side", c.Op)
		}
	case "=", "!=", "<", "<=", ">", ">=":
		if !c.Left.Written() || !c.Right.Written() {
			t.Fatalf("%q lacks a side", c.Op)
		}
	case opNamed:
		if !c.Text.Written() {
			t.Fatal("a condition stands for one without a name")
		}
	default:
		t.Fatalf("unknown operator %q", c.Op)
	}
}

// FuzzArrow: no text makes the arrow's parser panic; a target read without a
// diagnostic is one name or one call with complete values.
func FuzzArrow(tf *testing.F) {
	f := fuzz.New(tf)
	for _, s := range []string{
		"Exit -> bye", "-> bye", "A -> b -> c", "Exit ->", "Exit->bye", "Exit → bye", "x => y",
		"Pay -> pay(amount, 'a, b', 5)", "Pay -> pay(", "Pay -> pay()x", "-> pay(,)", "->", "a -> é", "a -> back",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := &reader{file: &File{}}
		label, target, has := p.splitArrow(Text{Value: s, Pos: engine.Pos{File: "f", Line: 1, Column: 1}})
		if !has {
			return
		}
		if len(label.Value)+len(target.Value) > len(s) {
			t.Fatalf("%q became %q and %q", s, label.Value, target.Value)
		}
		to := p.target(target, label)
		switch {
		case len(p.out) > 0:
		case to.Call != nil:
			if nameEnd(to.Call.Action.Value) != len(to.Call.Action.Value) {
				t.Fatalf("action %q", to.Call.Action.Value)
			}
			for _, a := range to.Call.Args {
				if a.Name == "" && !a.Quoted && !a.Number {
					t.Fatalf("%q: an argument without a value", s)
				}
			}
		case nameEnd(to.Screen.Value) != len(to.Screen.Value) || to.Screen.Value == "":
			t.Fatalf("screen %q", to.Screen.Value)
		}
	})
}
