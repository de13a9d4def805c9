package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

type measureCmd struct {
	Paytrace string        `default:"bin/paytrace" help:"The program to measure."`
	Rounds   int           `default:"21" help:"Rounds of each comparison."`
	Warm     int           `default:"50" help:"Rounds before the measured ones, so that the service holds as many calls as it ever will."`
	Slot     time.Duration `default:"500ms" help:"How long a server is under load in a round."`
	Seed     uint64        `default:"1" help:"Seed for the order in a round and for the bootstrap."`
	Only     string        `help:"One comparison: action, watched, lookup, backend or screens." enum:",action,watched,lookup,backend,screens" default:""`
	Profiles string        `help:"Folder for CPU profiles of the bare handlers and of the engine." placeholder:"DIR"`
}

// apart is how much two copies of one program may differ.
const apart = 0.05

// bench is a measurement: its servers and where it writes.
type bench struct {
	*measureCmd
	out             io.Writer
	random          *rand.Rand
	redis, postgres string
	stop            []func() error
}

// Run measures, on one core.
func (v *measureCmd) Run(ctx context.Context) (err error) {
	if err := pinned(); err != nil {
		return err
	}
	b := &bench{measureCmd: v, out: os.Stdout, random: rand.New(rand.NewPCG(v.Seed, 0))}
	defer func() {
		for i := len(b.stop) - 1; i >= 0; i-- {
			err = errors.Join(err, b.stop[i]())
		}
	}()
	if err := b.servers(ctx); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "CPU per callback, all on core %s, %d connections, %d shuffled rounds of %s a server; median [95 %% bootstrap interval]\n\n",
		os.Getenv(onCore), connections, v.Rounds, v.Slot)
	var void error
	for _, c := range []struct {
		name    string
		compare func(context.Context) error
	}{{"action", b.withoutAction}, {"watched", b.watched}, {"lookup", b.withLookup}, {"backend", b.withBackend}, {"screens", b.screens}} {
		if v.Only != "" && v.Only != c.name {
			continue
		}
		if err := c.compare(ctx); errors.Is(err, errVoid) {
			void = err
		} else if err != nil {
			return err
		}
	}
	return void
}

// servers are a Redis and a Postgres of the measurement's own, on its core.
func (b *bench) servers(ctx context.Context) error {
	r, err := servers.StartRedis(ctx)
	if err != nil {
		return err
	}
	b.stop, b.redis = append(b.stop, r.Stop), r.URL
	p, err := servers.StartPostgres(ctx)
	if err != nil {
		return err
	}
	b.stop, b.postgres = append(b.stop, p.Stop), p.URL
	return nil
}

func (b *bench) start(ctx context.Context, name, path string, env []string, args ...string) (*target, error) {
	p, err := start(ctx, path, env, args...)
	if err != nil {
		return nil, err
	}
	b.stop = append(b.stop, p.stop)
	return aim(ctx, name, p.cmd.Process.Pid, p.address)
}

// service is the program as it is run on servers, with its defaults.
func (b *bench) service(ctx context.Context, name string, more ...string) (*target, error) {
	return b.serviceOf(ctx, name, "", more...)
}

// serviceOf is service with a folder of menus; "" means the shipped ones.
func (b *bench) serviceOf(ctx context.Context, name, menus string, more ...string) (*target, error) {
	return b.start(ctx, name, b.Paytrace, append([]string{
		"DATABASE_URL=" + b.postgres, "REDIS_URL=" + b.redis, "PORT=0",
		"ENCRYPTION_KEY=a key for a measurement, of no use elsewhere",
	}, more...), serveArgs(menus)...)
}

func serveArgs(menus string) []string {
	if menus == "" {
		return []string{"serve"}
	}
	return []string{"serve", "--menus", menus}
}

// embedded is the program as it is run without settings, on a file of its own.
func (b *bench) embedded(ctx context.Context, name string, more ...string) (*target, error) {
	return b.embeddedOf(ctx, name, "", more...)
}

// embeddedOf is embedded with a folder of menus; "" means the shipped ones.
func (b *bench) embeddedOf(ctx context.Context, name, menus string, more ...string) (*target, error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	b.stop = append(b.stop, func() error { return os.RemoveAll(dir) })
	return b.start(ctx, name, b.Paytrace, append([]string{
		"DATABASE_URL=sqlite:" + filepath.Join(dir, "bench.db"), "REDIS_URL=", "PORT=0",
		"ENCRYPTION_KEY=a key for a measurement, of no use elsewhere",
	}, more...), serveArgs(menus)...)
}

// bare starts this program as a bare handler with these stores.
func (b *bench) bare(ctx context.Context, name string, d *dialogue, stores ...string) (*target, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := append([]string{"bare"}, stores...)
	for _, screen := range d.screens {
		args = append(args, "--screens", screen)
	}
	return b.start(ctx, name, self, nil, append(args, b.profile(d.name+"-"+name)...)...)
}

// profile asks one of this program's own servers for a profile.
func (b *bench) profile(name string) []string {
	if b.Profiles == "" {
		return nil
	}
	return []string{"--profile", filepath.Join(b.Profiles, strings.ReplaceAll(name, " ", "-")+".pprof")}
}

