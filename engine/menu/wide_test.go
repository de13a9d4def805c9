package menu

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// wideMenu writes a menu that uses the whole language: questions of each type,
// lists, choices, languages and translations, confirms, payments, actions,
// conditions, shortcuts, checks, repeats, resumes and included files. It is right
// as a whole but for its risks: each is a mistake that callers would meet, so
// that there is something to be refused. As in randomMenu, values stand in square
// brackets and texts end in $.
type wideMenu struct {
	*rand.Rand
	n     int
	risky bool
	langs bool
	// resume says that dropped calls can be resumed.
	resume bool
	// partial says that Kiswahili has only some of the texts.
	partial bool
	out     *strings.Builder // the file that is being written
	// asked are the variables that some screen asks for: the others are left out.
	asked map[string]bool
	// repeated says that the screen that is being written has an "again".
	repeated bool
	// vars are those that the menu declares and asks for.
	vars []wideVar
}

// A wideVar is a variable with what people type for it.
type wideVar struct {
	name, typ string
	answers   []string
}

// wideVars are declared by every menu. Their types show their values.
var wideVars = []wideVar{
	{"amount", "money 10..500", []string{"200", "Kshs 250/=", "１００", "KES 400", "20.50", "10", "500"}},
	{"age", "number 18..99", []string{"33", "٣٣", "99#", "20"}},
	{"born", "date today-90y..today", []string{"12 March 1996", "29/2/2004", "1 Feb 2010"}},
	{"city", "text 20", []string{"Kisumu"}},
	{"phone", "phone", []string{"0712345678"}},
	{"theirs", "phone KE", []string{"0722000111"}},
	{"gender", "{type: choice, options: {female: Female, male: Male, neither: Neither}}", []string{"2", "02", "3."}},
	{"day", "number 1..31", []string{"31", "5", "29", "30"}},
	{"feels", "mood", []string{"1", "2)"}},
	{"felt", "{type: mood, error: Say how$}", []string{"2"}},
}

// formVars have texts with a form; a menu declares some of them.
var formVars = []wideVar{
	{"meter", "digits 6..8", []string{"0041234", "00412345"}},
	{"plate", `text 7 like "KDA123B"`, []string{"KDB456C", "kda 123b"}},
	{"nick", "letters 2..10", []string{"Amina", "Ọmọ"}},
	{"card", "letters and digits 5", []string{"A1B2C", "00000"}},
	{"tag", `text 6 like /[A-Z]{2}[0-9]+/ such as "AB12"`, []string{"CD34", "AB1234"}},
}

// mostForms is how many of formVars a menu declares at most.
const mostForms = 2

// drawVars draws the variables of the menu.
func (m *wideMenu) drawVars() {
	m.vars = wideVars
	for _, i := range m.Perm(len(formVars))[:m.IntN(mostForms+1)] {
		m.vars = append(m.vars[:len(m.vars):len(m.vars)], formVars[i])
	}
}

// typedPIN and typedWord are what callers type for secrets; they must come up
// nowhere.
const (
	typedPIN  = "7391"
	typedWord = "s3cret99x"
)

// write returns the menu's files; the translation is made by translate.
func (m *wideMenu) write() fstest.MapFS {
	main, more := &strings.Builder{}, &strings.Builder{}
	m.asked = map[string]bool{}
	m.drawVars()
	m.langs, m.resume = m.IntN(2) == 0, m.IntN(3) == 0
	var screens [2]strings.Builder
	for i := range m.n {
		m.out = &screens[m.IntN(2)]
		m.screen(fmt.Sprintf("s%d", i))
	}
	m.out = &screens[0]
	fmt.Fprintf(m.out, "  end0:\n    end: End$\n  end1:\n    end:\n      - {if: city is set, say: \"Bye [{city cut 4}]$\"}\n      - \"End %s$\"\n", m.risk("[{city}]"))
	m.unasked()
	m.head(main)
	main.WriteString("screens:\n" + screens[0].String())
	fsys := fstest.MapFS{}
	if screens[1].Len() > 0 {
		more.WriteString("screens:\n" + screens[1].String())
		fsys["more.yaml"] = &fstest.MapFile{Data: []byte(more.String())}
		main.WriteString("include: [more.yaml]\n")
	}
	fsys["wide.yaml"] = &fstest.MapFile{Data: []byte(main.String())}
	return fsys
}

