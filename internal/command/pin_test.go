package command

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

// A reset PIN is gone, and the audit has who did it. A worker without a PIN is a misuse
// that leaves no entry.
func TestPINReset(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "pins.db"))
	says(t, exitMisuse, "pin", "reset", "NW-9C7A7A9D")
	settings, err := service.FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	db, err := service.OpenStore(t.Context(), settings, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	err = db.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.SetPIN(ctx, store.PIN{Worker: "NW-9C7A7A9D", Hash: "x", SetAt: time.Unix(1, 0)})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if out := says(t, exitFine, "pin", "reset", "nw9c7a7a9d"); !strings.Contains(out, "NW-9C7A7A9D is removed") {
		t.Errorf("it says %s", out)
	}
	says(t, exitMisuse, "pin", "reset", "NW-9C7A7A9D")
	if out := says(t, exitFine, "audit"); strings.Count(out, "pin reset") != 1 || !strings.Contains(out, "NW-9C7A7A9D") {
		t.Errorf("the audit has %s", out)
	}
}
