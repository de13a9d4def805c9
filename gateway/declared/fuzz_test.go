package declared_test

import (
	"path/filepath"
	"testing"

	"github.com/paytrace/paytrace/gateway/declared"
	"github.com/paytrace/paytrace/gateway/gatewaytest"
)

// One gateway of each form of callback is fuzzed by itself, and all of them together.

func FuzzQuery(f *testing.F) { fuzz(f, "techsavanna") }

func FuzzJSON(f *testing.F) { fuzz(f, "hubtel") }

func FuzzPath(f *testing.F) { fuzz(f, "infobip") }

func FuzzXML(f *testing.F) { fuzz(f, "truroute") }

func fuzz(f *testing.F, name string) {
	f.Helper()
	gatewaytest.Fuzz(f, fixtures(gatewayNamed(f, name)))
}

func FuzzEvery(f *testing.F) {
	var all []gatewaytest.Fixtures
	for _, c := range known(f) {
		all = append(all, fixtures(c))
	}
	gatewaytest.Fuzz(f, all...)
}

func fixtures(c *declared.Codec) gatewaytest.Fixtures {
	return gatewaytest.Fixtures{Codec: c, Dir: filepath.Join("..", c.Name(), "testdata")}
}

func gatewayNamed(t testing.TB, name string) *declared.Codec {
	t.Helper()
	for _, c := range known(t) {
		if c.Name() == name {
			return c
		}
	}
	t.Fatalf("there is no gateway %s", name)
	return nil
}
