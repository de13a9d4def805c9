package sqlite

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3/database"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/schema"
)

// TestNotesAreReadAsWritten stores batches of random notes and reads each caller's.
func TestNotesAreReadAsWritten(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "a", "1", "254711000001", "Karibu\n1. Ndiyo", `"\`, "Wanjikũ 😀", "\x00\x1f", "[]", ",", "a,b", "CON"}
	pick := func() string { return texts[random.IntN(len(texts))] }
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	for range 50 {
		s := inMemory(t)
		want := map[string][]store.CallNote{}
		for range 1 + random.IntN(4) {
			var notes []store.CallNote
			for range 1 + random.IntN(40) {
				at = at.Add(time.Duration(1+random.IntN(5000)) * time.Microsecond)
				n := store.CallNote{
					At: at, Caller: pick(), Session: pick(), Provider: pick(), Service: pick(), Program: pick(), Screen: pick(),
					Input: pick(), Shown: pick(), Ended: random.IntN(2) == 0, Took: time.Duration(random.IntN(9)) * time.Microsecond, Fault: pick(),
				}
				notes = append(notes, n)
				want[n.Caller] = append([]store.CallNote{n}, want[n.Caller]...)
			}
			if err := s.AddCalls(t.Context(), notes); err != nil {
				t.Fatal(err)
			}
		}
		for caller, all := range want {
			limit := 1 + random.IntN(len(all))
			got, err := s.CallsOf(t.Context(), caller, limit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(all[:limit], got); diff != "" {
				t.Fatalf("notes on %q (-want +got):\n%s", caller, diff)
			}
		}
	}
}

func inMemory(t *testing.T) *Store {
	t.Helper()
	s, err := OpenMemory(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestNotesOfTwoWritersAreInOrder(t *testing.T) {
	s := inMemory(t)
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	for _, batch := range [][]int{{1, 5, 9}, {2, 6}, {3, 10}, {4}} {
		var notes []store.CallNote
		for _, n := range batch {
			notes = append(notes, store.CallNote{At: at.Add(time.Duration(n) * time.Second), Caller: "1", Session: fmt.Sprint(n)})
		}
		if err := s.AddCalls(t.Context(), notes); err != nil {
			t.Fatal(err)
		}
	}
	for limit, want := range map[int]string{1: "10", 3: "10 9 6", 4: "10 9 6 5", 9: "10 9 6 5 4 3 2 1"} {
		notes, err := s.CallsOf(t.Context(), "1", limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range notes {
			got = append(got, n.Session)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("the newest %d are %v, want %s", limit, got, want)
		}
	}
}

func TestSpoiltBatchIsTold(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `{"notes":[[1]]}`, `{"notes":[[1,0,1,"a","b",0,0,0,0,0,0,"c"]],"words":[]}`,
		`{"notes":[[1,0,1,"a","b",-1,0,0,0,0,0,"c"]],"words":["x"]}`, `{"notes":[[1,0,1,"a",null,0,0,0,0,0,0,"c"]],"words":["x"]}`,
		`{"notes":[["1",0,1,"a","b",0,0,0,0,0,0,"c"]],"words":["x"]}`,
	} {
		if notes, err := readBatch(text); err == nil {
			t.Errorf("%s is read as %+v", text, notes)
		}
	}
}

// TestNotesOfAnOlderVersionAreKept opens a file that has a row for each note.
func TestNotesOfAnOlderVersionAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := pool(t.Context(), writerDSN(path), 1)
	if err != nil {
		t.Fatal(err)
	}
	files, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	set, err := schema.New(database.DialectSQLite3, db, before(t, files, "00009"), tables, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := set.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	const notes, callers = 1100, 3
	for n := range notes {
		var fault any
		if n%7 == 0 {
			fault = "the store was slow"
		}
		_, err := db.ExecContext(t.Context(), `INSERT INTO calls (at, caller, session, provider, service, program, screen, heard, shown, ended, took_us, fault)
			VALUES (?, ?, ?, 'africastalking', '*384#', 'abc', 'start', '1', ?, ?, 1234, ?)`,
			fmt.Sprintf("2026-03-14T12:%02d:%02d.000%03dZ", n/60, n%60, n%1000), fmt.Sprint(n%callers), fmt.Sprint(n), "Wanjikũ's\nscreen \"😀\"", n%2, fault)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for caller := range callers {
		got, err := s.CallsOf(t.Context(), fmt.Sprint(caller), notes)
		if err != nil {
			t.Fatal(err)
		}
		var want []store.CallNote
		for n := notes - 1; n >= 0; n-- {
			if n%callers != caller {
				continue
			}
			at := time.Date(2026, 3, 14, 12, n/60, n%60, n%1000*1000, time.UTC)
			note := store.CallNote{
				At: at, Caller: fmt.Sprint(caller), Session: fmt.Sprint(n), Provider: "africastalking", Service: "*384#", Program: "abc",
				Screen: "start", Input: "1", Shown: "Wanjikũ's\nscreen \"😀\"", Ended: n%2 == 1, Took: 1234 * time.Microsecond, Turn: store.NoTurn,
			}
			if n%7 == 0 {
				note.Fault = "the store was slow"
			}
			want = append(want, note)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("notes on caller %d (-want +got):\n%s", caller, diff)
		}
	}
	if n, err := s.DropCalls(t.Context(), time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC), notes); err != nil || n != notes {
		t.Errorf("%d notes dropped, want %d; %v", n, notes, err)
	}
}

// before returns the migrations before one.
func before(t *testing.T, files fs.FS, first string) fs.FS {
	t.Helper()
	older := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path >= first {
			return err
		}
		data, err := fs.ReadFile(files, path)
		older[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil || len(older) == 0 {
		t.Fatalf("%d older migrations, %v", len(older), err)
	}
	return older
}

// BenchmarkNotes measures a note in a full batch.
func BenchmarkNotes(b *testing.B) {
	s, err := Open(context.Background(), Config{Path: filepath.Join(b.TempDir(), "bench.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	const batch = 1024
	notes := make([]store.CallNote, batch)
	for i := range notes {
		notes[i] = store.CallNote{
			At: time.Now(), Caller: fmt.Sprintf("2547%08d", i*7919%100_000), Session: fmt.Sprintf("ATUid_%032d", i/5), Provider: "africastalking",
			Service: "*384*8481#", Program: strings.Repeat("0123456789abcdef", 4), Screen: "phone_number_again", Input: "(phone number)",
			Shown: "Invalid phone number. Use format 254712345678.\nEnter your phone number", Took: 123 * time.Microsecond,
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.AddCalls(context.Background(), notes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batch, "ns/note")
}
