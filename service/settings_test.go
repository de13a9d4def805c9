package service

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write .env.example")

// exampleWidth is how wide a section's line is, in columns.
const exampleWidth = 75

// example returns .env.example as the settings make it.
func example() []byte {
	var b bytes.Buffer
	b.WriteString(`# Every setting of the service, with its default. All are optional for a first
# try: without any, data lies in the file paytrace.db and sessions in memory.
# An empty value counts as not set.
`)
	for _, section := range settings {
		title := "# --- " + section.title + " "
		fmt.Fprintf(&b, "\n%s%s\n", title, strings.Repeat("-", exampleWidth-len(title)))
		for _, s := range section.list {
			if s.help != "" {
				fmt.Fprintf(&b, "\n# %s\n", strings.ReplaceAll(s.help, "\n", "\n# "))
			}
			fmt.Fprintf(&b, "%s=%s\n", s.name, s.fallback)
		}
	}
	return b.Bytes()
}

// .env.example is made from the settings: go test ./service -update.
func TestEnvExample(t *testing.T) {
	const file = "../.env.example"
	if *update {
		if err := os.WriteFile(file, example(), 0o644); err != nil { //nolint:gosec // it holds no secret
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(example()), string(got)); diff != "" {
		t.Errorf("write it again with -update (-settings +file):\n%s", diff)
	}
	if _, err := ReadSettings(func(string) string { return "" }); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

func TestKeysAreNeverSplit(t *testing.T) {
	c, err := ReadSettings(func(name string) string {
		return map[string]string{
			"ENCRYPTION_KEY": "a,b c=d", "ENCRYPTION_KEY_OLD": "one, two\nthree\r\n\n", "USSD_SESSION_TTL": "90",
		}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.EncryptionKey.Reveal(); got != "a,b c=d" {
		t.Errorf("ENCRYPTION_KEY: got %q", got)
	}
	if diff := cmp.Diff([]string{"one, two", "three"}, c.EncryptionOld); diff != "" {
		t.Error(diff)
	}
	if c.SessionTTL != 90*time.Second {
		t.Errorf("USSD_SESSION_TTL: got %s", c.SessionTTL)
	}
}
