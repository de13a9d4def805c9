package engine

import (
	"encoding/json"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func anyString() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
		"a", "Amina", "\"", "\\", "\n", "\r", "\t", "\b", "\f", "\x00", "\x1f", "<", ">", "&", "é", "漢", "😀", "\u2028", "\u2029", "\xff", "\xc3", "\x7f",
	}), 0, 6), func(parts []string) string {
		s := ""
		for _, p := range parts {
			s += p
		}
		return s
	})
}

func anyValue(t *rapid.T, depth int) Value {
	kinds := []Kind{KindNone, KindText, KindNumber, KindMoney, KindDate, KindPhone, KindChoice, KindRecord, KindList}
	if depth == 0 {
		kinds = kinds[:7]
	}
	n := rapid.Int64().Draw(t, "n")
	s := anyString().Draw(t, "s")
	switch kind := rapid.SampledFrom(kinds).Draw(t, "kind"); kind {
	case KindNone:
		return Value{}
	case KindRecord:
		return RecordValue(anyNamed(t, depth-1))
	case KindList:
		var items []Value
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			items = append(items, anyValue(t, depth-1))
		}
		return ListValue(items)
	case KindNumber, KindMoney, KindDate:
		return Value{kind: kind, n: n}
	default:
		return Value{kind: kind, s: s}
	}
}

func anyNamed(t *rapid.T, depth int) []Named {
	var list []Named
	for range rapid.IntRange(0, 3).Draw(t, "named") {
		list = append(list, Named{anyString().Draw(t, "name"), anyValue(t, depth)})
	}
	return list
}

func anySnapshot(t *rapid.T) *Snapshot {
	if rapid.Bool().Draw(t, "none") {
		return nil
	}
	return &Snapshot{Screen: anyString().Draw(t, "screen"), Values: anyNamed(t, 1)}
}

func anyRecord(t *rapid.T) *Record {
	str := func(name string) string { return anyString().Draw(t, name) }
	ints := func(name string) []int { return rapid.SliceOfN(rapid.IntRange(-3, 300), 0, 4).Draw(t, name) }
	texts := func(name string) []string { return rapid.SliceOfN(anyString(), 0, 3).Draw(t, name) }
	r := &Record{
		V: rapid.IntRange(1, 2000).Draw(t, "v"), H: str("h"), Step: str("step"), Owner: str("o"), Program: str("m"), Inputs: ints("n"),
		Offset: rapid.IntRange(0, 9).Draw(t, "at"), Pages: ints("pages"), Wrong: rapid.IntRange(0, 3).Draw(t, "wrong"),
		Notice: str("notice"), Repeat: str("repeat"), Moved: rapid.Bool().Draw(t, "moved"), Ended: rapid.Bool().Draw(t, "end"),
		Facts: rapid.Bool().Draw(t, "facts"), Unsaved: rapid.Bool().Draw(t, "unsaved"), Unsure: rapid.Bool().Draw(t, "again"), Epoch: rapid.IntRange(0, 40).Draw(t, "e"), Generation: rapid.IntRange(0, 3).Draw(t, "gen"), Sequence: rapid.IntRange(0, 3).Draw(t, "seq"), Code: str("code"), Row: str("row"), Skipped: texts("skipped"), Sent: texts("sent"), Lang: str("lang"),
		Chose: rapid.Bool().Draw(t, "chose"), Network: str("net"), Today: rapid.Int64Range(-5, 50000).Draw(t, "today"), Values: anyNamed(t, 2), Resting: anySnapshot(t),
		Guarded: rapid.Bool().Draw(t, "guarded"), Offered: anySnapshot(t), Start: str("start"),
	}
	if rapid.Bool().Draw(t, "worker") {
		v := anyValue(t, 2)
		r.Worker = &v
	}
	for range rapid.IntRange(0, 3).Draw(t, "undo") {
		r.Undo = append(r.Undo, undo{str("s"), rapid.IntRange(0, 9).Draw(t, "at"), ints("pages"), rapid.Bool().Draw(t, "moved"), anyNamed(t, 1), rapid.Bool().Draw(t, "yes")})
	}
	return r
}

// The record writer and encoding/json write the same bytes.
func TestRecordWriter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRecord(t)
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := appendRecord(nil, r)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%v\ngot  %s\nwant %s", err, got, want)
		}
	})
}

func TestRecordWriterRefusesSecrets(t *testing.T) {
	for _, r := range []*Record{
		{Values: []Named{{"pin", SecretValue("4321")}}},
		{Undo: []undo{{Values: []Named{{"r", RecordValue([]Named{{"pin", SecretValue("4321")}})}}}}},
		{Resting: &Snapshot{Values: []Named{{"l", ListValue([]Value{SecretValue("4321")})}}}},
	} {
		if b, err := appendRecord(nil, r); !errors.Is(err, ErrSecret) {
			t.Errorf("got %s, %v", b, err)
		}
	}
}
