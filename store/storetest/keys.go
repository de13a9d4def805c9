package storetest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var keyCases = []testCase{
	{name: "an API key is read as written", run: apiKeyRoundTrip},
	{name: "a key is revoked once", run: apiKeyRevoked},
	{name: "a key's use is stored to the minute", run: apiKeyUsed},
	{name: "a new code replaces the old one", run: codeReplaced},
	{name: "concurrent guesses at a secret are all counted", run: guessesRace},
	{name: "guesses are counted apart and rolled back with the transaction", run: guessesApart},
}

func apiKey(id string) store.APIKey {
	return store.APIKey{
		ID: id, Hash: bytes.Repeat([]byte{0, 0xff, 7, 1}, 8), Name: "Web app – ñ", Scopes: []string{"lookup", "register"},
		CreatedAt: noon, ExpiresAt: noon.Add(day),
	}
}

func apiKeyRoundTrip(s *subject) {
	bare := apiKey("bare")
	bare.Scopes, bare.ExpiresAt, bare.CreatedAt = []string{"lookup"}, time.Time{}, noon.Add(time.Hour)
	for _, k := range []store.APIKey{apiKey("full"), bare} {
		_, err := s.APIKey(s.ctx, k.ID)
		s.want(err, store.ErrNotFound)
		s.want(s.AddAPIKey(s.ctx, k), nil)
		got, err := s.APIKey(s.ctx, k.ID)
		s.want(err, nil)
		if diff := cmp.Diff(k, got); diff != "" {
			s.t.Errorf("key (-written +read):\n%s", diff)
		}
	}
	if s.AddAPIKey(s.ctx, apiKey("full")) == nil {
		s.t.Error("two keys have one ID")
	}
	list, err := s.ListAPIKeys(s.ctx)
	s.want(err, nil)
	if diff := cmp.Diff([]store.APIKey{bare, apiKey("full")}, list); diff != "" {
		s.t.Errorf("keys, the newest first (-want +got):\n%s", diff)
	}
}

func apiKeyRevoked(s *subject) {
	s.want(s.RevokeAPIKey(s.ctx, "nobody", noon), store.ErrNotFound)
	s.want(s.AddAPIKey(s.ctx, apiKey("a")), nil)
	s.want(s.AddAPIKey(s.ctx, apiKey("b")), nil)
	twice(func(round int) {
		s.want(s.RevokeAPIKey(s.ctx, "a", noon.Add(time.Duration(round)*time.Hour)), nil)
	})
	for id, want := range map[string]time.Time{"a": noon, "b": {}} {
		k, err := s.APIKey(s.ctx, id)
		s.want(err, nil)
		if !k.RevokedAt.Equal(want) {
			s.t.Errorf("%s is revoked at %s, want %s", id, k.RevokedAt, want)
		}
	}
}

func apiKeyUsed(s *subject) {
	s.want(s.AddAPIKey(s.ctx, apiKey("a")), nil)
	for _, step := range []struct{ at, want time.Duration }{
		{0, 0}, {time.Second, 0}, {time.Minute, time.Minute}, {90 * time.Second, time.Minute}, {-time.Hour, time.Minute},
	} {
		s.want(s.UseAPIKey(s.ctx, "a", noon.Add(step.at)), nil)
		k, err := s.APIKey(s.ctx, "a")
		s.want(err, nil)
		if !k.UsedAt.Equal(noon.Add(step.want)) {
			s.t.Errorf("used %s after noon: UsedAt is %s, want %s", step.at, k.UsedAt, noon.Add(step.want))
		}
	}
}

func (s *subject) code(phone string) (c store.Code, err error) {
	err = s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		c, err = tx.Code(ctx, phone)
		return err
	})
	return c, err
}

func codeReplaced(s *subject) {
	const phone, other = "254700000001", "254700000002"
	code := func(phone string, n byte) store.Code {
		return store.Code{
			Phone: phone, Hash: []byte{n, 0, 0xff},
			CreatedAt: noon.Add(time.Duration(n) * time.Second), ExpiresAt: noon.Add(time.Duration(n) * time.Minute),
		}
	}
	_, err := s.code(phone)
	s.want(err, store.ErrNotFound)
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.SetCode(ctx, code(other, 9)) })
	for n := byte(1); n <= 2; n++ {
		s.in(func(ctx context.Context, tx store.Tx) error { return tx.SetCode(ctx, code(phone, n)) })
		got, err := s.code(phone)
		s.want(err, nil)
		if diff := cmp.Diff(code(phone, n), got); diff != "" {
			s.t.Errorf("code (-written +read):\n%s", diff)
		}
	}
	s.undone(func(ctx context.Context, tx store.Tx) error { return tx.DropCode(ctx, phone) })
	_, err = s.code(phone)
	s.want(err, nil)
	twice(func(int) {
		s.in(func(ctx context.Context, tx store.Tx) error { return tx.DropCode(ctx, phone) })
		_, err = s.code(phone)
		s.want(err, store.ErrNotFound)
	})
	_, err = s.code(other)
	s.want(err, nil)
}

// guess makes one wrong guess as an action does: read, change, write.
func guess(ctx context.Context, tx store.Tx, name, subject string) (int, error) {
	g, err := tx.LockGuesses(ctx, name, subject)
	if err != nil {
		return 0, err
	}
	g.Misses++
	return g.Misses, tx.SetGuesses(ctx, name, subject, g)
}

func guessesRace(s *subject) {
	const guessers = 8
	var seen [guessers + 1]atomic.Int32
	var all sync.WaitGroup
	for range guessers {
		all.Go(func() {
			n := 0
			err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) (err error) {
				n, err = guess(ctx, tx, "code", "254700000001")
				return err
			})
			if err != nil {
				s.t.Errorf("guess: %v", err)
				return
			}
			seen[n].Add(1)
		})
	}
	all.Wait()
	for n := 1; n <= guessers; n++ {
		if seen[n].Load() != 1 {
			s.t.Errorf("%d guesses were number %d, want 1", seen[n].Load(), n)
		}
	}
}

func guessesApart(s *subject) {
	locked := store.Guesses{Misses: 3, LockedUntil: noon.Add(time.Hour)}
	s.in(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.LockGuesses(ctx, "pin", "1"); err != nil {
			return err
		}
		return tx.SetGuesses(ctx, "pin", "1", locked)
	})
	s.undone(func(ctx context.Context, tx store.Tx) error {
		_, err := guess(ctx, tx, "pin", "1")
		return errors.Join(err, tx.SetGuesses(ctx, "pin", "2", locked))
	})
	for _, test := range []struct {
		name, subject string
		want          store.Guesses
	}{{"pin", "1", locked}, {"pin", "2", store.Guesses{}}, {"code", "1", store.Guesses{}}} {
		s.in(func(ctx context.Context, tx store.Tx) error {
			got, err := tx.LockGuesses(ctx, test.name, test.subject)
			if diff := cmp.Diff(test.want, got); diff != "" {
				s.t.Errorf("%s of %s (-want +got):\n%s", test.name, test.subject, diff)
			}
			return err
		})
	}
}
