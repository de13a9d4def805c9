package diag_test

import (
	"io"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
)

// No format shows the secret of a wallet that stands in a menu, also where a long line
// is cut within it.
func TestSecretsOfWalletsAreCovered(t *testing.T) {
	const seed = "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN"
	list := diag.List{{
		Code: "U001", Severity: diag.Error, Pos: engine.Pos{File: "m.yaml", Line: 1, Column: 60}, Length: 56,
		Message: "found " + seed, Help: "remove " + seed, Related: []diag.Related{diag.At(engine.Pos{File: "m.yaml", Line: 1, Column: 1}, "here "+seed)},
	}}
	line := strings.Repeat("a", 90) + " say: " + seed + " " + strings.Repeat("b", 90)
	for name, write := range map[string]func(io.Writer) error{
		"text":   func(w io.Writer) error { return diag.Text(w, list, func(string) []byte { return []byte(line) }, false) },
		"JSON":   func(w io.Writer) error { return diag.JSON(w, list) },
		"SARIF":  func(w io.Writer) error { return diag.SARIF(w, list, "1", func(string) string { return "t" }) },
		"GitHub": func(w io.Writer) error { return diag.GitHub(w, list) },
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), seed[:12]) || !strings.Contains(b.String(), "found xxxx") {
			t.Errorf("%s shows the secret:\n%s", name, &b)
		}
	}
}
