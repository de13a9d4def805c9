package graph

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
)

// menuOf is a program of n menus whose options lead where arrows say.
func menuOf(n int, arrows func(screen int) []int) (*engine.Program, error) {
	def := engine.Definition{Name: "m", Service: "S", Codes: []engine.Code{{Dial: "*1#", Start: "s0"}}}
	for i := range n {
		s := engine.Screen{Name: fmt.Sprintf("s%d", i), Kind: engine.ScreenMenu, Say: []engine.Say{{Words: engine.Localized{{{Lit: "Words of " + fmt.Sprint(i)}}}}}}
		for k, to := range arrows(i) {
			s.Options = append(s.Options, engine.Option{Key: fmt.Sprint(k + 1), Go: fmt.Sprintf("s%d", to), Label: engine.Localized{{{Lit: "to"}}}})
		}
		def.Screens = append(def.Screens, s)
	}
	return engine.New(def)
}

// Whatever the menu, no two boxes overlap, lines run to the right, and the
// drawing is XML.
func TestLayoutHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "screens")
		p, err := menuOf(n, func(int) []int {
			return rapid.SliceOfN(rapid.IntRange(0, n-1), 1, 5).Draw(t, "arrows")
		})
		if err != nil {
			t.Fatal(err)
		}
		g := Of(p)
		l := g.arrange(func(n *Node) float64 { return g.box(n).height() })
		for _, col := range l.cols {
			for i := 1; i < len(col); i++ {
				if above := col[i-1]; above.y+above.h > col[i].y-gap/2 {
					t.Fatalf("two boxes overlap: %v and %v", *above, *col[i])
				}
			}
		}
		for e, line := range l.lines {
			for i := 1; i < len(line); i++ {
				if line[i].col != line[i-1].col+1 {
					t.Fatalf("the line of %v leaves out a column", g.Edges[e])
				}
			}
		}
		var b, again strings.Builder
		if err := errors.Join(g.SVG(&b), Of(p).SVG(&again)); err != nil {
			t.Fatal(err)
		}
		if b.String() != again.String() {
			t.Fatal("the same menu is drawn in two ways")
		}
		for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// The heap finds the same cheapest path as a search through all paths.
func TestShortestIsShortest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "screens")
		p, err := menuOf(n, func(int) []int {
			return rapid.SliceOfN(rapid.IntRange(0, n-1), 1, 3).Draw(t, "arrows")
		})
		if err != nil {
			t.Fatal(err)
		}
		g := Of(p)
		far := map[string]int{engine.Idle: 0, "s0": 0}
		for range n { // Bellman and Ford
			for _, e := range g.Edges {
				if d, ok := far[e.From]; ok {
					if old, ok := far[e.To]; !ok || d+e.Tries < old {
						far[e.To] = d + e.Tries
					}
				}
			}
		}
		got := map[string]int{}
		for _, path := range g.Paths() {
			got[path.To] = len(path.Inputs())
		}
		delete(far, engine.Idle)
		if fmt.Sprint(got) != fmt.Sprint(far) {
			t.Fatalf("got %v, want %v", got, far)
		}
	})
}

func TestWrap(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"one two three", "one two|three"},
		{"verylongword x", "verylongw|ord x"},
		{"a\n\nb", "a||b"},
		{"", ""},
	} {
		if got := strings.Join(wrap(c.text, 9), "|"); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	p, err := menuOf(2000, func(i int) []int { return []int{(i*7 + 1) % 2000, (i + 1) % 2000, i / 3} })
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := Of(p).SVG(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
