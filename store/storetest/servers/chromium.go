package servers

import (
	"context"
	"testing"
	"time"
)

// browserInstallTime bounds fetching and unpacking a browser.
const browserInstallTime = 5 * time.Minute

// Chromium is the path of a Chromium for tests of pages, installed where it is
// missing and may be. Started as root it needs the flag --no-sandbox.
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
