package declared_test

import (
	"path/filepath"
	"testing"

	"github.com/paytrace/paytrace/gateway/declared"
	"github.com/paytrace/paytrace/gateway/gatewaytest"
)

func known(t testing.TB) []*declared.Codec {
	t.Helper()
	list, err := declared.Known()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestFixtures decodes the bodies in each gateway's own folder.
func TestFixtures(t *testing.T) {
	for _, codec := range known(t) {
		t.Run(codec.Name(), func(t *testing.T) {
			gatewaytest.Run(t, codec, filepath.Join("..", codec.Name(), "testdata"))
		})
	}
}