// wideCodes are the codes that callers dial; a menu may answer some of them as the first.
var wideCodes = []string{
	"*384#", "*384*1#", "*384*2#", "*384*3*77#", "*384*3*7#", "*384*3*200*1#", "*384*4*8*9#", "*384*5#", "*384*5*33*1*2#", "*384*77#",
}

// codes returns codes that set values or carry an answer.
func (m *wideMenu) codes() string {
	return []string{
		"",
		`, "*384*2#": {go: s1, set: {how: poster, city: "Juja"}}, "*384*3#": {set: {age: 20}}, "*384*3*{amount}#": s2`,
		`, "*384*3#": s1, "*384*3*{amount}#": {go: s2, set: {gender: male}}, "*384*4*{other}#": end1`,
		`, "*384*5#": {go: s0, set: {turn: today.day, seen: today - 30d}}, "*384*5*{age}#": s3, "*384*{other}#": end0`,
	}[m.IntN(4)]
}

func (m *wideMenu) head(b *strings.Builder) {
	fmt.Fprintf(b, "ussd: 1\nservice: Wide\ndial: {\"*384#\": s0, \"*384*1#\": s1%s}\nstart: s0\non_failed: end0\non_pending: end0\n", m.codes())
	if m.langs {
		sw := "Kiswahili"
		if m.partial = m.IntN(3) == 0; m.partial {
			sw = "{name: Kiswahili, missing: en}"
		}
		fmt.Fprintf(b, "languages: {en: English, sw: %s}\n", sw)
	}
	session := [...]string{"timezone: Africa/Nairobi", "country: UG", "country: ZA"}[m.IntN(3)]
	if m.resume {
		session += ", resume: 5m"
	}
	fmt.Fprintf(b, "session: {%s}\n", session)
	switch m.IntN(3) {
	case 0:
		b.WriteString("remember: [lang]\n")
	case 1:
		b.WriteString("remember: [city]\n")
	}
	nav := []string{"more: 98 More"}
	if m.IntN(3) > 0 {
		nav = append(nav, "back: 00 Back")
	}
	if m.IntN(2) == 0 {
		nav = append(nav, "home: 000 Home -> "+m.target())
	}
	if m.IntN(4) == 0 {
		nav = append(nav, "again: \"Once more, [{caller}]$\"")
	}
	if m.IntN(3) == 0 {
		nav = append(nav, "answers: labels")
	}
	fmt.Fprintf(b, "nav: {%s}\ntexts: {thanks: Thank you., help: \"Call {caller}.\"}\nvars:\n", strings.Join(nav, ", "))
	for _, v := range m.vars {
		fmt.Fprintf(b, "  %s: %s\n", v.name, v.typ)
	}
	b.WriteString("  pin: {type: pin 4, error: Four digits$}\n  word: secret 12\n  how: choice radio|poster\n" + summedVars)
	if m.langs {
		b.WriteString("  spoken: choice sw|en\n")
	}
	b.WriteString("types:\n  mood: {good: Good, bad: Bad}\n")
	b.WriteString("conditions:\n  grown: age is set and age >= 18\n  young: grown and not old\n  old: age >= 40\n  rich: amount is set and amount >= 100\n" + summedConditions)
}

// unasked writes screens without a way to them, so that each value is set
// somewhere.
func (m *wideMenu) unasked() {
	for _, v := range m.vars {
		if !m.asked[v.name] {
			fmt.Fprintf(m.out, "  ask_%s:\n    say: \"Q$\"\n    ask: %s -> end0\n", v.name, v.name)
		}
	}
	m.sumsUsed()
	m.line("  how_known:\n    set: {how: poster}\n    go: note_given\n  note_given:\n    do: find_note(caller, city)\n    when: {found: end0}")
	m.line("  given:\n    do: create_account(caller)\n    when: {created: given_too, exists: end0}")
	m.line("  given_too:\n    say: PIN\n    ask: pin -> withdraw(200, pin)\n    when: {done: end0, wrong_pin: end0, locked: end0}")
}

