package rewrite

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Fix is tried on every menu of the goldens with every fixable code: the fixed
// diagnostics are gone, no new one has come, the others stay with a reason, every
// comment stays, and a second run finds nothing to fix. Each code is fixed at least
// once.
func TestFixGoldens(t *testing.T) {
	goldens := menutest.Folder(t, "../testdata/err/U001_tab.yaml")
	count := map[string]int{}
	for _, name := range menutest.MenusIn(t, "../testdata/err") {
		_, all := check.Diagnose(goldens, name, "", menutest.Contracts)
		for _, d := range all {
			if len(d.Edits) > 0 && !slices.Contains(Fixable(), d.Code) {
				t.Errorf("%s: %s has edits, but Fixable does not list its code", name, d)
			}
		}
		for _, code := range Fixable() {
			fsys := fstest.MapFS{}
			for file, data := range goldens {
				fsys[file] = data
			}
			file, before := check.Diagnose(fsys, name, "", menutest.Contracts)
			if !menutest.Has(before, code) {
				continue
			}
			t.Run(name+"/"+code, func(t *testing.T) {
				fixed := Fix(fsys, name, "", menutest.Contracts, code)
				for _, f := range fixed.Files {
					fsys[f.Name] = &fstest.MapFile{Data: f.Bytes}
					if code != "U009" {
						keptComments(t, f)
					}
				}
				_, after := check.Diagnose(fsys, name, "", menutest.Contracts)
				onlyGone(t, before, after, fixed.Fixed, check.ReadInPart(file, "", before))
				if n := len(slices.DeleteFunc(slices.Clone(before), func(f diag.Diagnostic) bool { return f.Code != code || f.Suppressed })); n != len(fixed.Fixed)+len(fixed.Left) {
					t.Errorf("of %d diagnostics %d are fixed and %d left", n, len(fixed.Fixed), len(fixed.Left))
				}
				for _, l := range fixed.Left {
					if l.Why == "" {
						t.Errorf("it is left without a reason: %s %s", l.Pos, l.Message)
					}
					t.Logf("left: %s %s %s (%s) %s", l.Pos, l.Code, l.Message, l.Help, l.Why)
				}
				if again := Fix(fsys, name, "", menutest.Contracts, code); len(again.Fixed) > 0 {
					t.Errorf("mended once more: %v", again.Fixed)
				}
				count[code] += len(fixed.Fixed)
			})
		}
	}
	for _, code := range Fixable() {
		if count[code] == 0 {
			t.Errorf("no golden has a diagnostic of %s that is fixed", code)
		}
	}
	t.Logf("fixed: %v", count)
}

// onlyGone asserts that a fix removes diagnostics and adds none.
func onlyGone(t *testing.T, before, after, fixed diag.List, hidden bool) {
	t.Helper()
	may := map[string]int{}
	for _, f := range before {
		may[f.Code+" "+f.Message]++
	}
	for _, f := range fixed {
		may[f.Code+" "+f.Message]--
	}
	for _, f := range after {
		what := f.Code + " " + f.Message
		if may[what]--; may[what] < 0 && !(hidden && check.NeedsWholeMenu[f.Code]) {
			t.Errorf("still there, or new: %s %s", f.Pos, what)
		}
	}
}

// keptComments asserts that a file still has all its comments.
func keptComments(t *testing.T, f Formatted) {
	t.Helper()
	comments := func(data []byte) map[string]int {
		src, _ := syntax.Scan(f.Name, data)
		all := map[string]int{}
		for _, c := range src.Comments {
			if syntax.CommentLike(c.Text) {
				all[c.Text]++
			}
		}
		return all
	}
	now := comments(f.Bytes)
	for c, n := range comments(f.Old) {
		if now[c] < n {
			t.Errorf("%s: the comment %q is gone", f.Name, c)
		}
	}
}

