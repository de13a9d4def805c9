package payments

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// PINs hashes and checks the PINs of workers.
//
// Four digits are found by trying them all, whatever the hash. So a keyed hash comes
// first, whose key is not in the database: who has the database alone can try nothing.
// Argon2id comes second, for who has both.
type PINs struct {
	// Keys are the keys of the keyed hash. The first one is for new PINs.
	Keys [][]byte
	// Guesses bounds wrong guesses in a row.
	Guesses actions.GuessLimit
	// Rand gives the randomness of salts.
	Rand io.Reader
	// busy bounds the hashes that are computed at one time, since each takes memory.
	busy chan struct{}
}

// The cost of a PIN's hash, from OWASP's recommendation for argon2id. It takes some tens
// of milliseconds.
const (
	pinMemory  = 19 * 1024 // KiB
	pinTime    = 2
	pinThreads = 1
	pinBytes   = 32
	saltBytes  = 16
	// pinsAtOnce bounds the memory of hashes to 80 MB.
	pinsAtOnce = 4
	// minPinKey is 128 bits: a shorter key could be found by trying.
	minPinKey = 16
	// tagBytes is how much of a key's own hash names it in a stored PIN.
	tagBytes = 4
)

// changeWithin is how long a caller may choose a new PIN after the old one.
const changeWithin = 5 * time.Minute

// NewPINs returns PINs with keys that are derived from others, of which the first is
// current.
func NewPINs(keys [][]byte, guesses actions.GuessLimit, random io.Reader) (*PINs, error) {
	guesses.Name = guessName
	guesses.Most, guesses.Lock = cmp.Or(guesses.Most, actions.DefaultTries), cmp.Or(guesses.Lock, actions.DefaultLock)
	p := &PINs{Guesses: guesses, Rand: random, busy: make(chan struct{}, pinsAtOnce)}
	for i, key := range keys {
		if len(key) < minPinKey {
			return nil, fmt.Errorf("key %d for PINs has %d bytes; at least %d are needed", i+1, len(key), minPinKey)
		}
		p.Keys = append(p.Keys, keyed(key, "the key of PINs"))
	}
	if len(p.Keys) == 0 {
		return nil, errors.New("there is no key for PINs")
	}
	return p, nil
}

func keyed(key []byte, parts ...string) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range parts {
		_, _ = fmt.Fprintf(mac, "%d:%s", len(part), part) // a hash has no error
	}
	return mac.Sum(nil)
}

func keyTag(key []byte) string { return hex.EncodeToString(keyed(key, "tag")[:tagBytes]) }

// hash computes the hash of a worker's PIN.
func (p *PINs) hash(ctx context.Context, key, salt []byte, worker string, pin engine.Secret) ([]byte, error) {
	select {
	case p.busy <- struct{}{}:
		defer func() { <-p.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey(keyed(key, worker, pin.Reveal()), salt, pinTime, pinMemory, pinThreads, pinBytes), nil
}

// storedHash writes a hash with what is needed to compute it again.
func storedHash(tag string, salt, hash []byte) string {
	return strings.Join([]string{
		"argon2id", fmt.Sprintf("m=%d,t=%d,p=%d", pinMemory, pinTime, pinThreads), tag,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash),
	}, "$")
}

// New hashes a new PIN.
func (p *PINs) New(ctx context.Context, worker string, pin engine.Secret) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(p.Rand, salt); err != nil {
		return "", fmt.Errorf("read randomness for a PIN: %w", err)
	}
	hash, err := p.hash(ctx, p.Keys[0], salt, worker, pin)
	if err != nil {
		return "", err
	}
	return storedHash(keyTag(p.Keys[0]), salt, hash), nil
}

// errPIN means that a stored PIN can't be checked. It has nothing of the PIN.
var errPIN = errors.New("the stored PIN can't be read; reset it with \"paytrace pin reset\"")

