package rewrite

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

const twoLanguages = "ussd: 1\nservice: S\ndial: \"*1#\"\nlanguages: {en: English, sw: Kiswahili, so: Soomaali}\nstart: main\n"

func translated(t menutest.Fataler, fsys fstest.MapFS, lang string) Translated {
	file, found := syntax.Read(fsys, "m.yaml", "")
	out, err := Translate(file, found, lang, false)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return out
}

// A new file has a line for each text, with the text above it.
func TestTranslateMakesAFile(t *testing.T) {
	fsys := fstest.MapFS{"m.yaml": {Data: []byte(twoLanguages + `screens:
  main:
    say: |
      Shop: open
      today
    menu:
      1: Bread -> bread
  bread:
    end: Bread 65.
`)}}
	out := translated(t, fsys, "sw")
	want := `# The texts of m.yaml in Kiswahili.

# text: Shop: open
# text: today
main.say: ""
# text: Bread
main.1: ""
# text: Bread 65.
bread.say: ""
`
	if diff := cmp.Diff(want, string(out.Bytes)); diff != "" {
		t.Error(diff)
	}
	if out.Name != "m.sw.yaml" || out.Old != nil || len(out.Added) != 3 || len(out.Missing) != 3 {
		t.Errorf("got %+v", out)
	}
	fsys["m.sw.yaml"] = &fstest.MapFile{Data: out.Bytes}
	again := translated(t, fsys, "sw")
	if again.Changed() || len(again.Added) > 0 || len(again.Missing) != 3 {
		t.Errorf("changed the second time:\n%s", again.Bytes)
	}
	_, found := check.Diagnose(fsys, "m.yaml", "", nil)
	n := 0
	for _, f := range found {
		if f.Code == "U310" && strings.HasPrefix(f.Help, "Write it at m.sw.yaml:") {
			n++
		}
	}
	if n != 3 {
		t.Errorf("check finds %d untranslated texts: %v", n, found)
	}
}

// What is missing comes where it belongs, what is stale is marked, what was
// translated meanwhile loses the text above it; all else stays.
func TestTranslateBringsUpToDate(t *testing.T) {
	of := func(text string) string { return "# of " + syntax.SourceHash(text) }
	fsys := fstest.MapFS{
		"m.yaml": {Data: []byte(twoLanguages + "screens:\n  main:\n    say: Shop\n    menu:\n      1: Bread -> a\n      2: Milk -> b\n      3: Eggs -> b\n  a:\n    end: Bread 65.\n  b:\n    end: Milk 60.\n")},
		"m.sw.yaml": {Data: []byte(`# By Amina.

main.say: Duka  ` + of("Shop") + `
# as bakers say
main.1: Mkate  ` + of("Loaf") + ` two words?
# text: Eggs
main.3: Mayai
main.9: Zamani  # gone

b.say: |  ` + of("Milk 60.") + `
  Maziwa 60.
# the end
`)},
	}
	out := translated(t, fsys, "sw")
	want := `# By Amina.

main.say: Duka  ` + of("Shop") + `
# as bakers say
# text: Bread
main.1: Mkate  ` + of("Loaf") + ` stale two words?
# text: Milk
main.2: ""
main.3: Mayai  ` + of("Eggs") + `
main.9: Zamani  # gone
# text: Bread 65.
a.say: ""

b.say: |  ` + of("Milk 60.") + `
  Maziwa 60.
# the end
`
	// a.say comes behind main.3, the text before it.
	want = strings.Replace(want, "main.9: Zamani  # gone\n# text: Bread 65.\na.say: \"\"\n", "# text: Bread 65.\na.say: \"\"\nmain.9: Zamani  # gone\n", 1)
	if diff := cmp.Diff(want, string(out.Bytes)); diff != "" {
		t.Error(diff)
	}
	if len(out.Added) != 2 || len(out.Stale) != 1 || len(out.Unknown) != 1 || !slices.Equal(out.Done, []string{"main.3"}) {
		t.Errorf("got %d added, %d stale, %d unknown, done %v", len(out.Added), len(out.Stale), len(out.Unknown), out.Done)
	}

	fsys["m.sw.yaml"] = &fstest.MapFile{Data: out.Bytes}
	if again := translated(t, fsys, "sw"); again.Changed() {
		t.Errorf("changed the second time:\n%s", cmp.Diff(string(again.Old), string(again.Bytes)))
	}
	_, found := check.Diagnose(fsys, "m.yaml", "", nil)
	if !menutest.Has(found, "U311") {
		t.Error("check does not find what is stale")
	}

	// The menu has its old word again.
	fsys["m.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(fsys["m.yaml"].Data), "Bread ->", "Loaf ->", 1))}
	back := translated(t, fsys, "sw")
	if got := string(back.Bytes); !strings.Contains(got, "# as bakers say\nmain.1: Mkate  "+of("Loaf")+" two words?\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestTranslateRefuses(t *testing.T) {
	menu := twoLanguages + "screens:\n  main:\n    end: Bye\n"
	for _, c := range []struct{ menu, sw, lang, want string }{
		{menu, "", "en", "en is the language that m.yaml is written in"},
		{menu, "", "swa", `m.yaml has no language "swa". Did you mean "sw"?`},
		{menu, "", "xx", `Add it there first, as "languages: {en: English, xx: …}".`},
		{strings.Replace(menu, "Bye", "Bye: now", 1), "", "sw", "not formatted: m.yaml:8:13: U004"},
		{menu, "main.say: One: two\n", "sw", "not formatted: m.sw.yaml:1:14: U004"},
	} {
		fsys := fstest.MapFS{"m.yaml": {Data: []byte(c.menu)}}
		if c.sw != "" {
			fsys["m.sw.yaml"] = &fstest.MapFile{Data: []byte(c.sw)}
		}
		file, found := syntax.Read(fsys, "m.yaml", "")
		if _, err := Translate(file, found, c.lang, false); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.lang, err, c.want)
		}
	}
	file, found := syntax.Read(fstest.MapFS{"m.yaml": {Data: []byte(menu + "    say: One: two\n")}}, "m.yaml", "")
	if _, err := Translate(file, found, "sw", false); !errors.Is(err, ErrFormat) {
		t.Errorf("got %v", err)
	}
}

