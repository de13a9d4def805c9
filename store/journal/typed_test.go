package journal

import (
	"testing"

	"github.com/paytrace/paytrace/engine"
)

func TestScreensRepeatNoInput(t *testing.T) {
	for _, test := range []struct{ typed, screen, want string }{
		{"", "Welcome", "Welcome"},
		{"1*2*12", "Choose 1, 2 or 12", "Choose 1, 2 or 12"},
		{"1*Asha Mwangi", "Is ASHA MWANGI right?\n1. Yes", "Is … right?\n1. Yes"},
		{"1*7391", "You typed 7391.", "You typed …."},
		{"1*1500", "Pay KES 1,500?", "Pay KES …?"},
		{"1*1500", "Pay KES 1,500.00 to 15,000?", "Pay KES … to 15,000?"},
		{"0711000111", "Send to 254711000111?", "Send to …?"},
		{"+254711000111", "Send to 0711 000 111?", "Send to …?"},
		{"711000111", "Send to +254711000111?", "Send to +…?"},
		{"05/03/1990", "Born 05-03-1990", "Born …"},
		{"7391", "ID 73910 and 7391", "ID … and …"},
		{"500*1", "Ends with 500", "Ends with …"},
	} {
		if got := withoutInputs(test.screen, test.typed); got != test.want {
			t.Errorf("%q after %q: got %q, want %q", test.screen, test.typed, got, test.want)
		}
	}
}

// What is dialled behind a code is in no note.
func TestNotesHoldNoInputBehindTheCode(t *testing.T) {
	j := New(Config{ShownCode: func(string) string { return "*384*343*…" }})
	req := engine.Request{Service: "*384*343*1*958473#", Text: "Asha"}
	code, shown := j.withoutTyped(&req, "Asha typed 958473 on *384*343#")
	if code != "*384*343*…" || shown != "… typed … on *384*343#" {
		t.Errorf("%q %q", code, shown)
	}
}

func TestScreensWithoutInputsAllocateNothing(t *testing.T) {
	j := New(Config{ShownCode: func(c string) string { return c }})
	req := engine.Request{Service: "*384*8481#", Text: "1*0711000111*7391"}
	if n := testing.AllocsPerRun(100, func() { j.withoutTyped(&req, "Signed in. Worker ID: NW-ABCDEFGH\n1. Work\n2. Pay") }); n > 0 {
		t.Errorf("it allocates %v times", n)
	}
}
