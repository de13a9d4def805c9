package schema

import (
	"fmt"
	"strconv"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

func menuSchema() object {
	s := group("A menu of "+strconv.Itoa(syntax.Version)+". Every screen does one thing; an arrow leads on.", menuKeys()...)
	s["title"] = "PayTrace menu"
	var always []string
	for _, n := range syntax.RequiredKeys {
		if n.Key != "screens" {
			always = append(always, n.Key)
		}
	}
	s["anyOf"] = []object{{"required": []string{"screens"}}, {"required": []string{"include"}}}
	return needs(s, always...)
}

func includeSchema() object {
	var keys []key
	for _, k := range menuKeys() {
		if k.name == "vars" || k.name == "types" || k.name == "conditions" || k.name == "screens" || k.name == "texts" {
			keys = append(keys, k)
		}
	}
	s := group("A file that a menu includes: variables, types, conditions, screens and shared texts only.", keys...)
	s["title"] = "Part of a PayTrace menu"
	return s
}

func menuKeys() []key {
	return []key{
		{"ussd", "The version of this language.", object{"enum": []any{syntax.Version, strconv.Itoa(syntax.Version)}}},
		{"service", "The service's name, as callers know it; {service} shows it.", aText()},
		{"dial", "The code that is dialled, in quotes. Several codes: each with the screen it begins on; the longest that fits wins. A code can end in a variable, *822*{amount}#, or in {other} for every other code.", dialForm()},
		{"languages", "Codes of the languages and their own names. The first is the one this file is written in; the others have a file each, NAME.CODE.yaml.", byName("Language codes and names.", languageForm())},
		{"start", "The screen a call begins on.", aName("a screen")},
		{"default", "Calls to codes that no menu has begin in this one.", object{"const": true}},
		{"on_failed", "The screen after an action that certainly did nothing.", aName("a screen")},
		{"on_pending", "The screen after an action whose outcome is not known in time.", aName("a screen")},
		{"dropped", "An SMS to callers who drop off: once a day at most, and not after a screen with a goal.", needs(group("Callers who drop off.",
			key{"after", "The screens after which the SMS goes out.", oneOrMore("Names of screens.", aName("a screen"))},
			key{"sms", "What the SMS says.", aText()},
		), "after", "sms")},
		{"limits", "How much a caller can read at once. The checker reports screens that exceed it.", limitsForm()},
		{"session", "The gateway, and what happens to dropped calls.", sessionForm()},
		{"remember", "Values kept for a phone number between its calls. Never a secret.", oneOrMore("Names of values.", aName("a value"))},
		{"nav", "Keys that mean the same on every screen, and the built-in texts. A key that is not declared does not exist.", navForm()},
		{"texts", "Words used on several screens, shown as {texts.NAME}.", byName("Texts by name.", aText())},
		{"types", "Options that several variables share, by the name that is their type.", byName("Types by name.", byName("Names and words.", aText()))},
		{"conditions", "Conditions by name. A screen writes the name in place of the condition.", byName("Names and conditions.", aCondition())},
		{"vars", "What callers are asked for; the type checks the answer.", byName("Variables by name.", varForm())},
		{"screens", "The screens by name. Each does exactly one thing.", byName("Screens by name.", screenForm())},
		{"include", "More files of this folder. They may have vars, types, conditions, screens and texts only.", oneOrMore("File names.", formed(`^[^/\\:]+\.yaml$`, "A file of this folder is expected, as withdraw.yaml"))},
		{"renamed", "Screens with a new name, as old: new. Dropped calls continue on the new screen.", byName("Old names and new ones.", aName("a screen"))},
	}
}

func dialForm() object {
	code := formed(syntax.ServiceCode.String(), `A service code in quotes is expected, as "*384*1#"`, "*384*8481#")
	to := either("The screen its calls begin on; none for the menu's start.", aName("a screen"), object{"type": "null"}, group("The screen its calls begin on, and what the code sets.",
		key{"go", "The screen; the menu's start if not said.", aName("a screen")},
		key{"set", "The values that the code sets.", setForm()},
	))
	return either("", code, object{
		"type": "object", "patternProperties": object{syntax.ServiceCode.String(): to}, "additionalProperties": false,
	})
}

func languageForm() object {
	return either("The language's own name.", aText(), needs(group("A language that only some texts have.",
		key{"name", "The language's own name.", aText()},
		key{"missing", "The code of the language that callers read where a text is not translated.", aName("a language")},
	), "name", "missing"))
}

func limitsForm() object {
	return group("Limits of screens.",
		key{"screen", "Characters that a screen may have. The default is 160.", aWhole(1, syntax.MaxCharacters)},
		key{"options", fmt.Sprintf("Options that a menu may have. The default is %d.", syntax.DefaultOptions), aWhole(1, syntax.MaxOptions)},
		key{"depth", "Menus that a caller may go through in a row.", aWhole(1, syntax.MaxMenuDepth)},
	)
}

func sessionForm() object {
	gateways := make([]string, 0, len(syntax.Profiles))
	for _, p := range syntax.Profiles {
		gateways = append(gateways, p.Name)
	}
	return group("The gateway, and what happens to dropped calls.",
		key{"gateway", "The gateway that sends the callbacks. It sets the country, the currency and the limits.", aChoice(gateways...)},
		key{"country", "The country of the numbers that callers type and see without a country code. The default is the gateway's.", formed(`^[A-Z]{2}$`, "A country of two capital letters is expected, as ZA", "ZA")},
		key{"timezone", "The time zone that decides which day is today.", formed(`^\S+$`, "A time zone is expected, as Africa/Nairobi", "Africa/Nairobi")},
		key{"resume", "How long a dropped call can be continued; none for never.", either("", aDuration(), needs(group("How dropped calls continue.",
			key{"for", "How long.", aDuration()},
			key{"say", "The question. The default is nav.resume.", aText()},
			key{"confirm", "Words for Yes.", aText()},
			key{"cancel", "Words for No.", aText()},
		), "for"))},
	)
}

func aDuration() object {
	return formed(`^\s*(none|([0-9.]+(h|m|s|ms))+)\s*$`, "A time is expected, as 90s, 5m or 1h; or none", "5m", "none")
}

func navForm() object {
	keyed := func() object {
		s := formed(`^\s*\S+ +\S`, "A key and its words are expected, as: 0 Back")
		s["type"] = "string"
		return s
	}
	home := aJump("00 Home -> main")
	return group("Keys that mean the same on every screen, and the built-in texts.",
		key{"back", "Key and label for the screen before.", keyed()},
		key{"home", "Key and label for the home screen, and its name.", home},
		key{"more", "Key and label for the next page.", keyed()},
		key{"confirm", "Key and label for Yes. The default is 1 and a built-in label.", keyed()},
		key{"cancel", "Key and label for No. The default is 2 and a built-in label.", keyed()},
		key{"invalid", "The text above a screen after a key that is not an option.", aText()},
		key{"gave_up", "The text that ends a call after the last wrong answer.", aText()},
		key{"resume", "The question whether to continue a dropped call.", aText()},
		key{"busy", "The text that ends a call when the service cannot answer.", aText()},
		key{"in_progress", "The text that ends a call when the outcome of an action is not known yet.", aText()},
		key{"expired", "The text that ends a call that came back too late.", aText()},
		key{"updated", "The text that ends a call whose version of the menu is gone.", aText()},
		key{"limited", "The text that ends a call when the caller has reached a daily limit.", aText()},
		key{"mismatch", "The text above a question that is asked twice, when the two answers differ.", aText()},
		key{"answers", "labels: on every screen the words of what can be chosen are answers, as well as its key.", aChoice(syntax.AnswersLabels, syntax.AnswersKeys)},
		key{"again", "The text that replaces every question after a wrong answer, unless the screen has its own. Not that of a confirm.", aText()},
		key{"list_cut", "The text below a list that has more rows than are shown.", aText()},
	)
}

func varForm() object {
	typed := aType("phone", "money 10..70000", "number 1..12", "date today-2y..today", "text 20", "digits 8", "letters 2..20", `text 6 like "AB-123"`, "choice radio|poster", "pin 4", "secret 8")
	ownType := either("", aType(), formed(namePattern, "A type is expected"))
	return either("A type, or a group with it.", typed, formed(namePattern, "A type is expected"), needs(group("A variable.",
		key{"type", "phone, money LO..HI, number LO..HI, date, text N, digits N, letters N, letters and digits N, choice, choice ONE|OTHER (never asked for), pin N, secret N, or the name of one of the menu's types.", ownType},
		key{"options", "A choice's names and the words callers see.", byName("Names and words.", aText())},
		key{"error", "Said above the question after an answer that does not fit.", aText()},
	), "type"))
}