// risk returns a mistake, in one of a few cases and only where the menu takes risks.
func (m *wideMenu) risk(mistake string) string {
	if m.risky && m.IntN(12) == 0 {
		return mistake
	}
	return ""
}

func (m *wideMenu) target() string {
	if m.IntN(m.n+3) < 3 {
		return "end" + strconv.Itoa(m.IntN(2))
	}
	if m.risk("x") != "" && m.IntN(8) == 0 {
		return "nowhere"
	}
	return fmt.Sprintf("s%d", m.IntN(m.n))
}

func (m *wideMenu) line(format string, args ...any) { fmt.Fprintf(m.out, format+"\n", args...) }

// value returns one that may not be set.
func (m *wideMenu) value() string {
	if i := m.IntN(11 + len(m.vars)); i >= 11 {
		return m.vars[i-11].name
	}
	return []string{"amount", "city", "phone", "gender", "worker_id", "ref", "worker.name", "worker.phone", "note", "left", "born"}[m.IntN(11)]
}

// always returns one that every call has.
func (m *wideMenu) always() string {
	if m.IntN(3) == 0 {
		return m.sumOfToday()
	}
	return []string{"caller", "lang", "today", "service", "caller last 4", "lang cut 3", "today as D MONTH YYYY", "today as DD.MM.YY", "service cut 2", "service last 3"}[m.IntN(10)]
}

// form returns a form in which a value may be shown, in one of a few cases.
func (m *wideMenu) form(v string) string {
	if m.IntN(3) > 0 {
		return v
	}
	forms := map[string][]string{
		"born": {"as DD MON YYYY", "as D MONTH"}, "city": {"cut 3", "last 5"}, "phone": {"last 3"}, "gender": {"cut 2"},
		"worker_id": {"last 4"}, "ref": {"cut 4"}, "worker.name": {"cut 6"}, "worker.phone": {"last 6"}, "note": {"last 1"},
	}[v]
	if len(forms) == 0 {
		return v + m.risk(" as D/M")
	}
	return v + " " + forms[m.IntN(len(forms))]
}

func (m *wideMenu) cond() string {
	v := strings.Split(m.value(), ".")[0]
	switch m.IntN(11) {
	case 0:
		return v + " is not set"
	case 1:
		return "not (" + v + " is empty)"
	case 2:
		return v + " is set and " + strings.Split(m.value(), ".")[0] + " is set"
	case 3:
		return "grown and young"
	case 4:
		return "gender is set and gender = female"
	case 5:
		return "city is set and city != \"Kisumu\""
	case 7:
		return "how is set and how != radio"
	case 6:
		return "rich"
	case 8, 9:
		return m.sumCompared()
	}
	return v + " is set"
}

// say is a text, or one of several.
func (m *wideMenu) say() {
	if m.IntN(3) == 0 {
		v, needs := m.shown()
		m.line("    say:\n      - {if: %s, say: \"V [{%s}]$\"}", needs, v)
		m.line("      - {if: %s, say: \"On [{%s}] %s$\"}\n      - say: \"{texts.thanks} %s$\"", quoteCond(m.cond()), m.always(), m.risk("[{"+m.value()+"}]"), m.risk("[{"+m.form(m.value())+"}]"))
		return
	}
	words := m.IntN(6)
	if m.risk("x") != "" {
		words = 24 + m.IntN(10)
	}
	m.line("    say: \"Text %s[{%s}] %s$\"", strings.Repeat("word ", words), m.always(), m.risk("[{"+m.value()+"}]"))
}

// quoteCond puts a condition that holds quotes into quotes of its own, for
// entries inside braces.
func quoteCond(c string) string {
	if strings.Contains(c, `"`) {
		return "'" + c + "'"
	}
	return c
}

func (m *wideMenu) screen(name string) {
	m.line("  %s:", name)
	[]func(string){
		m.menu, m.menu, m.ask, m.ask, m.ask, m.confirm, m.choose, m.set, m.lookup,
		m.list, m.pay, m.pay, m.deposit, m.language, m.show, m.text, m.secret, m.note,
		m.summed, m.cart, m.dated, m.stock, m.priced,
	}[m.IntN(23)](name)
}

