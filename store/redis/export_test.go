package redis

import (
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine/runner"
)

// NewPatientBreaker returns a breaker that calls nothing slow.
func NewPatientBreaker(sessions runner.Sessions) *Breaker {
	b := NewBreaker(sessions)
	b.slow = time.Hour
	return b
}

// Place is what the addresses say.
type Place struct {
	Addresses      []string
	User, Password string
	Database       int
	TLS            string // the name on the certificate
}

// Parse reads addresses.
func Parse(urls string) (Place, error) {
	a, err := parse(urls)
	if err != nil {
		return Place{}, err
	}
	p := Place{a.addresses, a.user, a.password, a.database, ""}
	if a.tls != nil {
		p.TLS = a.tls.ServerName
	}
	return p, nil
}

// Options are what the client of one node goes by, and that of a cluster.
func Options(url string) (*goredis.Options, *goredis.ClusterOptions, error) {
	a, err := parse(url)
	if err != nil {
		return nil, nil, err
	}
	client := a.connect()
	if cluster, ok := client.(*goredis.ClusterClient); ok {
		return nil, cluster.Options(), client.Close()
	}
	return client.(*goredis.Client).Options(), nil, client.Close()
}

// Hook stands between the store and its client.
func (s *Sessions) Hook(h goredis.Hook) { s.client.AddHook(h) }

// RoundTrips are how many are under way before commands wait for each other.
const RoundTrips = roundTrips

// Waiting is how many commands wait.
func (s *Sessions) Waiting() int {
	s.group.mu.Lock()
	defer s.group.mu.Unlock()
	return len(s.group.waiting)
}
