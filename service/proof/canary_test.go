package proof_test

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// These tests search everything that is stored for the PIN that all callers
// typed, the secrets of their wallets and the key that seals them, and the logs
// for whole numbers of callers.

// sinks returns everything that is stored, by name.
func sinks(t *testing.T, w *chaosWorld) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, p := range w.on {
		// On request the process dumps every goroutine, with its arguments, to
		// the log.
		p.mu.Lock()
		if p.running != nil {
			_ = p.running.cmd.Process.Signal(syscall.SIGQUIT)
			<-p.running.ended
			p.running = nil
		}
		p.mu.Unlock()
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(w.on[0].logFile), "*.log"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, file := range files {
		all["log "+filepath.Base(file)] = []byte(logs(t, file))
	}
	dump := exec.CommandContext(w.ctx, servers.Tool(t, "pg_dump", "postgresql-client"), w.postgres.URL)
	var wrong bytes.Buffer
	dump.Stderr = &wrong
	if all["dump of Postgres"], err = dump.Output(); err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, &wrong)
	}
	maps.Copy(all, postgresFiles(t, w))
	maps.Copy(all, redisSinks(t, w))
	return all
}

// postgresFiles returns the server's own files, with its write-ahead log.
func postgresFiles(t *testing.T, w *chaosWorld) map[string][]byte {
	t.Helper()
	conn, err := pgx.Connect(w.ctx, w.postgres.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(w.ctx) }()
	var dir string
	_, err = conn.Exec(w.ctx, `CHECKPOINT`)
	if err := errors.Join(err, conn.QueryRow(w.ctx, `SHOW data_directory`).Scan(&dir)); err != nil {
		t.Fatal(err)
	}
	return filesIn(t, "Postgres", dir)
}

// redisSinks returns all values, and the files that Redis writes to disk on
// request.
func redisSinks(t *testing.T, w *chaosWorld) map[string][]byte {
	t.Helper()
	options, err := goredis.ParseURL(w.redis.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := goredis.NewClient(options)
	defer func() { _ = client.Close() }()
	ctx := context.Background()
	var values bytes.Buffer
	for keys := client.Scan(ctx, 0, "*", 0).Iterator(); keys.Next(ctx); {
		fmt.Fprintf(&values, "%s %s\n", keys.Val(), client.Get(ctx, keys.Val()).Val())
	}
	if err := errors.Join(client.ConfigSet(ctx, "appendonly", "yes").Err(), client.Save(ctx).Err()); err != nil && !strings.Contains(err.Error(), "in progress") {
		t.Fatal(err)
	}
	dir := client.ConfigGet(ctx, "dir").Val()["dir"]
	for client.Info(ctx, "persistence").Err() == nil && strings.Contains(client.Info(ctx, "persistence").Val(), "aof_rewrite_in_progress:1") {
		<-time.After(tryAgain)
	}
	all := filesIn(t, "Redis", dir)
	all["values of Redis"] = values.Bytes()
	return all
}

func filesIn(t *testing.T, name, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return ignoreGone(err)
		}
		b, err := os.ReadFile(path)
		all["file of "+name+" "+strings.TrimPrefix(path, dir)] = b
		return ignoreGone(err)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the server removes files at any time
	}
	return err
}

// canaries holds the texts to search for.
type canaries struct {
	texts map[string]string // by kind
	seeds map[uint64]string // raw secrets by their first bytes
	words map[string]bool   // the same as Stellar writes them
}

func newCanaries(t *testing.T, w *chaosWorld) *canaries {
	t.Helper()
	c := &canaries{texts: map[string]string{}, seeds: map[uint64]string{}, words: map[string]bool{}}
	for what, text := range map[string]string{"PIN": canaryPIN, "encryption key": chaosKey} {
		c.texts[what] = text
		c.texts[what+" in hex"] = hex.EncodeToString([]byte(text))
		for shift := range 3 { // base64 reads three bytes at a time
			padded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("*", shift) + text))
			from, to := 4*min(shift, 1), len(padded)
			if (shift+len(text))%3 != 0 {
				to -= 4 // its end depends on what follows
			}
			c.texts[fmt.Sprintf("%s in base64, %d", what, shift)] = padded[from:to]
		}
	}
	sealer, err := wallet.NewSealer(stellar.Keys{}, time.Now, chaosKey)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(w.ctx, w.postgres.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(w.ctx) }()
	rows, err := conn.Query(w.ctx, `SELECT stellar_public_key, stellar_secret_encrypted FROM workers`)
	if err != nil {
		t.Fatal(err)
	}
	var address, token string
	if _, err := pgx.ForEachRow(rows, []any{&address, &token}, func() error {
		secret, err := sealer.Open(token, address)
		if err != nil {
			return err
		}
		return c.seed(secret.Reveal())
	}); err != nil || len(c.words) == 0 {
		t.Fatalf("%d wallets: %v", len(c.words), err)
	}
	return c
}