func (m *wideMenu) menu(string) {
	m.say()
	m.extras(false)
	m.line("    menu:")
	keyed := m.IntN(2) == 0
	lead := func(i int) string {
		if keyed {
			return strconv.Itoa(i+1) + ":"
		}
		return "-"
	}
	options := 2 + m.IntN(4)
	for i := range options {
		label := fmt.Sprintf("Option %c", 'A'+i*3)
		switch m.IntN(5) {
		case 0:
			m.line("      %s {say: %s, if: %s, go: %s}", lead(i), label, quoteCond(m.cond()), m.target())
		case 1:
			m.line("      %s {say: %s, set: {city: \"Nairobi\"}, note: (free), go: %s}", lead(i), label, m.target())
		case 2:
			set, needs := m.sumSet()
			m.line("      %s {say: %s, if: %s, set: {%s}, go: %s}", lead(i), label, needs, set, m.target())
		default:
			m.line("      %s %s -> %s", lead(i), label, m.target())
		}
	}
	m.line("      %s Exit -> end0", lead(options))
}

// extras are what any screen with a question may have.
func (m *wideMenu) extras(skip bool) {
	m.repeated = false
	if m.IntN(8) == 0 {
		m.line("    nav: none")
	}
	if m.IntN(6) == 0 {
		m.line("    error: \"Wrong, [{caller}]$\"")
	} else if m.IntN(6) == 0 {
		m.repeated = true
		m.line("    again: \"Again [{today}]$\"")
	}
	if skip && m.IntN(4) == 0 {
		m.line("    skip: if %s -> %s", m.cond(), m.target())
	}
}

func (m *wideMenu) ask(string) {
	v := m.vars[m.IntN(len(m.vars))]
	m.asked[v.name] = true
	m.say()
	m.extras(true)
	if m.IntN(5) == 0 && !m.repeated {
		m.again(v.name)
	}
	if v.name == "phone" {
		m.line("    ask: phone -> create_account(phone)\n    when: {created: %s, exists: \"retry There [{phone}]%s$\"}", m.target(), m.risk(" [{ref}]"))
		m.line("    offer: {1: worker.phone, 9: Skip -> %s}", m.target())
		return
	}
	m.line("    ask: %s -> %s", v.name, m.target())
	m.beside(v.name)
	switch m.IntN(4) {
	case 0, 1:
		m.line("    give_up: %s\n    retries: %d", m.target(), 1+m.IntN(4))
	case 2:
		m.line("    retries: unlimited%s", m.risk("\n    give_up: "+m.target()))
	}
}

// beside writes what stands beside the question for a variable.
func (m *wideMenu) beside(v string) {
	half := m.IntN(2) == 0
	switch {
	case v == "amount" && half:
		m.line("    accept: [{if: %s, %s: \"Less %s$\"}]", []string{"amount <= 300", "amount * 2 <= 700", "amount + 20 <= 450"}[m.IntN(3)],
			[]string{"error", "again"}[m.IntN(2)], m.risk("[{city}]"))
	case v == "age" && half:
		m.line("    accept:\n      - {if: %s, error: Older$}\n      - {if: age < 90, error: Younger$}", []string{"age > 20", "age * 2 > 40", "today.year - age < 2090"}[m.IntN(3)])
	case v == "age":
		m.line("    offer: {1: today.year - %d}", map[bool]int{true: 1950, false: 2001}[m.risk("x") != ""])
	case v == "born":
		m.line("    offer: {1: %s}", []string{"today", "today - 30y", "today - 1d", "today - 100d"}[m.IntN(4)])
	case v == "city" && half:
		m.line("    offer: {1: gender, 9: Skip -> %s}", m.target())
	case v == "city":
		m.line("    offer: {9: Skip -> %s}", m.target())
	}
}

