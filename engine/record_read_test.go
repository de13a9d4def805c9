package engine

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var sameRecord = cmp.Options{cmp.AllowUnexported(Value{}, compound{}, undo{}), cmpopts.EquateComparable()}

// sameAsJSON fails if the record reader takes bytes that encoding/json reads
// otherwise.
func sameAsJSON(t interface{ Fatalf(string, ...any) }, b []byte) (taken bool) {
	var got, want Record
	if !readRecord(b, &got) {
		return false
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatalf("%s is taken; encoding/json says %v", b, err)
	}
	if diff := cmp.Diff(want, got, sameRecord); diff != "" {
		t.Fatalf("%s (-encoding/json +reader):\n%s", b, diff)
	}
	return true
}

var escapes = regexp.MustCompile(`\\(u....|.)`)

// The record reader and encoding/json read the same record, from what the writer
// writes and from what becomes of it.
func TestRecordReader(t *testing.T) {
	taken, spoilt := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		b, err := appendRecord(nil, anyRecord(t))
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "plain") {
			b = escapes.ReplaceAll(b, []byte("x"))
		}
		if sameAsJSON(t, b) {
			taken++
		}
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		with := rapid.SampledFrom([]string{"", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "e", ".", " ", "null", "\x00", "\xff", "é"}).Draw(t, "with")
		changed := string(b[:at]) + with + string(b[at+rapid.IntRange(0, 1).Draw(t, "instead"):])
		if sameAsJSON(t, []byte(changed)) {
			spoilt++
		}
	})
	if taken == 0 || spoilt == 0 {
		t.Errorf("%d records and %d changed ones were taken: nothing was compared", taken, spoilt)
	}
}

// What every callback reads is taken; other forms of it are left to encoding/json.
func TestRecordReaderTakesUsualRecords(t *testing.T) {
	const usual = `{"v":4,"h":"aa","step":"phone","o":"bb","m":"cc","n":[1,2],"wrong":2,"moved":true,"lang":"en","today":20000,"net":"63902",` +
		`"values":[["phone",{"t":"254"}],["amount",{"m":123456789012}],["gone",null]],"undo":[{"s":"main","at":3,"pages":[0,1]}]}`
	if !sameAsJSON(t, []byte(usual)) {
		t.Fatal("a usual record is not taken")
	}
	for from, to := range map[string]string{
		`"v":4`: `"V":4`, `"moved":true`: `"moved":false`, `:2,`: `:02,`, `"en"`: `"e\u006e"`, `"net":"63902"`: `"lang":"sw"`, `4,`: `4, `,
		`20000`: `9999999999`, `[1,2]`: `[]`, `"phone","o"`: `"phone\n","o"`, `"m":`: `"unknown":1,"m":`, `]}]}`: `]}]} `, `"bb"`: `null`,
	} {
		other := strings.Replace(usual, from, to, 1)
		if other == usual || sameAsJSON(t, []byte(other)) {
			t.Errorf("%s is taken", other)
		}
		if rec, err := ParseRecord([]byte(other)); err == nil && rec.H != "aa" {
			t.Errorf("%s is read as %+v", other, rec)
		}
	}
}

func BenchmarkParseRecord(b *testing.B) {
	record := []byte(`{"v":8,"h":"0123456789abcdef","step":"phone_number","o":"0123456789abcdef","m":"` + strings.Repeat("0123456789abcdef", 4) +
		`","n":[1,1,1],"wrong":2,"moved":true,"lang":"en","today":20000,"net":"63902","undo":[{"s":"main"}]}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseRecord(record); err != nil {
			b.Fatal(err)
		}
	}
}
