package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
)

const canary = "0CANARYCANARY"

// pinned holds a Secret the way an action's parameters do.
type pinned struct {
	Name   string
	Secret engine.Secret
}

// Every way of printing that a log line or an error may take.
func TestSecretIsNeverPrinted(t *testing.T) {
	secret := engine.NewSecret(canary)
	pair := pinned{"G", secret}
	hidden := struct{ pair pinned }{pair}
	for _, verb := range []string{"v", "+v", "#v", "s", "q", "x", "X", "d", "T", "p", "10s", "t", "c", "U", "e"} {
		for _, value := range []any{secret, &secret, pair, &pair, hidden, &hidden, []engine.Secret{secret}, map[string]any{"k": secret}} {
			if out := fmt.Sprintf("%"+verb, value); leaks(out) {
				t.Errorf("%%%s of %T prints %s", verb, value, out)
			}
		}
	}
	for _, verb := range []string{"v", "+v", "#v", "s", "q", "x", "d", "t"} {
		if out := fmt.Sprintf("%"+verb, secret); out != "[redacted]" {
			t.Errorf("%%%s prints %s", verb, out)
		}
	}
	if err := fmt.Errorf("with %w and %v", fmt.Errorf("%s", secret), pair); leaks(err.Error()) {
		t.Error(err)
	}
}

func TestSecretIsNeverEncoded(t *testing.T) {
	secret := engine.NewSecret(canary)
	out, err := json.Marshal(map[string]any{"s": secret, "p": &secret, "k": pinned{Secret: secret}, "m": map[engine.Secret]int{secret: 1}})
	if err != nil || leaks(string(out)) || !strings.Contains(string(out), "[redacted]") {
		t.Errorf("json: %s, %v", out, err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("made", "secret", secret, "pair", pinned{Secret: secret}, "any", slog.AnyValue(&secret))
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
	if got := engine.NewSecret(canary).Reveal(); got != canary {
		t.Errorf("Reveal() = %q", got)
	}
	if got := (engine.Secret{}).Reveal(); got != "" {
		t.Errorf("the zero Secret reveals %q", got)
	}
}
