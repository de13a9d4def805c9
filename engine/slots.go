package engine

// Slots of the built-in facts, which every session has.
const (
	slotCaller = iota
	slotLang
	slotToday
	slotNetwork
	slotService
	slotWorker
	builtinSlots
)

// BuiltinVars returns the values that every menu has without asking.
func BuiltinVars(languages []Language) []Var {
	langs := make([]string, len(languages))
	width := 0
	for i, l := range languages {
		langs[i] = l.Code
		width = max(width, len(l.Name))
	}
	return []Var{
		slotCaller:  {Name: "caller", Type: Type{Kind: KindPhone, Width: phoneWidth}},
		slotLang:    {Name: "lang", Type: Type{Kind: KindChoice, Options: langs, Width: width}},
		slotToday:   {Name: "today", Type: Type{Kind: KindDate, Width: dateWidth}},
		slotNetwork: {Name: "network", Type: Type{Kind: KindText, Width: networkWidth}},
		slotService: {Name: "service", Type: Type{Kind: KindText, Width: MaxText}},
		slotWorker:  {Name: "worker", Type: WorkerType()},
	}
}

// networkWidth is the longest network code: MCC and MNC have six digits at most
// (ITU-T E.212). Unknown codes are opaque and cut.
const networkWidth = 6

// WorkerType returns the type of the record "worker": the account of the caller's
// own number.
func WorkerType() Type {
	return Type{Kind: KindRecord, Record: "worker", Fields: []Field{
		{"id", Type{Kind: KindText, Width: workerIDWidth}},
		{"phone", Type{Kind: KindPhone, Width: phoneWidth}},
		{"name", Type{Kind: KindText, Width: workerNameWidth}},
	}}
}

const (
	workerIDWidth   = len("NW-00C0FFEE")
	workerNameWidth = 20 // longer names are cut: a screen has 160 characters
)

// unchosen returns the language of a call whose caller has not chosen one. Screens
// are in it, but the condition "lang is set" is false.
func unchosen(lang string) Value { return Value{s: lang} }
