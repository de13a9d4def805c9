package fake

import "testing"

// Judge finds what is wrong with books that were changed.
func TestJudgeFinds(t *testing.T) {
	for name, change := range map[string]func(*Safaricom){
		"a cent from nowhere":    func(s *Safaricom) { s.books.utility++ },
		"a cent lost":            func(s *Safaricom) { s.phone("254711223344").Cents-- },
		"a receipt twice":        func(s *Safaricom) { s.books.all = append(s.books.all, s.books.all[0]) },
		"a payout twice":         func(s *Safaricom) { s.books.all[1].ID = s.books.all[0].ID },
		"a fee that nobody pays": func(s *Safaricom) { s.books.all[0].Fee++ },
	} {
		s := New(Config{Seed: 1})
		for _, id := range []string{"W1", "W2"} {
			p := &payout{id: id, phone: s.phone("254711223344"), cents: 1000, url: "https://pay.example"}
			s.endPayout(p, "0")
		}
		if wrong := s.Judge(); len(wrong) != 0 {
			t.Fatalf("%s: before the change: %v", name, wrong)
		}
		change(s)
		if len(s.Judge()) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	s := New(Config{})
	for _, id := range []string{"W1", "W2"} {
		s.endPayout(&payout{id: id, phone: s.phone("254711223344"), cents: 1000}, "0")
	}
	if b := s.Books(); len(b.TwicePaid) != 1 {
		t.Errorf("two payouts of one amount to one phone: %v", b.TwicePaid)
	}
}
