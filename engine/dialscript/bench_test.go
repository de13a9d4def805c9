package dialscript

import (
	"os"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	source, err := os.ReadFile("../../menus/paytrace.dial")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, found := Parse("b.dial", source); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
