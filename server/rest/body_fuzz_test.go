package rest

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paytrace/paytrace/internal/fuzz"
)

// A body that is accepted is an object of exactly the named texts, which every reader of
// JSON reads in the same way; all others get a problem.
func FuzzMembers(tf *testing.F) {
	f := fuzz.New(tf)
	for _, body := range []string{
		`{"phone":"254711000111","code":"123456"}`,
		` { "code" : "1" , "phone" : "\u0030\ud83d\ude00" } `,
		`{"phone":"1","phone":"2","code":"3"}`, `{"Phone":"1","code":"3"}`, `{"phone":1,"code":null}`,
		`{"phone":{"phone":"1"},"code":["a"]}`, `{"phone":"1"}`, `{"":"","phone":"","code":""}`,
		`{"phone":"\ud800","code":"\u0000"}`, `[]`, `"phone"`, ``, `{`, "{\"phone\":\"\xff\",\"code\":\"1\"}", `{"phone":"1","code":"2"}{}`,
		`{"ph\u006fne":"1","code":"2"}`,
	} {
		f.Add([]byte(body))
	}
	names := []string{"phone", "code"}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		values, refused := members(r, names...)
		if refused != nil {
			if refused.Status != 400 && refused.Status != 422 {
				t.Errorf("%q: status %d", body, refused.Status)
			}
			for _, fault := range refused.Errors {
				if !utf8.ValidString(fault.Pointer) || !utf8.ValidString(fault.Detail) {
					t.Errorf("%q: the fault %q %q is no text", body, fault.Pointer, fault.Detail)
				}
			}
			return
		}
		var other map[string]string
		if err := json.Unmarshal(body, &other); err != nil || len(other) != len(names) || len(values) != len(names) {
			t.Fatalf("%q: accepted as %v; another reader reads %v (%v)", body, values, other, err)
		}
		for _, name := range names {
			if values[name] != other[name] || !utf8.ValidString(values[name]) {
				t.Errorf("%q: %s is %q, another reader reads %q", body, name, values[name], other[name])
			}
		}
	})
}
