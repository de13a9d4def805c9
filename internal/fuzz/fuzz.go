// Package fuzz runs fuzz targets on many inputs in one process. The fuzzing of go test
// passes each input to another process, which takes longer than most parsers; this
// package draws inputs without that, by changing those that a target names and those
// that the fuzzing of go test has found.
//
//	func FuzzParse(tf *testing.F) {
//		f := fuzz.New(tf)
//		f.Add("a=1&b=2")
//		f.Fuzz(func(t *testing.T, text string) { ... })
//	}
//
// Without the variable PAYTRACE_FUZZ, that is what it would be with tf alone.
package fuzz

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// envInputs has the number of inputs. Without it, a target runs as go test does it.
	envInputs = "PAYTRACE_FUZZ"
	// envSeed has the number that the inputs are drawn from: 1 without it.
	envSeed = "PAYTRACE_FUZZ_SEED"
	// envCorpus has the folder in which go test -fuzz keeps the inputs that it has
	// found: $(go env GOCACHE)/fuzz.
	envCorpus = "PAYTRACE_FUZZ_CORPUS"
	// endless is after which time an input is taken for one without an end, also on a
	// busy machine.
	endless = time.Minute
)

// F is a fuzz target. New makes one.
type F struct {
	*testing.F
	inputs int
	seed   uint64
	corpus string
	begun  [][]reflect.Value
}

// New makes a fuzz target of one of go test.
func New(tf *testing.F) *F {
	tf.Helper()
	f := &F{F: tf, seed: 1}
	for _, number := range []struct {
		name string
		read func(int)
	}{
		{envInputs, func(n int) { f.inputs = n }},
		{envSeed, func(n int) { f.seed = uint64(n) }}, //nolint:gosec // it is not negative
	} {
		text := os.Getenv(number.name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			tf.Fatalf("%s is %q, want a number that is not negative", number.name, text)
		}
		number.read(n)
	}
	if dir := os.Getenv(envCorpus); dir != "" {
		f.corpus = filepath.Join(dir, filepath.FromSlash(packageOf(tf.Name())), tf.Name())
	}
	return f
}

// packageOf returns the import path of the package that has the target of this name; ""
// if no target called New.
func packageOf(target string) string {
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	for {
		frame, more := frames.Next()
		if path, ok := strings.CutSuffix(frame.Function, "."+target); ok || !more {
			return strings.TrimSuffix(path, "_test")
		}
	}
}

// Add adds an input to begin with.
func (f *F) Add(args ...any) {
	f.Helper()
	f.F.Add(args...)
	f.begin(args)
}

func (f *F) begin(args []any) {
	var values []reflect.Value
	for _, a := range args {
		values = append(values, reflect.ValueOf(a))
	}
	f.begun = append(f.begun, values)
}

// Fuzz runs target, a function of *testing.T and of what Add was called with. It must
// not skip.
func (f *F) Fuzz(target any) {
	f.Helper()
	if f.inputs == 0 {
		f.F.Fuzz(target)
		return
	}
	if err := f.found(); err != nil {
		f.Fatal(err)
	}
	if len(f.begun) == 0 {
		f.Fatal("there is no input to begin with: call Add")
	}
	of := reflect.ValueOf(target)
	var ran bool
	f.F.Fuzz(reflect.MakeFunc(of.Type(), func(args []reflect.Value) []reflect.Value {
		of.Call(args)
		if !ran {
			ran = true
			f.run(args[0].Interface().(*testing.T), of)
		}
		return nil
	}).Interface())
}

// found adds what go test -fuzz has found for this target.
func (f *F) found() error {
	if f.corpus == "" {
		return nil
	}
	names, err := filepath.Glob(filepath.Join(f.corpus, "*"))
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		// A target has other parameters than before: its old inputs are of no use.
		if args, ok := parseInput(string(text)); ok && sameTypes(args, f.begun) {
			f.begin(args)
		}
	}
	return nil
}

