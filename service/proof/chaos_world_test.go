package proof_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9/logging"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// chaosWorld holds two instances on one Postgres and one Redis, all of which
// may be killed, and a gateway in front of them.
type chaosWorld struct {
	t               *testing.T
	ctx             context.Context
	postgres, redis *servers.Server
	env             []string
	program, menus  string
	on              [2]*post
}

// post holds one instance through its many lives.
type post struct {
	logFile string
	client  *http.Client

	mu      sync.Mutex
	running *process
	life    int
	// acting counts the writing callbacks in flight here.
	acting int
}

const (
	chaosKey = "a key for tests of chaos, not for use"
	// chaosConnections is small: most instances live for about a second, and
	// opening a connection takes longer than many actions on it.
	chaosConnections = "3"
	// aggregatorWait is how long an aggregator waits for an answer.
	aggregatorWait = 10 * time.Second
)

func newChaosWorld(t *testing.T, program, menu string) *chaosWorld {
	t.Helper()
	// Its own context ends after everything else was stopped.
	logging.Disable() // of the Redis clients in this process, which see it die
	w := &chaosWorld{
		t: t, ctx: context.WithoutCancel(t.Context()),
		postgres: servers.Own(t, servers.StartPostgres), redis: servers.Own(t, servers.StartRedis),
		program: filepath.Join(programs(t), program), menus: chaosMenus(t, menu),
	}
	w.env = environ(map[string]string{
		"DATABASE_URL": w.postgres.URL, "REDIS_URL": w.redis.URL, "ENCRYPTION_KEY": chaosKey, "LOG_FORMAT": "json",
		"LIMIT_LOOKUPS": "1000000", "DATABASE_CONNECTIONS": chaosConnections,
	})
	dir := t.TempDir()
	for i := range w.on {
		w.on[i] = &post{
			logFile: filepath.Join(dir, "instance"+string(rune('0'+i))+".log"),
			client:  &http.Client{Timeout: aggregatorWait, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
		}
		if err := w.start(w.on[i]); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.on[i].end)
	}
	return w
}

// startTries bounds how often an instance is started that ends at once because
// its Postgres was cut. A process manager does the same.
const startTries = 10

// start starts an instance.
func (w *chaosWorld) start(p *post) error {
	var started *process
	var err error
	for try := 0; started == nil; try++ {
		if started, err = start(w.ctx, w.program, w.env, p.logFile, "--menus", w.menus); err != nil && try == startTries {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = started
	p.life++
	return nil
}

// kill kills the instance and returns how many actions it struck.
func (p *post) kill() (struck int) {
	p.mu.Lock()
	running := p.running
	p.running = nil
	struck = p.acting
	if running != nil {
		running.kill()
	}
	p.mu.Unlock()
	if running != nil {
		<-running.ended
	}
	p.client.CloseIdleConnections()
	return struck
}

func (p *post) end() { p.kill() }

// busy counts the actions in flight on a running instance.
func (p *post) busy() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return 0
	}
	return p.acting
}

// busy counts the actions in flight.
func (w *chaosWorld) busy() int { return w.on[0].busy() + w.on[1].busy() }

func (p *post) up() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running != nil
}

var errGone = errors.New("the instance is not running")

// ask delivers one callback and returns the body of the answer.
func (p *post) ask(ctx context.Context, form url.Values, writes bool) (string, error) {
	p.mu.Lock()
	if p.running == nil {
		p.mu.Unlock()
		return "", errGone
	}
	to := p.running.url + "/ussd"
	if writes {
		p.acting++
	}
	p.mu.Unlock()
	if writes {
		defer func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.acting--
		}()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return string(body), err
}
