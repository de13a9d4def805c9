package syntax

import (
	"os"
	"testing"
)

// The keys that the checks use are those of the list of words.
func TestKeysAgreeWithWords(t *testing.T) {
	f, _ := Read(os.DirFS("../testdata/ok"), "everything.yaml", "")
	l := NewMessages(f)
	want := func(key string, at Text) {
		t.Helper()
		if at.Value != "" && (!l.Has(key) || l.In(key)[0].Pos != at.Pos) {
			t.Errorf("%q is not the text at %s", key, at.Pos)
		}
	}
	for _, s := range f.Screens {
		for i, say := range s.Say {
			want(SayKey(s, i), say.Text)
		}
		for i, o := range s.Menu {
			want(OptionKey(s, i), o.Say)
			want(NoteKey(s, i), o.Note)
		}
		if s.Ask != nil {
			for i, a := range s.Ask.Accept {
				want(AcceptKey(s, i), a.Error)
			}
			for _, o := range s.Ask.Offers {
				want(OfferKey(s, o), o.Label)
			}
		}
		for _, w := range s.When {
			if w.Retry != nil {
				want(WhenKey(s, w.Outcome.Value), *w.Retry)
			}
		}
	}
}
