package report

import (
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// reported are results of every kind that the goldens of the player lack.
func reported() []dialscript.Result {
	call := func(title string, line int) *dialscript.Call {
		return &dialscript.Call{Title: title, Pos: engine.Pos{File: "a.dial", Line: line, Column: 1}}
	}
	long := []string{strings.Repeat("x", 40), "e\u0301 \x1b[2J \u202e"}
	return []dialscript.Result{
		{Call: call("Passed # 1", 1), Status: dialscript.Passed, Unchecked: []dialscript.Unchecked{{Pos: engine.Pos{File: "a.dial", Line: 3, Column: 1}, Text: "(no SMS)", Why: "this target can't see messages"}}},
		{Call: call("Too long", 5), Status: dialscript.Failed, Problems: []dialscript.Problem{{Pos: engine.Pos{File: "a.dial", Line: 6, Column: 1}, Message: "it's too long", Shown: long, Line: -1, Keys: []string{"*1#", "", "a b", "'"}}}},
		{Call: call("Not checked", 9), Status: dialscript.NotChecked, Why: "this target can't let time pass"},
	}
}

func TestText(t *testing.T) {
	var b strings.Builder
	if err := Text(&b, Report{Results: reported()}); err != nil {
		t.Fatal(err)
	}
	want := `a.dial:3:1: not checked: (no SMS): this target can't see messages
a.dial:6:1: failed: Too long
   it's too long
   keys so far: *1#  ""  "a b"  '

   ┌────────────────────────────────────────┐
   │ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx │
   │ xx                                     │
   │ e` + "\u0301" + ` ` + "\ufffd" + `[2J ` + "\ufffd" + `                               │
   └────────────────────────────────────────┘

a.dial:9:1: not checked: Not checked
   this target can't let time pass

3 calls: 1 passed, 1 failed, 1 not checked; 1 line not checked
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestTAP(t *testing.T) {
	var b strings.Builder
	if err := TAP(&b, Report{Results: reported()}); err != nil {
		t.Fatal(err)
	}
	want := `TAP version 14
1..3
ok 1 - Passed \# 1
# not checked: a.dial:3:1 (no SMS): this target can't see messages
not ok 2 - Too long
  ---
  at: 'a.dial:5:1'
  problems:
    - at: 'a.dial:6:1'
      message: 'it''s too long'
      keys: '*1#  ""  "a b"  '''
      shown:
        - '` + strings.Repeat("x", 40) + `'
        - 'e` + "\u0301" + ` ` + "\ufffd" + `[2J ` + "\ufffd" + `'
  ...
ok 3 - Not checked # SKIP not checked: this target can't let time pass
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestTagsAndStrings(t *testing.T) {
	f, _ := dialscript.Parse("f.dial", []byte("=== a\n(tags money, smoke)\n(tags slow)\n> *1#\n(sesion ends)"))
	if got := strings.Join(f.Calls[0].Tags(), " "); got != "money smoke slow" {
		t.Errorf("tags %q", got)
	}
	weak := diag.List{{Code: dialscript.CodeWide, Severity: diag.Warning, Message: "x"}}
	if d, failed := dialscript.FirstError(weak); failed {
		t.Errorf("a warning counts as an error: %s", d)
	}
	_, errs := dialscript.Parse("f.dial", []byte("x"))
	if _, failed := dialscript.FirstError(errs); !failed || !strings.HasPrefix(errs[0].String(), "f.dial:1:1: D902 ") {
		t.Errorf("%v", errs)
	}
}