// again is the text in place of a question, or the texts by the kind of wrong answer.
func (m *wideMenu) again(v string) {
	ranged := v == "amount" || v == "age" || v == "born" || v == "city" || m.risk("x") != ""
	switch m.IntN(3) {
	case 0:
		m.line("    again: \"Again [{today}]$\"")
	case 1:
		m.line("    again: {format: \"Form [{caller}]%s$\"}", m.risk(" [{"+v+"}]"))
	default:
		if ranged {
			m.line("    again:\n      range: \"Range [{today}]$\"\n      else: \"Else [{lang}]$\"")
		}
	}
}

func (m *wideMenu) confirm(string) {
	m.say()
	m.extras(false)
	m.line("    confirm: -> %s\n    cancel: Rather not -> %s", m.target(), m.target())
}

func (m *wideMenu) choose(string) {
	m.line("    choose:\n      - if %s -> %s\n      - if %s -> %s\n      - else -> %s", m.cond(), m.target(), m.cond(), m.target(), m.target())
}

func (m *wideMenu) set(name string) {
	if m.langs && m.IntN(3) == 0 {
		m.line("    set: {spoken: sw}\n    go: %s_spoken\n  %s_spoken:\n    set: {lang: spoken}\n    go: %s", name, name, m.target())
		return
	}
	m.line("    set: {%s}\n    go: %s", []string{`city: "Mombasa"`, "gender: female", "theirs: caller", "age: 44", "how: radio", "city: lang", "turn: today.month", "day: today.day"}[m.IntN(8)], m.target())
}

func (m *wideMenu) lookup(string) {
	m.line("    do: lookup_worker(%s)\n    when: {own: %s, found: %s, not_found: %s%s}", map[bool]string{true: "theirs", false: "caller"}[m.risk("x") != ""],
		m.target(), m.target(), m.target(), m.risk(", pending: "+m.target()))
}

func (m *wideMenu) list(name string) {
	m.line("    do: history(caller)\n    when: {listed: %s_rows, nothing: %s}", name, m.target())
	m.line("  %s_rows:", name)
	m.say()
	m.line("    list: payments as payment -> %s_row\n    each: \"[{payment.date}] [{%s}]$\"\n    empty: %s", name, []string{"payment.amount", "payment.amount + 50", "payment.amount * 2"}[m.IntN(3)], m.target())
	if m.IntN(2) == 0 {
		m.line("    menu:\n      - More of it -> %s", m.target())
	}
	m.line("  %s_row:\n    say: \"To [{payment.to}]$\"\n    menu:\n      - On -> %s\n      - Exit -> end0", name, m.target())
}

// note shows values that the action may leave out, and fields that a row may lack.
func (m *wideMenu) note(name string) {
	m.asked["city"] = true
	if m.IntN(3) == 0 {
		m.line("    do: find_note(caller, gender)\n    when: {found: %s_note}", name)
	} else {
		m.line("    do: find_note(caller, city)\n    when: {found: %s_note}", name)
	}
	m.line("  %s_note:\n    say:\n      - {if: note is set, say: \"N [{note}]$\"}", name)
	m.line("      - {if: left is set and left > 5, say: \"L [{left}]$\"}\n      - say: \"None %s$\"", m.risk("[{note}]"))
	m.line("    menu:\n      - Visits -> %s_visits\n      - On -> %s\n      - Exit -> end0", name, m.target())
	m.line("  %s_visits:\n    say: Visits$\n    list: visits as visit -> %s_visit\n    each: \"[{visit.date}] %s$\"\n    empty: %s", name, name, m.risk("[{visit.remark}]"), m.target())
	m.line("  %s_visit:\n    say:\n      - {if: visit.remark is set, say: \"R [{visit.remark}]$\"}\n      - say: \"On [{visit.date}] %s$\"", name, m.risk("[{visit.remark}]"))
	m.line("    menu:\n      - On -> %s\n      - Exit -> end0", m.target())
}

