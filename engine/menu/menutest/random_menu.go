package menutest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// RandomMenu writes a menu with random arrows and texts. Every value stands in square
// brackets, so a value that is not set shows as []. Every text ends in $, so a text
// that was cut lacks it.
type RandomMenu struct {
	*rand.Rand
	N int
	b strings.Builder
	// free says that the menu moves no money and has no errors but those under test.
	Free bool
}

var randomValues = []string{"amount", "city", "phone", "worker_id", "ref", "worker.name"}

func (m *RandomMenu) Write() string {
	m.b.WriteString("ussd: 1\nservice: Random\ndial: \"*384#\"\nstart: s0\nremember: [city]\n")
	if m.IntN(2) == 0 {
		m.b.WriteString("on_failed: end1\n")
	}
	nav := []string{"back: 0 Back", "more: 98 More"}
	if m.IntN(2) == 0 {
		nav = append(nav, "home: 00 Home -> "+m.screen())
	}
	fmt.Fprintf(&m.b, "nav: {%s}\n", strings.Join(nav[m.IntN(2):], ", "))
	m.b.WriteString("vars:\n  amount: money 10..500\n  city: text 20\n  phone: phone\n  pin: pin 4\nscreens:\n")
	for i := range m.N {
		fmt.Fprintf(&m.b, "  s%d:\n", i)
		m.body()
	}
	for i := range 2 {
		fmt.Fprintf(&m.b, "  end%d:\n    end: \"End %s$\"\n", i, m.placeholder(9))
	}
	// No path leads to these screens; they make sure that an action gives each value.
	if m.Free {
		m.b.WriteString("  given:\n    do: create_account(caller)\n    when: {created: ask_amount, exists: end0}\n")
		m.b.WriteString("  ask_amount:\n    say: Amount\n    ask: amount -> end0\n")
		return m.b.String()
	}
	m.b.WriteString("  given:\n    do: create_account(caller)\n    when: {created: given_too, exists: end0}\n")
	m.b.WriteString("  given_too:\n    say: PIN\n    ask: pin -> withdraw(200, pin)\n    when: {done: end0, wrong_pin: end0, locked: end0}\n")
	return m.b.String()
}

func (m *RandomMenu) screen() string {
	if m.Free && m.IntN(m.N) == 0 {
		return "given"
	}
	if m.IntN(m.N+2) < 2 {
		return fmt.Sprintf("end%d", m.IntN(2))
	}
	return fmt.Sprintf("s%d", m.IntN(m.N))
}

func (m *RandomMenu) value() string {
	if v := randomValues[m.IntN(len(randomValues))]; v != "ref" || !m.Free {
		return v
	}
	return "worker_id"
}

// placeholder returns a placeholder in one of n cases, otherwise nothing.
func (m *RandomMenu) placeholder(n int) string {
	if m.IntN(n) > 0 {
		return ""
	}
	return "[{" + m.value() + "}]"
}

func (m *RandomMenu) cond() string {
	v := m.value()
	switch m.IntN(5) {
	case 0:
		return v + " is not set"
	case 1:
		return "not (" + v + " is empty)"
	case 2:
		return v + " is set and " + m.value() + " is set"
	case 3:
		return v + " is set or " + m.value() + " is set"
	}
	return v + " is set"
}

// say writes a text with values; most of them are known to be set.
func (m *RandomMenu) say() {
	if m.IntN(3) > 0 {
		v := m.value()
		fmt.Fprintf(&m.b, "    say:\n      - {if: %s is set, say: \"[{%s}]$\"}\n", v, v)
		fmt.Fprintf(&m.b, "      - {if: %s, say: \"Text %s$\"}\n", m.cond(), m.placeholder(9))
		fmt.Fprintf(&m.b, "      - say: \"Text %s$\"\n", m.placeholder(9))
		return
	}
	words := strings.Repeat("word ", m.IntN(24))
	fmt.Fprintf(&m.b, "    say: \"Text %s%s$\"\n", words, m.placeholder(6))
}

func (m *RandomMenu) body() {
	switch m.IntN(8) {
	case 0, 1:
		m.say()
		m.b.WriteString("    menu:\n")
		for range 1 + m.IntN(3) {
			if m.IntN(3) == 0 {
				fmt.Fprintf(&m.b, "      - {say: Option, if: %s, go: %s}\n", m.cond(), m.screen())
			} else {
				fmt.Fprintf(&m.b, "      - Option %s -> %s\n", m.placeholder(9), m.screen())
			}
		}
	case 2, 3:
		m.ask()
	case 4:
		m.say()
		fmt.Fprintf(&m.b, "    confirm: -> %s\n    cancel: -> %s\n", m.screen(), m.screen())
	case 5:
		fmt.Fprintf(&m.b, "    choose:\n      - if %s -> %s\n      - if %s -> %s\n      - else -> %s\n", m.cond(), m.screen(), m.cond(), m.screen(), m.screen())
	case 6:
		fmt.Fprintf(&m.b, "    set: {city: \"Nairobi\"}\n    go: %s\n", m.screen())
	case 7:
		fmt.Fprintf(&m.b, "    do: lookup_worker(caller)\n    when: {own: %s, found: %s, not_found: %s}\n", m.screen(), m.screen(), m.screen())
	}
	if m.IntN(6) == 0 {
		m.b.WriteString("    nav: none\n")
	}
}

func (m *RandomMenu) ask() {
	m.say()
	if m.IntN(3) == 0 {
		fmt.Fprintf(&m.b, "    skip: if %s -> %s\n", m.cond(), m.screen())
	}
	kind := m.IntN(4)
	if m.Free && kind == 1 {
		kind = 2
	}
	switch kind {
	case 0:
		fmt.Fprintf(&m.b, "    ask: phone -> create_account(phone)\n    offer: {1: worker.phone}\n")
		fmt.Fprintf(&m.b, "    when: {created: %s, exists: \"retry There %s\"}\n", m.screen(), m.placeholder(4))
	case 1:
		fmt.Fprintf(&m.b, "    ask: pin -> withdraw(amount, pin)\n    when: {done: %s, wrong_pin: retry Wrong., locked: %s}\n", m.screen(), m.screen())
	case 2:
		fmt.Fprintf(&m.b, "    ask: amount -> %s\n    accept: [{if: amount <= 300, error: \"Less %s\"}]\n", m.screen(), m.placeholder(4))
	default:
		fmt.Fprintf(&m.b, "    ask: city -> %s\n    offer: {9: Skip -> %s}\n", m.screen(), m.screen())
	}
	if m.IntN(2) == 0 {
		fmt.Fprintf(&m.b, "    give_up: %s\n", m.screen())
	}
}
