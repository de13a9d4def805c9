package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"

	"github.com/paytrace/paytrace/server/pay"
	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

func document(t *testing.T) (libopenapi.Document, validator.Validator) {
	t.Helper()
	doc, err := libopenapi.NewDocument(openapi)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc, config.WithStandardBodyDecoders(), config.WithRejectUnsupportedBodyContent())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return doc, v
}

func TestDocumentIsValid(t *testing.T) {
	doc, v := document(t)
	if _, errs := v.ValidateDocument(); len(errs) > 0 {
		t.Fatal(errs)
	}
	if _, err := doc.BuildV3Model(); err != nil {
		t.Fatal(err)
	}
}

// TestDocumentDescribesRoutes compares the document with the library's own table
// of routes, in both directions.
func TestDocumentDescribesRoutes(t *testing.T) {
	doc, _ := document(t)
	model, err := doc.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	var described, served []string
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method := range item.GetOperations().FromOldest() {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	written := strings.NewReplacer(":secret", "{secret}", ":phone", "{phone}", ":intent", "{intent}", ":token", "{token}", "*", "{asset}")
	withREST := newTest(t, func(c *Config) {
		for _, r := range rest.New(rest.Config{}).Routes() {
			c.Routes = append(c.Routes, Route(r))
		}
		for _, r := range pay.New(pay.Config{}).Routes() {
			c.Routes = append(c.Routes, Route(r))
		}
	})
	for _, route := range withREST.app.GetRoutes(true) {
		// The library answers HEAD wherever it answers GET.
		if route.Method != http.MethodHead {
			served = append(served, route.Method+" "+written.Replace(route.Path))
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("routes and document (-served +described):\n%s", diff)
	}
}

// TestAnswersAreDescribed validates an answer of every route and status against
// the document.
func TestAnswersAreDescribed(t *testing.T) {
	const secret = "secret-secret-secret"
	open := newTest(t, nil)
	shut := newTest(t, func(c *Config) { c.APIKey = []string{"key"} })
	bySecret := newTest(t, func(c *Config) { c.PathSecret = secret })
	down := newTest(t, func(c *Config) {
		c.Ready = []Check{
			{Name: "postgres", Ask: func(context.Context) error { return errors.New("down") }},
			{Name: "redis", Spare: true, Ask: func(context.Context) error { return nil }},
		}
	})
	var taken []map[string]string
	reported := newTest(t, func(c *Config) { c.Reports = reports(&taken, nil) })
	broken := newTest(t, func(c *Config) { c.Reports = reports(&taken, errors.New("down")) })
	money, addresses := newPay(t)
	_, v := document(t)
	for _, test := range []struct {
		name   string
		s      *Server
		r      *http.Request
		status int
	}{
		{"screen", open, post("/ussd", text("")), 200},
		{"last screen", open, post("/ussd", text("0")), 200},
		{"refused", open, post("/ussd", "text=1"), 400},
		{"forbidden", shut, post("/ussd", text("")), 403},
		{"screen by secret", bySecret, post("/ussd/"+secret, text("")), 200},
		{"refused by secret", bySecret, post("/ussd/"+secret, "text=1"), 400},
		{"forbidden by secret", bySecret, post("/ussd/another-secret-xyz", text("")), 403},
		{"event", open, post("/ussd/events", event), 200},
		{"no event", open, post("/ussd/events", "status=1"), 400},
		{"event forbidden", shut, post("/ussd/events", event), 403},
		{"event by secret", bySecret, post("/ussd/"+secret+"/events", event), 200},
		{"event by no secret", open, post("/ussd/"+secret+"/events", event), 403},
		{"report", reported, post("/sms/delivery", aReport), 200},
		{"no report", open, post("/sms/delivery", aReport), 400},
		{"report forbidden", shut, post("/sms/delivery", aReport), 403},
		{"report not stored", broken, post("/sms/delivery", aReport), 503},
		{"report by secret", bySecret, post("/sms/delivery/"+secret, "id=1"), 400},
		{"report by no secret", open, post("/sms/delivery/"+secret, aReport), 403},
		{"payment", money, daraja(addresses.In("I1", "t1"), "{}"), 200},
		{"payment of a guessed address", money, daraja("/pay/out/I1/t1.guessed", "{}"), 401},
		{"payment that is not readable", money, daraja(addresses.Out("I1", "t1"), "\xff"), 400},
		{"payment that is not stored", money, daraja(addresses.Status("down", "t1"), "{}"), 503},
		{"payment at the legacy address", money, daraja("/mpesa/b2c/result", "{}"), 200},
		{"check of a payment", money, daraja(addresses.Check(), "{}"), 200},
		{"health", down, get("/health"), 200},
		{"ready", open, get("/ready"), 200},
		{"not ready", down, get("/ready"), 503},
		{"document", open, get("/openapi.json"), 200},
		{"page", open, get("/docs"), 200},
		{"style", open, get("/docs/swagger-ui.css"), 200},
		{"script", open, get("/docs/swagger-ui-bundle.js"), 200},
		{"icon", open, get("/docs/favicon-32x32.png"), 200},
		{"no asset", open, get("/docs/nothing.css"), 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, err := test.s.app.Test(test.r, int(patience.Milliseconds()))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != test.status {
				t.Fatalf("status %d, want %d", resp.StatusCode, test.status)
			}
			if ok, errs := v.ValidateHttpResponse(test.r, resp); !ok {
				t.Errorf("%s: %v", resp.Header.Get("Content-Type"), errs)
			}
		})
	}
}

// newPay makes a server that takes posts about payments; it can't store those about the
// payment "down".
func newPay(t *testing.T) (*Server, mpesa.Addresses) {
	t.Helper()
	addresses, err := mpesa.NewAddresses("http://example.com", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	api := pay.New(pay.Config{Addresses: addresses, Take: func(_ context.Context, c store.Callback) error {
		if c.Intent == "down" {
			return errors.New("down")
		}
		return nil
	}})
	return newTest(t, func(c *Config) {
		for _, r := range api.Routes() {
			c.Routes = append(c.Routes, Route(r))
		}
	}), addresses
}

// daraja is a post of Safaricom.
func daraja(address, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// TestDocumentIsStrict checks that the schemas reject wrong answers.
func TestDocumentIsStrict(t *testing.T) {
	_, v := document(t)
	for _, test := range []struct {
		path, contentType, body string
		status                  int
	}{
		{"/ussd", "text/plain", "Welcome", 200},
		{"/ussd", "application/json", "{}", 200},
		{"/ussd", "text/plain", "", 302},
		{"/ready", "application/json", `{"status":"ready"}`, 200},
		{"/health", "application/json", `{"status":"fine"}`, 200},
		{"/health", "application/json", `{"status":"ok","more":1}`, 200},
	} {
		r := get(test.path)
		if test.path == "/ussd" {
			r = post("/ussd", text(""))
		}
		resp := &http.Response{
			StatusCode: test.status,
			Header:     http.Header{"Content-Type": {test.contentType}},
			Body:       io.NopCloser(strings.NewReader(test.body)),
			Request:    httptest.NewRequest(r.Method, test.path, nil),
		}
		if ok, _ := v.ValidateHttpResponse(r, resp); ok {
			t.Errorf("%s: %d %q is accepted", test.path, test.status, test.body)
		}
	}
}
