package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine/msisdn"
)

// A Refusal says why an answer to a question was not taken.
type Refusal uint8

// The refusals that a type explains.
const (
	RefusedForm  Refusal = iota // it is no value of the type
	RefusedRange                // it is one, outside of the range
	RefusedStar                 // it has an asterisk, and the type takes any text without
)

// A Place is where a text is read: its language, and the currency and country of its
// menu.
type Place struct{ Lang, Currency, Country string }

// refusals has what callers read after an answer that a type does not take, by
// language. Each text is short, so that the question still fits below it.
var refusals = map[string]map[string]string{
	"en": {
		"number": "Write a number from {lo} to {hi}.", "number range": "The number must be from {lo} to {hi}.",
		"money": "Write an amount from {lo} to {hi}.", "money range": "The amount must be from {lo} to {hi}.",
		"date":         "Write a day like {day}.",
		"date between": "Write a day from {lo} to {hi}.", "date between range": "The day must be from {lo} to {hi}.",
		"date since": "Write a day not before {lo}.", "date since range": "The day must not be before {lo}.",
		"date until": "Write a day not after {hi}.", "date until range": "The day must not be after {hi}.",
		"phone": "Write a phone number like {example}.", "phone any": "Write a phone number with its country code, like {example}.",
		"text": "Write at most {hi} characters.", "text star": "Write it without *.", "digits": "Write {count} digits.", "digit": "Write 1 digit.",
		"letters": "Write {count} letters.", "letter": "Write 1 letter.", "alphameric": "Write {count} letters or digits.", "alphameric one": "Write 1 letter or digit.",
		"like": "Write it like {example}.", "to": "{lo} to {hi}",
	},
	"sw": {
		"number": "Andika namba kuanzia {lo} hadi {hi}.", "number range": "Namba iwe kuanzia {lo} hadi {hi}.",
		"money": "Andika kiasi kuanzia {lo} hadi {hi}.", "money range": "Kiasi kiwe kuanzia {lo} hadi {hi}.",
		"date":         "Andika tarehe kama {day}.",
		"date between": "Andika tarehe kuanzia {lo} hadi {hi}.", "date between range": "Tarehe iwe kuanzia {lo} hadi {hi}.",
		"date since": "Andika tarehe si kabla ya {lo}.", "date since range": "Tarehe isiwe kabla ya {lo}.",
		"date until": "Andika tarehe si baada ya {hi}.", "date until range": "Tarehe isiwe baada ya {hi}.",
		"phone": "Andika namba ya simu kama {example}.", "phone any": "Andika namba ya simu na msimbo wa nchi, kama {example}.",
		"text": "Andika herufi zisizozidi {hi}.", "text star": "Andika bila *.", "digits": "Andika tarakimu {count}.", "digit": "Andika tarakimu 1.",
		"letters": "Andika herufi {count}.", "letter": "Andika herufi 1.", "alphameric": "Andika herufi au tarakimu {count}.", "alphameric one": "Andika herufi au tarakimu 1.",
		"like": "Andika kama {example}.", "to": "{lo} hadi {hi}",
	},
}

// anyDay is the example of a date whose type names no day. It has a day that is no
// month.
var anyDay = Date(20447) // 2025-12-25

// Words returns what callers read after an answer that the type does not take: its form
// and its range. It is "" for a type that says nothing by itself, and in a language
// that the engine does not speak.
func (t *Type) Words(why Refusal, at Place, today Date) string {
	words, spoken := refusals[at.Lang]
	if !spoken {
		return ""
	}
	key, values := t.refusal(words, at, today)
	if special := key + map[Refusal]string{RefusedRange: " range", RefusedStar: " star"}[why]; words[special] != "" {
		key = special
	}
	return strings.NewReplacer(values...).Replace(words[key])
}

// refusal returns the key of a type's words, and the values in them.
func (t *Type) refusal(words map[string]string, at Place, today Date) (key string, values []string) {
	form := numberFormOf(at.Lang)
	switch t.Kind {
	case KindNumber:
		return "number", []string{"{lo}", string(form.append(nil, t.Lo)), "{hi}", string(form.append(nil, t.Hi))}
	case KindMoney:
		return "money", []string{"{lo}", string(form.appendMoney(nil, at.Currency, t.Lo)), "{hi}", string(form.appendMoney(nil, at.Currency, t.Hi))}
	case KindDate:
		return t.dayRefusal(today)
	case KindPhone:
		return t.phoneRefusal(at.Country)
	case KindSecret:
		if t.Digits > 0 {
			return counted("digits", "digit", t.Digits, t.Digits, words)
		}
		return "text", []string{"{hi}", strconv.Itoa(t.Width)}
	case KindText:
		return t.textRefusal(words)
	default:
		return "", nil
	}
}

func (t *Type) textRefusal(words map[string]string) (key string, values []string) {
	switch t.Form.Kind {
	case FormDigits:
		return counted("digits", "digit", t.Form.Least, t.Width, words)
	case FormLetters:
		return counted("letters", "letter", t.Form.Least, t.Width, words)
	case FormAlphameric:
		return counted("alphameric", "alphameric one", t.Form.Least, t.Width, words)
	case FormExample, FormPattern:
		return "like", []string{"{example}", t.Form.Example}
	default:
		return "text", []string{"{hi}", strconv.Itoa(t.Width)}
	}
}

// counted returns the key for so many characters of a kind.
func counted(many, one string, least, most int, words map[string]string) (key string, values []string) {
	if most == 1 {
		return one, nil
	}
	count := strconv.Itoa(most)
	if least < most {
		count = strings.NewReplacer("{lo}", strconv.Itoa(least), "{hi}", count).Replace(words["to"])
	}
	return many, []string{"{count}", count}
}

func (t *Type) dayRefusal(today Date) (key string, values []string) {
	lo, hi := dayText(t.From.on(today)), dayText(t.To.on(today))
	switch {
	case t.From.Set && t.To.Set:
		return "date between", []string{"{lo}", lo, "{hi}", hi}
	case t.From.Set:
		return "date since", []string{"{lo}", lo}
	case t.To.Set:
		return "date until", []string{"{hi}", hi}
	default:
		return "date", []string{"{day}", dayText(anyDay)}
	}
}

// phoneRefusal shows a number of the first country that the type takes, as people at
// home write it.
func (t *Type) phoneRefusal(home string) (key string, values []string) {
	country := home
	if len(t.Countries) > 0 && !slices.Contains(t.Countries, home) {
		country = t.Countries[0]
	}
	if country == msisdn.Any {
		return "phone any", []string{"{example}", msisdn.E164(msisdn.Example(home))}
	}
	return "phone", []string{"{example}", msisdn.Local(msisdn.Example(country), home)}
}

func dayText(day Date) string { return day.Time().Format(dayForm) }

// refusalText returns what stands above a question whose type explains why the answer
// was not taken, or "" if nothing does.
func (p *Program) refusalText(n *node, s *Session, lang int) string {
	if n.question == nil || s.brief {
		return ""
	}
	why := RefusedForm
	switch s.Notice {
	case noticeInvalid:
	case noticeRange:
		why = RefusedRange
	case noticeStar:
		why = RefusedStar
	default:
		return ""
	}
	return n.question.Words(why, Place{Lang: p.def.Languages[lang].Code, Currency: p.def.Currency, Country: p.def.Session.Country}, s.Day())
}
