package actions_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

func TestCallSMS(t *testing.T) {
	b := newBench(t)
	for range 2 {
		if out := b.must(t, smsCall("id", brian, "Sent KES 500.")); out.Name != engine.Done || out.Values != nil {
			t.Errorf("outcome %v", out)
		}
	}
	want := []store.Message{{ID: "id", To: brian, Text: "Sent KES 500.", Status: "queued", CreatedAt: b.clock.Now()}}
	if diff := cmp.Diff(want, b.messages(t)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	noNumber := smsCall("id2", "", "text")
	noNumber.Args[0] = engine.Value{}
	if _, err := b.Do(context.Background(), noNumber); err == nil {
		t.Error("a message without a number is no error")
	}
}

func facts(id string, names ...string) engine.Call {
	return engine.Call{ID: id, Action: engine.CallFacts, Caller: amina, Service: "*384*8481#", Facts: names}
}

func TestFacts(t *testing.T) { onStores(t, allFacts) }

func allFacts(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b := withAccounts(t, newBench(t), nil)
	if out := b.must(t, facts("1", "worker", "lang", "town")); out.Name != engine.Done || len(out.Values) != 0 {
		t.Errorf("facts of a number without an account: %v", out)
	}
	id := value(b.must(t, call("2", "create_account", amina, amina)), "worker_id")
	remembered := []engine.Named{
		{Name: "lang", Value: engine.ChoiceValue("sw")},
		{Name: "town", Value: engine.TextValue("Kisumu")},
		{Name: "limit", Value: engine.MoneyValue(50000)},
		{Name: "since", Value: engine.DateValue(20513)},
	}
	if out := b.must(t, engine.Call{ID: "3", Action: engine.CallRemember, Caller: amina, Service: "*384*8481#", Remember: remembered}); out.Name != engine.Done {
		t.Errorf("remember: %v", out)
	}
	worker := engine.Named{Name: "worker", Value: engine.RecordValue([]engine.Named{
		{Name: "id", Value: id}, {Name: "phone", Value: engine.PhoneValue(amina)}, {Name: "name", Value: engine.TextValue("")},
	})}
	tests := []struct {
		call engine.Call
		want []engine.Named
	}{
		{facts("4", "worker", "lang", "town", "limit", "since"), append([]engine.Named{worker}, remembered...)},
		{facts("5", "worker"), []engine.Named{worker}},
		{facts("6", "town"), remembered[1:2]},
		{facts("7"), nil},
		{facts("1", "worker", "lang"), nil}, // the earlier session's stored facts
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, b.must(t, test.call).Values); diff != "" {
			t.Errorf("facts %v (-want +got):\n%s", test.call.Facts, diff)
		}
	}
	other := facts("8", "lang")
	other.Service = "*384*8482#"
	if out := b.must(t, other); len(out.Values) != 0 {
		t.Errorf("another service knows %v", out.Values)
	}
}

func TestSecretsAreNotRemembered(t *testing.T) {
	b := newBench(t)
	c := engine.Call{ID: "1", Action: engine.CallRemember, Caller: amina, Remember: []engine.Named{{Name: "pin", Value: engine.SecretValue("1234")}}}
	if _, err := b.Do(context.Background(), c); !errors.Is(err, engine.ErrSecret) {
		t.Errorf("Do: %v, want ErrSecret", err)
	}
}
