package command

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// redisPassword is in the address; a Redis without passwords accepts any.
const redisPassword = "canary4711"

// sharing sets the environment of instances that share a new Postgres and a
// Redis of this test.
func sharing(t *testing.T) (*servers.Server, *goredis.Client) {
	t.Helper()
	t.Chdir(t.TempDir())
	servers.Redis(t) // skips where there is no server
	server, err := servers.StartRedis(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	options, err := goredis.ParseURL(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := goredis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	t.Setenv("DATABASE_URL", servers.Database(t))
	t.Setenv("ENCRYPTION_KEY", "any string")
	t.Setenv("REDIS_URL", strings.Replace(server.URL, "//", "//default:"+redisPassword+"@", 1))
	return server, client
}

// step is one callback: the instance that gets it first, and its answer. The
// other instance gets the gateway's repeat.
type step struct {
	on         int
	text, want string
}

func (st step) play(t *testing.T, session, caller string, instances [2]*running) string {
	t.Helper()
	first := instances[st.on].says(session, caller, st.text)
	if !regexp.MustCompile(`^` + st.want + `$`).MatchString(first) {
		t.Errorf("session %s text %q on instance %d\ngot  %q\nwant %q", session, st.text, st.on, first, st.want)
	}
	for _, on := range []int{1 - st.on, st.on} {
		if again := instances[on].says(session, caller, st.text); again != first {
			t.Errorf("session %s text %q again on instance %d\ngot  %q\nwant %q", session, st.text, on, again, first)
		}
	}
	return first
}

func (s *running) ready() (int, string) {
	s.t.Helper()
	resp, err := http.Get(s.url + "/ready")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

const (
	askNumber = `CON Enter your phone number \(e\.g\. 254712345678\)`
	badNumber = `CON Invalid phone number\. Use format 254712345678\.\nEnter your phone number \(e\.g\. 254712345678\)`
	welcome   = `Welcome to PayTrace\n1\. Create account\n2\. Sign in\n3\. Exit`
	created   = `END Account created\. Worker ID: NW-[0-9A-F]{8}\. Check SMS for details\.`
)

// Two instances answer one session in turns, with the same bytes for every
// repeat. Redis is killed in the middle of it, and the call goes on.
func TestServeRedis(t *testing.T) {
	server, client := sharing(t)
	instances := [2]*running{serve(t), serve(t)}
	for _, s := range instances {
		if !regexp.MustCompile(`(?m)^  sessions  in Redis, for 3m0s$`).MatchString(s.banner) {
			t.Errorf("the banner does not say where sessions are:\n%s", s.banner)
		}
		if status, body := s.ready(); status != 200 || !strings.Contains(body, `{"name":"redis","ok":true,"spare":true}`) {
			t.Errorf("/ready: %d %s", status, body)
		}
	}
	const caller = "+254711000111"
	for _, st := range []step{{0, "", "CON " + welcome}, {1, "9", `CON Invalid option\. Try again\.\n` + welcome}, {0, "9*1", askNumber}} {
		st.play(t, "a", caller, instances)
		wantRecord(t, client, "ussd:session:a", st.text)
	}
	// Only the record tells a typed star from one between two inputs: each instance must
	// have read what the other one wrote. The question counts again after the star.
	for _, st := range []step{{0, "1", askNumber}, {1, "1*07*11", badNumber}, {0, "1*07*11*x", badNumber}} {
		st.play(t, "stars", caller, instances)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	step{1, "9*1*12", badNumber}.play(t, "a", caller, instances)
	done := step{0, "9*1*12*0711000111", created}.play(t, "a", caller, instances)
	step{0, "1", askNumber}.play(t, "b", caller, instances)
	step{1, "1*0711000111", "END Account already exists. Worker ID: " + workerID.FindString(done)}.play(t, "b", caller, instances)
	step{0, "2", "CON Enter your phone number"}.play(t, "c", caller, instances)
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Redis came back empty, and that does no harm: the instances remember.
	step{1, "2*0711000111", "END Signed in. Worker ID: " + workerID.FindString(done)}.play(t, "c", caller, instances)
	step{0, "9*1*12*0711000111", regexp.QuoteMeta(done)}.play(t, "a", caller, instances)
	for _, s := range instances {
		if status := s.stop(); status != exitFine {
			t.Errorf("stopped with status %d", status)
		}
		for _, canary := range []string{redisPassword, "711000111", "any string"} {
			if strings.Contains(s.log.String(), canary) {
				t.Errorf("the log holds %q:\n%s", canary, s.log)
			}
		}
	}
}

var workerID = regexp.MustCompile(`NW-[0-9A-F]{8}`)

// timeOfLine matches the time of a log line.
var timeOfLine = regexp.MustCompile(`"time":"[^"]*",`)

// wantRecord requires the session in Redis as after text, for three minutes.
func wantRecord(t *testing.T, client *goredis.Client, key, text string) {
	t.Helper()
	record, err := client.Get(t.Context(), key).Result()
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	if !regexp.MustCompile(`^\{"v":` + strconv.Itoa(1+len(text)) + `,("e":\d+,)?"h":"[^"]+","step":"`).MatchString(record) {
		t.Errorf("after %q the record is %s", text, record)
	}
	if left := client.PTTL(t.Context(), key).Val(); left <= 2*time.Minute || left > 3*time.Minute {
		t.Errorf("the record lives %s, want 3m", left)
	}
}

// A service starts without its Redis.
func TestServeRedisDown(t *testing.T) {
	server, _ := sharing(t)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	s := serve(t)
	if got := s.calls("a", "+254711000111", "1*0711000111"); !regexp.MustCompile(created).MatchString(got) {
		t.Errorf("got %q", got)
	}
	if status, body := s.ready(); status != 200 || !strings.Contains(body, `"redis","ok":false,"spare":true`) {
		t.Errorf("/ready without Redis: %d %s", status, body)
	}
	if !strings.Contains(s.log.String(), "Redis does not answer") {
		t.Errorf("the log does not say that Redis is missing:\n%s", s.log)
	}
	if strings.Contains(s.log.String(), redisPassword) {
		t.Errorf("the log holds the password:\n%s", s.log)
	}
}

// An error that waiting does not cure stops the start.
func TestServeRedisRefused(t *testing.T) {
	server, client := sharing(t)
	if err := client.ConfigSet(t.Context(), "requirepass", "another").Err(); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(server.URL, "redis://")
	for url, want := range map[string]string{
		"redis://:" + redisPassword + "@" + host:       "WRONGPASS",
		"redis://" + host:                              "NOAUTH",
		"redis://:another@" + host + "?max_retries=3":  "question mark",
		"redis://:another@" + host + ",redis://host/3": "no databases",
	} {
		t.Setenv("REDIS_URL", url)
		var out bytes.Buffer
		status := run(t.Context(), []string{"serve", "--port", "0"}, streams{in: strings.NewReader(""), out: io.Discard, err: &out})
		text := out.String()
		if status != exitMisuse || !strings.Contains(text, "REDIS_URL") || !strings.Contains(text, want) || strings.Contains(text, redisPassword) {
			t.Errorf("%s: status %d, want %d, %q and not the password\n%s", url, status, exitMisuse, want, text)
		}
	}
}
