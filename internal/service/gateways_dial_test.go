package service

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/declared"
	"github.com/paytrace/paytrace/server"
	"github.com/paytrace/paytrace/store/memory"
)

const gatewaysMenu = `
ussd: 1
service: Duka
dial: "*384*8481#"
start: main
nav: {back: 0 Back, home: 00 Home -> main}
vars:
  name: {type: text 20}
  amount: {type: money 10..70000}
screens:
  main:
    say: Karibu & <welcome>
    menu:
      1: Order -> who
      2: Exit -> bye
  who:
    say: Your name?
    ask: name -> much
  much:
    say: How much, {name}?
    ask: amount -> sure
  sure:
    say: "{name}: {amount}|ok?"
    confirm: -> paid
    cancel: -> main
  paid:
    end: Paid {amount}.
  bye:
    end: Goodbye.
`

// gatewaysServer serves the menu to all gateways, and returns its address.
func gatewaysServer(t *testing.T) string {
	t.Helper()
	program, found := menu.Load(fstest.MapFS{"duka.yaml": {Data: []byte(gatewaysMenu)}}, "duka.yaml", "", nil, menu.Options{})
	if program == nil {
		t.Fatal(found.First())
	}
	catalog, err := runner.NewCatalog(program)
	if err != nil {
		t.Fatal(err)
	}
	calls := &runner.Runner{
		Sessions: memory.NewSessions(time.Now), Programs: catalog, TTL: runner.DefaultTTL, Now: time.Now,
		Actions: runner.NewMemoryActions(func(context.Context, engine.Call) (engine.Outcome, error) {
			return engine.Outcome{Name: engine.Done}, nil
		}),
		Identity: runner.NewIdentity([]byte("0123456789abcdef0123456789abcdef")),
	}
	config := server.Config{Handle: calls.Handle, Codec: DefaultGateway}
	for _, name := range GatewayNames()[1:] {
		codec := GatewayNamed(name).(*declared.Codec)
		config.Gateways = append(config.Gateways, server.Gateway{
			Codec: codec, Methods: codec.Methods(), Parts: codec.Parts(), Secrets: []string{"secret-of-" + name + "-0123"},
		})
	}
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return "http://" + ln.Addr().String()
}

func gatewayURL(address, name string) string {
	if name == DefaultGateway.Name() {
		return address + "/ussd"
	}
	return address + "/gateways/" + name + "/secret-of-" + name + "-0123"
}

// dialOver plays inputs over a gateway's wire, and returns the screens.
func dialOver(t *testing.T, address string, client gateway.Client, session, dialled string, inputs []string, deliveries int) []string {
	t.Helper()
	var screens []string
	_, ahead, _ := strings.Cut(strings.TrimSuffix(dialled, "#"), "*384*8481*")
	var all []string
	if ahead != "" {
		all = strings.Split(ahead, "*")
	}
	for i := range len(inputs) + 1 {
		last := ahead
		if i > 0 {
			last = inputs[i-1]
			all = append(all, last)
		}
		call := gateway.Call{Dialled: dialled, Last: last, Number: i + 1, Request: engine.Request{
			Session: session, Caller: "254711223344", Service: "*384*8481#", Text: strings.Join(all, "*"),
		}}
		for range deliveries {
			screens = append(screens, screenOver(t, gatewayURL(address, client.Name()), client, call))
		}
	}
	return screens
}

func screenOver(t *testing.T, url string, client gateway.Client, call gateway.Call) string {
	t.Helper()
	r := client.Callback(call)
	if r.Path != "" {
		url += "/" + r.Path
	}
	if len(r.Query) > 0 {
		url += "?" + string(r.Query)
	}
	request, err := http.NewRequestWithContext(context.Background(), r.Method, url, bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", r.ContentType())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, end, err := client.Screen(response.StatusCode, response.Header, body)
	if err != nil {
		t.Fatalf("%s, callback %d: %v: %s", client.Name(), call.Number, err, body)
	}
	if end {
		text += " [end]"
	}
	return text
}

// TestDialOverEveryGateway plays the same calls over each gateway's own requests and
// answers: the screens are the same.
func TestDialOverEveryGateway(t *testing.T) {
	address := gatewaysServer(t)
	calls := []struct {
		name, dialled string
		inputs        []string
	}{
		{"order", "*384*8481#", []string{"1", "Amina Àkinyi", "5", "500", "1"}},
		{"back and exit", "*384*8481#", []string{"1", "0", "9", "2"}},
		{"characters", "*384*8481#", []string{"1", `a&b=c+d%"<x>'\/é`, "0"}},
		{"typed ahead", "*384*8481*1#", []string{"Amina", "500", "2", "2"}},
	}
	for i, c := range calls {
		session := "call-" + string(rune('a'+i))
		want := dialOver(t, address, DefaultGateway, session, c.dialled, c.inputs, 1)
		for _, name := range GatewayNames()[1:] {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				codec := GatewayNamed(name).(*declared.Codec)
				if c.name == "typed ahead" && !typesAhead(codec) {
					t.Skip("its file can't tell what was dialled behind the code")
				}
				got := dialOver(t, address, codec, session, c.dialled, c.inputs, 1)
				want := slices.Clone(want)
				for _, one := range codec.Spec().Answer.Replace {
					for i := range want {
						want[i] = strings.ReplaceAll(want[i], one.From, one.To)
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-africastalking +%s:\n%s", name, diff)
				}
			})
		}
	}
}

