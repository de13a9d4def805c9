package engine

// Value is one typed value of a session. The zero Value is "not set".
type Value struct {
	kind Kind
	n    int64  // number, money (cents), date (days)
	s    string // text, phone, choice, secret
	more *compound
}

type compound struct {
	fields []Named // a record, sorted by name
	items  []Value // a list of records
}
