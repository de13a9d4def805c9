package menu

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/menus"
)

// mistake holds one that people make in a menu: a place in a text and what comes to
// stand there. One of the codes has to be found afterwards, and was not before.
type mistake struct {
	name, codes string
	in          string // "" for the menu's own files, "sw" for the translation
	pattern     string
	with        string // what the place becomes; $1 are its parts
	more        string // what is added at the end of the menu
	needs       string // what the menu must have for it to be a mistake
}

// writtenMenus are those of people; in drawn ones the place may not matter.
const writtenMenus = `service: (?:PayTrace|MotherLine|Umoja|Safari|Soko|Maji)`

var longText = strings.Repeat(" and so on and on", 12)

var mistakes = []mistake{
	{name: "a tab", codes: "U001 U004", pattern: `(?m)^    (say|end|do|choose):`, with: "\t$1:"},
	{name: "an entry too far out", codes: "U001", pattern: `(?m)^    (menu|ask|confirm):`, with: "   $1:"},
	{name: "an open quote", codes: "U001 U004", pattern: `(?m)^    say: (\w[^:\n]*)$`, with: `    say: "$1`},
	{name: "an included file that is not there", codes: "U001 U003 U101", pattern: `(?m)^ussd: 1$`, with: "ussd: 1\ninclude: [nowhere.yaml]"},
	{name: "a key of a screen misspelt", codes: "U002", pattern: `(?m)^    (menu|ask|confirm|when|give_up|retries|offer):`, with: "    ${1}e:"},
	{name: "a key of the menu misspelt", codes: "U002", pattern: `(?m)^(start|service|nav|vars|screens):`, with: "${1}s:"},
	{name: "an unknown text translated", codes: "U002", in: "sw", pattern: `(?m)^bye\.say:`, with: "by.say:"},
	{name: "a key that goes with another verb", codes: "U002", pattern: `(?m)^    end: `, with: "    retries: 3\n    end: "},
	{name: "an unknown type", codes: "U003", pattern: `type: (choice|money|number|phone|text|pin|date)\b`, with: "type: ${1}s"},
	{name: "words for a number", codes: "U003", pattern: `(?m)^    ask: .*$`, with: "$0\n    retries: some"},
	{name: "a range the wrong way round", codes: "U003", pattern: `(money|number) (\d+)\.\.(\d+)`, with: "$1 $3..$2"},
	{name: "no type", codes: "U003", pattern: `\{type: [^,}]*, error`, with: "{error"},
	{name: "a choice without options", codes: "U003", pattern: `(?m)^    options: .*\n`, with: ""},
	{name: "an arrow without a target", codes: "U003 U101 U006", pattern: `(?m) -> \w+$`, with: " ->"},
	{name: "a comment in a text", codes: "U004", pattern: `(?m)^    (say|end|show): (\w[^"\n]*)$`, with: "    $1: $2 #1 of all"},
	{name: "a tag in a text", codes: "U004", pattern: `(?m)^    (say|end|show): (\w)`, with: "    $1: !$2"},
	{name: "a comma inside braces", codes: "U004 U003", pattern: `error: (\w[^",}]*)\}`, with: "error: Well, $1}"},
	{name: "an option twice", codes: "U005", pattern: `(?m)^      (\d): .*\n`, with: "$0$0"},
	{name: "a screen twice", codes: "U005 U007", pattern: `\z`, more: "  end0:\n    end: X\n  bye:\n    end: X\n  end0:\n    end: X\n  bye:\n    end: X\n"},
	{name: "two verbs", codes: "U006 U002", pattern: `(?m)^    ask: `, with: "    end: Bye\n    ask: "},
	{name: "no verb", codes: "U006", pattern: `(?m)^    ask: (amount|meter|bags|pin|mother_phone|phone|age) -> \w+\n`, with: ""},
	{name: "a screen named as a variable", codes: "U007", pattern: `(?m)^  (amount|meter|bags|clinic|seats|phone): (.*)$`, with: "$0", more: "  $1:\n    end: X\n"},
	{name: "a screen with a reserved name", codes: "U007 U003", pattern: `\z`, more: "  retry:\n    end: X\n"},
	{name: "an arrow of another kind", codes: "U008", pattern: `(?m) -> (\w+)$`, with: " → $1"},
	{name: "an arrow without spaces", codes: "U008", pattern: `(?m)(\w) -> (\w+)$`, with: "$1->$2"},
	{name: "an exception without a reason", codes: "U009", pattern: `(?m)^screens:`, with: "# allow U401\nscreens:"},
	{name: "an exception that covers nothing", codes: "U009", pattern: `(?m)^screens:`, with: "# allow U401: it was so once\nscreens:"},

	{name: "a target misspelt", codes: "U101", pattern: `(?m) -> (\w+)$`, with: " -> ${1}q"},
	{name: "a start that is not there", codes: "U101", pattern: `(?m)^start: (\w+)$`, with: "start: ${1}q"},
	{name: "an outcome's target misspelt", codes: "U101", pattern: `when: \{(\w+): (\w+)([,}])`, with: "when: {$1: ${2}q$3"},
	{name: "a screen renamed", codes: "U101", pattern: `(?m)^  (bye|end0):$`, with: "  ${1}_now:"},
	{name: "a screen deleted", codes: "U101", pattern: `(?m)^  (bye|end0):\n    end: .*\n`, with: ""},
	{name: "a screen nothing leads to", codes: "U102", pattern: `\z`, more: "  lonely:\n    end: X\n"},
	{name: "an end that is none", codes: "U103 U605", pattern: `(?m)^  bye:\n    end:`, with: "  bye:\n    nav: none\n    show:"},
	{name: "steps that go round", codes: "U104", pattern: `(?m) -> (bye|end0)$`, with: " -> round_a", more: "  round_a:\n    choose:\n      - if lang = en -> round_b\n      - else -> round_b\n  round_b:\n    set: {lang: en}\n    go: round_a\n"},
	{name: "screens that go round", codes: "U105", pattern: `(?m) -> (bye|end0)$`, with: " -> ring_a", more: "  ring_a:\n    say: A\n    nav: none\n    menu: {1: Next -> ring_b}\n  ring_b:\n    say: B\n    nav: none\n    menu: {1: Next -> ring_a}\n"},
	{name: "choose without else", codes: "U106", pattern: `(?m)^      - else -> .*\n`, with: ""},
	{name: "a condition that always holds", codes: "U107", pattern: `- if [^>\n]* -> `, with: "- if caller is set -> ", needs: writtenMenus},
	{name: "give_up where callers are asked without an end", codes: "U108", pattern: `(?m)^    give_up: (\w+)\n    retries: \d$`, with: "    give_up: $1\n    retries: unlimited"},
	{name: "a text for a wrong answer that never occurs", codes: "U108 U005", pattern: `(?m)^    ask: (phone|theirs|gender|feels|felt|clinic|town) -> .*$`, with: "$0\n    again: {mismatch: They differ.}"},
	{name: "an outcome dropped", codes: "U111", pattern: `when: \{(own|created|quoted|done|taken|asked|listed|priced|registered): [^,}]+, `, with: "when: {"},
	{name: "an outcome misspelt", codes: "U111", pattern: `when: \{(\w+):`, with: "when: {${1}s:"},
	{name: "an outcome too many", codes: "U112", pattern: `when: \{`, with: "when: {vanished: bye, "},

	{name: "an action misspelt", codes: "U201", pattern: `(-> |do: )(\w+)\(`, with: "$1${2}zz("},
	{name: "a value too few", codes: "U202 U003", pattern: `(-> |do: )(\w+)\([\w.]+(, )?`, with: "$1$2("},
	{name: "a value too many", codes: "U202", pattern: `(-> |do: )(\w+)\(([^)]*)\)`, with: "$1$2($3, caller)"},
	{name: "a value of another type", codes: "U203 U503", pattern: `(-> |do: )(\w+)\((amount|phone|mother_phone|meter|crop|caller|theirs)\b`, with: "$1$2(today"},
	{name: "a variable of another type", codes: "U203", pattern: `(?m)^  (amount|phone|mother_phone|meter)(: \{type: |: )(money|phone|number)[^,}\n]*`, with: "  $1${2}date", needs: writtenMenus},
	{name: "an SMS to a day", codes: "U203", pattern: `sms: \{to: \w+`, with: "sms: {to: today"},
	{name: "a list of what is none", codes: "U203", pattern: `list: \w+ as`, with: "list: caller as"},
	{name: "a record shown whole", codes: "U203", pattern: `\{payment\.\w+\}`, with: "{payment}"},
	{name: "compared with another kind", codes: "U203", pattern: `if (from|crop|reason|gender is set and gender) = \w+`, with: "if $1 = 5"},
	{name: "a constant offered", codes: "U203 U206", pattern: `offer: \{1: (caller|today)\}`, with: `offer: {1: "x"}`},
	{name: "an option that is none", codes: "U206 U203", pattern: `(crop|reason|gender) = (potatoes|died|female)`, with: "$1 = ${2}x"},
	{name: "a range too wide", codes: "U204", pattern: `(money 10|number 1)\.\.(70000|5)\b`, with: "$1..90000"},
	{name: "a PIN too long", codes: "U204", pattern: `pin (4|5)\b`, with: "pin 6"},
	{name: "a value that is not there yet", codes: "U205", pattern: `(?m)^    (end|say): (Welcome to PayTrace|Welcome to Umoja|Safari Bus|Maji Safi|MotherLine)`, with: "    $1: $2 {worker.name}"},
	{name: "a question that may be skipped", codes: "U205", pattern: `(?m)^    ask: (amount|seats|meter|bags) -> (\w+)$`, with: "    ask: $1 -> $2\n    skip: if lang is set -> $2", needs: writtenMenus},
	{name: "a value misspelt", codes: "U206", pattern: `\{([a-z_]+)\}`, with: "{${1}x}"},
	{name: "a field misspelt", codes: "U206", pattern: `\{(payment|market|texts)\.(\w+)\}`, with: "{$1.${2}x}"},
	{name: "an argument misspelt", codes: "U206", pattern: `(-> |do: )(\w+)\(([a-z]\w*)`, with: "$1$2(${3}x"},
	{name: "a condition on what is not there", codes: "U206", pattern: `if (\w+) is set`, with: "if ${1}x is set"},
	{name: "a question without a purpose", codes: "U207", pattern: `(?m) -> (bye|end0)$`, with: " -> ask_extra", more: "vars: extra: text 5\n  ask_extra:\n    say: X?\n    ask: extra -> $1\n"},

	{name: "a choice without words shown", codes: "U208", pattern: `(?m) -> (bye|end0)$`, with: " -> plain_a", more: "vars: plain: choice one|other\n  plain_a:\n    set: {plain: one}\n    go: plain_b\n  plain_b:\n    say: \"{plain}\"\n    menu:\n      - Exit -> $1\n"},

	{name: "a type that no variable has", codes: "U209", pattern: `(?m)^vars:$`, with: "types:\n  agree: {yes: Agree, no: Disagree}\nvars:"},

	{name: "a sum that may be too large", codes: "U210", pattern: `(?m)^    (end|say): (Welcome to PayTrace|Welcome to Umoja|Safari Bus|Maji Safi|MotherLine)`, with: "    $1: $2 {today.year * 999999999}"},
	{name: "a day that does not exist", codes: "U212", pattern: `(?m)^    (end|say): (Welcome to PayTrace|Welcome to Umoja|Safari Bus|Maji Safi|MotherLine)`, with: "    $1: $2 {31/today.month/today.year}"},

	{name: "an end too long", codes: "U301", pattern: `(?m)^    end: (\w[^"\n]*)$`, with: "    end: $1" + longText},
	{name: "a text in place of a question too long", codes: "U301 U005", pattern: `(?m)^    ask: (amount|age|born) -> .*$`, with: "$0\n    again: {format: Again" + longText + "}"},
	{name: "a text in place of every question too long", codes: "U301 U005", pattern: `(?m)^nav: \{more`, with: "nav: {again: Again" + longText + ", more"},
	{name: "a question too long", codes: "U301", pattern: `(?m)^    say: (\w[^"\n]*)\n    ask: (amount|pin|meter|bags|phone|seats)\b`, with: "    say: $1" + longText + "\n    ask: $2"},
	{name: "a confirm too long", codes: "U301", pattern: `(?m)^    say: ([^|\n]*)\n    confirm:`, with: "    say: Well" + longText + "\n    confirm:"},
	// The error of "reading" is never shown: its question says `error: ""`.
	{name: "an error too long", codes: "U301", pattern: `(?m)^(  [^r\n][^\n]*error: )(\w[^"}\n]*)\}`, with: "${1}${2}" + longText + "}"},
	{name: "a value too wide", codes: "U301", pattern: `(details|city): (\{type: )?text \d+`, with: "$1: ${2}text 160", needs: writtenMenus},
	{name: "a built-in text too long", codes: "U301", pattern: `(?m)^nav:\n`, with: "nav:\n  expired: Late" + longText + "\n"},
	{name: "a translation too long", codes: "U301", in: "sw", pattern: `(?m)^bye\.say: ([^#\n]*[^# \n])(.*)$`, with: "bye.say: ${1}" + longText + "$2"},
	{name: "a translated error too long", codes: "U301", in: "sw", pattern: `(?m)^(amount|pin|clinic)\.error: ([^#\n]*[^# \n])(.*)$`, with: "$1.error: ${2}" + longText + "$3"},
	{name: "many lines", codes: "U302", pattern: `(?m)^    say: (\w[^"\n]*)\n    menu:`, with: "    say: |\n      a\n      b\n      c\n      d\n      e\n      f\n      g\n      h\n    menu:"},
	{name: "curly quotes", codes: "U303", pattern: `(?m)^    (say|end|show): (\w+)`, with: "    $1: “$2”"},
	{name: "another alphabet in a translation", codes: "U303", in: "sw", pattern: `(?m)^(\w+\.say): (\w+)`, with: "$1: ሰላም $2"},
	{name: "a character that counts twice", codes: "U304", pattern: `(?m)^    (say|end|show): (\w[^"\n]*)$`, with: "    $1: $2 ~"},
	{name: "a row too long", codes: "U305", pattern: `each: "`, with: `each: "Row` + longText + " "},
	{name: "an SMS too long", codes: "U306", pattern: `sms: \{to: (\w+), say: "`, with: `sms: {to: $1, say: "Dear` + longText + " "},
	{name: "a question with no room for its form", codes: "U307", pattern: `(?m)^vars:\n`, with: "vars:\n  how_much: money 10..70000\n", more: "  long_question:\n    say: " + strings.Repeat("long ", 22) + "question?\n    nav: none\n    ask: how_much -> long_question\n", needs: `service: (?:PayTrace|Umoja|Safari|Soko|Maji)`},
	{name: "a line of a translation dropped", codes: "U310", in: "sw", pattern: `(?m)^\w+\.(say|error|1): \w.*\n`, with: ""},
	{name: "a language that stands in for itself", codes: "U315", pattern: `sw: Kiswahili`, with: "sw: {name: Kiswahili, missing: sw}"},
	{name: "a language without its file", codes: "U310", pattern: `sw: Kiswahili`, with: "sw: Kiswahili, fr: Francais"},
	{name: "a translation that is stale", codes: "U311", in: "sw", pattern: `(?m)^(\w+\.say: \w[^"#\n]*[^"# \n])(?:  # of \w+)?$`, with: "$1  # of 00000000"},
	{name: "a translation that nobody compared", codes: "U314", in: "sw", pattern: `(?m)^(\w+\.say: .*  # of [0-9a-f]{8})$`, with: "$1 unreviewed"},
	{name: "a translation without a value", codes: "U312", in: "sw", pattern: `(?m)^(\w+\.\w+: \w.*)\{[a-z_.]+\}`, with: "$1"},
	{name: "a translation with another value", codes: "U312", in: "sw", pattern: `(?m)^(\w+\.say: \w[^"#\n]*[^"# \n])(.*)$`, with: "$1 {today}$2"},
	{name: "a translation that is none", codes: "U313", in: "sw", pattern: `(?m)^bye\.say: .* MotherLine\.$`, with: "bye.say: Thank you for using MotherLine."},

	{name: "too many options", codes: "U401", pattern: `(?m)^    menu:\n((?:      - .*\n)+)`, with: "    menu:\n$1      - Aa -> bye\n      - Bb -> bye\n      - Cc -> bye\n      - Dd -> bye\n      - Ee -> bye\n      - Ff -> bye\n      - Gg -> bye\n"},
	{name: "an option with the key of Back", codes: "U402", pattern: `(?m)^      1: (\w.*)$`, with: "      0: $1", needs: `back: 0 `},
	{name: "two keys of navigation that are the same", codes: "U402", pattern: `back: 0+ (\w+)`, with: "back: 98 $1", needs: `more: 98 `},
	{name: "Yes and No on one key", codes: "U402", pattern: `confirm: 1 `, with: "confirm: 2 "},
	{name: "a key with a letter", codes: "U403", pattern: `(?m)^      2: `, with: "      b: "},
	{name: "a key with a star", codes: "U403 U004", pattern: `(back|more): \d+ `, with: "$1: '* "},
	{name: "menus too deep", codes: "U404", pattern: `(?m) -> (bye|end0)$`, with: " -> deep1", more: deepMenus(7)},
	{name: "a gap in the keys", codes: "U405", pattern: `(?m)^      2: `, with: "      6: "},
	{name: "labels that are alike", codes: "U406", pattern: `(?m)^      1: [\w ]+ -> (.*)\n      2: [\w ]+ ->`, with: "      1: Payments -> $1\n      2: Payment ->", needs: writtenMenus},
	{name: "a label too long", codes: "U406", pattern: `(?m)^      (\d): ([\w ]+) -> (\w+)$`, with: "      $1: $2 and some other things of that kind -> $3", needs: writtenMenus},
	{name: "a range with the key of Back", codes: "U407", pattern: `(?m)^    nav: none\n    ask: reading`, with: "    ask: reading"},
	{name: "an offer that is an answer", codes: "U408", pattern: `(?m)^    ask: (seats|due_day) -> .*$`, with: "$0\n    offer: {3: Skip -> bye}"},
	{name: "a form of a value that it does not have", codes: "U211", pattern: `([^*])\{(amount|seats|meter|bags)\}`, with: "$1{$2 as DD-MM-YYYY}"},
	{name: "an SMS after the end of a call", codes: "U113", pattern: `(?m)^vars:$`, with: "dropped: {after: [end0], sms: Come back.}\nvars:", needs: `(?m)^  end0:\n    end`},
	{name: "a condition that nothing uses", codes: "U213", pattern: `(?m)^vars:$`, with: "conditions: {spoken_to: lang is set}\nvars:", needs: writtenMenus},
	{name: "a code that carries an answer alone", codes: "U215", pattern: `(?m)^dial: "(\*[\d*]+)#"$`, with: "dial: \"$1*{other}#\""},
	{name: "a month without a name in a language", codes: "U317", pattern: `(?m)^languages: \{en: English`, with: "languages: {luo: English", more: "  named_month:\n    end: \"{today as MONTH}\"\n"},
	{name: "labels that are answers and equal", codes: "U409", pattern: `(?m)^    menu:\n      1: [\w ]+ -> (.*)\n      2: [\w ]+ ->`, with: "    answers: labels\n    menu:\n      1: Payments -> $1\n      2: PAY MENTS ->"},

	{name: "a PIN shown", codes: "U501", pattern: `wrong_pin: retry Wrong PIN.`, with: `wrong_pin: "retry {pin} is wrong."`},
	{name: "a PIN in an SMS", codes: "U502", pattern: `(sms: \{to: caller, say: "[^"]*)\{amount\}`, with: "$1{pin}"},
	{name: "a PIN given away", codes: "U503", pattern: `withdraw\(amount, pin\)`, with: "note_id(pin)"},
	{name: "a PIN remembered", codes: "U504", pattern: `remember: \[lang\]`, with: "remember: [lang, pin]", needs: `(?m)^  pin: `},
	{name: "a PIN under another name", codes: "U504", pattern: `(?m)^  help:\n    show: .*$`, with: "  help:\n    set: {amount: pin}\n    go: ask_amount"},
	{name: "a stranger's data", codes: "U505", pattern: `(?m)^    # allow U505.*\n`, with: ""},
	{name: "a PIN asked as a number", codes: "U506", pattern: `(?m)^    say: (\w[^"\n]*)\n    ask: (meter|bags|seats|amount|clinic)\b`, with: "    say: Enter your PIN\n    ask: $2"},
	{name: "a PIN that nothing takes", codes: "U507", pattern: `ask: (pin|password) -> \w+\([^)]*\)`, with: "ask: $1 -> bye", needs: writtenMenus},
	{name: "a PIN to guess without an end", codes: "U508 U005", pattern: `(?m)^    ask: pin -> .*$`, with: "$0\n    retries: unlimited"},
	{name: "a payment without a confirm", codes: "U601", pattern: `quoted: sure\b`, with: "quoted: ask_pin"},
	{name: "a question past the confirm", codes: "U601", pattern: `ask: amount -> (s\d+)_sure`, with: "ask: amount -> ${1}_pin"},
	{name: "a confirm that is a menu", codes: "U601", pattern: `(?m)^    confirm: -> (ask_pin|s\d+_pin)\n    cancel: (?:\w+ )*-> (\w+)$`, with: "    menu:\n      1: Pay -> $1\n      2: Not now -> $2"},
	{name: "an amount that is not shown", codes: "U602", pattern: `(?m)^(    say: (?:Withdraw|"Send) )[\[{]+amount[\]}]+`, with: "${1}it"},
	{name: "a fee that is not shown", codes: "U603", pattern: `(?m)^(    say: Withdraw \{amount\}\?) Fee \{fee\}\.`, with: "$1"},
	{name: "no receipt", codes: "U604", pattern: `(?m)^(  \w*paid:\n    end: .*\n)    sms: .*\n`, with: "$1"},
	{name: "Back to a payment", codes: "U605", pattern: `(?m)^  paid:\n    end: (.*)\n    sms: (.*)$`, with: "  paid:\n    sms: $2\n    go: paid_show\n  paid_show:\n    show: $1"},
	{name: "a confirm without a No", codes: "U606", pattern: `(?m)^    cancel: .*-> .*\n`, with: ""},
	{name: "actions that take too long", codes: "U701", pattern: `(?m) -> (bye|end0)$`, with: " -> slow_a", more: "  slow_a:\n    do: rename(\"A\")\n    when: {done: slow_b}\n  slow_b:\n    do: rename(\"B\")\n    when: {done: $1}\n"},
	{name: "a way longer than a session", codes: "U702", pattern: `(?m) -> (bye|end0)$`, with: " -> long1", more: longWay(24)},
	{name: "a prompt while the call goes on", codes: "U703", pattern: `(?m)^  pay_now:\n    end: .*$`, with: "  pay_now:\n    say: Enter your PIN of the network.\n    menu:\n      - Exit -> bye"},
	{name: "a resume behind a confirm", codes: "U704", pattern: `(?m)^start: home$`, with: "start: home\nrenamed: {old: ask_pin}"},
	{name: "an unknown gateway", codes: "U705", pattern: `gateway: `, with: "gateway: my-"},
	{name: "longer screens than the gateway has", codes: "U705", pattern: `(?m)^ussd: 1$`, with: "ussd: 1\nlimits: {screen: 182}"},
	{name: "an SMS that nothing sends", codes: "U706", pattern: `(?m) -> (bye|end0)$`, with: " -> quiet_a", more: "  quiet_a:\n    do: top_up(\"12345678\", \"KDA123B\")\n    when: {topped: $1, pending: quiet_b}\n  quiet_b:\n    end: We will send an SMS.\n"},
	{name: "a late outcome without words", codes: "U707", pattern: `(?m) -> (bye|end0)$`, with: " -> late_a", more: "  late_a:\n    do: rename(\"A\")\n    when: {done: $1}\n    late: {failed: Nothing was changed.}\n"},
}