// typesAhead reports whether what was dialled behind the code arrives in the first
// callback.
func typesAhead(c *declared.Codec) bool {
	s := c.Spec()
	return s.All || s.Unmarked || s.Dialled != "" || s.Ahead != ""
}

// TestRepeatsOverEveryGateway sends every callback twice, one after the other, where the
// wire tells a repeat: all that was typed is sent, or callbacks are numbered.
func TestRepeatsOverEveryGateway(t *testing.T) {
	address := gatewaysServer(t)
	inputs := []string{"1", "Amina", "500", "1"}
	for _, name := range GatewayNames() {
		client := GatewayNamed(name).(gateway.Client)
		if codec, ok := client.(*declared.Codec); ok && !codec.Spec().All && codec.Spec().Sequence == "" {
			continue
		}
		screens := dialOver(t, address, client, "twice", "*384*8481#", inputs, 2)
		for i := 0; i < len(screens); i += 2 {
			if screens[i] != screens[i+1] {
				t.Errorf("%s: callback %d shows %q, its repeat %q", name, i/2+1, screens[i], screens[i+1])
			}
		}
		if last := screens[len(screens)-1]; last != "Paid KES 500. [end]" {
			t.Errorf("%s: the call ends on %q", name, last)
		}
	}
}

// TestHostileBodies sends what no gateway sends. No answer is a server's error, and what a
// caller can cause by typing is answered with a screen.
func TestHostileBodies(t *testing.T) {
	address := gatewaysServer(t)
	long := strings.Repeat("9", 50_000)
	bodies := []string{
		"", "\x00", "{", "[]", `{"a":1}{"a":2}`, "<ussd>", "<!DOCTYPE a [<!ENTITY b 'c'>]><ussd>&b;</ussd>",
		strings.Repeat("<ussd>", 2000), `{"a":` + strings.Repeat("[", 5000), long, "a=1&a=2", "%zz", "\xff\xfe", `{"SessionId":"` + long + `"}`,
	}
	for _, name := range GatewayNames() {
		codec := GatewayNamed(name)
		methods := []string{http.MethodPost}
		if c, ok := codec.(*declared.Codec); ok {
			methods = c.Methods()
		}
		url := gatewayURL(address, name)
		for _, method := range methods {
			for _, body := range bodies {
				for _, kind := range []string{"application/json", "text/xml", "application/x-www-form-urlencoded", ""} {
					if status := statusOf(t, method, url, kind, body); status >= http.StatusInternalServerError {
						t.Errorf("%s %s %q gets %d", name, kind, body[:min(40, len(body))], status)
					}
				}
			}
		}
		for _, typed := range []string{strings.Repeat("7", 500), "a\x01b", strings.Repeat("1*", 80), "#", "*", " "} {
			call := gateway.Call{Dialled: "*384*8481#", Last: typed, Number: 2, Request: engine.Request{
				Session: "hostile", Caller: "254711223344", Service: "*384*8481#", Text: "1*" + typed,
			}}
			screenOver(t, url, codec.(gateway.Client), call) // fails without a screen
		}
	}
}

func statusOf(t *testing.T, method, url, kind, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodGet {
		request.Body, request.ContentLength = nil, 0
		request.URL.RawQuery = strings.Map(func(r rune) rune {
			if r <= ' ' || r == '#' || r >= 0x7f {
				return '_'
			}
			return r
		}, body[:min(len(body), 4000)])
	}
	request.Header.Set("Content-Type", kind)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // it was not read
	return response.StatusCode
}

// TestGatewayPaths checks what opens a gateway's path, and what does not.
func TestGatewayPaths(t *testing.T) {
	address := gatewaysServer(t)
	for path, want := range map[string]int{
		"/gateways/techsavanna/secret-of-techsavanna-0123": http.StatusBadRequest, // it is open, and the body is empty
		"/gateways/techsavanna/secret-of-hubtel-0123":      http.StatusForbidden,
		"/gateways/techsavanna":                            http.StatusForbidden,
		"/gateways/techsavanna/":                           http.StatusNotFound,
		"/gateways/techsavanna/a/b":                        http.StatusNotFound,
		"/gateways/unknown":                                http.StatusNotFound,
		"/gateways/":                                       http.StatusNotFound,
	} {
		if got := statusOf(t, http.MethodGet, address+path, "", ""); got != want {
			t.Errorf("%s gets %d, want %d", path, got, want)
		}
	}
	if got := statusOf(t, http.MethodPost, address+"/gateways/techsavanna/secret-of-techsavanna-0123", "", ""); got != http.StatusMethodNotAllowed {
		t.Errorf("POST to a gateway of GET gets %d", got)
	}
}
