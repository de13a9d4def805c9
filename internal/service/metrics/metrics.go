// Package metrics counts what a service does, and serves the numbers to Prometheus.
//
// No label has a number, a name, a session ID or anything that was typed. The values of
// labels come from menus, contracts and constants; the code of a network, which comes
// from the gateway, has a bounded number of values.
package metrics

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/paytrace/paytrace/store"
)

// Config says what is measured besides the ports that a Metrics wraps.
type Config struct {
	// Version is that of the program.
	Version string
	// Menu returns the name of the menu with a hash, "" for none.
	Menu func(hash string) string
	// CountJobs counts the background jobs, for every scrape.
	CountJobs func(context.Context) ([]store.JobCount, error)
	// Money reads what is open about money, for every scrape; nil where no money moves.
	Money func(context.Context) (Money, error)
	// Audited returns how the last audit of the ledger ended; nil without audits.
	Audited func() Audited
	// NotesLost returns how many notes of calls were lost since the start.
	NotesLost func() int64
	// Checks returns what asks the dependencies, for every scrape.
	Checks func() []Check
	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

// Money is what is open about money.
type Money struct {
	Payments []store.PaymentCount
	Cases    []store.CaseCount
}

// Audited says how an audit of the ledger ended.
type Audited struct {
	// At is when it ended; zero before the first one.
	At time.Time
	// Differs says that the ledger does not add up.
	Differs bool
}

// Check asks one dependency.
type Check struct {
	Name string
	// Ask returns nil if the dependency works.
	Ask func(context.Context) error
}

// scrapeTimeout bounds what a scrape asks of the database and others. Prometheus gives
// up after ten seconds unless it is told otherwise.
const scrapeTimeout = 2 * time.Second

// Metrics has the counters of one service. New makes one; its methods wrap the ports.
type Metrics struct {
	config   Config
	registry *prometheus.Registry

	turns    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	sessions *prometheus.CounterVec
	screens  *prometheus.CounterVec
	actions  *prometheus.HistogramVec
	requests *prometheus.CounterVec
	backends *prometheus.HistogramVec

	networks bounded
	answered known[turnLabels, turnCounters]
	reached  known[screenLabels, prometheus.Counter]
	acted    known[actionLabels, prometheus.Observer]
}

// A caller waits about five seconds, and a gateway ten.
var turnBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// New returns metrics that are all zero.
func New(config Config) *Metrics {
	if config.Now == nil {
		config.Now = time.Now
	}
	m := &Metrics{
		config: config, registry: prometheus.NewRegistry(), networks: bounded{max: maxNetworks},
		turns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ussd_turns_total", Help: "Callbacks that were answered, by how: continued, ended, or the reason of an end that no menu gave.",
		}, []string{"service", "network", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ussd_turn_seconds", Help: "Time to answer a callback.", Buckets: turnBuckets,
		}, []string{"service"}),
		sessions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ussd_sessions_total", Help: "Sessions that this instance ended, by how. A last callback that comes twice counts twice.",
		}, []string{"service", "network", "end"}),
		screens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ussd_screen_reached_total", Help: "How often callers came to a screen. A repeated callback and a page do not count again.",
		}, []string{"service", "version", "screen"}),
		actions: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ussd_action_seconds", Help: "Time of an action, by its outcome; error where there is none.", Buckets: turnBuckets,
		}, []string{"action", "result"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "provider_requests_total", Help: "Requests to providers and backends, by how they ended.",
		}, []string{"provider", "op", "result"}),
		backends: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "backend_request_seconds", Help: "Time of a request for an action over HTTP, by its outcome, or by the kind of its fault.", Buckets: turnBuckets,
		}, []string{"host", "action", "outcome"}),
	}
	version := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "paytrace_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": config.Version},
	})
	version.Set(1)
	lost := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "ussd_journal_dropped_total", Help: "Notes of calls that were lost because they could not be stored in time.",
	}, func() float64 { return float64(config.NotesLost()) })
	if config.Audited != nil {
		m.registry.MustRegister(&audited{config.Audited})
	}
	m.registry.MustRegister(lost, m.turns, m.seconds, m.sessions, m.screens, m.actions, m.requests, m.backends, version, &scraped{config: config},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 2 * scrapeTimeout})
}

// known remembers the counters for some labels. The library finds them too, but takes
// four times as long.
type known[K comparable, V any] struct {
	mu  sync.Mutex
	all atomic.Pointer[map[K]V] // replaced with every new key, so reading needs no lock
}

// find returns the value of a key; ok is false if it has none yet.
func (k *known[K, V]) find(key K) (v V, ok bool) {
	if all := k.all.Load(); all != nil {
		v, ok = (*all)[key]
	}
	return v, ok
}

// add returns the value of a key, which create makes unless another goroutine was faster.
func (k *known[K, V]) add(key K, create func() V) V {
	k.mu.Lock()
	defer k.mu.Unlock()
	if v, ok := k.find(key); ok {
		return v
	}
	next := map[K]V{}
	if all := k.all.Load(); all != nil {
		next = maps.Clone(*all)
	}
	v := create()
	next[key] = v
	k.all.Store(&next)
	return v
}

const (
	// maxNetworks bounds the codes of networks: no gateway serves as many.
	maxNetworks = 64
	// maxLabel is the longest code of a network, in bytes.
	maxLabel = 16
	// other stands for all values above a bound.
	other = "other"
)

// bounded lets a number of values pass, the first ones that come, and replaces all
// others with one.
type bounded struct {
	max int
	mu  sync.RWMutex
	all map[string]bool
}

func (b *bounded) label(value string) string {
	if len(value) > maxLabel || !plain(value) {
		return other
	}
	b.mu.RLock()
	ok, full := b.all[value], len(b.all) >= b.max
	b.mu.RUnlock()
	if ok {
		return value
	}
	if full {
		return other
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		b.all = map[string]bool{}
	}
	if len(b.all) >= b.max && !b.all[value] {
		return other
	}
	b.all[value] = true
	return value
}

// plain reports whether a text has only letters, digits and the signs of codes.
func plain(text string) bool {
	for i := range len(text) {
		c := text[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}