// Whatever a file has of a menu's texts: afterwards it has all of them, says of
// each what it said, has every comment, and is not changed again.
func TestTranslateKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c", "d"}
		menu := twoLanguages + "screens:\n"
		for _, n := range names {
			menu += "  " + n + ":\n    end: " + rapid.StringMatching(`[A-Z][a-z]{1,5}`).Draw(t, "text") + "\n"
		}
		menu = strings.Replace(menu, "start: main", "start: a", 1)
		var sw strings.Builder
		for i, n := range rapid.Permutation(append(names, "gone")).Draw(t, "order")[:rapid.IntRange(1, 5).Draw(t, "lines")] {
			sw.WriteString(rapid.SampledFrom([]string{"", "\n", "# a comment\n", "# text: old\n", "# one\n\n# two\n"}).Draw(t, "above"))
			words := rapid.SampledFrom([]string{`""`, "Maneno", "|\n  Mistari\n\n  miwili", "\n  Chini", `"Nukuu: ndiyo"`}).Draw(t, "words")
			first, rest, more := strings.Cut(words, "\n")
			sw.WriteString(n + ".say: " + first)
			sw.WriteString(rapid.SampledFrom([]string{"", "  # of 0a1b2c3d", "  # of 0a1b2c3d stale", "  # of 0a1b2c3d unreviewed", "  # note " + names[i%4]}).Draw(t, "mark"))
			if more {
				sw.WriteString("\n" + rest)
			}
			sw.WriteString("\n")
		}
		fsys := fstest.MapFS{"m.yaml": {Data: []byte(menu)}, "m.sw.yaml": {Data: []byte(sw.String())}}
		before, found := syntax.Read(fsys, "m.yaml", "")
		if found.First() != "" {
			return // a comment in the wrong place
		}
		out, err := Translate(before, found, "sw", false)
		if err != nil {
			t.Fatalf("%v\n%s", err, sw.String())
		}
		fsys["m.sw.yaml"] = &fstest.MapFile{Data: out.Bytes}
		after, found := syntax.Read(fsys, "m.yaml", "")
		if found.First() != "" {
			t.Fatalf("%s\n%s", found.First(), out.Bytes)
		}
		said := map[string]string{}
		for _, e := range after.Translations[0].Entries {
			said[e.Key.Value] = e.Text.Value
		}
		for _, e := range before.Translations[0].Entries {
			if said[e.Key.Value] != e.Text.Value {
				t.Fatalf("%s said %q, now %q\n%s", e.Key.Value, e.Text.Value, said[e.Key.Value], out.Bytes)
			}
		}
		for _, n := range names {
			if _, there := said[n+".say"]; !there {
				t.Fatalf("%s.say has no line\n%s", n, out.Bytes)
			}
		}
		for line := range strings.Lines(sw.String()) {
			if c := strings.TrimSpace(line); strings.HasPrefix(c, "# ") && !strings.HasPrefix(c, aboveText) && !strings.Contains(string(out.Bytes), c) {
				t.Fatalf("the comment %q is gone\n%s\nfrom\n%s", c, out.Bytes, sw.String())
			}
		}
		if again := translated(t, fsys, "sw"); again.Changed() {
			t.Fatalf("changed the second time:\n%s", cmp.Diff(string(again.Old), string(again.Bytes)))
		}
		if f, err := FormatMenu(after, nil); err != nil {
			t.Fatalf("%v %v\n%s", err, f, out.Bytes)
		}
	})
}

