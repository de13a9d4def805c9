package menu

import (
	"strings"
)

// summedVars are variables that only sums set.
const summedVars = "  total: money 0..2000\n  turn: number 0..200\n  seen: date\n"

const summedConditions = "  dear: amount is set and amount * 3 > 600\n  newborn: born is set and today - born < 200\n"

// A guarded text of the language is right only where its condition holds.
type guarded struct{ text, needs string }

// Conditions on a day without a range of its own: with the first, sums with it have a
// result. The other is about the day of the call, so it proves nothing where calls can
// be resumed.
const (
	ofThisAge = "seen is set and seen > \"1990-01-01\" and seen < \"2101-01-01\""
	recent    = "seen is set and seen <= today and seen > today - 2y"
)

// sumsShown can be shown where their condition holds, and sumsWrong can't, even there.
var (
	sumsShown = []guarded{
		{"amount + 10", "amount is set"},
		{"amount * 2", "amount is set"},
		{"500 - amount", "amount is set"},
		{"amount - 10", "amount is set"},
		{"age + 1", "age is set"},
		{"age * age", "age is set"},
		{"today.year - age", "age is set"},
		{"today - born", "born is set"},
		{"born + 9m", "born is set"},
		{"born.year", "born is set"},
		{"born.day * 2", "born is set"},
		{"born - 1y as D MONTH YYYY", "born is set"},
		{"total - 50", "total is set and total > 50"},
		{"2000 - total", "total is set"},
		{"total + amount * 3", "total is set and amount is set"},
		{"total - amount", "total is set and amount is set and amount <= total"},
		{"turn * (turn + 1)", "turn is set"},
		{"price + 5", "price is set"},
		{"wait - 3", "wait is set"},
		{"wait * wait", "wait is set"},
		{"until.year", "until is set"},
		{"seen + 1y", ofThisAge},
		{"today - seen", ofThisAge},
		{"seen - 1m as DD MON", ofThisAge},
	}
	sumsWrong = []guarded{
		{"amount - 20", "amount is set"},
		{"total - amount", "total is set and amount is set"},
		{"seen + 1y", "seen is set"},
		{"turn * turn * turn * turn * turn", "turn is set"},
		{"31/today.month/today.year", "today > \"2020-01-01\""},
		{"until + 1d", "until is set"},
		{"wait * price", "wait is set and price is set"},
		{"2 * 3 + 4", "lang is set"},
	}
)

// shown returns what a text may show where a condition holds.
func (m *wideMenu) shown() (text, needs string) {
	switch {
	case m.risk("x") != "":
		g := sumsWrong[m.IntN(len(sumsWrong))]
		return g.text, g.needs
	case m.IntN(3) == 0:
		g := sumsShown[m.IntN(len(sumsShown))]
		return g.text, g.needs
	}
	v := m.value()
	return m.form(v), v + " is set"
}

// sumOfToday returns a sum that every call has.
func (m *wideMenu) sumOfToday() string {
	return []string{
		"today.year", "today.year - 1", "today + 14d", "today - 1m", "today.day + 1", "today - 1y as DD.MM.YY", "(today.month + 1) * 2",
	}[m.IntN(7)]
}

// sumCompared returns a condition with sums.
func (m *wideMenu) sumCompared() string {
	return []string{
		"amount is set and amount + 50 <= 300",
		"born is set and today - born < 7000",
		"age is set and age * 2 > 60",
		"today.year > 2026",
		"today.day + today.month <= 20",
		"total is set and amount is set and total - amount >= 0",
		"turn is set and turn * 7 = 49",
		recent,
		"dear",
		"newborn",
		"price is set and total is set and price > total + 100",
	}[m.IntN(11)]
}

// sumSet returns what may be set to a sum where a condition holds.
func (m *wideMenu) sumSet() (set, needs string) {
	sets, wrong := []guarded{
		{"total: amount * 2", "amount is set"},
		{"total: amount + 100", "amount is set"},
		{"total: total + amount", "total is set and amount is set and total + amount <= 2000"},
		{"total: total - 50", "total is set and total >= 50"},
		{"total: total - amount", "total is set and amount is set and total >= amount"},
		{"turn: turn + 1", "turn is set and turn < 200"},
		{"turn: age * 2", "age is set"},
		{"turn: born.month * 10", "born is set"},
		{"age: age + 1", "age is set and age != 99 and age < 99"},
		{"seen: day/2/today.year", "day is set"},
		{"seen: day/today.month/(today.year - 1)", "day is set"},
		{"seen: seen + 9m", ofThisAge},
		{"total: price - 1000", "price is set and price >= 1000"},
		{"city: gender", "gender is set"},
	}, []guarded{
		{"total: total + amount", "total is set and amount is set"},
		{"total: total + amount", "total is set and amount is set and total <= 2000"},
		{"turn: today - born", "born is set"},
		{"seen: seen + 9m", "seen is set"},
		{"age: age + 1", "age is set"},
		{"total: total - 50", "total is set"},
	}
	if !m.resume {
		sets = append(sets, guarded{"turn: today - born", "born is set and today - born < 200"}, guarded{"seen: seen + 9m", recent})
	}
	if m.risk("x") != "" {
		sets = wrong
	}
	g := sets[m.IntN(len(sets))]
	return g.text, g.needs
}

