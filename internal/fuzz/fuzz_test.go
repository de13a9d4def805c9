package fuzz

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// envFail makes FuzzLetters fail.
const envFail = "PAYTRACE_FUZZ_FAIL"

// FuzzLetters is a target that fails for one kind of input where envFail is set.
func FuzzLetters(tf *testing.F) {
	f := New(tf)
	f.Add("abc", []byte("xy"), 3, int64(4))
	f.Fuzz(func(t *testing.T, text string, more []byte, n int, far int64) {
		if len(more) > 0 {
			more[0] = '!' // later inputs must not have it
		}
		if os.Getenv(envFail) != "" && strings.HasPrefix(text, "*a") && n < 0 && far > 1000 {
			t.Errorf("%q, %q", text, more)
		}
	})
}

// run runs FuzzLetters in bulk in a process of its own.
func run(t *testing.T, env ...string) (out string, failed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^FuzzLetters$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	b, err := cmd.CombinedOutput()
	return string(b), err != nil
}

func TestAFailureIsFound(t *testing.T) {
	out, failed := run(t, envInputs+"=200000", envFail+"=1")
	if !failed || !strings.Contains(out, "with this input:\n") {
		t.Fatalf("the failure is not found, or its input is not shown:\n%s", out)
	}
	_, text, _ := strings.Cut(out, "with this input:")
	first := strings.Index(text, "go test fuzz v1")
	var lines []string
	for line := range strings.Lines(text[first:]) {
		lines = append(lines, strings.TrimSpace(line))
	}
	args, ok := parseInput(strings.Join(lines[:5], "\n"))
	if !ok || !strings.HasPrefix(args[0].(string), "*a") || args[2].(int) >= 0 || args[3].(int64) <= 1000 {
		t.Errorf("the input shown is %q", args)
	}
	if again, _ := run(t, envInputs+"=200000", envFail+"=1"); number(again) != number(out) || number(out) == "" {
		t.Errorf("the same seed fails at %q, and before at %q", number(again), number(out))
	}
}

// number returns at which input a run failed.
func number(out string) string {
	_, rest, _ := strings.Cut(out, ": input ")
	n, _, _ := strings.Cut(rest, " ")
	return n
}

func TestTheFiguresAreTold(t *testing.T) {
	out, failed := run(t, envInputs+"=1000", envSeed+"=7")
	if failed || !strings.Contains(out, "FuzzLetters: 1000 inputs of seed 7 in ") || !strings.Contains(out, "; 1 to begin with; ") {
		t.Errorf("the figures are not told:\n%s", out)
	}
}

// TestFoundInputsAreUsed checks that inputs of go test -fuzz are begun with, if they are
// of the target's types.
func TestFoundInputsAreUsed(t *testing.T) {
	corpus := t.TempDir()
	dir := filepath.Join(corpus, "github.com", "paytrace", "paytrace", "internal", "fuzz", "FuzzLetters")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"right": "go test fuzz v1\nstring(\"\\x00\\\"é\")\n[]byte(\"\\xff\")\nint(-1)\nint64(5)\n",
		"older": "go test fuzz v1\nstring(\"one\")\n", "other": "something else",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, failed := run(t, envInputs+"=1000", envCorpus+"="+corpus)
	if failed || !strings.Contains(out, "; 2 to begin with; ") {
		t.Errorf("of three files, one has an input of the target:\n%s", out)
	}
}

func TestWrongNumbersAreRefused(t *testing.T) {
	for _, env := range []string{envInputs + "=ten", envInputs + "=-1", envSeed + "=x"} {
		name, _, _ := strings.Cut(env, "=")
		if out, failed := run(t, env); !failed || !strings.Contains(out, name+" is ") {
			t.Errorf("%s is taken:\n%s", env, out)
		}
	}
}

func TestInputsAreWrittenAndRead(t *testing.T) {
	for _, args := range [][]any{{"a\n\x00\"é\xff"}, {[]byte("b)"), -5, int64(1 << 40)}, {"", []byte{}}} {
		var values []reflect.Value
		for _, a := range args {
			values = append(values, reflect.ValueOf(a))
		}
		got, ok := parseInput(writeInput(values))
		if !ok || !reflect.DeepEqual(got, args) {
			t.Errorf("%q is written and read as %q", args, got)
		}
	}
}

// TestChangesReachEverything checks that a text can lose, gain and repeat parts, and
// that it does not grow without a limit.
func TestChangesReachEverything(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const text, other = "0123456789", "abcdefghij"
	seen := map[string]bool{}
	for range 20_000 {
		got := string(changeText(r, []byte(text), []byte(other)))
		for name, is := range map[string]bool{
			"shorter": len(got) < len(text), "longer": len(got) > len(text), "empty": got == "", "unchanged at the end": strings.HasSuffix(got, "789"),
			"of the other": strings.Contains(got, "cdef"), "twice": strings.Contains(got, "345345"), "a piece": strings.Contains(got, "<![CDATA["),
			"no UTF-8": strings.Contains(got, "\xff"),
		} {
			seen[name] = seen[name] || is
		}
		if len(got) > len(text)+growth {
			t.Fatalf("%d bytes of %d", len(got), len(text))
		}
	}
	const kinds = 8
	if len(seen) != kinds {
		t.Fatal(seen)
	}
	for name, is := range seen {
		if !is {
			t.Errorf("no text is %s", name)
		}
	}
}
