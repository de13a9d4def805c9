package declared_test

import (
	"path/filepath"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
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

// TestProfiles checks that a menu may name each gateway, with the profile of its file.
func TestProfiles(t *testing.T) {
	for _, codec := range known(t) {
		want := codec.Spec().Profile
		got, ok := syntax.ProfileNamed(codec.Name())
		limits := engine.Limits{Septets: want.Septets, Units: want.Units}
		if !ok || got.Country != want.Country || got.Timezone != want.Timezone || got.Currency != want.Currency || got.Limits != limits {
			t.Errorf("%s: the checker has %+v, the file %+v", codec.Name(), got, want)
		}
	}
}
