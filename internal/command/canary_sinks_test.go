package command

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/internal/service"
)

// A canary is a text that must not come out. Some sinks hold it by purpose.
type canary struct {
	what, text string
	in         purpose
}

// A purpose says which sinks hold a text by purpose.
type purpose int

const (
	nowhere purpose = iota
	// records are those of running calls in Redis, and for a day in the database. They
	// hold the answers that later screens need, but no secret.
	records
	// numbers are held by databases, and by the API's answers about the number in the
	// request.
	numberSinks
)

// holds reports whether a sink holds texts of this purpose.
func (p purpose) holds(sink string) bool {
	switch p {
	case records:
		return sink == recordsInRedis || sink == "stored: table call_states" || strings.HasPrefix(sink, "stored: file "+service.DefaultDatabase)
	case numberSinks:
		return strings.HasPrefix(sink, "stored: ") || sink == "answer: POST /api/v1/work" || sink == "answer: GET /api/v1/work"
	}
	return false
}

const recordsInRedis = "stored: Redis"

func plantedCanaries() []canary {
	return []canary{
		{"PIN", plantedPIN, nowhere},
		{"one-time code", plantedCode, nowhere},
		{"name", plantedName, records},
		{"first name", "Zawadi", records},
		{"day of birth", plantedDay, records},
		{"amount", plantedSum, records},
		{"typed wallet secret", plantedSeed, records},
		{"number of the caller", plantedCaller[3:], numberSinks},
		{"number of somebody else", plantedOther[3:], numberSinks},
		{"key of the SMS provider", plantedAPIKey, nowhere},
		{"USSD_API_KEY", plantedDoor, nowhere},
		{"USSD_PATH_SECRET", plantedPath, nowhere},
		{"ACTIONS_KEY", strings.TrimPrefix(plantedActionsKey, "whsec_"), nowhere},
	}
}

// forms returns how a text may be written.
func (c canary) forms() []string {
	b := []byte(c.text)
	forms := []string{c.text, url.QueryEscape(c.text), hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)), strings.Join(strings.Split(c.text, ""), "\x00")}
	for shift := range 3 { // base64 reads three bytes at a time
		padded := base64.StdEncoding.EncodeToString(append(bytes.Repeat([]byte("*"), shift), b...))
		from, to := 4*min(shift, 1), len(padded)
		if (shift+len(b))%3 != 0 {
			to -= 4 // its end depends on what follows
		}
		forms = append(forms, padded[from:to])
	}
	if n, err := strconv.Atoi(c.text); err == nil && c.what == "amount" {
		forms = append(forms, fmt.Sprintf("%d,%03d", n/1000, n%1000))
	}
	return forms
}

// isIn reports whether a sink has the canary. Digits within a longer number do not
// count, unless they are the end of a phone number.
func (c canary) isIn(sink []byte) bool {
	digit := func(i int) bool { return i >= 0 && i < len(sink) && sink[i] >= '0' && sink[i] <= '9' }
	phone := strings.HasPrefix(c.what, "number of")
	for _, form := range c.forms() {
		for from := 0; ; {
			i := bytes.Index(sink[from:], []byte(form))
			if i < 0 {
				break
			}
			i += from
			if end := i + len(form); phone || !(digit(i) && digit(i-1)) && !(digit(end-1) && digit(end)) {
				return true
			}
			from = i + 1
		}
	}
	return false
}

// sinks collects what came out, by name.
type sinks struct {
	mu  sync.Mutex
	all map[string][]byte
}

func (s *sinks) add(name string, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[name] = append(append(s.all[name], b...), '\n')
}

// leaks lists the canaries in the sinks.
func (s *sinks) leaks(list []canary) (found []string) {
	for _, name := range slices.Sorted(maps.Keys(s.all)) {
		for _, c := range list {
			if c.in.holds(name) {
				continue
			}
			for line := range bytes.Lines(s.all[name]) {
				if c.isIn(line) {
					found = append(found, fmt.Sprintf("%s in %s: %.400q", c.what, name, line))
					break
				}
			}
		}
	}
	return found
}

// files collects the files of the working folder, but not the menus and the key.
func files(t *testing.T, found *sinks) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || strings.HasPrefix(path, "menus") || path == service.KeyFile {
			return err
		}
		b, err := os.ReadFile(path)
		found.add("stored: file "+path, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantNoLeak requires that nothing planted came out.
func wantNoLeak(t *testing.T, found *sinks, list []canary) {
	t.Helper()
	size := 0
	for _, b := range found.all {
		size += len(b)
	}
	t.Logf("searched %d sinks of %d kB for %d secrets", len(found.all), size>>10, len(list))
	for _, leak := range found.leaks(list) {
		t.Error(leak)
	}
}

// tables collects the rows of every table.
func tables(t *testing.T, found *sinks, names string, query func(string) ([][]any, error)) {
	t.Helper()
	list, err := query(names)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d tables, %v", len(list), err)
	}
	for _, name := range list {
		rows, err := query(fmt.Sprintf(`SELECT * FROM %q`, name[0]))
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for i, value := range row {
				if text, ok := value.(string); ok {
					row[i] = []byte(text)
				}
				if b, ok := row[i].([]byte); ok {
					found.add(fmt.Sprintf("stored: table %s", name[0]), b)
				}
			}
		}
	}
}

// redisValues collects the records in Redis.
func redisValues(t *testing.T, found *sinks, client *goredis.Client) {
	t.Helper()
	n := 0
	for keys := client.Scan(t.Context(), 0, "*", 0).Iterator(); keys.Next(t.Context()); n++ {
		found.add(recordsInRedis, fmt.Appendf(nil, "%s %s", keys.Val(), client.Get(t.Context(), keys.Val()).Val()))
	}
	if n == 0 {
		t.Error("there is no record in Redis, so nothing is tried")
	}
}

// TestCanariesAreFound plants each canary in a sink and finds it, in every form.
func TestCanariesAreFound(t *testing.T) {
	for _, c := range plantedCanaries() {
		for _, form := range c.forms() {
			found := &sinks{all: map[string][]byte{}}
			found.add("log", []byte("said "+form+" there"))
			if len(found.leaks([]canary{c})) != 1 {
				t.Errorf("%s as %q is not found", c.what, form)
			}
		}
		found := &sinks{all: map[string][]byte{}}
		found.add("log", []byte(`{"took_ns":1`+plantedPIN+`5}`))
		if leaks := found.leaks([]canary{c}); len(leaks) > 0 {
			t.Errorf("%s is found where it is not: %v", c.what, leaks)
		}
	}
}
