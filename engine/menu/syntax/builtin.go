package syntax

// builtins are the engine's own texts by language code. A menu may word each of
// them in "nav"; other languages get the English ones.
var builtinTexts = map[string]map[string]string{
	"en": {
		"invalid":     "Invalid option. Try again.",
		"gave_up":     "Too many tries. Please dial again.",
		"resume":      "Continue where you stopped?",
		"yes":         "Yes",
		"no":          "No",
		"busy":        "The service is busy. Please try again later.",
		"in_progress": "In progress. We will send an SMS. If none comes in 5 minutes, dial again.",
		"expired":     "Your session has expired. Please dial again.",
		"updated":     "The service was updated. Please dial again.",
		"limited":     "You have reached the limit. Please try again later.",
	},
	"sw": {
		"invalid":     "Chaguo si sahihi. Jaribu tena.",
		"gave_up":     "Umejaribu mara nyingi. Tafadhali piga tena.",
		"resume":      "Uendelee ulipoishia?",
		"yes":         "Ndiyo",
		"no":          "Hapana",
		"busy":        "Huduma ina shughuli nyingi. Tafadhali jaribu tena baadaye.",
		"in_progress": "Inashughulikiwa. Tutatuma SMS. Isipokuja kwa dakika 5, piga tena.",
		"expired":     "Muda wako umekwisha. Tafadhali piga tena.",
		"updated":     "Huduma imesasishwa. Tafadhali piga tena.",
		"limited":     "Umefikia kikomo. Tafadhali jaribu tena baadaye.",
	},
}

// Builtin is one of the engine's own texts in a language.
func BuiltinText(name, lang string) string {
	if text, ok := builtinTexts[lang][name]; ok {
		return text
	}
	return builtinTexts["en"][name]
}