func (m *wideMenu) pay(name string) {
	m.asked["amount"] = true
	to := map[bool]string{true: name + "_pin", false: name + "_sure"}[m.risk("x") != ""]
	m.line("    choose:\n      - if amount is set -> %s\n      - else -> %s_amount", to, name)
	m.line("  %s_amount:", name)
	m.say()
	m.line("    ask: amount -> %s%s", map[bool]string{true: name + "_pin", false: name + "_sure"}[m.risk("x") != ""], m.risk("\n    skip: if city is set -> "+name+"_sure"))
	sent := []string{"amount", "amount", "amount + 10", "amount * 2"}[m.IntN(4)]
	m.line("  %s_sure:\n    say: \"Send [{%s}]? It is free$\"\n    confirm: -> %s_pin\n    cancel: -> %s", name, sent, name, m.target())
	m.line("  %s_pin:\n    say: PIN$\n    ask: pin -> withdraw(%s, pin)\n    when: {done: %s_paid, wrong_pin: %s, locked: %s}", name, sent+m.risk(" - 1"), name,
		map[bool]string{true: "\"retry [{pin}]$\"", false: "retry Wrong PIN$"}[m.risk("x") != ""], map[bool]string{true: name + "_amount", false: "end0"}[m.IntN(3) == 0])
	m.line("  %s_paid:\n    end: \"Sent [{amount}] [{ref}]$\"\n    sms: {to: caller, say: \"Sent [{amount}], [{ref}], [{fee}] %s$\"}", name, m.risk("[{city}]"))
}

func (m *wideMenu) deposit(name string) {
	m.asked["amount"], m.asked["theirs"] = true, true
	m.line("    say: \"How much?$\"\n    ask: amount -> %s_other", name)
	m.line("  %s_other:\n    say: \"Whose?$\"\n    ask: theirs -> %s_sure\n    skip: if theirs is set and worker is not set -> %s_sure", name, name, name)
	m.line("  %s_sure:\n    say: \"Pay [{amount}] from [{theirs}]? No fee$\"\n    confirm: -> deposit(amount, theirs)\n    cancel: -> %s", name, m.target())
	m.line("    when: {asked: end0, refused: %s}", m.target())
}

func (m *wideMenu) language(string) {
	m.say()
	m.line("    languages: -> %s", m.target())
}

func (m *wideMenu) show(string) {
	m.line("    say: \"{texts.help} [{today}]$\"\n    menu:\n      - Back there -> %s\n      - Exit -> end0", m.target())
}

func (m *wideMenu) text(string) {
	m.line("    sms: {to: caller, say: \"[{caller}] %s$\"}\n    go: %s", m.risk("[{ref}]"), m.target())
}

func (m *wideMenu) secret(name string) {
	if m.IntN(2) == 0 {
		m.line("    say: New PIN$\n    ask: pin -> check_pin(pin)\n    repeat: Once more$\n    when: {right: %s, wrong: %s Wrong$}", m.target(), []string{"retry", "again"}[m.IntN(2)])
		if m.IntN(3) == 0 {
			m.line("    again: {mismatch: \"Not the same [{caller}]$\"}")
		}
		return
	}
	m.line("    say: PIN$\n    ask: pin -> %s", map[bool]string{true: m.target(), false: name + "_check"}[m.risk("x") != ""])
	m.line("  %s_check:\n    do: check_pin(pin)\n    when: {right: %s, wrong: %s}", name, m.target(), m.target())
}

// translate writes every text of a menu again in Kiswahili: the same values in
// other words. One is left out where the menu takes risks, and half of them where the
// language is one of only some texts. Some menus translate the word Exit once for all
// options.
func (m *wideMenu) translate(fsys fstest.MapFS) {
	f, _ := syntax.Read(fsys, "wide.yaml", "")
	var b strings.Builder
	byWords, exits := m.IntN(2) == 0, 0
	for _, w := range syntax.ListMessages(f) {
		if byWords && w.Text.Value == "Exit" {
			if exits++; exits == 1 {
				b.WriteString("Exit: Sw Exit\n")
			}
			continue
		}
		if w.Text.Value != "" && (!m.risky || m.IntN(60) > 0) && (!m.partial || m.IntN(2) == 0) {
			fmt.Fprintf(&b, "%s: %q\n", w.Key, "Sw "+w.Text.Value)
		}
	}
	fsys["wide.sw.yaml"] = &fstest.MapFile{Data: []byte(b.String())}
}
