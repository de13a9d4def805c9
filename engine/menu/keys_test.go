package menu

import (
	"os"
	"testing"
)

// The keys that the checks use are those of the list of words.
func TestKeysAgreeWithWords(t *testing.T) {
	f, _ := Read(os.DirFS("testdata/ok"), "everything.yaml", "")
	l := NewLexicon(f)
	want := func(key string, at Text) {
		t.Helper()
		if at.Value != "" && (!l.Has(key) || l.In(key)[0].Pos != at.Pos) {
			t.Errorf("%q is not the text at %s", key, at.Pos)
		}
	}
	for _, s := range f.Screens {
		for i, say := range s.Say {
			want(sayKey(s, i), say.Text)
		}
		for i, o := range s.Menu {
			want(optionKey(s, i), o.Say)
			want(noteKey(s, i), o.Note)
		}
		if s.Ask != nil {
			for i, a := range s.Ask.Accept {
				want(acceptKey(s, i), a.Error)
			}
			for _, o := range s.Ask.Offers {
				want(offerKey(s, o), o.Label)
			}
		}
		for _, w := range s.When {
			if w.Retry != nil {
				want(whenKey(s, w.Outcome.Value), *w.Retry)
			}
		}
	}
}
