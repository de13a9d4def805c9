package proof_test

import "testing"

func TestWalletsAreFunded(t *testing.T) {
	t.Parallel()
	for name, credit := range map[string]bool{"native": false, "credit": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1, credit)
			w.run(300, 300, 2, func(i int) bool { return i%3 == 0 })
			double, lost := w.audit()
			succeeded, failed := w.ledger.Applied()
			t.Logf("%d succeeded, %d failed, by channel %v", succeeded, failed, w.ledger.Sources())
			if double > 0 {
				t.Errorf("%d wallets were funded twice", double)
			}
			if want := 0; lost != want && credit {
				t.Errorf("%d wallets got nothing", lost)
			}
			w.settled()
		})
	}
}
