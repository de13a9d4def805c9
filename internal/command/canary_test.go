package command

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// These tests plant secrets at every entrance of a running service and search
// everything that comes out of it: answers, logs, what the subcommands print, every
// table, every record in Redis, every file.

// What is planted. The digits are long enough not to occur by chance.
const (
	plantedPIN  = "70931846"
	plantedCode = "958473"
	// plantedName and plantedDay are typed as answers that screens repeat.
	plantedName = "Zawadi Mfichaji"
	plantedDay  = "19/11/1987"
	plantedSum  = "83572"
	// plantedSeed is a wallet's secret that somebody types or pastes.
	plantedSeed   = "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN"
	plantedCaller = "254711223344"
	plantedOther  = "254722998877"
	plantedAPIKey = "at-key-of-the-canary-test"
	plantedDoor   = "door-key-of-the-canary-test-5093"
	plantedPath   = "path-secret-of-the-canary-test-77"
	// plantedActionsKey signs requests to the backend.
	plantedActionsKey = "whsec_Y2FuYXJ5IGtleSBmb3IgYSBiYWNrZW5kIHRoYXQgZ29zc2lwcw=="
)

// siriMenu asks for each kind of answer, repeats answers on screens and takes a
// one-time code.
const siriMenu = `ussd: 1
service: Siri
dial: "*384*77#"
start: main
vars:
  who: text 60
  amount: money 1..100000
  born: date
  code: pin 6
screens:
  main:
    say: Siri
    menu:
      1: Details -> ask_who
      2: Code -> ask_code
      3: Create an account -> make
      4: Spend -> ask_secret
  ask_who:
    say: Your name?
    ask: who -> ask_amount
  ask_amount:
    say: "Hello {who}. How much?"
    ask: amount -> ask_born
  ask_born:
    say: "{amount}. Born when?"
    ask: born -> sure
  sure:
    say: "{who}, born {born}, pays {amount}?"
    menu:
      1: Yes -> ask_code
  make:
    do: create_account(caller)
    when: {created: made, exists: made, failed: bad}
  made:
    end: "Made {worker_id}."
  ask_code:
    say: Your code?
    ask: code -> confirm_code(caller, code)
    when: {confirmed: made, wrong: bad, locked: bad, expired: bad, failed: bad}
  ask_secret:
    say: Your code?
    ask: code -> spend(code)
    when: {spent: spent, refused: bad, failed: bad, pending: bad}
    late: {spent: "Spent {ref}.", refused: No., failed: No.}
  spent:
    end: "Spent."
  bad:
    end: No.
`

// siriActions has an action that a backend answers.
const siriActions = `serve_at: ${SIRI_URL}
actions:
  spend:
    takes: {code: pin 6}
    ends: {spent: {ref: text 20}, refused: }
    within: 1s
    post: /spend
`

// gossip is a backend that repeats what it is asked wherever it can, in a form that
// changes from one request to the next.
type gossip struct {
	mu    sync.Mutex
	asked int
	told  bool // it was given the code
}

func (g *gossip) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	n := g.asked
	g.asked++
	g.told = g.told || strings.Contains(string(body), plantedCode)
	g.mu.Unlock()
	all := string(body) + " " + everything
	w.Header().Set("X-Asked", url.QueryEscape(all))
	switch n % 8 {
	case 0:
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, all)
	case 1:
		fmt.Fprintf(w, `{"outcome":%q}`, everything)
	case 2:
		fmt.Fprintf(w, `{"outcome":"spent","values":{"ref":{%q:%q}}}`, plantedCode, plantedPIN)
	case 3:
		http.Redirect(w, r, "/"+url.PathEscape(everything), http.StatusTemporaryRedirect)
	case 4:
		fmt.Fprintf(w, `{"outcome":"spent","values":{%q:"x"},%q:1}`, plantedCode, plantedSeed)
	case 5:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, all)
	case 6:
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			fmt.Fprintf(conn, "HTTP/1.1 %s %s\r\n%s: %s\r\n\r\n", plantedPIN, plantedCode, plantedCode, plantedPIN)
			_ = conn.Close()
		}
	default:
		w.Header().Set("Content-Length", "9999")
		_, _ = io.WriteString(w, all)
	}
}

