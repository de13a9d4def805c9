package command

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

const (
	oldKey = "the key that is given up, 32 bytes"
	newKey = "the key that takes its place, 32 bytes"
	// rotations names the setting of how many wallets change their key while rewrap
	// is killed, and usualRotations is its default: rewrap takes 200 at a time, so each
	// kill leaves it work to do.
	rotations      = "PAYTRACE_ROTATIONS"
	usualRotations = 4000
	// rewrapKills is how often rewrap is killed before it may finish.
	rewrapKills = 4
)

func sealerOf(t testing.TB, keys ...string) *wallet.Sealer {
	t.Helper()
	s, err := wallet.NewSealer(stellar.Keys{}, time.Now, keys[0], keys[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealedWorker(n int, sealer *wallet.Sealer) (store.Worker, error) {
	pair, err := stellar.Keys{}.New(rand.Reader)
	if err != nil {
		return store.Worker{}, err
	}
	token, err := sealer.Seal(pair.Secret, pair.Address)
	return store.Worker{
		WorkerID: fmt.Sprintf("NW-%08X", n), Phone: fmt.Sprintf("2547%08d", n), PublicKey: pair.Address, SealedSecret: token,
	}, err
}

// register adds n accounts, starting with first, in one transaction.
func register(ctx context.Context, db store.Store, sealer *wallet.Sealer, first, n int) error {
	return db.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		for i := range n {
			w, err := sealedWorker(first+i, sealer)
			if err != nil {
				return err
			}
			if err := tx.AddWorker(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// paytrace runs the program in its own process.
func paytrace(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "paytrace")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(link, args...)
	cmd.Dir, cmd.Env = filepath.Dir(link), append(os.Environ(), env...)
	return cmd
}

// Thousands of wallets change their key while rewrap is killed, callers register
// under the old and the new key, and a reader opens wallets all the time. Every
// wallet is readable at every moment, and in the end none needs the old key.
func TestRewrapUnderKills(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "wallets.db")
		db, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
		rewrapUnderKills(t, db, err, "sqlite:"+path)
	})
	t.Run("Postgres", func(t *testing.T) {
		url := servers.Database(t)
		db, err := postgres.Open(t.Context(), postgres.Config{URL: url, StatementTimeout: time.Minute, LockTimeout: time.Minute})
		rewrapUnderKills(t, db, err, url)
	})
}

func rewrapUnderKills(t *testing.T, db store.Store, err error, url string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	rotated := rotatedWallets(t)
	const batch = 500
	for n := 0; n < rotated; n += batch {
		if err := register(t.Context(), db, sealerOf(t, oldKey), n, batch); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"DATABASE_URL=" + url, "ENCRYPTION_KEY=" + newKey, "ENCRYPTION_KEY_OLD=" + oldKey}

	ctx, stop := context.WithCancel(t.Context())
	group, reading := errgroup.WithContext(ctx)
	var opened, underNew, underOld atomic.Int64
	group.Go(func() error { return readAll(ctx, t, db, rotated, &opened, &underOld, &underNew) })
	registered := rotated
	for range rewrapKills {
		// An instance that was not restarted yet still uses the old key.
		if err := register(t.Context(), db, sealerOf(t, oldKey, newKey), registered, 10); err != nil {
			t.Fatal(err)
		}
		registered += 10
		killedAfterProgress(t, paytrace(t, env, "keys", "rewrap"))
	}
	if err := register(t.Context(), db, sealerOf(t, newKey, oldKey), registered, 10); err != nil {
		t.Fatal(err)
	}
	registered += 10
	out, err := paytrace(t, env, "keys", "rewrap", "--json").Output()
	if err != nil {
		t.Fatalf("the last run: %v\n%s", err, out)
	}
	// A slow machine may not have opened as many wallets as there are.
	until(t, func() (bool, string) {
		n := opened.Load()
		return n >= int64(rotated) || reading.Err() != nil, fmt.Sprintf("the reader opened %d wallets", n)
	})
	stop()
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	var report rewrapJSON
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	if !report.Done || report.Wallets != registered || report.Current != registered || report.Moved == 0 || report.Moved >= rotated {
		t.Errorf("the last run says %+v of %d", report, registered)
	}
	// The new key alone opens all: this does not rely on the report.
	c, err := sealerOf(t, newKey).Census(t.Context(), db)
	if err != nil || c.Current != registered || c.BrokenCount != 0 {
		t.Errorf("with the new key alone: %+v, %v", c, err)
	}
	// The controls: readers with one key each met wallets that they can't open.
	if underNew.Load() == 0 || underOld.Load() == 0 {
		t.Errorf("%d openings, %d only with the new key, %d only with the old: the reader saw no change", opened.Load(), underNew.Load(), underOld.Load())
	}
	t.Logf("%d openings: %d under the old key, %d under the new one", opened.Load(), underOld.Load(), underNew.Load())
}

// rotatedWallets returns how many wallets change their key.
func rotatedWallets(t *testing.T) int {
	t.Helper()
	text := os.Getenv(rotations)
	if text == "" {
		return usualRotations
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s is %q; it is a number of wallets", rotations, text)
	}
	return n
}

// readAll opens every wallet again and again, with both keys, and counts those
// that either key alone would not open.
func readAll(ctx context.Context, t *testing.T, db store.Store, rotated int, opened, onlyOld, onlyNew *atomic.Int64) error {
	both, justOld, justNew := sealerOf(t, newKey, oldKey), sealerOf(t, oldKey), sealerOf(t, newKey)
	for n := 0; ; n = (n + 7) % rotated { // in another order than rewrap
		w, err := db.Worker(ctx, fmt.Sprintf("2547%08d", n))
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the reader was stopped
		case err != nil:
			return err
		}
		if _, err := both.Open(w.SealedSecret, w.PublicKey); err != nil {
			return fmt.Errorf("%s was unreadable: %w", w.WorkerID, err)
		}
		opened.Add(1)
		if _, err := justNew.Open(w.SealedSecret, w.PublicKey); errors.Is(err, wallet.ErrSealed) {
			onlyOld.Add(1)
		}
		if _, err := justOld.Open(w.SealedSecret, w.PublicKey); errors.Is(err, wallet.ErrSealed) {
			onlyNew.Add(1)
		}
	}
}

// killedAfterProgress kills rewrap in the middle of its work.
func killedAfterProgress(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	progress, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	seen := ""
	for lines := bufio.NewScanner(progress); lines.Scan(); {
		seen += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "resealed") {
			_ = cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(seen, "resealed") {
		t.Fatalf("the mover ended by itself: %v\n%s", err, seen)
	}
}

func TestRewrapTellsWhatRemains(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	t.Setenv("ENCRYPTION_KEY", "")
	if got := says(t, exitFine, "keys", "rewrap"); !strings.Contains(got, "wallets") {
		t.Errorf("before the first start: %s", got)
	}
	if _, err := os.Stat(service.KeyFile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key was made: %v", err)
	}
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: service.DefaultDatabase})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for n, key := range []string{newKey, oldKey, "a key that is lost"} {
		if err := register(t.Context(), db, sealerOf(t, key), n, 1); err != nil {
			t.Fatal(err)
		}
	}
	if got := says(t, exitMisuse, "keys", "rewrap"); !strings.Contains(got, service.KeyFile) {
		t.Errorf("without any key: %s", got)
	}
	t.Setenv("ENCRYPTION_KEY", newKey)
	t.Setenv("ENCRYPTION_KEY_OLD", oldKey)
	for _, c := range []struct {
		args          []string
		status        int
		current, want string
	}{
		{[]string{"--dry-run"}, exitDiagnostics, "1", "NW-00000002"},
		{nil, exitDiagnostics, "2", "add the key they were sealed with"},
		{nil, exitDiagnostics, "2", "0 of them moved"},
	} {
		got := says(t, c.status, append([]string{"keys", "rewrap"}, c.args...)...)
		if !strings.Contains(got, "under ENCRYPTION_KEY          "+c.current) || !strings.Contains(got, c.want) {
			t.Errorf("%v: lacks %q or the count %s\n%s", c.args, c.want, c.current, got)
		}
		for _, key := range []string{newKey, oldKey} {
			if strings.Contains(got, key) {
				t.Errorf("a key is shown:\n%s", got)
			}
		}
	}
	t.Setenv("ENCRYPTION_KEY_OLD", "a key that is lost")
	if got := says(t, exitFine, "keys", "rewrap"); !strings.Contains(got, "opens every wallet") {
		t.Errorf("with all keys: %s", got)
	}
}

