package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var keptCases = []testCase{
	{name: "values are remembered by service and phone", run: remembered},
	{name: "remembered values are read as written", run: rememberedBytes},
	{name: "the first value of a setting stays", run: settingOnce},
	{name: "instances agree on a setting", run: settingRace},
	{name: "a ping answers", run: func(s *subject) { twice(func(int) { s.want(s.Ping(s.ctx), nil) }) }},
}

// raw returns remembered values from pairs of name and JSON.
func raw(pairs ...string) map[string]json.RawMessage {
	values := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return values
}

// sameJSON compares values, since a database may store a job's arguments in another
// spelling.
func sameJSON(got []byte, want string) bool {
	var a, b any
	return json.Unmarshal(got, &a) == nil && json.Unmarshal([]byte(want), &b) == nil && cmp.Equal(a, b)
}

func (s *subject) remember(service, phone string, values map[string]json.RawMessage) {
	s.t.Helper()
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.Remember(ctx, service, phone, values) })
}

func (s *subject) wantRemembered(service, phone string, want map[string]json.RawMessage) {
	s.t.Helper()
	got, err := s.Remembered(s.ctx, service, phone)
	s.want(err, nil)
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("remembered under %s for %s (-want +got):\n%s", service, phone, diff)
	}
}

func remembered(s *subject) {
	s.wantRemembered("*1#", "254700000001", raw())
	twice(func(int) { s.remember("*1#", "254700000001", raw("lang", `"sw"`, "n", "1")) })
	s.remember("*2#", "254700000001", raw("lang", `"en"`))
	s.remember("*1#", "254700000002", raw("lang", `"fr"`))
	s.remember("*1#", "254700000001", raw("n", "2"))
	s.remember("*1#", "254700000001", nil)
	s.wantRemembered("*1#", "254700000001", raw("lang", `"sw"`, "n", "2"))
	s.wantRemembered("*2#", "254700000001", raw("lang", `"en"`))
	s.wantRemembered("*1#", "254700000002", raw("lang", `"fr"`))
}

func rememberedBytes(s *subject) {
	values := raw("text", `"it's \"q\" ñ 😀 \u0041"`, "big", "12345678901234567890.10", "null", "null",
		"space", `{"b": 1,  "a": [true, 1e2]}`)
	s.remember("*1#", "254700000001", values)
	s.wantRemembered("*1#", "254700000001", values)
}

func settingOnce(s *subject) {
	_, err := s.Setting(s.ctx, "id_key_tag")
	s.want(err, store.ErrNotFound)
	twice(func(round int) {
		stored, err := s.SetSettingOnce(s.ctx, "id_key_tag", fmt.Sprintf("value %d", round))
		s.want(err, nil)
		read, err := s.Setting(s.ctx, "id_key_tag")
		s.want(err, nil)
		if stored != "value 0" || read != "value 0" {
			s.t.Errorf("round %d stored %q and reads %q, want the first value", round, stored, read)
		}
	})
}

func settingRace(s *subject) {
	const instances = 6
	stored := make([]string, instances)
	var all sync.WaitGroup
	for i := range instances {
		all.Go(func() {
			value, err := s.SetSettingOnce(s.ctx, "tag", fmt.Sprintf("instance %d", i))
			if err != nil {
				s.t.Errorf("SetSettingOnce: %v", err)
			}
			stored[i] = value
		})
	}
	all.Wait()
	for i, value := range stored {
		if value != stored[0] || value == "" {
			s.t.Errorf("instance %d has %q and instance 0 %q", i, value, stored[0])
		}
	}
}
