package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The report prints what go test prints without -v: the output of failed tests,
// and a line for each package. A test that never ended counts as failed.
func TestReport(t *testing.T) {
	const events = `{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestFine"}
{"Action":"output","Package":"m/a","Test":"TestFine","Output":"=== RUN   TestFine\n"}
{"Action":"output","Package":"m/a","Test":"TestFine","Output":"    a_test.go:1: quiet\n"}
{"Action":"output","Package":"m/a","Test":"TestFine","Output":"--- PASS: TestFine (2.50s)\n"}
{"Action":"pass","Package":"m/a","Test":"TestFine","Elapsed":2.5}
{"Action":"output","Package":"m/a","Output":"PASS\n"}
{"Action":"output","Package":"m/a","Output":"ok  \tm/a\t2.6s\n"}
{"Action":"pass","Package":"m/a","Elapsed":2.6}
{"ImportPath":"m/c","Action":"build-output","Output":"c.go:1: syntax error\n"}
{"Action":"run","Package":"m/b","Test":"TestWrong"}
{"Action":"output","Package":"m/b","Test":"TestWrong","Output":"=== RUN   TestWrong\n"}
{"Action":"output","Package":"m/b","Test":"TestWrong","Output":"--- FAIL: TestWrong (1.00s)\n"}
{"Action":"output","Package":"m/b","Test":"TestWrong","Output":"    b_test.go:1: got 1, want 2\n"}
{"Action":"fail","Package":"m/b","Test":"TestWrong","Elapsed":1}
{"Action":"run","Package":"m/b","Test":"TestStuck"}
{"Action":"output","Package":"m/b","Test":"TestStuck","Output":"panic: test timed out\n"}
{"Action":"output","Package":"m/b","Output":"FAIL\tm/b\t3.0s\n"}
{"Action":"fail","Package":"m/b","Elapsed":3}
`
	const want = "ok  \tm/a\t2.6s\n" +
		"c.go:1: syntax error\n" +
		"--- FAIL: TestWrong (1.00s)\n" +
		"    b_test.go:1: got 1, want 2\n" +
		"panic: test timed out\n" +
		"FAIL\tm/b\t3.0s\n" +
		"\nSeconds per package:\n     3.0  m/b\n     2.6  m/a\n" +
		"\nSlowest tests:\n     2.5  m/a  TestFine\n     1.0  m/b  TestWrong\n"
	var out strings.Builder
	r := newReport(&out)
	if err := r.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	r.summary()
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