func joined(list []int) string {
	var texts []string
	for _, n := range list {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, ",")
}

// sizes makes one call and asks Redis how long its record is after each
// callback.
func (b *bench) sizes(ctx context.Context, t *target, d *dialogue) ([]int, error) {
	client, err := redis.Client(redis.Config{URL: secret.New(b.redis)})
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Close() }()
	l, phone := t.lines[0], numbered(0)
	session := "ATUid_" + d.name + "-000-sizes"
	var list []int
	for i, text := range d.texts {
		if err := errors.Join(l.post(d.code, session, phone.caller, phone.in(text)), l.expect(phone.in(d.screens[i]))); err != nil {
			return nil, err
		}
		n, err := client.StrLen(ctx, "ussd:session:"+session).Result()
		if err != nil {
			return nil, err
		}
		list = append(list, int(n))
	}
	return list, nil
}

// withoutAction compares what answers the same call: bare handlers, the service on
// Redis and Postgres, with Redis away, and the service without any setting.
func (b *bench) withoutAction(ctx context.Context) error {
	t, err := b.answering(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "No action (records of %s bytes). Bare: a Fiber handler with one compare-and-set of that size, sent by itself or\n"+
		"through go-redis's automatic pipelines. Form: the same handler without a store. Embedded: the service without a\n"+
		"setting, on SQLite. Away: the service on a Redis that does not answer.\n", joined(t.sizes))
	return b.compare(ctx, &noAction, comparison{
		targets: []*target{t.form, t.bare, t.pipelined, t.service, t.again, t.away, t.embedded, t.embeddedAgain, t.noNotes},
		ratios: []pair{
			{t.service, t.bare},
			{t.service, t.pipelined},
			{t.away, t.bare},
			{t.embedded, t.bare},
			{t.embedded, t.pipelined},
			{t.embedded, t.form},
			{t.embedded, t.noNotes},
		},
		copies: []pair{{t.again, t.service}, {t.embeddedAgain, t.embedded}},
	})
}

// answering has the servers that withoutAction compares.
type answering struct {
	form, bare, pipelined, service, again, away, embedded, embeddedAgain, noNotes *target
	sizes                                                                         []int
}

func (b *bench) answering(ctx context.Context) (t answering, err error) {
	if t.service, err = b.service(ctx, "service"); err != nil {
		return t, err
	}
	if t.sizes, err = b.sizes(ctx, t.service, &noAction); err != nil {
		return t, err
	}
	stores := []string{"--redis", b.redis, "--sizes", joined(t.sizes)}
	for _, start := range []struct {
		into **target
		from func() (*target, error)
	}{
		{&t.again, func() (*target, error) { return b.service(ctx, "service again") }},
		{&t.away, func() (*target, error) { return b.service(ctx, "away", "REDIS_URL="+nowhere) }},
		{&t.embedded, func() (*target, error) { return b.embedded(ctx, "embedded") }},
		{&t.embeddedAgain, func() (*target, error) { return b.embedded(ctx, "embedded again") }},
		{&t.noNotes, func() (*target, error) { return b.embedded(ctx, "without notes", "CALL_JOURNAL_DAYS=0") }},
		{&t.form, func() (*target, error) { return b.bare(ctx, "form", &noAction) }},
		{&t.bare, func() (*target, error) { return b.bare(ctx, "bare", &noAction, stores...) }},
		{&t.pipelined, func() (*target, error) {
			return b.bare(ctx, "bare pipelined", &noAction, append(stores, "--pipelined")...)
		}},
	} {
		if *start.into, err = start.from(); err != nil {
			return t, err
		}
	}
	return t, nil
}

// nowhere is the address of a Redis that is away: nothing listens at port 1.
const nowhere = "redis://127.0.0.1:1"

// watched compares the service with itself: with metrics, with traces of the default
// share of calls, and with traces of all.
func (b *bench) watched(ctx context.Context) error {
	collector, err := b.collector()
	if err != nil {
		return err
	}
	const metrics = "INNER_ADDRESS=127.0.0.1:0"
	traces := "OTEL_EXPORTER_OTLP_ENDPOINT=" + collector
	var t struct{ plain, again, metrics, traces, all *target }
	for _, start := range []struct {
		into **target
		name string
		more []string
	}{
		{&t.plain, "service", nil},
		{&t.again, "service again", nil},
		{&t.metrics, "with metrics", []string{metrics}},
		{&t.traces, "metrics, traces", []string{metrics, traces}},
		{&t.all, "all traced", []string{metrics, traces, "OTEL_TRACES_SAMPLER_ARG=1"}},
	} {
		if *start.into, err = b.service(ctx, start.name, start.more...); err != nil {
			return err
		}
	}
	fmt.Fprintln(b.out, "Watched: the service on Redis and Postgres, no action; with metrics, with traces of the default share of calls, and of all.")
	return b.compare(ctx, &noAction, comparison{
		targets: []*target{t.plain, t.again, t.metrics, t.traces, t.all},
		ratios:  []pair{{t.metrics, t.plain}, {t.traces, t.plain}, {t.all, t.plain}},
		copies:  []pair{{t.again, t.plain}},
	})
}

