package compat

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// whole has every part of a menu that callers can notice, at least once.
const whole = `ussd: 1
service: Dairy
dial: {"*384*1#": main, "*384*2#": routed}
start: main
languages: {en: English, sw: Kiswahili}
limits: {screen: 150}
session: {gateway: africastalking-ke, resume: {for: 5m, say: "Go on?", confirm: Do, cancel: Do not}}
remember: [city]
on_failed: sorry
on_pending: sorry
nav: {back: 0 Back, home: 00 Home -> main, more: 98 More, confirm: 1 Yes, cancel: 2 No, invalid: Wrong., gave_up: Enough., busy: Busy., in_progress: Wait., expired: Late., updated: New., limited: Often., mismatch: Other., list_cut: More., again: Once more., answers: labels}
vars:
  city: {type: text 20, error: No city.}
  litres: number 1..12
  paid: money 10..500
  born: date 2000-01-01..today-1d
  friend: phone KE|UG
  code: pin 4
  size: {type: choice, options: {small: Small, big: Big}}
screens:
  main:
    say:
      - {if: city is set, say: Welcome back}
      - Dairy
    menu:
      1: {say: Deliver, go: litres_asked, note: "{service}", set: {size: big}}
      2: {say: Size, go: size_asked, if: city is set}
      3: Payments -> history(caller)
      4: Language -> tongue
      5: Exit -> bye
    when: {listed: rows, nothing: retry Nothing.}
  litres_asked:
    skip: if litres is set -> born_asked
    say: Litres?
    ask: litres -> born_asked
    retries: 2
    give_up: bye
    offer: {8: caller, 9: Skip -> bye}
    accept:
      - {if: litres <= 10, error: Ten at most.}
      - {if: litres != 5, again: Any but five.}
    error: No.
    again: {range: From 1 to 12 litres., else: "Litres, please?"}
  born_asked:
    say: Born?
    ask: born -> friend_asked
  friend_asked:
    say: Friend?
    ask: friend -> paid_asked
  paid_asked:
    say: How much?
    ask: paid -> code_asked
  code_asked:
    say: PIN?
    ask: code -> sure
    repeat: Again?
    again: {format: Digits., mismatch: Not the same.}
  size_asked:
    say: Size?
    ask: size -> sure
  sure:
    say: Sure?
    confirm: Do it -> setting
    cancel: Do not -> main
  rows:
    say: Payments
    list: payments as payment -> bye
    each: "{payment.amount} {payment.to cut 8} {payment.date as D MONTH} {payment.to last 2}"
    empty: bye
  tongue:
    say: Language
    languages: {only: en|sw, go: main}
  setting:
    set: {size: small}
    sms: {to: caller, say: Set.}
    go: account
  account:
    do: create_account(caller)
    when: {created: bye, exists: sorry}
  routed:
    choose:
      - if city is set -> bye
      - else -> main
  sorry:
    end: Sorry.
    nav: none
  bye:
    end: Bye.
`

// silent lists what callers can't notice by itself, with the reason.
var silent = map[string]string{
	"Definition.Name":      "two menus are compared, whatever their files are called",
	"Definition.Source":    "what it contains is compared",
	"Definition.Hash":      "it stands for the source that an earlier version has stored",
	"Definition.Contracts": "an action's contract is compared as a whole",
	"Definition.Renamed":   "it says which screens are the same",
	"Screen.Pos":           "a position",
	"Code.Pos":             "a position",
	"Var.Pos":              "a position",
	"Ref.Pos":              "a position",
	"Case.Pos":             "a position",
	"Option.Pos":           "a position",
	"Offer.Pos":            "a position",
	"OutcomeCase.Pos":      "a position",
	"OutcomeCase.Outcome":  "its outcomes are part of an action's contract",
	"Screen.Name":          "a screen by another name is another screen",
	"Var.Name":             "a value by another name is another value",
	"Screen.Kind":          "a kind by itself does not link",
	"Var.Type":             "TestTypes changes types",
	"Screen.Only":          "a language that the menu lacks is not offered",
}

