package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var callCases = []testCase{
	{name: "notes on calls are read as written, the newest first", run: callNotes},
	{name: "old notes on calls are dropped in parts", run: oldCalls},
	{name: "a forgotten person leaves only a wallet", run: forgotten},
}

func note(caller string, n int) store.CallNote {
	return store.CallNote{
		At: noon.Add(time.Duration(n) * time.Second), Caller: caller, Session: fmt.Sprint("ATUid_", n/3), Provider: "africastalking",
		Service: "*384*8481#", Program: "abc", Screen: "start", Input: "1", Shown: "Wanjikũ's\nscreen 😀", Ended: n%3 == 2,
		Took: 1234 * time.Microsecond,
	}
}

func callNotes(s *subject) {
	var notes []store.CallNote
	for n := range 7 {
		notes = append(notes, note("254711000001", n))
	}
	notes[3].Fault = "the store was slow"
	s.want(s.AddCalls(s.ctx, notes), nil)
	s.want(s.AddCalls(s.ctx, []store.CallNote{note("254711000002", 1)}), nil)
	s.want(s.AddCalls(s.ctx, nil), nil)
	got, err := s.CallsOf(s.ctx, "254711000001", 5)
	s.want(err, nil)
	want := []store.CallNote{notes[6], notes[5], notes[4], notes[3], notes[2]}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("notes (-want +got):\n%s", diff)
	}
	timeless := note("254711000009", 1)
	timeless.At = time.Time{}
	if err := s.AddCalls(s.ctx, []store.CallNote{note("254711000009", 1), timeless}); err == nil {
		s.t.Error("a note without a time was stored")
	}
	none, err := s.CallsOf(s.ctx, "254711000009", 5)
	s.want(err, nil)
	if len(none) != 0 {
		s.t.Errorf("notes of another caller: %v", none)
	}
}

func oldCalls(s *subject) {
	var notes []store.CallNote
	for n := range 10 {
		notes = append(notes, note("254711000001", n))
	}
	s.want(s.AddCalls(s.ctx, notes), nil)
	for _, want := range []int{4, 3, 0} {
		dropped, err := s.DropCalls(s.ctx, noon.Add(7*time.Second), 4)
		s.want(err, nil)
		if dropped != want {
			s.t.Errorf("%d dropped, want %d", dropped, want)
		}
	}
	left, err := s.CallsOf(s.ctx, "254711000001", 100)
	s.want(err, nil)
	if diff := cmp.Diff([]store.CallNote{notes[9], notes[8], notes[7]}, left); diff != "" {
		s.t.Errorf("what is left (-want +got):\n%s", diff)
	}
}

// fillPerson stores all kinds of rows under the number of worker n.
func fillPerson(s *subject, n int) {
	w := worker(n)
	w.VerifiedAt = noon
	s.in(func(ctx context.Context, tx store.Tx) error {
		s.want(tx.AddWorker(ctx, w), nil)
		s.want(tx.Remember(ctx, "*1#", w.Phone, map[string]json.RawMessage{"lang": []byte(`"sw"`)}), nil)
		for i := range 2 {
			s.want(tx.AddMessage(ctx, store.Message{ID: fmt.Sprint(n, "-", i), To: w.Phone, Text: "Your code"}), nil)
		}
		s.want(tx.SetCode(ctx, store.Code{Phone: w.Phone, Hash: []byte{1}, CreatedAt: noon, ExpiresAt: noon}), nil)
		_, err := guess(ctx, tx, "code", w.Phone)
		s.want(err, nil)
		_, err = tx.Count(ctx, "lookup_other", w.Phone, time.Hour, noon)
		return err
	})
	s.want(s.SetMessage(s.ctx, store.Message{ID: fmt.Sprint(n, "-", 0), Status: "sent"}), nil)
	s.want(s.AddCalls(s.ctx, []store.CallNote{note(w.Phone, n), note(w.Phone, n)}), nil)
}

func forgotten(s *subject) {
	fillPerson(s, 1)
	fillPerson(s, 2)
	gone, stays := worker(1), worker(2)
	want := store.Forgotten{Workers: []string{gone.WorkerID}, Sessions: []string{"ATUid_0"}, Removed: map[string]int{
		"remembered values": 1, "messages": 1, "messages not sent yet": 1, "counts of limits": 1, "one-time codes": 1,
		"counts of guesses": 1, "notes of calls": 2,
	}}
	for _, dry := range []bool{true, true, false} {
		got, err := s.Forget(s.ctx, gone.Phone, "amina", noon, dry)
		s.want(err, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Fatalf("dry %v: forgotten (-want +got):\n%s", dry, diff)
		}
	}
	again, err := s.Forget(s.ctx, gone.Phone, "amina", noon, false)
	s.want(err, nil)
	if again.Any() {
		s.t.Errorf("forgetting again removes %+v", again)
	}
	_, err = s.Worker(s.ctx, gone.Phone)
	s.want(err, store.ErrNotFound)
	list, err := s.SealedWallets(s.ctx, 0, 10)
	s.want(err, nil)
	if len(list) != 2 || list[0].WorkerID != gone.WorkerID || list[0].Address != gone.PublicKey || list[0].Token != gone.SealedSecret {
		s.t.Errorf("the wallets are %+v", list)
	}
	messages, err := s.Messages(s.ctx, 100)
	s.want(err, nil)
	for _, m := range messages {
		if m.To == gone.Phone || m.To == "" && (m.Text != "" || m.Status != "failed") {
			s.t.Errorf("a message remains: %+v", m)
		}
	}
	if _, err := s.Worker(s.ctx, stays.Phone); err != nil || len(messages) != 3 {
		s.t.Errorf("the other person's: %v, %d messages in all", err, len(messages))
	}
	// The number can register again.
	fresh := worker(3)
	fresh.Phone = gone.Phone
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddWorker(ctx, fresh) })
}
