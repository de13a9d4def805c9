// Package fake is a Safaricom of the project's own: the Daraja API with phones behind
// it. It is for tests and demonstrations.
//
// It checks requests as strictly as Safaricom documents them, keeps books of its own,
// and judges by them. It can lose, repeat, delay and forge what it posts back, break
// connections after it has paid, and answer with every code. On a clock and a seed that
// a test gives, it always does the same.
package fake

import (
	"bytes"
	"context"
	"crypto/rsa"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Defaults of a Config. They are no secrets: the fake prints them.
const (
	ShortCode      = "600321"
	ConsumerKey    = "fake-key"
	ConsumerSecret = "fake-secret"
	Passkey        = "fake-passkey"
	Initiator      = "fakeapi"
	Credential     = "fake-credential"
)

const (
	// tokenLife is how long an access token lives.
	tokenLife = 3599 * time.Second
	// sameAmount is how long the same amount of the same customer is refused.
	sameAmount = 2 * time.Minute
	// promptLife is how long a phone shows a prompt.
	promptLife = time.Minute
	// thinking is how long a customer takes to type a PIN, and working how long a
	// payout or the answer of a question takes.
	thinking = 4 * time.Second
	working  = 3 * time.Second
	// lateness is how long a delayed post waits.
	lateness = 30 * time.Minute
	// deliverTimeout bounds one post; Safaricom waits eight seconds for a validation.
	deliverTimeout = 8 * time.Second
	// maxRequest bounds the bytes read of a request.
	maxRequest = 64 << 10
	// startPhone is what a phone has at first, and startFloat what the Utility account
	// has, in cents.
	startPhone = 100_000_00
	startFloat = 1_000_000_00
	// pullPage is how many rows a page of pulled transactions has.
	pullPage = 100
)

// Config holds the settings of a Safaricom. Its zero value is a well-behaved one.
type Config struct {
	// ShortCode, ConsumerKey and the others are what a client must send; "" means the
	// constant of the same name.
	ShortCode      string
	PayoutCode     string // "" means ShortCode
	ConsumerKey    string
	ConsumerSecret string
	Passkey        string
	Initiator      string
	// Credential is accepted as it stands. With Key, only what decrypts to Password is.
	Credential string
	Key        *rsa.PrivateKey
	Password   string

	// StatusIDField is the field that a status query names a payout in; "" means
	// OriginalConversationID.
	StatusIDField string
	// PlainHTTP allows callback addresses without TLS.
	PlainHTTP bool

	Faults Faults
	// FeeCents is what each payout costs the business.
	FeeCents int64
	// FloatCents is what the Utility account has at first; 0 means a million shillings.
	FloatCents int64
	// CacheWait is how long a payout that M-Pesa has cached waits; 0 means an hour.
	CacheWait time.Duration

	// Seed decides everything random.
	Seed uint64
	// Now gives the time; nil means time.Now.
	Now func() time.Time
	// Deliver posts a body and returns the answer; nil means over HTTP.
	Deliver func(ctx context.Context, url string, body []byte) (answer []byte, err error)
	// Log gets a line for each event; nil discards it.
	Log *slog.Logger
}

// Safaricom is the fake. It is an http.Handler, and an http.RoundTripper for tests
// without a network. It is safe for concurrent use.
type Safaricom struct {
	config Config
	log    *slog.Logger

	mu    sync.Mutex
	rand  *rand.Rand
	queue queue
	books books

	token      string
	tokenEnds  time.Time
	made       int                // numbers IDs and receipts
	prompts    map[string]*prompt // by CheckoutRequestID
	shown      map[string]*prompt // by phone, until they end
	payouts    map[string]*payout // by OriginatorConversationID
	c2b        struct{ confirmation, validation string }
	pullable   bool
	refusals   []refusal
	lastPushes map[string]time.Time // by phone and amount
}

// New makes a fake Safaricom, with books of its own.
func New(config Config) *Safaricom {
	for _, field := range []struct {
		value    *string
		fallback string
	}{
		{&config.ShortCode, ShortCode},
		{&config.ConsumerKey, ConsumerKey},
		{&config.ConsumerSecret, ConsumerSecret},
		{&config.Passkey, Passkey},
		{&config.Initiator, Initiator},
		{&config.Credential, Credential},
		{&config.StatusIDField, "OriginalConversationID"},
	} {
		if *field.value == "" {
			*field.value = field.fallback
		}
	}
	if config.PayoutCode == "" {
		config.PayoutCode = config.ShortCode
	}
	if config.FloatCents == 0 {
		config.FloatCents = startFloat
	}
	if config.CacheWait == 0 {
		config.CacheWait = time.Hour
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Safaricom{
		config: config, log: config.Log,
		rand:    rand.New(rand.NewPCG(config.Seed, config.Seed+1)), //nolint:gosec // a test repeats it
		prompts: map[string]*prompt{}, shown: map[string]*prompt{}, payouts: map[string]*payout{}, lastPushes: map[string]time.Time{},
	}
	s.books = newBooks(config.FloatCents)
	if s.config.Deliver == nil {
		s.config.Deliver = deliver
	}
	return s
}

// deliver posts a body over HTTP.
func deliver(ctx context.Context, url string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, deliverTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	return io.ReadAll(io.LimitReader(response.Body, maxRequest))
}

// reply is what a request is answered with.
type reply struct {
	status int
	body   any
	// cut breaks the connection instead.
	cut bool
	// raw is sent as it stands, where it is set.
	raw string
	// before are posts that are delivered before the answer.
	before []post
}

// errCut is what a client sees of a broken connection.
var errCut = errors.New("the connection was closed before the answer came")

// ServeHTTP answers requests to the API, and those of the page for demonstrations.
func (s *Safaricom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.control(w, r) {
		return
	}
	status, body, cut := s.answer(r)
	if cut {
		panic(http.ErrAbortHandler) // the library's way to break a connection
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left needs no answer
}

// RoundTrip answers a request without a network.
func (s *Safaricom) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	status, body, cut := s.answer(r)
	if cut {
		return nil, errCut
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

// Run works through what is due, by the real clock, until ctx ends.
func (s *Safaricom) Run(ctx context.Context) {
	const tick = 100 * time.Millisecond
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.Work(ctx)
		}
	}
}

// Work does everything that is due now, and returns how many events that were. A test
// that sets the clock calls it.
func (s *Safaricom) Work(ctx context.Context) int {
	for done := 0; ; done++ {
		s.mu.Lock()
		e, ok := s.queue.next(s.config.Now())
		if !ok {
			s.mu.Unlock()
			return done
		}
		posts := e.do()
		s.mu.Unlock()
		s.deliverAll(ctx, posts)
	}
}

// NextAt returns when the next event is due.
func (s *Safaricom) NextAt() (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.nextAt()
}

// deliverAll posts bodies. A post that fails is not repeated, as at Safaricom.
func (s *Safaricom) deliverAll(ctx context.Context, posts []post) {
	for _, p := range posts {
		answer, err := s.config.Deliver(ctx, p.url, p.body)
		if err != nil {
			s.log.Warn("a post was not taken", "about", p.about, "error", err)
		} else {
			s.log.Info("posted", "about", p.about)
		}
		if p.then != nil {
			p.then(answer, err)
		}
	}
}
