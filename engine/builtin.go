package engine

// A Builtin names a text that the engine shows where a menu has none of its own.
// A menu may word each of them under "nav".
type Builtin string

// The built-in texts.
const (
	BuiltinInvalid    Builtin = "invalid"     // above a menu after a wrong option
	BuiltinGaveUp     Builtin = "gave_up"     // the end after too many wrong answers
	BuiltinResume     Builtin = "resume"      // the question about a dropped call
	BuiltinYes        Builtin = "yes"         // its first answer, and that of a confirm
	BuiltinNo         Builtin = "no"          // the second
	BuiltinBusy       Builtin = "busy"        // the end if the service can't answer
	BuiltinInProgress Builtin = "in_progress" // the end if an outcome is unknown
	BuiltinExpired    Builtin = "expired"     // the end if the session is lost
	BuiltinUpdated    Builtin = "updated"     // the end if the session's menu is gone
	BuiltinLimited    Builtin = "limited"     // the end if the caller did this too often
	BuiltinMismatch   Builtin = "mismatch"    // above a question whose two answers differ
	BuiltinListCut    Builtin = "list_cut"    // below the last row of a list that has more
	// BuiltinUnknownCode ends a call to a code that no menu has. BuiltinTooLong and
	// BuiltinUnreadable end one in which more was typed than a service reads, or
	// characters that no keypad has. No menu words them.
	BuiltinUnknownCode Builtin = "unknown_code"
	BuiltinTooLong     Builtin = "too_long"
	BuiltinUnreadable  Builtin = "unreadable"
	// BuiltinLateDone and BuiltinLateFailed are sent by SMS when an outcome comes after
	// the caller was told that it is unknown. The code to dial follows them.
	BuiltinLateDone   Builtin = "late_done"
	BuiltinLateFailed Builtin = "late_failed"
)

// builtins has the built-in texts by language code. Each fits one GSM-7 screen.
var builtins = map[string]map[Builtin]string{
	"en": {
		BuiltinInvalid:    "Invalid option. Try again.",
		BuiltinGaveUp:     "Too many tries. Please dial again.",
		BuiltinResume:     "Continue where you stopped?",
		BuiltinYes:        "Yes",
		BuiltinNo:         "No",
		BuiltinBusy:       "The service is busy. Please try again later.",
		BuiltinInProgress: "In progress. The result is not known yet. Please dial again in 5 minutes.",
		BuiltinExpired:    "Your session has expired. Please dial again.",
		BuiltinUpdated:    "The service was updated. Please dial again.",
		BuiltinLimited:    "You have reached the limit. Please try again later.",
		BuiltinMismatch:   "Not the same. Try again.",
		BuiltinListCut:    "There are more. They are not shown.",

		BuiltinUnknownCode: "This code is not in use. Please check it and dial again.",
		BuiltinTooLong:     "Your answers are too long. Please dial again.",
		BuiltinUnreadable:  "Your answer can't be read. Please dial again.",
		BuiltinLateDone:    "Your request now has an answer. To see it, dial",
		BuiltinLateFailed:  "Your request was not carried out. To try again, dial",
	},
	"sw": {
		BuiltinInvalid:    "Chaguo si sahihi. Jaribu tena.",
		BuiltinGaveUp:     "Umejaribu mara nyingi. Tafadhali piga tena.",
		BuiltinResume:     "Uendelee ulipoishia?",
		BuiltinYes:        "Ndiyo",
		BuiltinNo:         "Hapana",
		BuiltinBusy:       "Huduma ina shughuli nyingi. Tafadhali jaribu tena baadaye.",
		BuiltinInProgress: "Inashughulikiwa. Matokeo bado hayajulikani. Tafadhali piga tena baada ya dakika 5.",
		BuiltinExpired:    "Muda wako umekwisha. Tafadhali piga tena.",
		BuiltinUpdated:    "Huduma imesasishwa. Tafadhali piga tena.",
		BuiltinLimited:    "Umefikia kikomo. Tafadhali jaribu tena baadaye.",
		BuiltinMismatch:   "Hazifanani. Jaribu tena.",
		BuiltinListCut:    "Kuna zaidi. Hazionyeshwi.",

		BuiltinUnknownCode: "Namba hii haitumiki. Tafadhali iangalie, kisha piga tena.",
		BuiltinTooLong:     "Majibu yako ni marefu mno. Tafadhali piga tena.",
		BuiltinUnreadable:  "Jibu lako halisomeki. Tafadhali piga tena.",
		BuiltinLateDone:    "Ombi lako sasa lina jibu. Ili kuliona, piga",
		BuiltinLateFailed:  "Ombi lako halikufanyika. Ili kujaribu tena, piga",
	},
}

// Has reports whether the engine has the text in a language.
func (b Builtin) Has(lang string) bool { return builtins[lang][b] != "" }

// In returns the text in a language, or in English if the engine has no
// translation.
func (b Builtin) In(lang string) string {
	if text, ok := builtins[lang][b]; ok {
		return text
	}
	return builtins["en"][b]
}

// or returns words, or the English text for a definition made without a menu,
// which has none.
func (b Builtin) or(words Localized) Localized {
	if len(words) > 0 {
		return words
	}
	return Localized{{{Lit: b.In("en")}}}
}

// words returns the definition's wording of a built-in text.
func (n *Nav) words(b Builtin) Localized {
	switch b {
	case BuiltinInvalid:
		return b.or(n.Invalid)
	case BuiltinGaveUp:
		return b.or(n.GaveUp)
	case BuiltinResume:
		return b.or(n.Resume)
	case BuiltinYes:
		return b.or(n.Confirm.Label)
	case BuiltinNo:
		return b.or(n.Cancel.Label)
	case BuiltinInProgress:
		return b.or(n.InProgress)
	case BuiltinExpired:
		return b.or(n.Expired)
	case BuiltinUpdated:
		return b.or(n.Updated)
	case BuiltinLimited:
		return b.or(n.Limited)
	case BuiltinMismatch:
		return b.or(n.Mismatch)
	case BuiltinListCut:
		return b.or(n.ListCut)
	default:
		return b.or(n.Busy)
	}
}