// A translation that was not written below its text is unreviewed, until somebody
// deletes the mark or says that all of them are reviewed. One that was written below
// an older text is stale.
func TestTranslateMarksOnlyWhatWasSeenTogether(t *testing.T) {
	of := func(text string) string { return "# of " + syntax.SourceHash(text) }
	const menu = twoLanguages + "screens:\n  main:\n    say: Shop\n    menu:\n      1: Offers -> a\n      2: Hours -> a\n  a:\n    end: |\n      Open\n      today\n"
	const byHand = "main.say: Duka\nmain.1: Saa  # short\n# text: Opening hours\nmain.2: Saa za kazi\n# text: Open\n# text: today\na.say: Leo\n"
	read := func(sw string) (*syntax.File, Translated) {
		t.Helper()
		fsys := fstest.MapFS{"m.yaml": {Data: []byte(menu)}, "m.sw.yaml": {Data: []byte(sw)}}
		file, _ := syntax.Read(fsys, "m.yaml", "")
		return file, translated(t, fsys, "sw")
	}
	file, out := read(byHand)
	want := "# text: Shop\nmain.say: Duka  " + of("Shop") + " unreviewed\n# text: Offers\nmain.1: Saa  " + of("Offers") + " unreviewed short\n" +
		"# text: Hours\nmain.2: Saa za kazi  " + of("Opening hours") + " stale\na.say: Leo  " + of("Open\ntoday") + "\n"
	if diff := cmp.Diff(want, string(out.Bytes)); diff != "" {
		t.Error(diff)
	}
	if len(out.Unreviewed) != 2 || out.Unreviewed[1].Text.Value != "Offers" || out.Unreviewed[1].Words != "Saa" || len(out.Stale) != 1 {
		t.Errorf("got %+v, stale %+v", out.Unreviewed, out.Stale)
	}
	_, again := read(want)
	if again.Changed() || len(again.Unreviewed) != 2 || len(again.Stale) != 1 {
		t.Errorf("the second time:\n%s", again.Bytes)
	}
	// The mark or its word is deleted.
	seen := strings.NewReplacer("  "+of("Shop")+" unreviewed", "", " unreviewed short", " short").Replace(want)
	_, seenOut := read(seen)
	if len(seenOut.Unreviewed) != 0 || len(seenOut.Done) != 2 || !strings.HasPrefix(string(seenOut.Bytes), "main.say: Duka  "+of("Shop")+"\nmain.1: Saa  "+of("Offers")+" short\n") {
		t.Errorf("after a review:\n%s", seenOut.Bytes)
	}
	// Somebody says that all of them are reviewed: what is stale stays so.
	all, err := Translate(file, nil, "sw", true)
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Unreviewed) != 0 || len(all.Stale) != 1 || !strings.Contains(string(all.Bytes), "main.1: Saa  "+of("Offers")+" short\n") {
		t.Errorf("after --reviewed:\n%s", all.Bytes)
	}
	// An unreviewed one whose text changes is stale.
	_, later := read(strings.ReplaceAll(want, of("Shop"), of("Old shop")))
	if len(later.Stale) != 2 {
		t.Errorf("after a change:\n%s", later.Bytes)
	}
}

// A line that names a text by its words translates every text with these words that has
// no line of its own. Without words it translates none.
func TestTranslateByWords(t *testing.T) {
	menu := twoLanguages + "screens:\n  main:\n    say: Shop\n    menu:\n      1: Bread -> bread\n      2: Bread -> bread\n  bread: {end: Bread}\n"
	for words, added := range map[string]int{"Mkate": 0, `""`: 2} {
		out := translated(t, fstest.MapFS{
			"m.yaml":    {Data: []byte(menu)},
			"m.sw.yaml": {Data: []byte("main.say: Duka  # of " + syntax.SourceHash("Shop") + "\nBread: " + words + "\nmain.2: Mikate  # of " + syntax.SourceHash("Bread") + "\n")},
		}, "sw")
		if len(out.Unknown) > 0 || len(out.Added) != added || len(out.Missing) != added || out.Changed() != (added > 0) {
			t.Errorf("Bread: %s: %d unknown, %d added, %d missing\n%s", words, len(out.Unknown), len(out.Added), len(out.Missing), out.Bytes)
		}
	}
}
