package backend

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
)

// The headers of a request. Those of the signature are named by Standard Webhooks
// (https://www.standardwebhooks.com), those of the key by the IETF's draft.
const (
	keyHeader       = "Idempotency-Key"
	idHeader        = "Webhook-Id"
	timeHeader      = "Webhook-Timestamp"
	signatureHeader = "Webhook-Signature"
)

const (
	// keyPrefix begins a key as Standard Webhooks write it.
	keyPrefix = "whsec_"
	// Keys have from minKey to maxKey bytes, as Standard Webhooks say.
	minKey, maxKey = 24, 64
	// version begins a signature: HMAC-SHA256.
	version = "v1,"
	// Tolerance is how far the clocks of both sides may differ.
	Tolerance = 5 * time.Minute
)

// A Key signs requests.
type Key struct{ bytes secret.Text }

// ParseKey reads a key: whsec_ and base64. The error shows nothing of it.
func ParseKey(text string) (Key, error) {
	expected := fmt.Errorf("expected %s and %d to %d bytes in base64; make one with: echo %s$(openssl rand -base64 32)", keyPrefix, minKey, maxKey, keyPrefix)
	encoded, ok := strings.CutPrefix(text, keyPrefix)
	if !ok {
		return Key{}, expected
	}
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(b) < minKey || len(b) > maxKey {
		return Key{}, expected
	}
	return Key{secretOf(string(b))}, nil
}

func secretOf(bytes string) secret.Text { return secret.New(bytes) }

func (k Key) signature(id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(k.bytes.Reveal()))
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return version + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Sign adds the headers of Standard Webhooks to a request: its ID, the time, and one
// signature for each key.
func Sign(h http.Header, id string, now time.Time, body []byte, keys []Key) {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	h.Set(idHeader, id)
	h.Set(timeHeader, timestamp)
	var list []string
	for _, k := range keys {
		list = append(list, k.signature(id, timestamp, body))
	}
	if len(list) > 0 {
		h.Set(signatureHeader, strings.Join(list, " "))
	}
}

// Verify reports whether a request has a signature of one of the keys that is not older
// or newer than Tolerance. Backends in Go use it.
func Verify(h http.Header, now time.Time, body []byte, keys ...Key) error {
	id, timestamp := h.Get(idHeader), h.Get(timeHeader)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if id == "" || err != nil {
		return errors.New("the request has no webhook-id or webhook-timestamp; PayTrace sends both")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > Tolerance || age < -Tolerance {
		return fmt.Errorf("the signature's time differs by %v from this machine's, more than %v; set both clocks", age.Round(time.Second), Tolerance)
	}
	for _, given := range strings.Fields(h.Get(signatureHeader)) {
		for _, k := range keys {
			if hmac.Equal([]byte(given), []byte(k.signature(id, timestamp, body))) {
				return nil
			}
		}
	}
	return errors.New("no signature of the request is made with a known key; compare the key with ACTIONS_KEY")
}