// Each kind of fix is made once, and what has no single fix stays.
func TestFix(t *testing.T) {
	const top = "ussd: 1\nservice: S\ndial: \"*1#\"\nstart: main\n"
	for _, c := range []struct{ code, in, out string }{
		{"U101", "screens:\n  main: # first\n    say: A\n    menu: {1: B -> by, 2: C -> by}\n  bye: {end: B}\n", "screens:\n  main: # first\n    say: A\n    menu: {1: B -> bye, 2: C -> bye}\n  bye: {end: B}\n"},
		{"U101", "screens:\n  main:\n    say: A\n    menu: {1: A -> pay_a, 2: B -> pay_b, 3: C -> pay_c}\n  pay_a: {end: A}\n  pay_b: {end: B}\n", ""},
		{"U003", "screens:\n  main:\n    say: A\n    menu: {1: B -> the-end, 2: C -> the-end}\n  the-end: {end: B}\n", "screens:\n  main:\n    say: A\n    menu: {1: B -> the_end, 2: C -> the_end}\n  the_end: {end: B}\n"},
		{"U004", "screens:\n  main:\n    end: Ward #2: say 'hello' today\n", "screens:\n  main:\n    end: \"Ward #2: say 'hello' today\"\n"},
		{"U004", "screens:\n  main:\n    end: One\n      two\n\n      three\n# end\n", "screens:\n  main:\n    end: |\n      One\n      two\n\n      three\n# end\n"},
		{"U004", "screens:\n  main:\n    end: Bread # or cake\n", ""},
		{"U005", "screens:\n  main:\n    end: Bye\n    end: Bye\n", "screens:\n  main:\n    end: Bye\n"},
		{"U005", "screens:\n  main:\n    end: Bye\n    end: Goodbye\n", ""},
		{"U008", "screens:\n  main:\n    say: A\n    menu: {1: B→bye, 2: C => bye}\n  bye: {end: B}\n", "screens:\n  main:\n    say: A\n    menu: {1: B -> bye, 2: C -> bye}\n  bye: {end: B}\n"},
		{"U009", "# allow U401: no\nscreens:\n  # the first\n  main: # allow U102: no\n    end: Bye\n", "screens:\n  # the first\n  main:\n    end: Bye\n"},
		{"U303", "screens:\n  main:\n    end: |\n      Don’t – don’t…\n      ’Tis  # ’no’ comment\n", "screens:\n  main:\n    end: |\n      Don't - don't...\n      'Tis  # 'no' comment\n"},
		{"U001", "screens:\n  main:\n\tend: Bye\n", "screens:\n  main:\n    end: Bye\n"},
		{"U003", "screens:\n  main:\n    end:Bye\n", "screens:\n  main:\n    end: Bye\n"},
		{"U001", "screens:\n  main:\n\t\tend: Bye\n", "screens:\n  main:\n    end: Bye\n"},
		{"U004", "vars:\n  n: {type: text 9, error: No, that's too long, {service}, sorry} # why\nscreens:\n  main:\n    say: N\n    ask: n -> bye\n  bye: {end: \"{n}\"}\n", "vars:\n  n: {type: text 9, error: \"No, that's too long, {service}, sorry\"} # why\nscreens:\n  main:\n    say: N\n    ask: n -> bye\n  bye: {end: \"{n}\"}\n"},
		{"U004", "screens:\n  main:\n    end: Bye\n    sms: {to: caller, say: Sent to {caller}, on {today}, bye?}\n", "screens:\n  main:\n    end: Bye\n    sms: {to: caller, say: \"Sent to {caller}, on {today}, bye?\"}\n"},
		{"U003", "screens:\n  main:\n    choose:\n      - if today > 2026-03-01 -> bye\n      - else -> bye\n  bye: {end: B}\n", "screens:\n  main:\n    choose:\n      - if today > \"2026-03-01\" -> bye\n      - else -> bye\n  bye: {end: B}\n"},
		{"U203", "screens:\n  main:\n    choose:\n      - if caller = 254712345678 -> bye\n      - else -> bye\n  bye: {end: B}\n", "screens:\n  main:\n    choose:\n      - if caller = \"254712345678\" -> bye\n      - else -> bye\n  bye: {end: B}\n"},
		{"U205", "screens:\n  main:\n    end: Bye {lang}\n", ""},
	} {
		fsys := fstest.MapFS{"m.yaml": {Data: []byte(top + c.in)}}
		fixed := Fix(fsys, "m.yaml", "", nil, c.code)
		got := ""
		for _, f := range fixed.Files {
			got += strings.TrimPrefix(string(f.Bytes), top)
		}
		if diff := cmp.Diff(c.out, got); diff != "" {
			t.Errorf("%s of\n%s(-want +got)\n%s\nleft %v", c.code, c.in, diff, fixed.Left)
		}
	}
}

// A fix that would make things worse is not made, and the reason is given.
func TestFixBringsNothingNew(t *testing.T) {
	const src = "ussd: 1\nservice: S\ndial: \"*1#\"\nstart: main\nvars: {name: text 20, names: text 5}\nscreens:\n  main:\n    say: A\n    ask: name -> mai\n"
	fixed := Fix(fstest.MapFS{"m.yaml": {Data: []byte(src)}}, "m.yaml", "", nil, "U101")
	if len(fixed.Files) > 0 || len(fixed.Left) != 1 || !strings.Contains(fixed.Left[0].Why, "would cause another: U") {
		t.Errorf("got %+v", fixed)
	}
}

// FixAll fixes at least what Fix does code by code, and a second run has nothing to do.
func TestFixAllGoldens(t *testing.T) {
	goldens := menutest.Folder(t, "../testdata/err/U001_tab.yaml")
	total := 0
	for _, name := range menutest.MenusIn(t, "../testdata/err") {
		fsys := fstest.MapFS{}
		for file, data := range goldens {
			fsys[file] = data
		}
		fixed := FixAll(fsys, name, "", menutest.Contracts)
		for _, f := range fixed.Files {
			if string(f.Old) != string(goldens[f.Name].Data) || !f.Changed() {
				t.Errorf("%s: %s is said to have been\n%s", name, f.Name, f.Old)
			}
			fsys[f.Name] = &fstest.MapFile{Data: f.Bytes}
		}
		for _, l := range fixed.Left {
			if l.Why == "" || len(l.Edits) == 0 {
				t.Errorf("%s: left without a reason or an edit: %v", name, l)
			}
		}
		if again := FixAll(fsys, name, "", menutest.Contracts); len(again.Fixed) > 0 {
			t.Errorf("%s: fixed once more: %v", name, again.Fixed)
		}
		total += len(fixed.Fixed)
	}
	if total < 60 {
		t.Errorf("only %d diagnostics were fixed", total)
	}
}
