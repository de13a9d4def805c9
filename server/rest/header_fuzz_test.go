package rest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/fuzz"
)

// FuzzHeaders checks that an Idempotency-Key is visible text of a bounded length, that
// quotes do not change it, and that a key to the API has exactly one ID.
func FuzzHeaders(tf *testing.F) {
	f := fuzz.New(tf)
	whole := keyPrefix + "_abcdefgh_" + strings.Repeat("a", letters.EncodedLen(secretBytes))
	for _, pair := range [][2]string{
		{`"8e03978e-40d5-43dd-bc93-6894a57f9324"`, "Bearer " + whole},
		{"plain", "bearer  " + whole + " "},
		{`"a\"b\\c"`, "Bearer"},
		{`"`, " "},
		{`"a";p=1`, "Bearer pt__"},
		{"", ""},
		{"a b", "Basic " + whole},
		{"é", "Bearer pt_abcdefgh_"},
		{strings.Repeat("k", maxIdempotencyKey+1), whole},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, once, authorization string) {
		r := &http.Request{Header: http.Header{idempotencyHeader: {once}}}
		key, refused := idempotencyKey(r)
		switch {
		case refused != nil && (key != "" || refused.Status != http.StatusBadRequest):
			t.Errorf("%q: %q with %+v", once, key, refused)
		case refused == nil:
			if key == "" || len(key) > maxIdempotencyKey || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q is the key %q", once, key)
			}
			r.Header.Set(idempotencyHeader, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key)+`"`)
			if again, refused := idempotencyKey(r); refused != nil || again != key {
				t.Errorf("%q is the key %q, and in quotes %q, %+v", once, key, again, refused)
			}
		}
		token, ok := bearer(authorization)
		id, ours := keyID(token)
		if ok && ours && !strings.HasPrefix(token, keyPrefix+"_"+id+"_") {
			t.Errorf("%q has the ID %q", token, id)
		}
	})
}
