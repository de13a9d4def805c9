package dialscript

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// updated is a script of one call after its screens were shown.
func updated(t interface{ Fatal(...any) }, source string, screens ...string) string {
	f, found := Parse("f.dial", []byte(source))
	if len(found) > 0 {
		t.Fatal(found)
	}
	r := Result{Call: &f.Calls[0]}
	for _, s := range screens {
		if s == "-" {
			r.Screens = append(r.Screens, nil)
			continue
		}
		r.Screens = append(r.Screens, &Screen{Text: s})
	}
	return string(Update([]byte(source), f, []Result{r}))
}

func TestUpdate(t *testing.T) {
	head := "# about\n=== a  \n(as Amina)\n\n> *384#\n"
	for name, c := range map[string]struct{ lines, screen, want string }{
		"nothing changed":            {"|a\n| b {*}\n", "a\nb c", "|a\n| b {*}\n"},
		"one line":                   {"| a\n| b\n| c\n", "a\nx\nc", "| a\n| x\n| c\n"},
		"one more":                   {"| a\n| c\n", "a\nb\nc", "| a\n| b\n| c\n"},
		"one less":                   {"| a\n| b\n| c\n", "a\nc", "| a\n| c\n"},
		"placeholders stay":          {"| Ref {*}.\n| b\n", "Ref QX81.\nx", "| Ref {*}.\n| x\n"},
		"placeholders move":          {"| Ref {*}.\n| b\n", "new\nRef QX81.\nb", "| new\n| Ref {*}.\n| b\n"},
		"words around a placeholder": {"| Sent KES 5. Ref {ref=*}.\n", "Paid KES 5. Ref QX81.", "| Paid KES 5. Ref {ref=*}.\n"},
		"two placeholders":           {"| Sent {money} to {phone} now.\n", "You sent KES 5 to 0712345678 now.", "| You sent {money} to {phone} now.\n"},
		"a removed placeholder":      {"| Ref {*}.\n", "No reference", "| No reference\n"},
		"regexp stays":               {"|/Ref [A-Z]+\\d+/\n| b\n", "Ref QX81\nx", "|/Ref [A-Z]+\\d+/\n| x\n"},
		"regexp goes":                {"|/Ref \\d+/\n", "Ref QX81", "| Ref QX81\n"},
		"rest stays":                 {"| a\n| ...\n", "x\ny\nz", "| x\n| ...\n"},
		"rest of nothing":            {"| a\n| b\n| ...\n", "x", "| x\n"},
		"blank and odd lines":        {"| a\n", "\n...\n{x}\n/y/", "|\n|/\\.\\.\\./\n| {{x}\n| /y/\n"},
		"comments between":           {"| a\n# why\n| b\n", "a\nx", "| a\n| x\n# why\n"},
		"windows":                    {"| a\r\n| b\r\n", "a\nx\ny", "| a\r\n| x\r\n| y\r\n"},
		"indented":                   {"  | a\n", "x\ny", "  | x\n  | y\n"},
		"no lines, no opinion":       {"(session goes on)\n", "x", "(session goes on)\n"},
	} {
		tail := "(session goes on)\n> 1\n| last\n"
		want := head + c.want + tail
		if got := updated(t, head+c.lines+tail, c.screen, "last"); got != want {
			t.Errorf("%s (-want +got)\n%s", name, cmp.Diff(want, got))
		}
	}
}

func TestUpdateLeavesAloneWhatWasNotShown(t *testing.T) {
	source := "=== a\n> *384#\n| a\n> 1\n| b"
	if got := updated(t, source, "x", "-"); got != "=== a\n> *384#\n| x\n> 1\n| b" {
		t.Errorf("%q", got)
	}
	if got := updated(t, source, "a", "x\ny"); got != "=== a\n> *384#\n| a\n> 1\n| x\n| y" {
		t.Errorf("%q", got)
	}
}

// TestUpdatedScriptsPass: whatever was written and whatever was shown, the
// updated lines match what was shown, and nothing else has changed.
func TestUpdatedScriptsPass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`[ab{./]{0,2}(x|KES 5|\.\.\.)?[ab]{0,2}`)
		var source strings.Builder
		source.WriteString("=== a\n# above\n> *384#\n")
		old := rapid.SliceOfN(rapid.SampledFrom([]string{"| ab", "| a{*}", "| {*}b", "| {x=*}", "|/[ab]+/", "| {money}", "|", "| x"}), 1, 5).Draw(t, "old")
		source.WriteString(strings.Join(old, "\n") + "\n")
		if rapid.Bool().Draw(t, "rest") {
			source.WriteString("| ...\n")
		}
		source.WriteString("(session ends)\n")
		screen := strings.Join(rapid.SliceOfN(line, 1, 6).Draw(t, "screen"), "\n")
		got := updated(t, source.String(), screen)
		f, found := Parse("f.dial", []byte(got))
		if len(found) > 0 {
			t.Fatalf("%v\n%s", found, got)
		}
		if bad := MatchScreen(f.Calls[0].Steps[0].Shown, Lines(screen), Captures{}); bad >= 0 {
			t.Fatalf("line %d of the updated script does not match\n%s\nscreen:\n%s", bad, got, screen)
		}
		if !strings.HasPrefix(got, "=== a\n# above\n> *384#\n") || !strings.HasSuffix(got, "(session ends)\n") {
			t.Fatalf("more than the screen has changed:\n%s", got)
		}
		if again := updated(t, got, screen); again != got {
			t.Fatalf("updated again:\n%s", cmp.Diff(got, again))
		}
	})
}
