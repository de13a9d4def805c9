package journal

import (
	"testing"

	"github.com/paytrace/paytrace/engine"
)

func TestScreensRepeatNoInput(t *testing.T) {
	for _, test := range []struct{ typed, screen, want string }{
		{"", "Welcome", "Welcome"},
		{"1*Asha  Mwangi", "Asha Mwangi, is that right?", "…, is that right?"},
		{"1*Asha Mwangi", "Is Asha\nMwangi right?", "Is … right?"},
		{"1*ŁUCJA", "Hello łucja", "Hello …"},
		{"1*Jo*1", "Jo, Joan and JO.", "…, Joan and …."},
		{"1*KES 1500", "Pay KES 1,500?", "Pay KES …?"},
		{"1*1,500/=", "Pay KES 1500.00?", "Pay KES …?"},
		{"1*1500bob", "Pay KES 1,500?", "Pay KES …?"},
		{"5/3/1990", "Born 05-03-1990", "Born …"},
		{"05.03.90", "Born 5/3/1990, not 5/4/1990", "Born …, not 5/4/1990"},
		{"2 bags", "You have 2 bags of 2 kg", "You have … of 2 kg"},
		{"0050*1", "Ends with 50", "Ends with 50"},
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
		if got := withoutInputs(test.screen, test.typed, false); got != test.want {
			t.Errorf("%q after %q: got %q, want %q", test.screen, test.typed, got, test.want)
		}
	}
}

// A short answer is none of the options, and screens repeat it alone.
func TestScreensRepeatNoShortAnswer(t *testing.T) {
	j := New(Config{})
	for _, test := range []struct{ typed, kind, screen, want string }{
		{"1*50", "(amount)", "Pay KES 50 or 500?", "Pay KES … or 500?"},
		{"1*50", "50", "Pay KES 50 or 500?", "Pay KES 50 or 500?"},
		{"50*1", "1", "Pay KES 50?", "Pay KES 50?"},
	} {
		_, shown := j.withoutTyped(&engine.Request{Text: test.typed}, &engine.Reply{Text: test.screen, Input: test.kind})
		if shown != test.want {
			t.Errorf("%q as %s: got %q, want %q", test.typed, test.kind, shown, test.want)
		}
	}
}

// What is dialled behind a code is in no note.
func TestNotesHoldNoInputBehindTheCode(t *testing.T) {
	j := New(Config{ShownCode: func(string) string { return "*384*343*…" }})
	req := engine.Request{Service: "*384*343*1*958473#", Text: "Asha"}
	code, shown := j.withoutTyped(&req, &engine.Reply{Text: "Asha typed 958473 on *384*343#"})
	if code != "*384*343*…" || shown != "… typed … on *384*343#" {
		t.Errorf("%q %q", code, shown)
	}
}

func TestScreensWithoutInputsAllocateNothing(t *testing.T) {
	j := New(Config{ShownCode: func(c string) string { return c }})
	req := engine.Request{Service: "*384*8481#", Text: "1*0711000111*7391"}
	reply := engine.Reply{Text: "Signed in. Worker ID: NW-ABCDEFGH\n1. Work\n2. Pay"}
	if n := testing.AllocsPerRun(100, func() { j.withoutTyped(&req, &reply) }); n > 0 {
		t.Errorf("it allocates %v times", n)
	}
}
