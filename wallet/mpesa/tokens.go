package mpesa

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
)

// Token is an access token. Safaricom kills the previous one with each that it gives
// out, so all instances share one.
type Token struct {
	// ID is made anew for each token, so that instances can say which one they mean.
	ID        string
	Value     secret.Text
	ExpiresAt time.Time
}

// Tokens keeps the token that all instances share. Its implementations are
// MemoryTokens, and adapters of a database and of Redis.
type Tokens interface {
	// Load returns the stored token; the zero Token if there is none.
	Load(ctx context.Context) (Token, error)
	// Lease makes holder the only one who may fetch a token until a time. It returns
	// false if another holder's lease has not ended by now, or if the stored token is
	// no longer the one with the ID seen ("" for none).
	Lease(ctx context.Context, seen, holder string, now, until time.Time) (bool, error)
	// Save stores the token that holder has fetched and ends the lease. It returns false,
	// and stores nothing, if another holder has the lease by now.
	Save(ctx context.Context, holder string, t Token) (bool, error)
	// Release ends the lease of a holder who could not fetch a token.
	Release(ctx context.Context, holder string) error
}

const (
	// lease bounds how long one instance may take to fetch a token; another may try
	// after it. It is longer than a request.
	lease = timeout + 5*time.Second
	// margin is how long before its end a token is not used any more. A request with
	// it may be on its way for that time.
	margin = time.Minute
	// waitPause is the pause between two looks for the token that another instance
	// fetches, and maxWaits is how many looks there are.
	waitPause = 250 * time.Millisecond
	maxWaits  = 40
	// maxLife bounds what expires_in is believed to say.
	maxLife = 24 * time.Hour
)

// tokenSource gives out the shared token. One request of this process at a time looks
// for it.
type tokenSource struct {
	client *Client
	shared Tokens

	mu    sync.Mutex
	local Token
}

// token returns a valid token that is not the one with the ID dropped.
func (s *tokenSource) token(ctx context.Context, dropped string) (Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.valid(s.local, dropped) {
		return s.local, nil
	}
	holder, err := s.client.newID()
	if err != nil {
		return Token{}, err
	}
	for range maxWaits {
		stored, err := s.shared.Load(ctx)
		if err != nil {
			return Token{}, fmt.Errorf("read the shared access token: %w", err)
		}
		if s.valid(stored, dropped) {
			s.local = stored
			return stored, nil
		}
		now := s.client.config.Now()
		leased, err := s.shared.Lease(ctx, stored.ID, holder, now, now.Add(lease))
		if err != nil {
			return Token{}, fmt.Errorf("lease the shared access token: %w", err)
		}
		if leased {
			return s.renew(ctx, holder)
		}
		if err := s.client.config.Wait(ctx, waitPause); err != nil {
			return Token{}, err
		}
	}
	return Token{}, errors.New("another instance has been fetching an access token for too long")
}

func (s *tokenSource) valid(t Token, dropped string) bool {
	return t.Value.IsSet() && t.ID != dropped && s.client.config.Now().Before(t.ExpiresAt.Add(-margin))
}

// renew fetches a token under a lease and stores it.
func (s *tokenSource) renew(ctx context.Context, holder string) (Token, error) {
	fetched, err := s.client.fetchToken(ctx)
	if err != nil {
		// The lease must end also where ctx has: others wait for it.
		return Token{}, errors.Join(err, s.shared.Release(context.WithoutCancel(ctx), holder))
	}
	if fetched.ID, err = s.client.newID(); err != nil {
		return Token{}, err
	}
	saved, err := s.shared.Save(context.WithoutCancel(ctx), holder, fetched)
	switch {
	case err != nil:
		return Token{}, fmt.Errorf("store the shared access token: %w", err)
	case !saved:
		return Token{}, errors.New("the lease ended before the access token came, so another instance has a newer one")
	}
	s.local = fetched
	return fetched, nil
}

// newID returns 16 random hex digits.
func (c *Client) newID() (string, error) {
	var b [8]byte
	if _, err := io.ReadFull(c.config.Rand, b[:]); err != nil {
		return "", fmt.Errorf("mpesa: make an ID: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// fetchToken asks Safaricom for a token.
func (c *Client) fetchToken(ctx context.Context) (Token, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/oauth/v1/generate?grant_type=client_credentials", http.NoBody)
	if err != nil {
		return Token{}, err
	}
	request.SetBasicAuth(c.config.ConsumerKey, c.config.ConsumerSecret.Reveal())
	asked := c.config.Now()
	a, err := c.exchange(request)
	if err != nil {
		return Token{}, fmt.Errorf("fetch an access token: %w", err)
	}
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   text   `json:"expires_in"` // a number, or a string in older answers
	}
	if a.status != http.StatusOK {
		return Token{}, fmt.Errorf("fetch an access token: status %d %s: %s", a.status, a.probe.ErrorCode, c.words(string(a.probe.ErrorMessage)))
	}
	if err := json.Unmarshal(a.body, &body); err != nil || body.AccessToken == "" {
		return Token{}, errors.New("fetch an access token: the answer has none; check the consumer key and secret, and the host")
	}
	seconds, err := strconv.Atoi(string(body.ExpiresIn))
	if err != nil || seconds <= 0 {
		return Token{}, fmt.Errorf("fetch an access token: expires_in is %q, expected seconds", clipped(string(body.ExpiresIn)))
	}
	life := min(time.Duration(seconds)*time.Second, maxLife)
	return Token{Value: secret.New(body.AccessToken), ExpiresAt: asked.Add(life)}, nil
}

// MemoryTokens keeps the token of one process.
type MemoryTokens struct {
	mu     sync.Mutex
	token  Token
	holder string
	until  time.Time
}

// NewMemoryTokens returns an empty MemoryTokens.
func NewMemoryTokens() *MemoryTokens { return &MemoryTokens{} }

var _ Tokens = (*MemoryTokens)(nil)

// Load implements Tokens.
func (m *MemoryTokens) Load(context.Context) (Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.token, nil
}

// Lease implements Tokens.
func (m *MemoryTokens) Lease(_ context.Context, seen, holder string, now, until time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.token.ID != seen || m.holder != "" && m.holder != holder && now.Before(m.until) {
		return false, nil
	}
	m.holder, m.until = holder, until
	return true, nil
}

// Save implements Tokens.
func (m *MemoryTokens) Save(_ context.Context, holder string, t Token) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holder != holder {
		return false, nil
	}
	m.token, m.holder = t, ""
	return true, nil
}

// Release implements Tokens.
func (m *MemoryTokens) Release(_ context.Context, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holder == holder {
		m.holder = ""
	}
	return nil
}
