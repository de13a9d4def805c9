package engine

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/gsm7"
)

// monthNames has the names of the twelve months, and their short forms.
type monthNames struct{ names, short [monthsPerYear]string }

const monthsPerYear = 12

// months has the names of the months by language, as CLDR has them.
var months = map[string]*monthNames{
	"af": monthsOf("Januarie Februarie Maart April Mei Junie Julie Augustus September Oktober November Desember", "Jan Feb Mrt Apr Mei Jun Jul Aug Sep Okt Nov Des"),
	"en": monthsOf("January February March April May June July August September October November December", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
	"es": monthsOf("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", "ene feb mar abr may jun jul ago sept oct nov dic"),
	"fr": monthsOf("janvier février mars avril mai juin juillet août septembre octobre novembre décembre", "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
	"ha": monthsOf("Janairu Faburairu Maris Afirilu Mayu Yuni Yuli Agusta Satumba Oktoba Nuwamba Disamba", "Jan Fab Mar Afi May Yun Yul Agu Sat Okt Nuw Dis"),
	"lg": monthsOf("Janwaliyo Febwaliyo Marisi Apuli Maayi Juuni Julaayi Agusito Sebuttemba Okitobba Novemba Desemba", "Jan Feb Mar Apu Maa Juu Jul Agu Seb Oki Nov Des"),
	"pt": monthsOf("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro", "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez."),
	"rw": monthsOf("Mutarama Gashyantare Werurwe Mata Gicurasi Kamena Nyakanga Kanama Nzeli Ukwakira Ugushyingo Ukuboza", "Mut. Gas. Wer. Mat. Gic. Kam. Nya. Kan. Nze. Ukw. Ugu. Uku."),
	"sn": monthsOf("Ndira Kukadzi Kurume Kubvumbi Chivabvu Chikumi Chikunguru Nyamavhuvhu Gunyana Gumiguru Mbudzi Zvita", "Ndi Kuk Kur Kub Chv Chk Chg Nya Gun Gum Mbu Zvi"),
	"sw": monthsOf("Januari Februari Machi Aprili Mei Juni Julai Agosti Septemba Oktoba Novemba Desemba", "Jan Feb Mac Apr Mei Jun Jul Ago Sep Okt Nov Des"),
	"xh": monthsOf("Janyuwari Februwari Matshi Epreli Meyi Juni Julayi Agasti Septemba Okthoba Novemba Disemba", "Jan Feb Mat Epr Mey Jun Jul Aga Sep Okt Nov Dis"),
	"zu": monthsOf("Januwari Februwari Mashi Ephreli Meyi Juni Julayi Agasti Septhemba Okthoba Novemba Disemba", "Jan Feb Mas Eph Mey Jun Jul Aga Sep Okt Nov Dis"),
}

// monthCodes has the codes of three letters (ISO 639-3) of the languages in months.
var monthCodes = map[string]string{
	"afr": "af", "eng": "en", "spa": "es", "fra": "fr", "hau": "ha", "lug": "lg", "por": "pt", "kin": "rw", "sna": "sn", "swa": "sw", "swh": "sw", "xho": "xh", "zul": "zu",
}

func monthsOf(names, short string) *monthNames {
	m := &monthNames{}
	copy(m.names[:], strings.Fields(names))
	copy(m.short[:], strings.Fields(short))
	return m
}

// HasMonths reports whether the engine has the names of the months in a language, by
// its code: "fr" or "fr_SN".
func HasMonths(lang string) bool { return namedMonths(lang) != nil }

func namedMonths(lang string) *monthNames {
	base := strings.ToLower(lang)
	if i := strings.IndexAny(base, "-_"); i >= 0 {
		base = base[:i]
	}
	if short, ok := monthCodes[base]; ok {
		base = short
	}
	return months[base]
}

// monthsIn returns the names of the months in a language, or in English if the engine
// has none.
func monthsIn(lang string) *monthNames {
	if m := namedMonths(lang); m != nil {
		return m
	}
	return months["en"]
}

// shown returns the name of a month in the alphabet of phones.
func (m *monthNames) shown(month time.Month, short bool) string {
	if short {
		return gsm7.Transliterate(m.short[month-1])
	}
	return gsm7.Transliterate(m.names[month-1])
}

// leastMonth is how many letters of a month's name callers must type. Fewer are no name
// in any language.
const leastMonth = 3

// month returns the month that a word names by its first letters, 0 for none or for
// more than one.
func (m *monthNames) month(word string) time.Month {
	word = strings.TrimSuffix(FoldLabel(word), ".")
	if len([]rune(word)) < leastMonth {
		return 0
	}
	found := time.Month(0)
	for i := range m.names {
		name, short := FoldLabel(m.names[i]), strings.TrimSuffix(FoldLabel(m.short[i]), ".")
		switch {
		case word == name || word == short:
			return time.Month(i + 1)
		case !strings.HasPrefix(name, word):
		case found != 0:
			return 0
		default:
			found = time.Month(i + 1)
		}
	}
	return found
}

// typed returns the month that a word names in a language. English names count in every
// language, because people write them in all.
func (m *monthNames) typed(word string) time.Month {
	if month := m.month(word); month != 0 {
		return month
	}
	return months["en"].month(word)
}

// dayWords are words that stand in a day that is written out: "1st of March", "1 de
// março".
var dayWords = map[string]bool{"st": true, "nd": true, "rd": true, "th": true, "of": true, "de": true, "er": true}

// wordsOfDay divides what was typed for a day into numbers and words: "1st March 2026"
// is 1, March, 2026.
func wordsOfDay(typed string) []string {
	var list []string
	rest := typed
	for rest != "" {
		first, _ := utf8.DecodeRuneInString(rest)
		letters := ofWord(first)
		end := strings.IndexFunc(rest, func(r rune) bool { return dayBreak(r) || ofWord(r) != letters })
		if end < 0 {
			end = len(rest)
		}
		if word := rest[:end]; word != "" && !dayWords[strings.ToLower(word)] {
			list = append(list, word)
		}
		rest = strings.TrimLeftFunc(rest[end:], dayBreak)
	}
	return list
}

// ofWord reports whether a character is part of a word; others are numbers.
func ofWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// dayBreak reports what may stand between the parts of a day.
func dayBreak(r rune) bool { return strings.ContainsRune("/-., ", r) }

// parseNamedDay reads a day whose month is a name: "1 March 2026", "1-Mar-2026",
// "March 1, 2026".
func parseNamedDay(typed string, names *monthNames) (Date, bool) {
	parts := wordsOfDay(typed)
	if len(parts) != dayParts {
		return 0, false
	}
	numbers, month := make([]string, 0, dayParts), time.Month(0)
	for _, part := range parts {
		if allDigits(part) {
			numbers = append(numbers, part)
		} else {
			month = names.typed(part)
		}
	}
	if len(numbers) != dayParts-1 || month == 0 {
		return 0, false
	}
	day, year := numbers[0], numbers[1]
	if len(day) == len("2026") {
		day, year = year, day
	}
	return calendarDay(year, twoDigits(int(month)), day)
}

// dayParts is how many parts a day has: its number, its month and its year.
const dayParts = 3

func twoDigits(n int) string { return string([]byte{'0' + byte(n/ten), '0' + byte(n%ten)}) }