// spends gives the code to the backend, once for each of its answers.
func (p *planter) spends(g *gossip) {
	for range 8 {
		session := p.session()
		for _, text := range []string{"", "4", "4*" + plantedCode} {
			p.call(session, "*384*77#", text)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.told {
		p.t.Error("the backend was not given the code, so nothing is tried")
	}
}

// provider answers SMS with everything that it was sent, in a form that changes from
// one message to the next.
type provider struct {
	mu       sync.Mutex
	messages []url.Values
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	p.mu.Lock()
	n := len(p.messages)
	p.messages = append(p.messages, r.PostForm)
	p.mu.Unlock()
	text, to, key := r.PostForm.Get("message"), r.PostForm.Get("to"), r.Header.Get("apiKey")
	all := key + " " + to + " " + text
	recipient := func(id, status string) {
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"SMSMessageData": map[string]any{
			"Message": all, "Recipients": []any{map[string]any{"statusCode": 101, "number": to, "status": status, "messageId": id}},
		}})
	}
	switch n % 6 {
	case 0:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintf(w, "busy: %s %q %s %x", all, all, base64.StdEncoding.EncodeToString([]byte(all)), all)
	case 1:
		recipient("ATXid_"+to+"\x00"+lastDigits(text), "Success")
	case 2:
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "not JSON %s \x00 %s", all, strings.Join(strings.Split(all, ""), "\x00"))
	case 3:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, url.QueryEscape(url.QueryEscape(all)))
	case 4:
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			fmt.Fprintf(conn, "HTTP? %s\r\n\r\n", all)
			_ = conn.Close()
		}
	default:
		recipient("ATXid_"+strconv.Itoa(n), "Success")
	}
}

func lastDigits(text string) string {
	all := regexp.MustCompile(`\d{6}`).FindAllString(text, -1)
	return strings.Join(all, "")
}

// codes returns the one-time codes that were sent.
func (p *provider) codes() (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.messages {
		list = append(list, regexp.MustCompile(`code is (\d{6})`).FindAllString(m.Get("message"), -1)...)
	}
	for i := range list {
		list[i] = strings.TrimPrefix(list[i], "code is ")
	}
	return list
}

// wantSentOnce requires that no message which the provider took was sent again, though
// its ID had a NUL, which Postgres can't store.
func (p *provider) wantSentOnce(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	sent := map[string]bool{}
	for n, m := range p.messages {
		text := m.Get("to") + m.Get("message")
		if sent[text] {
			t.Errorf("message %d was taken before and is sent again", n)
		}
		sent[text] = n%6 == 1 || n%6 == 5
	}
}

// planter sends what the test plants.
type planter struct {
	t        *testing.T
	s        *running
	sinks    *sinks
	provider *provider
	key      string // to the REST API
	sessions int
}