// Right reports whether a typed PIN is the stored one.
func (p *PINs) Right(ctx context.Context, stored, worker string, pin engine.Secret) (bool, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 5 {
		return false, errPIN
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[3])
	if err != nil {
		return false, errPIN
	}
	for _, key := range p.Keys {
		if keyTag(key) != parts[2] {
			continue
		}
		hash, err := p.hash(ctx, key, salt, worker, pin)
		if err != nil {
			return false, err
		}
		return subtle.ConstantTimeCompare([]byte(storedHash(parts[2], salt, hash)), []byte(stored)) == 1, nil
	}
	return false, fmt.Errorf("%w: no key has the tag %s; set the earlier ID_KEY too", errPIN, parts[2])
}

// Simple reports whether a PIN is among those that a stranger tries first: equal digits,
// digits in a row, a pair twice, a year.
func Simple(pin engine.Secret) bool {
	p := pin.Reveal()
	same, up, down := true, true, true
	for i := 1; i < len(p); i++ {
		same = same && p[i] == p[i-1]
		up = up && p[i] == p[i-1]+1
		down = down && p[i] == p[i-1]-1
	}
	half := len(p) / 2
	return same || up || down || p[:half] == p[half:] || strings.HasPrefix(p, "19") || strings.HasPrefix(p, "20")
}

// guess is how a typed PIN was judged.
type guess struct {
	actions.Guess
	// none says that the worker has no PIN yet.
	none bool
}

// checked is a PIN that was compared before the transaction, since that is slow.
type checked struct {
	worker string
	stored string
	right  bool
	// renewed is the hash with the current key, of a right PIN that was stored with
	// an earlier one; "" otherwise.
	renewed string
}

// compare compares a typed PIN with the stored one, outside a transaction.
func (p *PINs) compare(ctx context.Context, db store.Store, caller string, pin engine.Secret) (c checked, err error) {
	var stored store.PIN
	err = db.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		w, err := tx.Worker(ctx, caller)
		if err != nil {
			return err
		}
		c.worker = w.WorkerID
		stored, err = tx.PIN(ctx, w.WorkerID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return c, nil // the transaction finds out what is missing
	}
	if err != nil {
		return c, err
	}
	c.stored = stored.Hash
	c.right, err = p.Right(ctx, c.stored, c.worker, pin)
	if err == nil && c.right && !strings.Contains(c.stored, "$"+keyTag(p.Keys[0])+"$") {
		c.renewed, err = p.New(ctx, c.worker, pin)
	}
	return c, err
}

// errChanged makes the caller see a failure in place of a wrong answer.
var errChanged = errors.New("the PIN was changed while it was checked; nothing was done")

// try counts a guess in the transaction of an action.
func (p *PINs) try(ctx context.Context, tx store.Tx, c checked, w store.Worker, now time.Time) (guess, store.PIN, error) {
	stored, err := tx.PIN(ctx, w.WorkerID)
	if errors.Is(err, store.ErrNotFound) {
		return guess{none: true}, stored, nil
	}
	if err != nil {
		return guess{}, stored, err
	}
	g, err := p.Guesses.Try(ctx, tx, w.WorkerID, now, func() (bool, error) {
		if c.worker != w.WorkerID || c.stored != stored.Hash {
			return false, errChanged
		}
		return c.right, nil
	})
	if err == nil && g.Right && c.renewed != "" {
		stored.Hash = c.renewed
		err = tx.SetPIN(ctx, stored)
	}
	return guess{Guess: g}, stored, err
}

// Reset removes a worker's PIN and its lock, so that the worker chooses another one from
// the own phone. actor is the person who did it.
func Reset(ctx context.Context, db store.Store, worker, actor string, now time.Time) error {
	return db.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := tx.DropPIN(ctx, worker); err != nil {
			return err
		}
		if _, err := tx.LockGuesses(ctx, guessName, worker); err != nil {
			return err
		}
		if err := tx.SetGuesses(ctx, guessName, worker, store.Guesses{}); err != nil {
			return err
		}
		return tx.AddAudit(ctx, store.AuditEntry{At: now, What: "pin reset", Actor: actor, Subject: worker, Outcome: store.AuditDone})
	})
}

// guessName names guesses at PINs.
const guessName = "pin"