// collector takes traces and forgets them. It returns its address.
func (b *bench) collector() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "{}")
	})}
	b.stop = append(b.stop, s.Close)
	go func() { _ = s.Serve(ln) }() // it ends with Close
	return "http://" + ln.Addr().String(), nil
}

func (b *bench) withLookup(ctx context.Context) error {
	first, err := b.service(ctx, "service")
	if err != nil {
		return err
	}
	second, err := b.service(ctx, "service again")
	if err != nil {
		return err
	}
	if err := b.workers(ctx); err != nil {
		return err
	}
	sizes, err := b.sizes(ctx, first, &lookup)
	if err != nil {
		return err
	}
	bare, err := b.bare(ctx, "bare", &lookup, "--redis", b.redis, "--sizes", joined(sizes), "--postgres", b.postgres)
	if err != nil {
		return err
	}
	fmt.Fprintln(b.out, "Sign in: every third callback runs lookup_worker on Postgres. Bare: the same round trips to Redis and Postgres.")
	return b.compare(ctx, &lookup, comparison{
		targets: []*target{bare, first, second}, ratios: []pair{{first, bare}}, copies: []pair{{second, first}},
	})
}

// workers fills the database that the service has migrated.
func (b *bench) workers(ctx context.Context) error {
	db, err := pgx.Connect(ctx, b.postgres)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close(ctx) }()
	_, err = db.Exec(ctx, `CREATE TABLE bare_log (id text PRIMARY KEY, fingerprint bytea NOT NULL, result bytea)`)
	if err != nil {
		return err
	}
	rows := make([][]any, workers)
	for i := range rows {
		p := numbered(i)
		rows[i] = []any{p.worker, p.caller, fmt.Sprintf("G%055d", i), "sealed", time.Now()}
	}
	_, err = db.CopyFrom(ctx, pgx.Identifier{"workers"},
		[]string{"worker_id", "phone", "stellar_public_key", "stellar_secret_encrypted", "verified_at"}, pgx.CopyFromRows(rows))
	return err
}

func (b *bench) screens(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var targets []*target
	for _, v := range []struct {
		name string
		n    int
	}{{"10 screens", 10}, {"10,000 screens", 10_000}, {"10 again", 10}} {
		args := append([]string{"engine", "--redis", b.redis, "--screens", strconv.Itoa(v.n)}, b.profile(v.name)...)
		t, err := b.start(ctx, v.name, self, nil, args...)
		if err != nil {
			return err
		}
		targets = append(targets, t)
	}
	fmt.Fprintln(b.out, "Growth with the menu: the same call through menus of two sizes.")
	return b.compare(ctx, &chained, comparison{
		targets: targets, ratios: []pair{{targets[1], targets[0]}}, copies: []pair{{targets[2], targets[0]}},
	})
}

type sessionsCmd struct {
	Count    int    `default:"1000000" help:"How many sessions."`
	Paytrace string `default:"bin/paytrace" help:"The program whose records are measured."`
}

// Run copies the records of a real call under many names and asks Redis what
// they take.
func (v *sessionsCmd) Run(ctx context.Context) (err error) {
	b := &bench{measureCmd: &measureCmd{Paytrace: v.Paytrace}, out: os.Stdout}
	defer func() {
		for i := len(b.stop) - 1; i >= 0; i-- {
			err = errors.Join(err, b.stop[i]())
		}
	}()
	if err := b.servers(ctx); err != nil {
		return err
	}
	t, err := b.service(ctx, "service")
	if err != nil {
		return err
	}
	if _, err := b.sizes(ctx, t, &lookup); err == nil || !errors.Is(err, errAnswer) {
		return cmp.Or(err, errors.New("a worker is known who is not"))
	}
	client, err := redis.Client(redis.Config{URL: secret.New(b.redis)})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	record, err := client.Get(ctx, "ussd:session:ATUid_"+lookup.name+"-000-sizes").Result()
	if err != nil {
		return err
	}
	before, err := used(ctx, client)
	if err != nil {
		return err
	}
	if err := fill(ctx, client, v.Count, record); err != nil {
		return err
	}
	after, err := used(ctx, client)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%d sessions, each a record of %d bytes: %d MB in Redis, %d bytes a session with its key and expiry\n",
		v.Count, len(record), (after-before)>>20, (after-before)/v.Count)
	return nil
}

// batch is how many records go to Redis at once.
const batch = 10_000

func fill(ctx context.Context, client goredis.UniversalClient, count int, record string) error {
	for from := 0; from < count; from += batch {
		pipe := client.Pipeline()
		for i := from; i < min(count, from+batch); i++ {
			pipe.Set(ctx, fmt.Sprintf("ussd:session:ATUid_%032d", i), record, time.Hour)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// used is the memory that Redis's data takes, in bytes.
func used(ctx context.Context, client goredis.UniversalClient) (int, error) {
	info, err := client.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(info) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "used_memory:"); ok {
			return strconv.Atoi(n)
		}
	}
	return 0, errors.New("Redis does not say what memory it uses")
}
