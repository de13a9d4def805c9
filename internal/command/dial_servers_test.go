package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/report"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/gateway/africastalking"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/menus"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

// The dial scripts of the shipped menus play through POST /ussd of two
// instances on one Redis and one Postgres; callbacks alternate between them.
// Each call has its own database and an empty Redis.
func TestShippedScriptsOnServers(t *testing.T) {
	t.Chdir(t.TempDir())
	folder, err := service.Program{}.OpenFolder("")
	if err != nil {
		t.Fatal(err)
	}
	people, err := peopleOf(service.Program{}, folder, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	local, player, _, err := lineTo(t.Context(), service.Program{}, folder, io.Discard)
	if err != nil || len(local.Menus) == 0 {
		t.Fatalf("no menus: %v", err)
	}
	names, err := fs.Glob(menus.FS, "*.dial")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	exchange := &exchange{t: t, folder: folder}
	played := 0
	for _, name := range names {
		source, err := fs.ReadFile(menus.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		file, found := dialscript.Parse(name, source)
		for _, f := range found {
			t.Error(f)
		}
		results := dialscript.Run(t.Context(), player, exchange, people, allCalls(file), dialscript.Options{Parallel: 2})
		var out bytes.Buffer
		if err := report.Text(&out, report.Report{Results: results}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %s", name, out.String())
		played += playedOf(t, results)
	}
	if played == 0 {
		t.Error("no call was played")
	}
}

// playedOf counts the calls that passed. All must pass, except those with a
// scene that a real service can't be set to.
func playedOf(t *testing.T, results []dialscript.Result) (played int) {
	t.Helper()
	for _, r := range results {
		set := slices.ContainsFunc(r.Call.Given, func(d dialscript.Direction) bool {
			return d.Kind == dialscript.Answers || d.Kind == dialscript.Takes
		})
		real := slices.ContainsFunc(r.Call.Given, func(d dialscript.Direction) bool { return d.Kind == dialscript.RealActions })
		switch {
		case r.Status == dialscript.Passed:
			played++
		case r.Status == dialscript.NotChecked && (set || !real):
		default:
			t.Errorf("%s: %v (%s)", r.Call.Title, r.Status, r.Why)
		}
	}
	return played
}

func allCalls(f *dialscript.File) (calls []*dialscript.Call) {
	for i := range f.Calls {
		calls = append(calls, &f.Calls[i])
	}
	return calls
}

// exchange starts two new instances for each call.
type exchange struct {
	t      *testing.T
	folder *service.Folder
}

// Open implements dialscript.Opener.
func (x *exchange) Open(ctx context.Context, scene dialscript.Scene) (dialscript.Target, error) {
	if !scene.Real || len(scene.Answers)+len(scene.Takes) > 0 {
		return nil, fmt.Errorf("%w: its actions are the real ones", dialscript.ErrCannotSet)
	}
	settings := map[string]string{
		"DATABASE_URL": servers.Clone(x.t, "service", func(ctx context.Context, url string) error {
			return postgres.Migrate(ctx, postgres.Config{URL: url})
		}),
		"REDIS_URL":        servers.Redis(x.t),
		"ENCRYPTION_KEY":   "a key for tests of dial scripts, not for use",
		"DEFAULT_LANGUAGE": scene.Lang(),
	}
	c, err := service.ReadSettings(func(name string) string { return settings[name] })
	if err != nil {
		return nil, err
	}
	options, err := goredis.ParseURL(settings["REDIS_URL"])
	if err != nil {
		return nil, err
	}
	l := &serversLine{scene: scene, redis: goredis.NewClient(options), seen: map[string]engine.Reply{}}
	for i := range l.instances {
		if l.instances[i], err = l.start(context.WithoutCancel(ctx), c, x.folder); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// serversLine plays a call on two instances. Decorators of their ports show it
// what a gateway can't see.
type serversLine struct {
	scene     dialscript.Scene
	instances [2]*instance
	redis     *goredis.Client
	turn      atomic.Int64
	log       lockedBuffer

	mu   sync.Mutex
	seen map[string]engine.Reply // by session and text
	done []string                // IDs of runs
	runs []dialscript.ActionRun
}

type instance struct {
	*service.Service
	line *remoteTarget
	stop func() error
}

var (
	_ dialscript.SeesMessages = (*serversLine)(nil)
	_ dialscript.SeesActions  = (*serversLine)(nil)
	_ dialscript.SeesLog      = (*serversLine)(nil)
	_ dialscript.Waits        = (*serversLine)(nil)
	_ dialscript.Forgets      = (*serversLine)(nil)
)

func (l *serversLine) start(ctx context.Context, c service.Settings, folder *service.Folder) (*instance, error) {
	log := slog.New(slog.NewJSONHandler(&l.log, nil))
	decorators := service.Decorators{
		Actions: []func(runner.Actions) runner.Actions{func(a runner.Actions) runner.Actions { return watched{a, l} }},
		Handle: []func(service.Handle) service.Handle{func(h service.Handle) service.Handle {
			return func(ctx context.Context, r engine.Request) engine.Reply {
				reply := h(ctx, r)
				l.mu.Lock()
				defer l.mu.Unlock()
				l.seen[r.Session+"\n"+r.Text] = reply
				return reply
			}
		}},
	}
	s, err := service.New(ctx, service.Options{Settings: c, Menus: folder, Log: log, Decorators: decorators})
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(s.Serve(ctx, ln), s.Close()) }()
	far, err := newRemote("http://"+ln.Addr().String()+"/ussd", africastalking.Name, nil, 0)
	if err != nil {
		cancel()
		return nil, errors.Join(err, <-ended)
	}
	far.client.Transport = &http.Transport{}
	return &instance{
		Service: s,
		line:    &remoteTarget{remote: far},
		stop: func() error {
			far.client.CloseIdleConnections()
			cancel()
			return <-ended
		},
	}, nil
}

// Type implements dialscript.Target: the instances take turns.
func (l *serversLine) Type(ctx context.Context, cb dialscript.Callback) (dialscript.Screen, error) {
	on := l.instances[l.turn.Add(1)%int64(len(l.instances))]
	// The gateway names what was dialled, and sends an empty text first: so an action may
	// run on what was typed ahead.
	if _, ahead := dialscript.SplitDial([]string{cb.Service}, cb.Dialled); ahead != "" {
		cb.Service, cb.Text = cb.Dialled, strings.TrimPrefix(strings.TrimPrefix(cb.Text, ahead), "*")
	}
	screen, err := on.line.Type(ctx, cb)
	l.mu.Lock()
	defer l.mu.Unlock()
	reply := l.seen[cb.Session+"\n"+cb.Text]
	screen.Name, screen.Program = reply.Screen, reply.Program
	return screen, err
}

// Messages implements dialscript.SeesMessages.
func (l *serversLine) Messages() []dialscript.Message {
	if l.scene.SMSDown {
		return nil
	}
	return messagesOf(l.instances[0].Store())
}

// Log implements dialscript.SeesLog. It leaves out the time of day, whose
// digits could look like a PIN.
func (l *serversLine) Log() string { return timeOfLine.ReplaceAllString(l.log.String(), "") }

// Wait implements dialscript.Waits for the only thing here with a clock: the
// records.
func (l *serversLine) Wait(ctx context.Context, d time.Duration) error {
	for _, key := range l.redis.Keys(ctx, "*").Val() {
		l.redis.PExpire(ctx, key, l.redis.PTTL(ctx, key).Val()-d)
	}
	return nil
}

// Forget implements dialscript.Forgets.
func (l *serversLine) Forget() { l.redis.FlushDB(context.Background()) }

// HasAction implements dialscript.SeesActions.
func (l *serversLine) HasAction(name string) bool {
	return slices.ContainsFunc(l.instances[0].Contracts(), func(c engine.Contract) bool { return c.Name == name })
}

// Runs implements dialscript.SeesActions.
func (l *serversLine) Runs() []dialscript.ActionRun {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.runs)
}

// Close stops the instances.
func (l *serversLine) Close() error {
	errs := []error{l.redis.Close()}
	for _, i := range l.instances {
		if i != nil {
			errs = append(errs, i.stop())
		}
	}
	return errors.Join(errs...)
}

// watched records the actions that were called, each once by its ID.
type watched struct {
	runner.Actions
	line *serversLine
}

// Act implements runner.Actions.
func (w watched) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	out, err := w.Actions.Act(ctx, call, at)
	l := w.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(err, engine.ErrFenced) || slices.Contains(l.done, call.ID) {
		return out, err
	}
	l.done = append(l.done, call.ID)
	run := dialscript.ActionRun{Action: call.Action}
	for _, c := range l.instances[0].Contracts() {
		for i, p := range c.Params {
			if c.Name == call.Action && i < len(call.Args) {
				run.Args = append(run.Args, engine.Named{Name: p.Name, Value: call.Args[i]})
			}
		}
	}
	l.runs = append(l.runs, run)
	return out, err
}