// deepMenus returns menus that lead only to the next one, longWay questions.
func deepMenus(n int) string {
	var b strings.Builder
	for i := range n {
		to := fmt.Sprintf("deep%d", i+2)
		if i == n-1 {
			to = "$1"
		}
		fmt.Fprintf(&b, "  deep%d:\n    say: M\n    menu:\n      - Go on -> %s\n      - Stop -> $1\n", i+1, to)
	}
	return b.String()
}

func longWay(n int) string {
	var b strings.Builder
	for i := range n {
		to := fmt.Sprintf("long%d", i+2)
		if i == n-1 {
			to = "$1"
		}
		fmt.Fprintf(&b, "  long%d: {say: M, confirm: -> %s, cancel: -> $1}\n", i+1, to)
	}
	return b.String()
}

// goodMenu is a menu that passes, by its files.
type goodMenu struct {
	name  string // the main file
	files map[string]string
	codes map[string]int  // of the diagnostics it has anyway: advice, suppressions
	lost  map[string]bool // screens that nothing leads to, where mistakes of the flow are none
}

// goodMenus returns the shipped menu, those of other services, and some drawn ones.
func goodMenus(t *testing.T, drawn int) []goodMenu {
	t.Helper()
	var all []goodMenu
	take := func(name string, files map[string]string) {
		m := goodMenu{name: name, files: files}
		_, found := m.diagnose()
		if len(errorsOf(found)) > 0 {
			t.Fatalf("%s is not good", name)
		}
		m.codes, m.lost = counts(found), map[string]bool{}
		for _, f := range found {
			if f.Code == "U102" {
				m.lost[strings.Trim(strings.TrimPrefix(f.Message, "No path leads to the screen "), `".`)] = true
			}
		}
		all = append(all, m)
	}
	shipped := map[string]string{}
	for _, name := range []string{"paytrace.yaml", "paytrace.sw.yaml"} {
		b, err := menus.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		shipped[name] = string(b)
	}
	take("paytrace.yaml", shipped)
	for _, name := range menutest.MenusIn(t, "testdata/services") {
		files := map[string]string{}
		for _, part := range []string{name, strings.TrimSuffix(name, ".yaml") + ".sw.yaml"} {
			if b, err := os.ReadFile(filepath.Join("testdata/services", part)); err == nil {
				files[part] = string(b)
			}
		}
		take(name, files)
	}
	for seed := uint64(0); drawn > 0; seed += 2 {
		fsys, _ := drawWide(seed, false)
		if _, found := check.Diagnose(fsys, "wide.yaml", "", serviceContracts); len(errorsOf(found)) > 0 {
			continue
		}
		files := map[string]string{}
		for name, f := range fsys {
			files[name] = string(f.Data)
		}
		take("wide.yaml", files)
		drawn--
	}
	return all
}

