package record

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/secret"
)

// A Kind says what a menu takes an input for.
type Kind uint8

const (
	// KindUnknown means that no menu says.
	KindUnknown Kind = iota
	// KindSecret is the answer to a question for a PIN or another secret.
	KindSecret
	// KindPlain is the answer to a question for something else, such as an amount.
	KindPlain
	// KindOption chooses from a list, so a PIN there was typed on the wrong screen.
	KindOption
)

// Kinds returns what the menus take each input of a played call for.
func Kinds(menus []*engine.Program, r dialscript.Result) []Kind {
	kinds := make([]Kind, len(r.Screens))
	for i := 1; i < len(kinds); i++ {
		if before := r.Screens[i-1]; before != nil && !before.End {
			kinds[i] = kindOn(menus, before)
		}
	}
	return kinds
}

func kindOn(menus []*engine.Program, shown *dialscript.Screen) Kind {
	for _, p := range menus {
		s, ok := p.Screen(shown.Name)
		if !ok || shown.Program != "" && shown.Program != p.Hash() {
			continue
		}
		if s.Ask == nil {
			return KindOption
		}
		for _, v := range p.Definition().Vars {
			switch {
			case v.Name != s.Ask.Var:
			case v.Type.Kind == engine.KindSecret:
				return KindSecret
			case v.Type.Kind == engine.KindChoice:
				return KindOption
			default:
				return KindPlain
			}
		}
	}
	return KindUnknown
}

// A Doubt is a text of a log that may be a secret and may be none.
type Doubt struct {
	// Line is the line of the log where the session begins, and Step the input's
	// place in the session, from 1.
	Line, Step int
	// Shown says that the text is on the screen after the input, and not typed.
	Shown bool
	Text  string
}

// Judgement is what is known of the secrets in a log, beside the rules.
type Judgement struct {
	// Kinds returns what the menu takes each input of a session for; nil if no menu
	// is named.
	Kinds func(Recorded) []Kind
	// Codes lists the service codes of the menus, as they are dialled.
	Codes []string
	// Secret has the texts that a person calls secret, and Plain those that are none.
	Secret, Plain map[string]bool
	// AllPlain says that what is in doubt is no secret.
	AllPlain bool
}

const (
	// leastDigits and mostDigits are how many digits PINs and codes have.
	leastDigits = 4
	mostDigits  = 8
	// leastLetters is the shortest secret word that is replaced wherever it stands.
	leastLetters = 4
	// shownParts of a dialled code say which service it is; longer parts than
	// shownDigits, and further parts, were typed.
	shownParts  = 2
	shownDigits = 5
	// keyLength is the longest input that chooses something on a screen which asks for
	// a secret.
	keyLength = 2
)

var (
	// secretAsked matches screens that ask for a secret.
	secretAsked = regexp.MustCompile(`(?i)\b(?:pin|otp|code|password|passcode|siri|neno)\b`)
	// plainAsked matches screens that ask for something which may have as many digits.
	plainAsked = regexp.MustCompile(`(?i)\b(?:amount|how much|kiasi|kes|ksh|shillings?|shilingi|date|tarehe|year|mwaka)\b`)
	// secretTold matches a word that names a secret, what links it, and the word behind.
	secretTold = regexp.MustCompile(`(?i)\b(otp|code|passcode|password|pin|siri|neno)\b((?:[ \t]+(?:yako|lako|wako|yangu|la|ya|siri|mpya|is|ni|was|your|new|the)\b)*[ \t]*[:=]?)[ \t]*["'“(]?([\p{L}\p{Nd}][^\s"'”)]*)`)
	// linked matches a link that says what the secret is.
	linked = regexp.MustCompile(`(?i)(?:\b(?:is|ni|was)|[:=])[ \t]*$`)
	// runs matches words with digits, to find those of digits alone.
	runs = regexp.MustCompile(`[\p{L}\p{Nd}]+`)
	// harmless matches digits that are no secret: dates, amounts of money, codes to
	// dial, years behind a month.
	harmless = regexp.MustCompile(`(?i)\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d` +
		`|\b(?:kes|ksh|kshs|tzs|tsh|ugx|ush|usd|etb|birr|sh)\.?[ \t]*\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d\d\b|/=)` +
		`|\*[\d*]+#|\b(?:jan|feb|mar|apr|may|mei|jun|jul|aug|ago|sep|oct|okt|nov|dec|des)[a-z]*\.?[ \t]+\d{4}\b`)
)

// toldNothing are words behind "code is" that tell no code.
var toldNothing = []string{
	"wrong", "invalid", "incorrect", "correct", "right", "valid", "expired", "sent", "required", "not", "too", "used", "blocked", "locked", "needed", "active", "in",
	"si", "sio", "sahihi", "imetumwa", "imeisha", "batili", "fupi", "ndefu",
}

// found collects the secrets of one session, in the order in which they come.
type found struct {
	line    int
	judged  Judgement
	secrets []string
	doubts  []Doubt
}

func (f *found) add(text string) {
	if text != "" && !slices.Contains(f.secrets, text) {
		f.secrets = append(f.secrets, text)
	}
}

