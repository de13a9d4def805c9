package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/secret"
)

const canary = "SCANARYCANARYCANARY"

// holder keeps a secret among other fields, as a key pair does.
type holder struct {
	Name   string
	Secret secret.Text
}

// Every way of printing that a log line or an error may take.
func TestSecretIsNeverPrinted(t *testing.T) {
	hush := secret.New(canary)
	pair := holder{"G", hush}
	hidden := struct{ pair holder }{pair}
	for _, verb := range []string{"v", "+v", "#v", "s", "q", "x", "X", "d", "T", "p", "10s", "t", "c", "U", "e"} {
		for _, value := range []any{hush, &hush, pair, &pair, hidden, &hidden, []secret.Text{hush}, map[string]any{"k": hush}} {
			if out := fmt.Sprintf("%"+verb, value); leaks(out) {
				t.Errorf("%%%s of %T prints %s", verb, value, out)
			}
		}
	}
	for _, verb := range []string{"v", "+v", "#v", "s", "q", "x", "d", "t"} {
		if out := fmt.Sprintf("%"+verb, hush); out != "[redacted]" {
			t.Errorf("%%%s prints %s", verb, out)
		}
	}
	if err := fmt.Errorf("with %w and %v", fmt.Errorf("%s", hush), pair); leaks(err.Error()) {
		t.Error(err)
	}
}

func TestSecretIsNeverEncoded(t *testing.T) {
	hush := secret.New(canary)
	out, err := json.Marshal(map[string]any{"s": hush, "p": &hush, "k": holder{Secret: hush}, "m": map[secret.Text]int{hush: 1}})
	if err != nil || leaks(string(out)) || !strings.Contains(string(out), "[redacted]") {
		t.Errorf("json: %s, %v", out, err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("made", "secret", hush, "pair", holder{Secret: hush}, "any", slog.AnyValue(&hush))
	}
	if leaks(log.String()) || strings.Count(log.String(), "[redacted]") < 4 {
		t.Errorf("slog: %s", log.String())
	}
}

func leaks(s string) bool {
	hex := fmt.Sprintf("%x", "CANARY")
	return strings.Contains(s, "CANARY") || strings.Contains(strings.ToLower(s), hex)
}

func TestSecretReveal(t *testing.T) {
	if got := secret.New(canary).Reveal(); got != canary {
		t.Errorf("Reveal() = %q", got)
	}
	if got := (secret.Text{}).Reveal(); got != "" {
		t.Errorf("the zero Secret reveals %q", got)
	}
	if (secret.Text{}).IsSet() || secret.New("").IsSet() || !secret.New(canary).IsSet() {
		t.Error("IsSet does not tell an empty secret from another")
	}
}