func (m goodMenu) diagnose() (*syntax.File, diag.List) {
	fsys := fstest.MapFS{}
	for name, text := range m.files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return check.Diagnose(fsys, m.name, "", serviceContracts)
}

// counts returns the diagnostics that nothing covers, by code.
func counts(found diag.List) map[string]int {
	n := map[string]int{}
	for _, f := range found {
		if !f.Suppressed {
			n[f.Code]++
		}
	}
	return n
}

// made returns the menu with a mistake at a place drawn at random, and that place;
// "" where there is none for it.
func (m goodMenu) made(x mistake, r *rand.Rand) (bad goodMenu, place string) {
	name := m.name
	if x.in != "" {
		name = strings.TrimSuffix(m.name, ".yaml") + "." + x.in + ".yaml"
	}
	text := m.files[name]
	all := regexp.MustCompile(x.pattern).FindAllStringSubmatchIndex(text, -1)
	all = slices.DeleteFunc(all, func(at []int) bool { return m.lost[screenAt(text, at[0])] })
	if len(all) == 0 || !regexp.MustCompile(x.needs).MatchString(m.files[m.name]) {
		return m, ""
	}
	at := all[r.IntN(len(all))]
	expand := func(with string) string {
		return string(regexp.MustCompile(x.pattern).ExpandString(nil, with, text, at))
	}
	bad = goodMenu{name: m.name, files: maps.Clone(m.files)}
	bad.files[name] = text[:at[0]] + expand(x.with) + text[at[1]:]
	bad.add(expand(x.more))
	place = fmt.Sprintf("%s, %q", name, text[at[0]:at[1]])
	return bad, place
}