// doubt notes a text that may be a secret, unless a person has judged it.
func (f *found) doubt(step int, shown bool, text string) {
	switch {
	case f.judged.Secret[text]:
		f.add(text)
	case f.judged.AllPlain || f.judged.Plain[text]:
	default:
		f.doubts = append(f.doubts, Doubt{Line: f.line, Step: step + 1, Shown: shown, Text: text})
	}
}

// secretsOf finds the secrets of a session. typed says for each input whether it is
// one as a whole.
func secretsOf(c Recorded, j Judgement) (f *found, typed []bool) {
	f, typed = &found{line: c.Line, judged: j}, make([]bool, len(c.Steps))
	var kinds []Kind
	if j.Kinds != nil {
		kinds = j.Kinds(c)
	}
	for i, s := range c.Steps {
		if i == 0 {
			f.dialled(s.Typed)
		} else {
			kind := KindUnknown
			if i < len(kinds) {
				kind = kinds[i]
			}
			typed[i] = f.input(i, s.Typed, c.Steps[i-1], kind)
		}
		if s.Answered {
			f.screen(i, s.Answer, j.Kinds != nil)
		}
	}
	// What is a secret in one place is no doubt in another one.
	f.doubts = slices.DeleteFunc(f.doubts, func(d Doubt) bool { return slices.Contains(f.secrets, d.Text) })
	return f, typed
}

// dialled finds what was typed behind a service code.
func (f *found) dialled(code string) {
	code = strings.Trim(code, "*#")
	parts, declared := strings.Split(code, "*"), 0
	for _, one := range f.judged.Codes {
		if one = strings.Trim(one, "*#"); code == one || strings.HasPrefix(code, one+"*") {
			declared = max(declared, strings.Count(one, "*")+1)
		}
	}
	for i, part := range parts {
		if i < declared || declared == 0 && i < shownParts && len(part) <= shownDigits {
			continue
		}
		if dialscript.IsPIN(part) {
			f.add(part)
		}
	}
}

// input judges one input, and reports whether it is a secret as a whole.
func (f *found) input(i int, typed string, before RecordedStep, kind Kind) bool {
	digits := dialscript.IsPIN(typed)
	switch {
	case typed == "" || kind == KindPlain:
		return false
	case f.judged.Secret[typed], kind == KindSecret, kind == KindOption && digits:
	case f.judged.Plain[typed] || kind == KindOption:
		return false
	case !before.Answered && digits:
	case before.Answered && secretAsked.MatchString(before.Answer) && len(typed) > keyLength:
	default:
		f.words(i, false, typed)
		if !before.Answered || !plainAsked.MatchString(before.Answer) {
			f.runs(i, false, typed)
		}
		return false
	}
	if digits || len(typed) >= leastLetters {
		f.add(typed)
	}
	return true
}

// screen finds the secrets on a screen. played says that a menu is named: then the
// screens of the script are the menu's own, and no digits of the log are on them.
func (f *found) screen(i int, text string, played bool) {
	f.words(i, true, text)
	if !played {
		f.runs(i, true, text)
	}
}

// words finds what stands behind a word that names a secret.
func (f *found) words(i int, shown bool, text string) {
	for _, m := range secretTold.FindAllStringSubmatchIndex(text, -1) {
		name, link, word := strings.ToLower(text[m[2]:m[3]]), text[m[4]:m[5]], strings.TrimRight(text[m[6]:m[7]], ".,;:!?")
		digits := strings.ContainsAny(word, "0123456789")
		switch {
		case strings.Trim(word, "0123456789") == "" && len(word) < leastDigits, slices.Contains(toldNothing, strings.ToLower(word)):
		case digits:
			f.add(word)
		case len(word) < leastLetters || !linked.MatchString(link):
		case name == "code" || name == "otp" || name == "pin":
			f.doubt(i, shown, word)
		default:
			f.add(word)
		}
	}
}

// runs finds runs of digits that may be a secret.
func (f *found) runs(i int, shown bool, text string) {
	text = harmless.ReplaceAllString(text, " ")
	text = partedNumber.ReplaceAllString(text, " ")
	for _, run := range runs.FindAllString(text, -1) {
		if len(run) >= leastDigits && len(run) <= mostDigits && strings.Trim(run, "0123456789") == "" {
			f.doubt(i, shown, run)
		}
	}
}

// replacer returns a function that replaces the secrets of a session wherever they
// stand alone, and the secrets of wallets. become has what PINs become.
func (f *found) replacer(become map[string]string) func(string) string {
	list := slices.Clone(f.secrets)
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var forms []string
	for _, s := range list {
		forms = append(forms, regexp.QuoteMeta(s))
	}
	if len(forms) == 0 {
		return secret.Seeds
	}
	// A secret is replaced in any case of its letters, but not within a longer word.
	word := regexp.MustCompile(`(?i)[\p{L}\p{Nd}]*(?:` + strings.Join(forms, "|") + `)[\p{L}\p{Nd}]*`)
	return func(text string) string {
		return word.ReplaceAllStringFunc(secret.Seeds(text), func(match string) string {
			for _, s := range list {
				if strings.EqualFold(s, match) {
					return cmp.Or(become[s], masked(s))
				}
			}
			return match
		})
	}
}

// masked stands for a secret word.
func masked(word string) string { return strings.Repeat("x", len([]rune(word))) }
