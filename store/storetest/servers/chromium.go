package servers

import (
	"context"
	"testing"
	"time"
)

// browserInstallTime bounds fetching and unpacking a browser.
const browserInstallTime = 5 * time.Minute

// Chromium returns the path of a Chromium for tests of pages, and installs it if it is
// missing and this process may. As root it needs the flag --no-sandbox.
func Chromium(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), browserInstallTime)
	defer cancel()
	path, err := find(ctx, "chromium", "chromium")
	if err != nil {
		missing(t, err)
	}
	return path
}