// Whatever changes in a menu, callers who could notice it are told of: each leaf of a
// definition is changed, one at a time.
func TestNoChangeIsSilent(t *testing.T) {
	old := compiledFor(t, whole, menutest.Contracts)
	nav := reflect.ValueOf(old.Definition().Nav)
	for i := range nav.NumField() {
		if nav.Field(i).IsZero() {
			t.Errorf("the menu of this test has no nav.%s", nav.Type().Field(i).Name)
		}
	}
	changed := map[string]int{}
	count := leaves(reflect.ValueOf(compiledFor(t, whole, menutest.Contracts).Definition()).Elem(), "Definition", -1, nil)
	for i := range count {
		def := *compiledFor(t, whole, menutest.Contracts).Definition()
		at := ""
		leaves(reflect.ValueOf(&def).Elem(), "Definition", i, func(path string, v reflect.Value) { at = path; mutate(path, v) })
		if at == "" {
			continue
		}
		next, err := engine.New(def)
		if err != nil {
			continue // no menu can be like this
		}
		changed[field(at)]++
		if found := Compare(old, next, nil); len(found) == 0 {
			t.Errorf("a change of %s is silent", at)
		}
	}
	for _, name := range []string{"Definition.Service", "Screen.NoNav", "Ask.Retries", "Ask.GiveUp", "Option.Go", "Part.Lit", "Format.Day", "Format.Cut", "Format.Last", "SessionRules.Resume", "Limits.Septets", "NavKey.Key", "Language.Code", "Assign.Value", "Cond.Op", "Case.Go", "List.Empty", "Confirm.No", "Do.Action", "OutcomeCase.Go"} {
		if changed[name] == 0 {
			t.Errorf("no change of %s was tried", name)
		}
	}
}

// leaves counts the leaves of a value, and calls do with the one of a number.
func leaves(v reflect.Value, path string, which int, do func(string, reflect.Value)) int {
	n := 0
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		if _, skip := silent[field(path)]; skip {
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), path)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
			}
		case reflect.Struct:
			if v.Type() != reflect.TypeFor[engine.Value]() {
				for i := range v.NumField() {
					if unused(v, v.Type().Field(i).Name) {
						continue
					}
					walk(v.Field(i), path+" "+v.Type().Name()+"."+v.Type().Field(i).Name)
				}
				return
			}
			fallthrough
		case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint8:
			if n == which {
				do(path, v)
			}
			n++
		}
	}
	walk(v, path)
	return n
}

// unused reports whether a field has no meaning beside what the others hold.
func unused(v reflect.Value, field string) bool {
	switch x := v.Interface().(type) {
	case engine.Ref:
		return x.Name == "" || field == "Field" && x.Field == ""
	case engine.Part:
		return field == "Lit" && !x.Ref.IsZero() || field == "Format" && x.Ref.IsZero()
	case engine.Format:
		return field == "Day" && x.Day == "" || field == "Cut" && x.Cut == 0 || field == "Last" && x.Last == 0
	case engine.Arg:
		return field == "Value" && !x.Value.IsSet()
	case engine.Assign:
		return field == "Value" && !x.Value.IsSet()
	case engine.Screen:
		return field == "Go" && x.Go == "" || field == "Numbered" && len(x.Options) == 0 || field == "NoNav" && x.Kind.Silent() || field == "Labels" && !x.Kind.Answered()
	}
	return false
}

// field returns the last type and field of a path: "Ask.Retries".
func field(path string) string {
	at := path[strings.LastIndexByte(path, ' ')+1:]
	name, _, _ := strings.Cut(at, "[")
	return name
}

// targetFields lists the fields that name a screen; they are changed to another one.
var targetFields = map[string]bool{
	"Code.Start": true, "Nav.HomeScreen": true, "Definition.OnFailed": true, "Definition.OnPending": true, "Case.Go": true,
	"Screen.Go": true, "Option.Go": true, "Ask.Go": true, "Ask.GiveUp": true, "Offer.Go": true, "Confirm.Yes": true,
	"Confirm.No": true, "List.Go": true, "List.Empty": true, "OutcomeCase.Go": true,
}

// mutate changes a leaf into something else that may link.
func mutate(path string, v reflect.Value) {
	name := field(path)
	switch {
	case v.Type() == reflect.TypeFor[engine.Value]():
		v.Set(reflect.ValueOf(engine.NumberValue(99)))
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.Kind() == reflect.Int || v.Kind() == reflect.Int64:
		v.SetInt(v.Int() + 1)
	case v.Kind() == reflect.Uint8:
		v.SetUint(v.Uint() + 1)
	case targetFields[name]:
		v.SetString(map[bool]string{true: "rows", false: "tongue"}[v.String() == "tongue"])
	case name == "Ref.Name":
		v.SetString(map[bool]string{true: "city", false: "friend"}[v.String() == "friend"])
	case name == "Ask.Var":
		v.SetString("city")
	case name == "Do.Action":
		v.SetString(map[bool]string{true: "history", false: "create_account"}[v.String() == "create_account"])
	case name == "Definition.Default":
		v.SetString("sw")
	case name == "SessionRules.Country" || name == "Type.Countries":
		v.SetString("TZ")
	default:
		v.SetString(v.String() + "7")
	}
}
