package redis_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/store/redis"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		url  string
		want redis.Place
	}{
		{"redis://cache", redis.Place{Addresses: []string{"cache:6379"}}},
		{"redis://127.0.0.1:6380/3", redis.Place{Addresses: []string{"127.0.0.1:6380"}, Database: 3}},
		{"redis://[::1]:6380/", redis.Place{Addresses: []string{"[::1]:6380"}}},
		{"rediss://u:p%2Fw@cache:1/0", redis.Place{Addresses: []string{"cache:1"}, User: "u", Password: "p/w", TLS: "cache"}},
		{"redis://:p@a:1, redis://:p@b:2,redis://:p@c", redis.Place{Addresses: []string{"a:1", "b:2", "c:6379"}, Password: "p"}},
		{"rediss://a,rediss://a", redis.Place{Addresses: []string{"a:6379", "a:6379"}, TLS: "a"}},
	} {
		got, err := redis.Parse(c.url)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.url, diff)
		}
	}
}

func TestAddressesRefused(t *testing.T) {
	for url, want := range map[string]string{
		"":                            "address 1 of 1: expected redis://",
		"cache:6379":                  "expected redis://",
		"http://hush@cache":           "expected redis://",
		"unix://hush@/run/redis.sock": "expected redis://",
		"redis://":                    "expected redis://",
		"redis://:hush@":              "expected redis://",
		"redis://:hush/hush@cache":    "expected redis://",
		"redis://:hush%zz@cache":      "expected redis://",
		"redis://cache/hush":          "expected redis://",
		"redis://cache/1/2":           "expected redis://",
		"redis://cache/-1":            "expected redis://",
		"redis://cache#hush":          "expected redis://",
		"redis://:hush@cache:port":    "expected redis://",
		"redis://cache?password=hush": "parameters after a question mark",
		"redis://cache?":              "parameters after a question mark",
		"redis://a,":                  "address 2 of 2: expected redis://",
		"redis://a,redis://b/1":       "address 2 of 2: a cluster has no databases",
		"redis://a/1,redis://b":       "address 1 of 2: a cluster has no databases",
		"redis://:hush@a,redis://b":   "address 2 of 2: nodes of one cluster must have the same",
		"redis://hush:x@a,redis://b":  "nodes of one cluster must have the same",
		"redis://a,rediss://b":        "nodes of one cluster must have the same",
		strings.Repeat("redis://a,", 1000) + "redis://a": "1001 addresses, want at most 1000",
	} {
		got, err := redis.Parse(url)
		if err == nil {
			t.Errorf("%q was read as %+v", url, got)
		} else if text := err.Error(); !strings.Contains(text, want) || strings.Contains(text, "hush") {
			t.Errorf("%q: %q, want %q and nothing of the URL", url, text, want)
		}
	}
}

// ownWords matches every error of Parse: none quotes the URL.
var ownWords = regexp.MustCompile(`^redis: (address \d+ of \d+: (expected redis://user:password@|parameters after a question mark|` +
	`nodes of one cluster must have|a cluster has no databases)[^%]*(as %XX[^%]*)?|\d+ addresses, want at most 1000)$`)

// FuzzAddresses checks that no error quotes the setting, and that a valid setting
// names at least one node.
func FuzzAddresses(tf *testing.F) {
	f := fuzz.New(tf)
	for _, seed := range []string{
		"redis://u:hush@h:1/2", "rediss://h,rediss://h", "redis://:hush/x@h", "redis://[::1", "redis://h?x=hush", ",", "redis://%",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, url string) {
		got, err := redis.Parse(url)
		if err == nil && (len(got.Addresses) == 0 || got.Database < 0) {
			t.Errorf("%q is read as %+v", url, got)
		}
		if err != nil && !ownWords.MatchString(err.Error()) {
			t.Errorf("%q: %v quotes the setting", url, err)
		}
	})
}
