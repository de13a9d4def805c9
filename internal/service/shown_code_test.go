package service

import (
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/runner"
)

func TestShownCode(t *testing.T) {
	source := "ussd: 1\nservice: A\ndial: \"*384*343#\"\nstart: main\nscreens:\n  main:\n    say: A\n    menu:\n      1: B -> bye\n  bye:\n    end: Bye\n"
	p, found := menu.Load(fstest.MapFS{"a.yaml": {Data: []byte(source)}}, "a.yaml", "", nil, menu.Options{})
	if p == nil {
		t.Fatal(found)
	}
	programs, err := runner.NewCatalog(p)
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{
		"*384*343#":          "*384*343#",
		"*384*343*958473#":   "*384*343*…",
		"*384*343*958473*1#": "*384*343*…",
		"*384*343**958473#":  "*384*343*…",
		"*384*343*7*958473#": "*384*343*…",
		"*384*343*958473":    "*384*343*…",
		"*384*3430*958473#":  "*384*3430*…",
		"*384*8482#":         "*384*8482#",
		"*384*958473#":       "*384*…",
		"*384*343*#":         "*384*343*…",
		"958473":             "*…",
		"*958473#":           "*…",
		"#958473#":           "*…",
		"384*343*958473":     "*384*343*…",
	} {
		if got := shownCode(programs, code); got != want {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { shownCode(programs, "*384*343#") }); n > 0 {
		t.Errorf("a plain code allocates %v times", n)
	}
}
