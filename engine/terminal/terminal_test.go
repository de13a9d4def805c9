package terminal

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two", 7, []string{"one two"}},
		{"one two", 6, []string{"one", "two"}},
		{"one two", 3, []string{"one", "two"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"a\n\nb", 3, []string{"a", "", "b"}},
		{"日本語", 4, []string{"日本", "語"}},
		{"日本", 1, []string{"日", "本"}},
		{"àéîõü", 2, []string{"àé", "îõ", "ü"}},
		{"e\u0301e\u0301e\u0301", 2, []string{"e\u0301e\u0301", "e\u0301"}},
	} {
		if diff := cmp.Diff(c.want, Wrap(c.text, c.width)); diff != "" {
			t.Errorf("%q in %d: -want +got:\n%s", c.text, c.width, diff)
		}
	}
}

func TestFrame(t *testing.T) {
	want := `┌──────────────────────────────────────┐
│ Habari, 日本. Andika nambari ya simu │
│ ya mtu unayemlipa, kwa mfano         │
│ 0712345678                           │
│ ` + "e\u0301 \ufffd[2J" + `                               │
└──────────────────────────────────────┘`
	lines := []string{"Habari, 日本. Andika nambari ya simu ya mtu unayemlipa, kwa mfano 0712345678", "e\u0301 \x1b[2J"}
	if diff := cmp.Diff(want, strings.Join(Frame(lines, Narrowest), "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCompare(t *testing.T) {
	want := `recorded                    now
┌──────────────────────┐    ┌──────────────────────┐
│ Pay                  │    │ Pay                  │
│ 1. Yes               │ ≠  │ 1. No                │
│                      │    │ 2. Later             │
└──────────────────────┘    └──────────────────────┘`
	got := Compare([2]string{"recorded", "now"}, []string{"Pay", "1. Yes"}, []string{"Pay", "1. No", "2. Later"}, 1)
	if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