func sameTypes(args []any, begun [][]reflect.Value) bool {
	if len(begun) == 0 || len(args) != len(begun[0]) {
		return false
	}
	for i, a := range args {
		if reflect.TypeOf(a) != begun[0][i].Type() {
			return false
		}
	}
	return true
}

// run calls target with the drawn inputs, and logs the input that fails.
func (f *F) run(t *testing.T, target reflect.Value) {
	r := rand.New(rand.NewPCG(f.seed, 0)) //nolint:gosec // a failure must come again with the same seed
	args := make([]reflect.Value, 1+len(f.begun[0]))
	args[0] = reflect.ValueOf(t)
	done := false
	defer func() {
		if !done {
			t.Logf("with this input:\n%s", writeInput(args[1:]))
		}
	}()
	var slowest time.Duration
	var slow string
	var number atomic.Int64
	defer f.watch(&number, args[1:])()
	began := time.Now()
	for at := range f.inputs {
		f.draw(r, args[1:])
		number.Store(int64(at + 1))
		started := time.Now()
		target.Call(args)
		if took := time.Since(started); took > slowest {
			slowest, slow = took, writeInput(args[1:])
		}
		if t.Failed() {
			t.Fatalf("input %d of seed %d", at+1, f.seed)
		}
	}
	took := time.Since(began)
	// Without -v, go test prints this and not what is logged.
	fmt.Fprintf(os.Stdout, "%s: %d inputs of seed %d in %s, %s each; %d to begin with; the slowest took %s\n", f.Name(), f.inputs, f.seed,
		took.Round(time.Second), took/time.Duration(f.inputs), len(f.begun), slowest.Round(time.Microsecond))
	const long = 300 * time.Millisecond // far above what an input of a few kilobytes should take
	if slowest > long {
		fmt.Fprintf(os.Stdout, "the slowest input:\n%s", slow)
	}
	done = true
}

// watch ends the program, with the input and all stacks, if one input takes too long. It
// does so until the caller calls stop.
func (f *F) watch(number *atomic.Int64, args []reflect.Value) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(endless)
		defer tick.Stop()
		for last := int64(0); ; {
			select {
			case <-done:
				return
			case <-tick.C:
				if at := number.Load(); at == last {
					panic(fmt.Sprintf("input %d of seed %d takes more than %s:\n%s", at, f.seed, endless, writeInput(args)))
				}
				last = number.Load()
			}
		}
	}()
	return func() { close(done) }
}

// writeInput writes an input as go test does it; a file of this text in
// testdata/fuzz/<target> is run with every go test.
func writeInput(args []reflect.Value) string {
	b := strings.Builder{}
	b.WriteString("go test fuzz v1\n")
	for _, a := range args {
		if !a.IsValid() {
			continue
		}
		switch v := a.Interface().(type) {
		case string:
			fmt.Fprintf(&b, "string(%q)\n", v)
		case []byte:
			fmt.Fprintf(&b, "[]byte(%q)\n", v)
		default:
			fmt.Fprintf(&b, "%s(%v)\n", a.Type(), v)
		}
	}
	return b.String()
}

// parseInput reads what writeInput writes.
func parseInput(text string) (args []any, ok bool) {
	first, rest, _ := strings.Cut(text, "\n")
	if first != "go test fuzz v1" {
		return nil, false
	}
	for line := range strings.Lines(rest) {
		kind, value, _ := strings.Cut(strings.TrimSpace(line), "(")
		value, closed := strings.CutSuffix(value, ")")
		if !closed {
			return nil, false
		}
		arg, err := parseArgument(kind, value)
		if err != nil {
			return nil, false
		}
		args = append(args, arg)
	}
	return args, len(args) > 0
}

func parseArgument(kind, value string) (any, error) {
	switch kind {
	case "string":
		return strconv.Unquote(value)
	case "[]byte":
		s, err := strconv.Unquote(value)
		return []byte(s), err
	case "int":
		return strconv.Atoi(value)
	case "int64":
		return strconv.ParseInt(value, 10, 64)
	}
	return nil, fmt.Errorf("an argument of type %s", kind)
}
