package catalog

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// navContexts says where callers read the texts of "nav".
var navContexts = map[string]string{
	"back":        "The label of the key that goes back, at the bottom of every screen",
	"home":        "The label of the key that goes to the first screen, at the bottom of every screen",
	"more":        "The label of the key that shows the next page of a long screen",
	"confirm":     "The label of Yes, where a screen has no words of its own",
	"cancel":      "The label of No, where a screen has no words of its own",
	"resume":      "The question to a caller whose last call was dropped",
	"gave_up":     "The end of a call after too many wrong answers",
	"invalid":     "Stands above a question after a wrong answer",
	"busy":        "The end of a call that the service can't answer now",
	"in_progress": "The end of a call while an earlier request is still being worked on",
	"expired":     "The end of a call that took too long",
	"updated":     "The end of a call whose menu has changed meanwhile",
	"limited":     "The end of a call from a number that calls too often",
	"mismatch":    "Stands above a question that is asked twice, if the two answers differ",
	"list_cut":    "The last line of a list that has more rows than can be shown",
}

// screenContexts says where callers read the texts of a screen; %s is the screen.
var screenContexts = map[string]string{
	"say":     "The text of the screen %s",
	"error":   "Stands above the question of %s after a wrong answer",
	"again":   "The question of %s after a wrong answer",
	"repeat":  "Asks for the answer of %s a second time",
	"confirm": "The Yes of the screen %s",
	"cancel":  "The No of the screen %s",
	"each":    "One row of the list of %s",
	"sms":     "An SMS that the screen %s sends",
}

// contextOf says where callers read a text.
func contextOf(m syntax.Message) string {
	owner, part, _ := strings.Cut(m.Key, ".")
	if m.Screen == nil {
		return contextOfMenu(owner, part)
	}
	name := syntax.Quote(m.Screen.Name.Value)
	first, rest, _ := strings.Cut(part, ".")
	switch {
	case screenContexts[part] != "":
		return fmt.Sprintf(screenContexts[part], name)
	case first == "say":
		return fmt.Sprintf("Text %s of the screen %s; its conditions choose one", rest, name)
	case first == "when":
		return fmt.Sprintf("Stands above the question of %s after the outcome %s", name, syntax.Quote(rest))
	case first == "late":
		return fmt.Sprintf("The SMS if the outcome %s of %s is known only after the call", syntax.Quote(rest), name)
	case first == "accept":
		return fmt.Sprintf("Stands above the question of %s after an answer that its condition %s refuses", name, rest)
	case first == "offer":
		return fmt.Sprintf("The label of the shortcut %s of %s%s", rest, name, below(m.Screen))
	case rest == "note":
		return fmt.Sprintf("Stands behind option %s of the screen %s", first, name)
	case rest == "" && len(m.Screen.Menu) > 0:
		return fmt.Sprintf("Option %s of the screen %s%s", first, name, below(m.Screen))
	}
	return "A text of the screen " + name
}

// below quotes the text above an option, which often says what the option means.
func below(s *syntax.Screen) string {
	if len(s.Say) == 0 || strings.TrimSpace(s.Say[0].Text.Value) == "" {
		return ""
	}
	return ", below " + syntax.Quote(strings.TrimSpace(s.Say[0].Text.Value))
}

func contextOfMenu(owner, part string) string {
	switch {
	case owner == "nav" && navContexts[part] != "":
		return navContexts[part]
	case owner+"."+part == syntax.DroppedKey:
		return "An SMS to a caller whose call has stopped before its end"
	case owner == "resume" && part == "say":
		return navContexts["resume"]
	case owner == "resume":
		return "The label of an answer to a caller whose last call was dropped"
	case owner == syntax.SharedTexts:
		return fmt.Sprintf("Words that stand inside other texts as {%s.%s}", owner, part)
	case part == "error":
		return fmt.Sprintf("Stands above every question for %s after a wrong answer", syntax.Quote(owner))
	}
	return fmt.Sprintf("A value of %s: an option to choose, and the words for it in other texts", syntax.Quote(owner))
}