// seedSize is the length of a wallet's secret. Stellar writes it with one byte
// before and two after.
const seedSize = 32

func (c *canaries) seed(word string) error {
	raw, err := base32.StdEncoding.DecodeString(word)
	if err != nil || len(raw) != 1+seedSize+2 {
		return fmt.Errorf("a secret of %d bytes: %w", len(raw), err)
	}
	c.words[word] = true
	c.seeds[binary.BigEndian.Uint64(raw[1:])] = string(raw[1 : 1+seedSize])
	return nil
}

var (
	seedWord     = regexp.MustCompile(`S[A-Z2-7]{55}`)
	callerNumber = regexp.MustCompile(`\b(\+?254|0)7[0-9]{8}\b`)
)

// in lists the canaries in a sink.
func (c *canaries) in(sink string, b []byte) (hits []string) {
	for what, text := range c.texts {
		if standsAlone(b, text) {
			hits = append(hits, what)
		}
	}
	for _, word := range seedWord.FindAll(b, -1) {
		if c.words[string(word)] {
			hits = append(hits, "wallet secret")
		}
	}
	for i := 0; i+seedSize <= len(b); i++ {
		if seed, ok := c.seeds[binary.BigEndian.Uint64(b[i:])]; ok && string(b[i:i+seedSize]) == seed {
			hits = append(hits, "wallet secret in raw bytes")
		}
	}
	if strings.HasPrefix(sink, "log") && callerNumber.Match(b) {
		hits = append(hits, "caller's number")
	}
	return hits
}

// standsAlone finds a text. It does not count digits within a longer number.
func standsAlone(b []byte, text string) bool {
	digit := func(i int) bool { return i >= 0 && i < len(b) && b[i] >= '0' && b[i] <= '9' }
	for from := 0; ; {
		i := bytes.Index(b[from:], []byte(text))
		if i < 0 {
			return false
		}
		i += from
		if end := i + len(text); !(digit(i) && digit(i-1)) && !(digit(end-1) && digit(end)) {
			return true
		}
		from = i + 1
	}
}

// hits lists all canaries in all sinks.
func (c *canaries) hits(all map[string][]byte) (hits []string) {
	for _, sink := range slices.Sorted(maps.Keys(all)) {
		for _, what := range c.in(sink, all[sink]) {
			hits = append(hits, what+" in the "+sink)
		}
	}
	return hits
}

// wantNoCanary stops the instances and searches everything that the world has
// written.
func wantNoCanary(t *testing.T, w *chaosWorld) {
	t.Helper()
	c, all := newCanaries(t, w), sinks(t, w)
	bytes := 0
	for _, b := range all {
		bytes += len(b)
	}
	t.Logf("searched %d sinks of %d MB for a PIN, a key and the secrets of %d wallets", len(all), bytes>>20, len(c.words))
	for _, hit := range c.hits(all) {
		t.Errorf("there is a %s", hit)
	}
}

// TestCanaryControl finds a planted canary in every kind of sink.
func TestCanaryControl(t *testing.T) {
	w := newChaosWorld(t, "paytrace", chaosMenu)
	registerNeighbour(t, w)
	c := newCanaries(t, w)
	if hits := c.hits(sinks(t, w)); len(hits) > 0 {
		t.Fatalf("before anything is planted there is a %s", some(hits))
	}
	var planted string
	for word := range c.words {
		planted = "text=1*" + canaryPIN + "*" + word + " of +" + neighbour
	}
	conn, err := pgx.Connect(w.ctx, w.postgres.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(w.ctx, `INSERT INTO settings VALUES ('canary', $1)`, planted)
	options, parseErr := goredis.ParseURL(w.redis.URL)
	if err := errors.Join(err, parseErr, conn.Close(w.ctx)); err != nil {
		t.Fatal(err)
	}
	client := goredis.NewClient(options)
	err = errors.Join(client.Set(w.ctx, "canary", planted, 0).Err(), client.Close())
	log, openErr := os.OpenFile(w.on[0].logFile, os.O_APPEND|os.O_WRONLY, 0)
	if err := errors.Join(err, openErr); err != nil {
		t.Fatal(err)
	}
	_, err = log.WriteString(planted + "\n")
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	hits := strings.Join(c.hits(sinks(t, w)), "\n")
	for _, want := range []string{
		"PIN in the log instance0.log", "wallet secret in the log", "caller's number in the log",
		"PIN in the dump of Postgres", "wallet secret in the dump of Postgres",
		"PIN in the file of Postgres /base/", "PIN in the file of Postgres /pg_wal/",
		"PIN in the values of Redis", "wallet secret in the values of Redis",
		"PIN in the file of Redis /dump.rdb", "PIN in the file of Redis /appendonlydir/",
	} {
		if !strings.Contains(hits, want) {
			t.Errorf("what was planted is not found: %s", want)
		}
	}
}
