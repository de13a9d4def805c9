package spelling_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine/spelling"
)

func TestSuggest(t *testing.T) {
	screens := []string{"bye", "main", "register_phone", "register", "withdraw_confirm", "withdraw_done", "history"}
	for name, want := range map[string]string{
		"bey":              "bye",
		"Main":             "main",
		"registerPhone":    "register_phone",
		"register-phone":   "register_phone",
		"withdraw_cofnirm": "withdraw_confirm",
		"hist":             "history",
		"withdraw":         "",
		"unrelated":        "",
		"x":                "",
		"":                 "",
		"bye":              "",
	} {
		got, ok := spelling.Suggest(name, screens)
		if got != want || ok != (want != "") {
			t.Errorf("Suggest(%q) is %q, %v; want %q", name, got, ok, want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	names := []string{"go", "note", "say", "pay_a", "pay_b", "pay_a"}
	for name, want := range map[string]string{
		"goto":   `Did you mean "go"?`,
		"saying": `Did you mean "say"?`,
		"pay_c":  `Did you mean "pay_a" or "pay_b"?`,
		"other":  "",
	} {
		if got := spelling.DidYouMean(name, names); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