// summed sets a value to a sum where it fits.
func (m *wideMenu) summed(name string) {
	set, needs := m.sumSet()
	m.line("    choose:\n      - if %s -> %s_fits\n      - else -> %s", needs, name, m.target())
	m.line("  %s_fits:\n    set: {%s}\n    go: %s", name, set, m.target())
}

// cart adds amounts up, as often as the caller likes.
func (m *wideMenu) cart(name string) {
	m.asked["amount"] = true
	limit := map[bool]string{true: "2500", false: "2000"}[m.risk("x") != ""]
	m.line("    set: {total: 0, turn: 1}\n    go: %s_one", name)
	m.line("  %s_one:", name)
	m.say()
	m.line("    ask: amount -> %s_room", name)
	m.line("  %s_room:\n    choose:\n      - if total + amount <= %s -> %s_add\n      - else -> %s", name, limit, name, m.target())
	m.line("  %s_add:\n    set: {total: total + amount}\n    go: %s_so_far", name, name)
	m.line("  %s_so_far:\n    say: \"So far [{total}], left [{2000 - total}], twice [{total * 2}]%s$\"", name, m.risk(" [{total - 1}]"))
	m.line("    menu:\n      - Another -> %s_one\n      - {say: Count it, if: turn < %s, set: {turn: turn + 1}, go: %s_one}",
		name, map[bool]string{true: "201", false: "200"}[m.risk("x") != ""], name)
	m.line("      - Done -> %s\n      - Exit -> end0", m.target())
}

// dated makes a day of its numbers, which may not exist.
func (m *wideMenu) dated(name string) {
	m.asked["day"] = true
	m.say()
	m.line("    ask: day -> %s_made", name)
	m.line("  %s_made:\n    set: {seen: day/today.month/today.year}\n    go: %s_known", name, name)
	other := "seen > today or seen < today - 1y"
	if m.resume {
		other = "seen < \"2000-01-01\" or seen > \"2150-01-01\""
	}
	m.line("  %s_known:\n    choose:\n      - if %s -> %s\n      - if "+other+" -> %s\n      - else -> %s_so_old", name,
		map[bool]string{true: "day > 31", false: "seen is not set"}[m.risk("x") != ""], m.target(), m.target(), name)
	m.line("  %s_so_old:\n    say: \"[{today - seen}] days, [{seen + 9m}], [{seen.year}], [{seen + 1y as D MONTH YYYY}]$\"", name)
	m.line("    menu:\n      - On -> %s\n      - Exit -> end0", m.target())
}

// stock counts a value up and down.
func (m *wideMenu) stock(name string) {
	m.line("    choose:\n      - if turn is set -> %s_stock\n      - else -> %s_empty", name, name)
	m.line("  %s_empty:\n    set: {turn: %s}\n    go: %s_stock", name, map[bool]string{true: "today.year", false: "today.day * 2"}[m.risk("x") != ""], name)
	m.line("  %s_stock:\n    say: \"Turn [{turn}] [{turn * 2 - 400}]$\"", name)
	m.line("    menu:\n      - {say: Up, if: turn + 10 <= 200, set: {turn: turn + 10}, go: %s_stock}", name)
	m.line("      - {say: Down, if: turn >= 10, set: {turn: turn - %s}, go: %s}", map[bool]string{true: "11", false: "10"}[m.risk("x") != ""], name)
	m.line("      - Exit -> %s", m.target())
}

// priced gives sums to an action, and shows what comes back.
func (m *wideMenu) priced(name string) {
	args := []string{
		"amount * 2, today.day, today + 14d", "amount + 10, today.month * 2, nothing", "500 - amount, 200, born",
	}[m.IntN(3)]
	args = strings.Replace(args, "nothing", "seen", 1)
	if m.risk("x") != "" {
		args = "amount * 6, today.day, today"
	}
	needs := "amount is set"
	if strings.Contains(args, "born") {
		needs += " and born is set"
	}
	m.line("    choose:\n      - if %s -> %s_price\n      - else -> %s", needs, name, m.target())
	m.line("  %s_price:\n    do: price_for(%s)\n    when: {priced: %s_priced, sold_out: %s}", name, args, name, m.target())
	m.line("  %s_priced:\n    say: \"[{price + 5}] [{price * 2}] in [{wait}], until [{until}]%s$\"", name, m.risk(" [{until + 1d}]"))
	m.line("    menu:\n      - On -> %s\n      - Exit -> end0", m.target())
}

// sumsUsed writes screens without a way to them, so that each summed value is set
// somewhere.
func (m *wideMenu) sumsUsed() {
	m.line("  sums_known:\n    set: {total: 0, turn: 0, seen: today}\n    go: price_known\n  price_known:\n    do: price_for(total, turn, seen)\n    when: {priced: end0, sold_out: end0}")
}
