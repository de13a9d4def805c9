package sqlite_test

import (
	"strings"
	"testing"

	"github.com/paytrace/paytrace/store/sqlite"
)

// A disk that can't be written is told as soon as a transaction has failed by it, also
// while reads succeed, and no longer when writes succeed again.
func TestPingTellsADiskThatRefusesWrites(t *testing.T) {
	s := openPath(t, newPath(t))
	if err := addWorker(s, "254711000111"); err != nil {
		t.Fatal(err)
	}
	free := sqlite.RefuseWrites(t, s)
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("nothing has failed yet: %v", err)
	}
	if err := addWorker(s, "254711000222"); err == nil {
		t.Fatal("the control: the disk takes writes")
	}
	if _, err := s.Worker(t.Context(), "254711000111"); err != nil {
		t.Errorf("reads go on: %v", err)
	}
	for range 2 {
		if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "can be read, and not written") {
			t.Errorf("Ping returns %v", err)
		}
	}
	free()
	for range 2 {
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("the disk takes writes again: %v", err)
		}
	}
	if err := addWorker(s, "254711000222"); err != nil {
		t.Error(err)
	}
}