// send makes a request and collects its answer, with its headers.
func (p *planter) send(method, path, contentType, body string, header map[string]string) string {
	p.t.Helper()
	req, err := http.NewRequest(method, p.s.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if !strings.HasPrefix(string(got), "CON ") && !strings.HasPrefix(string(got), "END ") {
		// Screens show their caller what the caller typed.
		p.sinks.add("answer: "+method+" "+path[:min(len(path), 12)], fmt.Appendf(nil, "%d %v %s", resp.StatusCode, resp.Header, got))
	}
	return string(got)
}

const formType = "application/x-www-form-urlencoded"

var doorKey = map[string]string{"Authorization": "Bearer " + plantedDoor}

// call sends one callback.
func (p *planter) call(session, service, text string, more ...string) string {
	form := url.Values{"sessionId": {session}, "phoneNumber": {"+" + plantedCaller}, "serviceCode": {service}, "networkCode": {"63902"}, "text": {text}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return p.send(http.MethodPost, "/ussd", formType, form.Encode(), doorKey)
}

// session returns a new session ID.
func (p *planter) session() string {
	p.sessions++
	return fmt.Sprintf("ATUid_canary%d", p.sessions)
}

// everything are the secrets as one text, as a careless gateway would quote them.
const everything = plantedPIN + " 1*" + plantedCode + " " + plantedSeed + " +" + plantedCaller + " " + plantedOther

// callbacks plants in callbacks: what is typed, what is dialled, and every field.
func (p *planter) callbacks() {
	t := p.t
	typed := strings.Join([]string{"1", plantedName, plantedSum, plantedDay, "1", plantedCode}, "*")
	session := p.session()
	for i, c := range typed + "*" {
		if c == '*' {
			p.call(session, "*384*77#", typed[:i])
		}
	}
	if got := p.call(p.session(), "*384*77#", strings.TrimSuffix(typed, "*1*"+plantedCode)); !strings.Contains(got, plantedName) {
		t.Errorf("no screen repeats the name, so nothing is tried: %q", got)
	}
	p.call(p.session(), "*384*77*"+strings.ReplaceAll(typed, " ", "")+"#", "")
	p.call(p.session(), "*384*77*2*"+plantedCode+"#", "")
	p.call(p.session(), "*384*77*"+plantedPIN+"#", "")
	p.call(p.session(), "*"+plantedPIN+"#", "")
	p.call(p.session(), "*384*"+plantedPIN+"*1#", "")
	p.call(p.session(), "＊384＊77＊2＊"+plantedCode+"＃", "")
	p.call(p.session(), "*384*77#", plantedPIN)
	p.call(p.session(), "*384*77#", "2*"+plantedPIN)
	p.call(p.session(), "*384*77#", "1*"+plantedSeed+"*x")
	p.call(p.session(), "*384*77#", "1*"+plantedOther+"*x")
	p.call(p.session(), "*384*77#", "1*"+strings.Repeat(plantedPIN, 40)) // too long
	p.call(p.session(), "*384*77#", "1\x01"+plantedPIN)
	p.call(p.session(), "*384*77#", "", "networkCode", everything)
	p.call(p.session(), "*384*77#", "", plantedPIN, plantedCode)
	p.call(p.session(), "*384*77#", "", "phoneNumber", everything)
	p.call(everything, "*384*77#", "")
	p.call("MSISDN-"+plantedCaller, "*384*77#", "")
	p.call(p.session(), everything, "")
	p.call(p.session(), "*384*8481#", "3")
	making := p.session()
	p.call(making, "*384*77#", "")
	if got := p.call(making, "*384*77#", "3"); !strings.Contains(got, "Made") {
		t.Errorf("no account is made, so no wallet is tried: %q", got)
	}
}

// requests plants in paths, headers and bodies that no route takes.
func (p *planter) requests() {
	for _, path := range []string{"/ussd/" + plantedPIN, "/" + plantedPIN, "/ussd?pin=" + plantedPIN, "/ussd/events/" + plantedSeed, "/sms/" + plantedCode} {
		p.send(http.MethodPost, path, formType, "text="+plantedPIN, nil)
		p.send(http.MethodGet, path, "text/plain", "", nil)
	}
	for _, header := range []map[string]string{
		{"Authorization": "Bearer " + plantedPIN},
		{"Authorization": plantedSeed},
		{"User-Agent": everything},
		{"X-Forwarded-For": everything},
		{"X-Request-Id": everything},
		{"Referer": "http://x/" + plantedPIN},
		{"Content-Encoding": plantedPIN},
		{"Cookie": "pin=" + plantedPIN},
		{"Authorization": "Bearer " + plantedDoor + "x"},
	} {
		p.send(http.MethodPost, "/ussd", formType, "sessionId=a&text="+plantedPIN, header)
	}
	for _, contentType := range []string{plantedPIN, "application/json; pin=" + plantedPIN, "text/" + plantedCode} {
		p.send(http.MethodPost, "/ussd", contentType, everything, doorKey)
	}
	p.send(http.MethodPost, "/ussd", formType, "text="+plantedPIN+"&text="+plantedPIN+"&"+plantedPIN, doorKey)
	p.send(http.MethodPost, "/ussd", formType, "%zz"+plantedPIN, doorKey)
	for _, path := range []string{"/health", "/ready", "/openapi.json", "/docs"} {
		p.send(http.MethodGet, path+"?pin="+plantedPIN, "text/plain", "", nil)
	}
}

// events plants in reports of ended sessions and of SMS.
func (p *planter) events() {
	for _, field := range []string{"errorMessage", "status", "durationInMillis", "hopsCount", "input", "lastAppResponse", "networkCode", "serviceCode", "phoneNumber", "sessionId", "cost", "date"} {
		for _, value := range []string{plantedPIN, "1*" + plantedName + "*" + plantedPIN, everything, url.QueryEscape(everything), base64.StdEncoding.EncodeToString([]byte(everything)), "*384*77*1*" + plantedCode + "#", "\x00" + plantedPIN} {
			form := url.Values{"sessionId": {p.session()}, "phoneNumber": {"+" + plantedCaller}, "serviceCode": {"*384*77#"}, "status": {"Failed"}}
			if field == "sessionId" && value == plantedPIN {
				continue // this is a session's ID like any other
			}
			form.Set(field, value)
			for _, path := range []string{"/ussd/events", "/ussd"} {
				p.send(http.MethodPost, path, formType, form.Encode(), doorKey)
			}
		}
	}
	for _, field := range []string{"status", "failureReason", "networkCode", "retryCount", "phoneNumber", "id"} {
		for _, value := range []string{plantedPIN, everything, url.QueryEscape(everything), "Failed " + plantedSeed, "\x00" + plantedPIN} {
			form := url.Values{"id": {p.session()}, "status": {"Failed"}, "failureReason": {"UserIsInactive"}}
			if field == "id" && value == plantedPIN {
				continue // this is an ID like any other
			}
			form.Set(field, value)
			p.send(http.MethodPost, "/sms/delivery", formType, form.Encode(), doorKey)
		}
	}
}

// rest plants in requests to the API.
func (p *planter) rest() {
	header := map[string]string{"Authorization": "Bearer " + p.key}
	post := func(what, body string) string {
		return p.send(http.MethodPost, "/api/v1/workers/"+what, "application/json", body, header)
	}
	for _, what := range []string{"register", "request-code", "confirm"} {
		for _, body := range []string{
			`{"phone":"` + plantedOther + `","pin":"` + plantedPIN + `"}`, `{"phone":"` + everything + `"}`, `{"phone":` + plantedPIN + `}`, `"` + plantedPIN + `"`,
			`{"phone":"` + plantedPIN, `{"phone":"` + plantedOther + `","code":"` + plantedCode + plantedPIN + `"}`, plantedSeed, `{"phone":"` + plantedOther + `\u0000` + plantedPIN + `"}`,
		} {
			post(what, body)
		}
	}
	for _, key := range []string{plantedPIN, `"` + everything + `"`, "a b " + plantedPIN} {
		p.send(http.MethodPost, "/api/v1/workers/register", "application/json", `{"phone":"12"}`,
			map[string]string{"Authorization": "Bearer " + p.key, "Idempotency-Key": key})
	}
	post("register", `{"phone":"`+plantedOther+`","name":""}`)
	post("register", `{"phone":"`+plantedOther+`"}`)
	for range 5 { // as many as a number gets in a day
		post("request-code", `{"phone":"`+plantedOther+`"}`)
		post("confirm", `{"phone":"`+plantedOther+`","code":"`+plantedCode+`"}`)
	}
	for _, path := range []string{plantedPIN, plantedOther, url.PathEscape(everything)} {
		p.send(http.MethodGet, "/api/v1/workers/by-phone/"+path, "text/plain", "", header)
	}
	p.send(http.MethodGet, "/api/v1/workers/by-phone/"+plantedOther, "text/plain", "", map[string]string{"Authorization": "Bearer pt_aaaaaaaa_" + plantedPIN})
}

// echo answers as a Horizon that quotes requests does.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, `{"title":"%s","status":400,"detail":"%s \u0000 %s","extras":{"envelope_xdr":%q}}`, everything, r.URL.Path, everything, body)
}

// plant starts a service in the working folder and plants everything.
func plant(t *testing.T, found *sinks) []canary {
	t.Helper()
	sms := &provider{}
	backend := &gossip{}
	at, horizon, siri := httptest.NewServer(sms), httptest.NewServer(http.HandlerFunc(echo)), httptest.NewServer(backend)
	t.Cleanup(at.Close)
	t.Cleanup(siri.Close)
	t.Cleanup(horizon.Close)
	funding, err := stellar.Keys{}.New(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AT_API_KEY": plantedAPIKey, "AT_BASE_URL": at.URL, "STELLAR_HORIZON_URL": horizon.URL, "STELLAR_FUNDING_SECRET": funding.Secret.Reveal(),
		"USSD_API_KEY": plantedDoor, "USSD_PATH_SECRET": plantedPath, "SIRI_URL": siri.URL, "ACTIONS_KEY": plantedActionsKey,
	} {
		t.Setenv(name, value)
	}
	if err := os.Mkdir("menus", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"siri": siriMenu, "actions": siriActions} {
		if err := os.WriteFile("menus/"+name+".yaml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	run(t.Context(), []string{"keys", "api", "create", "--name", "canary", "--scopes", "register,lookup,confirm"}, streams{in: strings.NewReader(""), out: &out, err: io.Discard})
	key := strings.TrimSpace(out.String())
	list := append(plantedCanaries(), canary{"key to the API", key[strings.LastIndexByte(key, '_')+1:], nowhere}, canary{"STELLAR_FUNDING_SECRET", funding.Secret.Reveal(), nowhere})
	p := &planter{t: t, sinks: found, provider: sms, key: key, s: serve(t)}
	p.callbacks()
	p.spends(backend)
	p.requests()
	p.events()
	p.rest()
	until(t, func() (bool, string) {
		sms.mu.Lock()
		defer sms.mu.Unlock()
		return len(sms.messages) >= 6, fmt.Sprintf("%d messages reached the provider", len(sms.messages))
	})
	codes := sms.codes()
	if len(codes) == 0 {
		t.Fatal("no one-time code was sent, so nothing is tried")
	}
	for _, code := range slices.Compact(slices.Sorted(slices.Values(codes))) {
		list = append(list, canary{"sent one-time code", code, numberSinks}) // a queued message has it
	}
	p.s.stop()
	sms.wantSentOnce(t)
	found.add("log", []byte(p.s.log.String()))
	found.add("banner", []byte(p.s.banner))
	return append(list, readers(t, found, key)...)
}

// readers runs what reads the data, also with secrets as arguments, and returns
// the secrets of the wallets.
func readers(t *testing.T, found *sinks, key string) (list []canary) {
	t.Helper()
	for _, args := range [][]string{
		{"calls", "+" + plantedCaller},
		{"calls", "+" + plantedCaller, "--json"},
		{"calls", plantedPIN},
		{"jobs"},
		{"jobs", "--json"},
		{"jobs", "--messages"},
		{"jobs", "--messages", "--json"},
		{"doctor"},
		{"doctor", "--json"},
		{"actions", "verify"},
		{"wallets"},
		{"wallets", "--json"},
		{"keys", "rewrap", "--dry-run"},
		{"keys", "api", "list"},
		{"keys", "api", "list", "--json"},
		{"keys", "api", "revoke", key},
		{"forget", "+" + plantedCaller, "--dry-run"},
		{"forget", plantedOther, "--dry-run", "--json"},
		{"migrate", "--dry-run"},
	} {
		var out bytes.Buffer
		run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &out})
		if !slices.Contains(args, plantedPIN) {
			found.add("printed by: "+strings.Join(args[:min(2, len(args))], " "), out.Bytes())
		}
	}
	err := onDatabase(t.Context(), streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard}, func(db store.Store, settings service.Settings) error {
		key, _, err := service.ExistingKey(settings)
		if err != nil {
			return err
		}
		sealer, err := wallet.NewSealer(stellar.Keys{}, nil, key.Reveal())
		if err != nil {
			return err
		}
		list = append(list, canary{"ENCRYPTION_KEY", key.Reveal(), nowhere})
		for _, phone := range []string{plantedCaller, plantedOther} {
			w, err := db.Worker(t.Context(), phone)
			if err != nil {
				return err
			}
			secret, err := sealer.Open(w.SealedSecret, w.PublicKey)
			if err != nil {
				return err
			}
			list = append(list, canary{"secret of a wallet", secret.Reveal(), nowhere})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Nothing that is planted comes out of a service on SQLite.
func TestCanariesOnSQLite(t *testing.T) {
	t.Chdir(t.TempDir())
	found := &sinks{all: map[string][]byte{}}
	list := plant(t, found)
	files(t, found)
	db, err := sql.Open("sqlite", service.DefaultDatabase)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables(t, found, `SELECT name FROM sqlite_master WHERE type = 'table'`, func(query string) ([][]any, error) {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		var all [][]any
		for rows.Next() {
			row := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				return nil, err
			}
			all = append(all, row)
		}
		return all, rows.Err()
	})
	wantNoLeak(t, found, list)
}

// Nothing that is planted comes out of a service on Postgres and Redis.
func TestCanariesOnServers(t *testing.T) {
	_, client := sharing(t)
	found := &sinks{all: map[string][]byte{}}
	list := append(plant(t, found), canary{"password of Redis", redisPassword, nowhere})
	files(t, found)
	conn, err := pgx.Connect(t.Context(), os.Getenv("DATABASE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	tables(t, found, `SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'`, func(query string) ([][]any, error) {
		rows, err := conn.Query(t.Context(), query)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	})
	redisValues(t, found, client)
	wantNoLeak(t, found, list)
}
