package actions

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

const (
	// codeLife limits how long a code can be used. People ask for a new code
	// when an SMS takes longer.
	codeLife = 10 * time.Minute
	// codeSpan counts the codes of six digits.
	codeSpan = 1_000_000
	// DefaultCodes bounds the codes one number gets in a day. More do not help
	// its owner, and each costs an SMS and gives a stranger five guesses.
	DefaultCodes = 5
)

func codeSMS(code string) string {
	return fmt.Sprintf("PayTrace: Your code is %s. It confirms your phone number and works for %d minutes. Do not share it.", code, int(codeLife.Minutes()))
}

type requestCodeIn struct {
	Phone engine.Phone
}

type requestCodeOut struct {
	Sent     *struct{}
	NotFound *struct{}
}

func (a *Accounts) registerRequestCode(t *Table) error {
	return Register(t, Spec{
		Name:  "request_code",
		About: "Sends a one-time code, for confirm_code, to a number that has an account.",
		Takes: time.Second, SendsSMS: true,
	}, a.requestCode)
}

// requestCode sends a code whether or not the number is verified. A different
// answer would tell that to anyone who types the number.
func (a *Accounts) requestCode(_ context.Context, c Call, in requestCodeIn) (Work[requestCodeOut], error) {
	code, err := newCode(a.Rand)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx store.Tx) (requestCodeOut, error) {
		if !c.Own(in.Phone) {
			if err := a.limitLookup(ctx, tx, c); err != nil {
				return requestCodeOut{}, err
			}
		}
		_, err := a.claim(ctx, tx, c, in.Phone)
		if errors.Is(err, store.ErrNotFound) {
			return requestCodeOut{NotFound: &struct{}{}}, nil
		}
		if err != nil {
			return requestCodeOut{}, err
		}
		sent, err := tx.Count(ctx, "code", string(in.Phone), day, c.Now)
		if err != nil {
			return requestCodeOut{}, err
		}
		if sent > cmp.Or(a.Codes, DefaultCodes) {
			return requestCodeOut{}, engine.ErrLimited
		}
		return requestCodeOut{Sent: &struct{}{}}, a.sendCode(ctx, tx, c, in.Phone, code)
	}, nil
}

func (a *Accounts) sendCode(ctx context.Context, tx store.Tx, c Call, phone engine.Phone, code string) error {
	expires := c.Now.Add(codeLife)
	err := tx.SetCode(ctx, store.Code{
		Phone: string(phone), Hash: codeHash(a.CodeKey, phone, code), CreatedAt: c.Now, ExpiresAt: expires,
	})
	if err != nil {
		return err
	}
	return QueueMessage(ctx, tx, store.Message{
		ID: c.ID, To: string(phone), Text: codeSMS(code), CreatedAt: c.Now, Once: true, ExpiresAt: expires,
	})
}

type confirmCodeIn struct {
	Phone engine.Phone
	Code  engine.Secret `menu:"code,pin 6"`
}

type confirmCodeOut struct {
	Confirmed *accountOut
	Wrong     *wrongOut
	Locked    *lockedOut
	Expired   *struct{} // or never sent
}

type wrongOut struct {
	Left int64 `menu:"left,number 1..100"` // tries
}

type lockedOut struct {
	Minutes int64 `menu:"minutes,number 1..1440"`
}

func (a *Accounts) registerConfirmCode(t *Table) error {
	return Register(t, Spec{
		Name:  "confirm_code",
		About: "Confirms a number with the one-time code that was sent to it.",
		Takes: time.Second,
	}, a.confirmCode)
}

func (a *Accounts) confirmCode(_ context.Context, c Call, in confirmCodeIn) (Work[confirmCodeOut], error) {
	return func(ctx context.Context, tx store.Tx) (confirmCodeOut, error) {
		sent, err := tx.Code(ctx, string(in.Phone))
		if errors.Is(err, store.ErrNotFound) {
			return a.noCode(ctx, tx, c, in.Phone)
		}
		if err != nil {
			return confirmCodeOut{}, err
		}
		if !c.Now.Before(sent.ExpiresAt) {
			return a.noCode(ctx, tx, c, in.Phone)
		}
		guesses := GuessLimit{Name: "code", Most: cmp.Or(a.Tries, DefaultTries), Lock: cmp.Or(a.Lock, DefaultLock)}
		guess, err := guesses.Try(ctx, tx, string(in.Phone), c.Now, func() (bool, error) {
			return a.isCode(sent.Hash, in.Phone, in.Code.Reveal()), nil
		})
		switch {
		case err != nil:
			return confirmCodeOut{}, err
		case guess.Right:
			return a.confirm(ctx, tx, c, in.Phone)
		case guess.Locked > 0:
			return locked(guess.Locked), nil
		}
		return confirmCodeOut{Wrong: &wrongOut{int64(guess.Left)}}, nil
	}, nil
}

// noCode returns the outcome for a number without a usable code: locked while
// guesses are locked, else expired.
func (a *Accounts) noCode(ctx context.Context, tx store.Tx, c Call, phone engine.Phone) (confirmCodeOut, error) {
	g, err := tx.LockGuesses(ctx, "code", string(phone))
	if left := g.LockedUntil.Sub(c.Now); err == nil && left > 0 {
		return locked(left), nil
	}
	return confirmCodeOut{Expired: &struct{}{}}, err
}

func locked(left time.Duration) confirmCodeOut {
	return confirmCodeOut{Locked: &lockedOut{int64((left + time.Minute - 1) / time.Minute)}}
}

// confirm verifies the number of an account whose code was right, and uses up
// the code.
func (a *Accounts) confirm(ctx context.Context, tx store.Tx, c Call, phone engine.Phone) (confirmCodeOut, error) {
	w, err := a.claim(ctx, tx, c, phone)
	if errors.Is(err, store.ErrNotFound) { // deleted since the code was sent
		return confirmCodeOut{Expired: &struct{}{}}, tx.DropCode(ctx, string(phone))
	}
	if err == nil {
		err = a.verify(ctx, tx, c, w)
	}
	if err != nil {
		return confirmCodeOut{}, err
	}
	return confirmCodeOut{Confirmed: &accountOut{w.WorkerID}}, tx.DropCode(ctx, string(phone))
}

// newCode makes a code of six digits; all codes are equally likely.
func newCode(rand io.Reader) (string, error) {
	// fair leaves out the last values of the range, which would make some codes
	// more likely.
	const fair = (1 << 32) / codeSpan * codeSpan
	var b [4]byte
	for {
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return "", fmt.Errorf("read randomness for a code: %w", err)
		}
		if n := binary.BigEndian.Uint32(b[:]); uint64(n) < fair {
			return fmt.Sprintf("%06d", n%codeSpan), nil
		}
	}
}

// isCode reports whether a stored hash is that of a code, by one of the valid keys.
func (a *Accounts) isCode(stored []byte, phone engine.Phone, code string) bool {
	right := hmac.Equal(stored, codeHash(a.CodeKey, phone, code))
	if len(a.OtherCodeKey) > 0 {
		right = hmac.Equal(stored, codeHash(a.OtherCodeKey, phone, code)) || right
	}
	return right
}

// codeHash hashes a code with a key, bound to the number it was sent to.
func codeHash(key []byte, phone engine.Phone, code string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("one-time code\x00" + string(phone) + "\x00" + code))
	return mac.Sum(nil)
}
