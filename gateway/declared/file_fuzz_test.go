package declared_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/declared"
	"github.com/paytrace/paytrace/gateway/gatewaytest"
	bulk "github.com/paytrace/paytrace/internal/fuzz"
)

// FuzzFile checks that each file that declares a gateway is refused at a place, or makes
// a codec that keeps all limits whatever is sent to it.
func FuzzFile(tf *testing.F) {
	f := bulk.New(tf)
	for _, c := range known(f) {
		source, err := os.ReadFile(filepath.Join("..", c.Name(), "gateway.yaml"))
		if err != nil {
			f.Fatal(err)
		}
		names, err := filepath.Glob(filepath.Join("..", c.Name(), "testdata", "*.http"))
		if err != nil || len(names) == 0 {
			f.Fatalf("%s has no fixtures: %v", c.Name(), err)
		}
		r := gatewaytest.Read(f, names[0])
		f.Add(string(source), r.Path, r.Query, r.Body)
	}
	f.Fuzz(func(t *testing.T, source, path string, query, body []byte) {
		spec, found := syntax.ReadGateway(fstest.MapFS{"acme.yaml": {Data: []byte(source)}}, "acme.yaml", "")
		for _, d := range found {
			if d.Pos.Line < 1 || d.Pos.Column < 1 || d.Message == "" || d.Code == "" {
				t.Errorf("incomplete diagnostic %+v", d)
			}
		}
		if found.Bad() {
			return
		}
		codec := declared.New(spec)
		r := gateway.Request{Method: spec.Methods[0], Path: path, Query: query, Body: body}
		if out := gatewaytest.Decode(t, codec, r); out.Request != nil {
			codec.Encode(r, *out.Request, engine.Reply{Text: "Karibu <b>"})
		}
	})
}
