package menu

// English is the language of built-in texts where there are no others.
const English = "en"

// builtinTexts are the words that come with the language, by key and language.
// A menu may word each of them in "nav". All are plain
// GSM-7 and leave room for navigation: a test measures them.
var builtinTexts = map[string]map[string]string{
	"nav.confirm": {English: "Yes", "sw": "Ndiyo"},
	"nav.cancel":  {English: "No", "sw": "Hapana"},
	"nav.invalid": {
		English: "Invalid option. Try again.",
		"sw":    "Chaguo si sahihi. Jaribu tena.",
	},
	"nav.gave_up": {
		English: "Too many tries. Please dial again.",
		"sw":    "Umejaribu mara nyingi. Tafadhali piga tena.",
	},
	"nav.resume": {
		English: "Continue where you stopped?",
		"sw":    "Uendelee ulipoachia?",
	},
	"nav.busy": {
		English: "The service is busy. Please try again later.",
		"sw":    "Huduma ina shughuli nyingi. Tafadhali jaribu tena baadaye.",
	},
	"nav.in_progress": {
		English: "In progress. We will send an SMS. If none comes in 5 minutes, dial again.",
		"sw":    "Inaendelea. Tutakutumia SMS. Usipoipata kwa dakika 5, piga tena.",
	},
	"nav.expired": {
		English: "Your session has expired. Please dial again.",
		"sw":    "Muda wako umeisha. Tafadhali piga tena.",
	},
	"nav.updated": {
		English: "The service was updated. Please dial again.",
		"sw":    "Huduma imeboreshwa. Tafadhali piga tena.",
	},
	"nav.limited": {
		English: "You have reached today's limit. Please try again tomorrow.",
		"sw":    "Umefikisha kikomo cha leo. Tafadhali jaribu tena kesho.",
	},
}

// Builtin is a built-in text in a language, in English where there is none, ""
// for a key that is not built in.
func Builtin(key, lang string) string {
	if text, ok := builtinTexts[key][lang]; ok {
		return text
	}
	return builtinTexts[key][English]
}

// hasBuiltin reports whether a built-in text is given in a language.
func hasBuiltin(key, lang string) bool {
	_, ok := builtinTexts[key][lang]
	return ok
}

// FirstLanguage is the code of the language that a menu is written in.
func FirstLanguage(f *File) string {
	if len(f.Languages) == 0 {
		return English
	}
	return f.Languages[0].Code.Value
}