// screenAt returns the screen that a place of a menu stands in, "" for none.
func screenAt(text string, at int) string {
	name := ""
	for _, m := range screenName.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > at {
			break
		}
		name = text[m[2]:m[3]]
	}
	return name
}

var screenName = regexp.MustCompile(`(?m)^  (\w+):$`)

// add puts lines at the end of the screens, and what stands before them at the
// head of the variables.
func (m *goodMenu) add(more string) {
	if rest, ok := strings.CutPrefix(more, "vars: "); ok {
		line, screens, _ := strings.Cut(rest, "\n")
		m.files[m.name] = strings.Replace(m.files[m.name], "\nvars:\n", "\nvars:\n  "+line+"\n", 1)
		more = screens
	}
	if more == "" {
		return
	}
	text := m.files[m.name]
	if before, after, ok := strings.Cut(text, "\ninclude: "); ok && strings.Contains(before, "\nscreens:\n") {
		m.files[m.name] = before + "\n" + more + "include: " + after
		return
	}
	m.files[m.name] = text + more
}

// TestMistakesAreCaught makes each kind of mistake in good menus, at places drawn
// at random: each is found.
func TestMistakesAreCaught(t *testing.T) {
	const drawn, least = 10, 60
	places := numberSet(t, "PAYTRACE_PLACES", 1) // in each menu
	if len(mistakes) < least {
		t.Fatalf("%d kinds of mistakes, want %d", len(mistakes), least)
	}
	good := goodMenus(t, drawn)
	total := 0
	covered := map[string]bool{}
	for i, x := range mistakes {
		t.Run(strings.ReplaceAll(x.name, " ", "_"), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			n := 0
			for _, m := range good {
				for range places {
					bad, place := m.made(x, r)
					if place == "" {
						break
					}
					n++
					file, found := bad.diagnose()
					now := counts(found)
					caught := slices.ContainsFunc(strings.Fields(x.codes), func(code string) bool { covered[code] = true; return now[code] > m.codes[code] })
					if !caught {
						t.Errorf("%s: none of %s, but %v:\n%s", place, x.codes, now, menutest.Printed(t, file.Source, found))
						return
					}
				}
			}
			if n == 0 {
				t.Error("no menu has a place for it")
			}
			total += n
		})
	}
	t.Logf("%d mistakes of %d kinds in %d menus", total, len(mistakes), len(good))
	for _, code := range check.AllCodes() {
		if !covered[code] {
			t.Errorf("no kind of mistake is made that has the code %s", code)
		}
	}
}

// The control: what is no mistake is not caught.
func TestNoMistakeIsNotCaught(t *testing.T) {
	harmless := mistake{pattern: `(?m)^service: .*$`, with: "service: Other"}
	for _, m := range goodMenus(t, 2) {
		same, place := m.made(harmless, rand.New(rand.NewPCG(1, 1)))
		if place == "" {
			t.Fatalf("%s names no service", m.name)
		}
		if _, found := same.diagnose(); !maps.Equal(counts(found), m.codes) {
			t.Errorf("%s: %v, before %v", m.name, counts(found), m.codes)
		}
	}
}
