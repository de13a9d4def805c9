package schema

import (
	"maps"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// langSchema returns the schema of any menu's translation: the form of its keys.
func langSchema() object {
	k := phoneKey[1 : len(phoneKey)-1]
	number := `[1-9][0-9]*`
	nav := object{"enum": navTexts()}
	text := func(form string) object { return object{"pattern": "^" + form + "$"} }
	return object{
		"title": "Translation of a PayTrace menu", "type": "object",
		"description":          "The texts of a menu in another language, one line a text: main.say, main.2, amount.error. `paytrace schema lang MENU` knows a menu's own.",
		"additionalProperties": aText(),
		"propertyNames": object{"anyOf": []object{
			nav,
			{"allOf": []object{text(nameForm + `\.` + nameForm), {"not": text(`nav\..*`)}}},
			text(nameForm + `\.(offer\.|accept\.)?` + k),
			text(nameForm + `\.` + number + `(\.note)?`), text(nameForm + `\.` + k + `\.note`),
			text(nameForm + `\.(say|accept)\.` + number), text(nameForm + `\.accept\.` + number + `\.again`),
			text(nameForm + `\.again\.(` + strings.Join(syntax.AgainKinds(), "|") + `)`),
			text(nameForm + `\.(when|late)\.` + nameForm),
		}},
	}
}

// navTexts returns the keys of the texts that stand below "nav".
func navTexts() []string {
	var list []string
	for name := range navForm()["properties"].(object) {
		list = append(list, "nav."+name)
	}
	slices.Sort(list)
	return list
}

func actionsSchema() object {
	address := formed(`^\s*(https://|http://(localhost|127\.|\[::1\])|\$\{[A-Z][A-Z0-9_]*_URL\}|/)`, "An address is expected, as https://host/path or ${SACCO_URL}", "${SACCO_URL}", "https://api.sacco.example/v1")
	s := group("What menus of this folder ask for and the program does not have itself.",
		key{"serve_at", "Where a backend answers the actions that have \"post\": https, an address of this machine, or a setting.", address},
		key{"actions", "The actions by name.", byName("Actions by name.", needs(group("An action.",
			key{"about", "One sentence: what it does.", aText()},
			key{"takes", "Its values and their types, in the order in which menus give them.", byName("Names and types.", declaredType())},
			key{"ends", "How it may end, and what each ending gives. Every action may also end as failed or pending.", endsForm()},
			key{"within", "The longest it takes; 2s if not said.", formed(`^\s*([0-9.]+(h|m|s|ms))+\s*$`, "A time is expected, as 3s", "3s")},
			key{"is", "What else menus must know of it.", oneOrMore("", aChoice("money", "read only", "followed by a SIM prompt"))},
			key{"post", "Where it is answered over HTTP: a path below \"serve_at\", or a whole address. Without it the action is only declared.", address},
		), "ends"))},
	)
	s["title"] = "Actions that PayTrace menus ask for"
	s["$defs"] = object{"type": typeDefinition()}
	return s
}

func endsForm() object {
	gives := byName("What it gives: names and types.", declaredType())
	s := byName("Endings.", either("What it gives, or nothing.", object{"type": "null"}, gives))
	s["minProperties"] = 1
	s["propertyNames"] = object{"not": object{"enum": append(slices.Sorted(maps.Keys(syntax.Reserved)), engine.Failed, engine.Pending)}}
	return s
}

// declaredType returns the schema of a type, or of a group with the types of its
// fields.
func declaredType() object { return object{"$ref": "#/$defs/type"} }

func typeDefinition() object {
	what := aName("what one of them is called")
	what["description"] = "What one of them is called."
	list := object{
		"type": "object", "description": "A record, or a list of records: names and types.",
		"properties":        object{syntax.KeyListOf: what, syntax.KeyRecordOf: what},
		"patternProperties": object{namePattern: declaredType()}, "additionalProperties": false,
		"oneOf": requiring([]string{syntax.KeyListOf, syntax.KeyRecordOf}),
	}
	return either("A type.", aType("phone", "money 1..100000", "text 12", "choice town|lake", "date", "text 12 or nothing"), list)
}

func peopleSchema() object {
	phone := formed(`^[+0-9][0-9 \-]*$`, `A phone number is expected, as 0712345678; with + in quotes`)
	pin := formed(syntax.PinForm.String(), "A test PIN has 4 to 8 digits")
	values := byName("Names and values.", aText())
	s := group("Who calls in the dial scripts of this folder, and what actions answer them.",
		key{"people", "The callers by name; the first calls where a script does not say who.", object{
			"type": "object", "additionalProperties": needs(group("A caller.",
				key{"phone", "The number they call from.", phone},
				key{"pin", "Their PIN in scripts.", pin},
				key{"language", "Remembered for this caller, as sw.", aText()},
				key{"worker", "Has an account, with these values: id, name.", values},
				key{"remembers", "Values kept from earlier calls.", values},
			), "phone"),
		}},
		key{"answers", "What actions answer where a script says nothing: OUTCOME NAME=VALUE, then OUTCOME; the last repeats.", byName("Answers by action.", oneOrMore("", aText()))},
		key{"numbers", "Nobody's numbers, for scripts to type.", oneOrMore("", phone)},
		key{"pins", "PINs that nobody has.", oneOrMore("", pin)},
	)
	s["title"] = "People of PayTrace dial scripts"
	return s
}
