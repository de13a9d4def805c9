package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var callCases = []testCase{
	{name: "notes on calls are read as written, the newest first", run: callNotes},
	{name: "notes are found by session and by time", run: callsFound},
	{name: "summaries of days are replaced and dropped", run: callDays},
	{name: "old notes on calls are dropped in parts", run: oldCalls},
	{name: "old notes on calls that were stored together go together", run: oldTogether},
	{name: "a forgotten person leaves only a wallet", run: forgotten},
	{name: "notes of a forgotten person that were not stored yet are not stored", run: forgottenWhileNoted},
	{name: "a person is forgotten while notes are being stored", run: forgottenBeside},
}

func note(caller string, n int) store.CallNote {
	return store.CallNote{
		At: noon.Add(time.Duration(n) * time.Second), Caller: caller, Session: fmt.Sprint("ATUid_", n/3), Provider: "africastalking",
		Service: "*384*8481#", Program: "abc", Screen: "start", Input: "1", Shown: "Wanjikũ's\nscreen 😀", Ended: n%3 == 2,
		Took: 1234 * time.Microsecond, Network: "63902", Goals: "registered paid", Wrong: n%2 == 0, Turn: n - 1,
	}
}

func callsFound(s *subject) {
	var notes []store.CallNote
	for n := range 12 {
		one := note(fmt.Sprint("25471100000", n%2), n)
		notes = append(notes, one)
		s.want(s.AddCalls(s.ctx, []store.CallNote{one}), nil)
	}
	got, err := s.CallsIn(s.ctx, "ATUid_1", 2)
	s.want(err, nil)
	if diff := cmp.Diff([]store.CallNote{notes[5], notes[4]}, got); diff != "" {
		s.t.Errorf("notes of a session (-want +got):\n%s", diff)
	}
	got, err = s.CallsIn(s.ctx, "ATUid", 2)
	s.want(err, nil)
	if len(got) != 0 {
		s.t.Errorf("a part of an ID finds %v", got)
	}
	var each []store.CallNote
	s.want(s.EachCall(s.ctx, notes[2].At, notes[9].At, func(n store.CallNote) error { each = append(each, n); return nil }), nil)
	if diff := cmp.Diff(notes[2:9], each); diff != "" {
		s.t.Errorf("notes of a time (-want +got):\n%s", diff)
	}
	stop := errors.New("stop")
	s.want(s.EachCall(s.ctx, notes[0].At, notes[9].At, func(store.CallNote) error { return stop }), stop)
	// More notes than are read at a time, many of them at one moment.
	var many []store.CallNote
	for n := range 12_000 {
		one := note("254711000009", 1)
		one.At = noon.Add(time.Duration(n/7000)*time.Hour).AddDate(0, 0, 1)
		many = append(many, one)
	}
	for from := 0; from < len(many); from += 400 {
		s.want(s.AddCalls(s.ctx, many[from:from+400]), nil)
	}
	count := 0
	s.want(s.EachCall(s.ctx, many[0].At, many[0].At.Add(2*time.Hour), func(store.CallNote) error { count++; return nil }), nil)
	if count != len(many) {
		s.t.Errorf("%d notes, want %d", count, len(many))
	}
}