// After a change of ENCRYPTION_KEY the names of sessions and actions still need
// the old key. rewrap says so before that key is removed.
func TestRewrapSpeaksOfTheIdentityKey(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	t.Setenv("ENCRYPTION_KEY", oldKey)
	if s := serve(t); s.stop() != exitFine {
		t.Fatalf("the first start failed: %s", s.log)
	}
	t.Setenv("ENCRYPTION_KEY", newKey)
	t.Setenv("ENCRYPTION_KEY_OLD", oldKey)
	if got := says(t, exitFine, "keys", "rewrap"); !strings.Contains(got, "set ID_KEY") {
		t.Errorf("nothing about ID_KEY:\n%s", got)
	}
	t.Setenv("ENCRYPTION_KEY_OLD", "")
	t.Setenv("ID_KEY", oldKey)
	if got := says(t, exitFine, "keys", "rewrap"); strings.Contains(got, "ID_KEY") {
		t.Errorf("it is set:\n%s", got)
	}
	if s := serve(t); s.stop() != exitFine {
		t.Errorf("a start with ID_KEY failed: %s", s.log)
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		file string
		env  map[string]string
		want string
	}{
		{"a weak key on PUBLIC", "", map[string]string{"STELLAR_NETWORK": "PUBLIC", "ENCRYPTION_KEY": "31 bytes are one too few, surely"[:31]}, "at least 32"},
		{"a weak key in the file on PUBLIC", "changeme", map[string]string{"STELLAR_NETWORK": "PUBLIC", "USSD_PATH_SECRET": "q7-Hd2xLw9.TzB4k"}, "at least 32"},
		{"no key with Postgres", "", map[string]string{"DATABASE_URL": "needed"}, "ENCRYPTION_KEY is not set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for name, value := range c.env {
				if value == "needed" {
					value = servers.Database(t)
				}
				t.Setenv(name, value)
			}
			if c.file != "" {
				if err := os.WriteFile(service.KeyFile, []byte(c.file+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, args := range [][]string{{"serve", "--port", "0"}, {"keys", "rewrap"}} {
				if got := says(t, exitMisuse, args...); !strings.Contains(got, c.want) {
					t.Errorf("%v says %s, want %q", args, got, c.want)
				}
			}
		})
	}
}

// A missing key file is reported, and no new one hides the loss.
func TestALostKeyFileIsTold(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	t.Setenv("ENCRYPTION_KEY", "")
	if s := serve(t); s.stop() != exitFine {
		t.Fatalf("the first start failed: %s", s.log)
	}
	if err := os.Rename(service.KeyFile, "kept.key"); err != nil {
		t.Fatal(err)
	}
	if got := says(t, exitMisuse, "serve", "--port", "0"); !strings.Contains(got, "put the file back") {
		t.Errorf("serve without its key: %s", got)
	}
	if err := os.Rename("kept.key", service.KeyFile); err != nil {
		t.Fatalf("a key was made: %v", err)
	}
	if s := serve(t); s.stop() != exitFine {
		t.Errorf("with the file back it does not start: %s", s.log)
	}
}
