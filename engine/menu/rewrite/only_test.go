package rewrite

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnlyKeepsSomeEntries(t *testing.T) {
	const file = `# About the file.
serve_at: ${URL}
actions:
  # shop
  buy:
    about: Buys.
    ends:
      done:
  sell: {about: Sells., ends: {done: }}

  # bank
  save:
    about: Saves.
    ends: {done: }
other: x
`
	const want = `# About the file.
serve_at: ${URL}
actions:
  buy:
    about: Buys.
    ends:
      done:
  save:
    about: Saves.
    ends: {done: }
other: x
`
	got, err := Only("actions.yaml", []byte(file), "actions", func(name string) bool { return name != "sell" })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if _, err := Only("actions.yaml", []byte("a: b: c\n"), "a", nil); err == nil {
		t.Error("a file that can't be read has no error")
	}
}