func callDays(s *subject) {
	day := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	one := func(n int, menu, summary string) store.CallDay {
		return store.CallDay{Day: day.AddDate(0, 0, n), Menu: menu, Program: "abc", Summary: []byte(summary)}
	}
	s.want(s.SetCallDay(s.ctx, day, []store.CallDay{one(0, "wallet", `{"calls":1}`), one(0, "old", `{}`)}), nil)
	s.want(s.SetCallDay(s.ctx, day.AddDate(0, 0, 1), []store.CallDay{one(1, "wallet", `{}`)}), nil)
	s.want(s.SetCallDay(s.ctx, day, []store.CallDay{one(0, "wallet", `{"calls":2}`), one(0, "shop", `{}`)}), nil)
	got, err := s.CallDays(s.ctx, day, day.AddDate(0, 0, 1))
	s.want(err, nil)
	if diff := cmp.Diff([]store.CallDay{one(0, "shop", `{}`), one(0, "wallet", `{"calls":2}`)}, got); diff != "" {
		s.t.Errorf("summaries (-want +got):\n%s", diff)
	}
	for _, want := range []int{2, 0} {
		dropped, err := s.DropCallDays(s.ctx, day.AddDate(0, 0, 1))
		s.want(err, nil)
		if dropped != want {
			s.t.Errorf("%d summaries dropped, want %d", dropped, want)
		}
	}
	got, err = s.CallDays(s.ctx, day, day.AddDate(1, 0, 0))
	s.want(err, nil)
	if len(got) != 1 {
		s.t.Errorf("%d summaries are left, want 1", len(got))
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
		s.want(s.AddCalls(s.ctx, notes[n:]), nil)
	}
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

func oldTogether(s *subject) {
	for from := 0; from < 30; from += 10 {
		var notes []store.CallNote
		for n := range 10 {
			notes = append(notes, note("254711000001", from+n))
		}
		s.want(s.AddCalls(s.ctx, notes), nil)
	}
	sum := 0
	for {
		dropped, err := s.DropCalls(s.ctx, noon.Add(25*time.Second), 4)
		s.want(err, nil)
		if dropped == 0 {
			break
		}
		sum += dropped
	}
	if sum < 20 || sum > 25 {
		s.t.Errorf("%d dropped, want those of the first two batches, and at most the 25 old ones", sum)
	}
	left, err := s.CallsOf(s.ctx, "254711000001", 100)
	s.want(err, nil)
	if len(left) != 30-sum || !left[0].At.Equal(noon.Add(29*time.Second)) {
		s.t.Errorf("%d notes are left, the first %+v", len(left), left[0])
	}
}

// forgottenWhileNoted stores notes that waited in an instance's memory while their
// caller was forgotten. Once the mark of that is purged, no instance has such notes.
func forgottenWhileNoted(s *subject) {
	const gone, other = "254711000001", "254711000002"
	forgot := noon.Add(5 * time.Second)
	_, err := s.Forget(s.ctx, gone, "amina", forgot, true)
	s.want(err, nil)
	s.want(s.AddCalls(s.ctx, []store.CallNote{note(gone, 4)}), nil) // a dry run forgets nobody
	f, err := s.Forget(s.ctx, gone, "amina", forgot, false)
	s.want(err, nil)
	if f.Removed["notes of calls"] != 1 {
		s.t.Errorf("forgotten: %+v", f)
	}
	s.want(s.AddCalls(s.ctx, []store.CallNote{note(gone, 4), note(other, 4), note(gone, 5), note(gone, 6)}), nil)
	s.want(s.AddCalls(s.ctx, []store.CallNote{note(gone, 3)}), nil)
	for caller, want := range map[string]store.CallNote{gone: note(gone, 6), other: note(other, 4)} {
		left, err := s.CallsOf(s.ctx, caller, 10)
		s.want(err, nil)
		if diff := cmp.Diff([]store.CallNote{want}, left); diff != "" {
			s.t.Errorf("notes on %s (-want +got):\n%s", caller, diff)
		}
	}
	for _, p := range []struct {
		at   time.Time
		want int
	}{{forgot, 1}, {forgot.Add(2 * time.Hour), 2}} {
		_, err = s.Purge(s.ctx, p.at)
		s.want(err, nil)
		s.want(s.AddCalls(s.ctx, []store.CallNote{note(gone, 2)}), nil)
		left, err := s.CallsOf(s.ctx, gone, 10)
		s.want(err, nil)
		if len(left) != p.want {
			s.t.Errorf("after a purge at %s there are %d notes, want %d", p.at, len(left), p.want)
		}
	}
}

// forgottenBeside stores old notes and forgets their caller at the same time. Whichever
// comes first, no note stays.
func forgottenBeside(s *subject) {
	const times, writers = 40, 3
	for n := range times {
		caller := fmt.Sprint(254711000000 + n)
		var all sync.WaitGroup
		errs := make([]error, writers)
		for i := range writers {
			all.Go(func() { errs[i] = s.AddCalls(s.ctx, []store.CallNote{note(caller, i), note("254711999999", n)}) })
		}
		_, err := s.Forget(s.ctx, caller, "amina", noon.Add(time.Minute), false)
		all.Wait()
		s.want(errors.Join(append(errs, err)...), nil)
		left, err := s.CallsOf(s.ctx, caller, 10)
		s.want(err, nil)
		if len(left) != 0 {
			s.t.Fatalf("%d notes on a forgotten caller are stored", len(left))
		}
	}
	others, err := s.CallsOf(s.ctx, "254711999999", 1000)
	s.want(err, nil)
	if len(others) != times*writers {
		s.t.Errorf("%d notes on another caller, want %d", len(others), times*writers)
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
		s.want(err, nil)
		args := json.RawMessage(`{"action":"buy","caller":"` + w.Phone + `"}`)
		return tx.Enqueue(ctx, store.Job{Kind: "ask", Key: fmt.Sprint("ask", n), Args: args})
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
		"callbacks about payments": 0, "counts of guesses": 1, "notes of calls": 2, "notes of dropped calls": 0, "questions to backends": 1, "states of calls": 0, "numbers of payments": 0,
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
