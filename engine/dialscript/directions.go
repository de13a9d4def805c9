package dialscript

import "regexp"

// A spec is one line of the closed list.
type spec struct {
	kind  Kind
	phase Phase
	// form is written in the docs and in suggestions; the user replaces the
	// words in capitals.
	form string
	// more may follow the form.
	more    string
	pattern *regexp.Regexp
	// read takes the groups of the pattern. Its error is a sentence.
	read func(d *Direction, groups []string) error
}

// directions lists all stage directions. The first pattern that matches wins, so
// special patterns are above general ones.
var directions = []spec{
	{kind: As, phase: Given, form: "as NAME", pattern: direction(`as (\S.*)`), read: readName},
	{kind: LanguageIs, phase: Then, form: "language is LANG", pattern: direction(`language is ([a-z]{2,3})`), read: readName},
	{kind: LanguageGiven, phase: Given, form: "language LANG", pattern: direction(`language ([a-z]{2,3})`), read: readName},
	{kind: Clock, phase: Given, form: "clock 2026-03-01 09:00", pattern: direction(`clock (.+)`), read: readClock},
	{kind: RealActions, phase: Given, form: "real actions", pattern: direction(`real actions`)},
	{kind: Tags, phase: Given, form: "tags money, smoke", pattern: direction(`tags (.+)`), read: readTags},
	{kind: Remembered, phase: Given, form: "remembered NAME=VALUE", pattern: direction(`remembered (.+)`), read: readSettings},
	{kind: BeginsOn, phase: Given, form: "begins on SCREEN", more: " with NAME=VALUE", pattern: direction(`begins on ([A-Za-z_][A-Za-z0-9_]*)(?: with (.+))?`), read: readBegins},
	{kind: SMSDown, phase: Given, form: "SMS is down", pattern: direction(`(?i:SMS) is down`)},
	{kind: SentTwice, phase: When, form: "gateway sends that twice", pattern: direction(`gateway sends that twice`)},
	{kind: SentAtOnce, phase: When, form: "gateway sends both at once", pattern: direction(`gateway sends both at once`)},
	{kind: Gateway, phase: Given, form: "gateway NAME", pattern: direction(`gateway ([a-z][a-z0-9-]*)`), read: readName},
	{kind: Answers, phase: Given, form: "ACTION answers OUTCOME", more: " NAME=VALUE, then OUTCOME", pattern: direction(`([a-z][a-z0-9_]*) answers (.+)`), read: readAnswers},
	{kind: Takes, phase: Given, form: "ACTION takes 12s", pattern: direction(`([a-z][a-z0-9_]*) takes (` + span + `)`), read: readNameSpan},

	{kind: Drops, phase: When, form: "network drops", pattern: direction(`(?:the )?network drops`)},
	{kind: HangsUp, phase: When, form: "hangs up", pattern: direction(`hangs up`)},
	{kind: Redials, phase: When, form: "redials after 2 min", pattern: direction(`redials after (` + span + `)`), read: readSpan},
	{kind: Wait, phase: When, form: "wait 40s", pattern: direction(`wait (` + span + `)`), read: readSpan},
	{kind: OlderLate, phase: When, form: "an older callback arrives late", pattern: direction(`an older callback arrives late`)},
	{kind: SessionsLost, phase: When, form: "sessions are lost", pattern: direction(`sessions are lost`)},
	{kind: Published, phase: When, form: "menu is published while on the line", pattern: direction(`menu is published while on the line`)},

	{kind: ScreenIs, phase: Then, form: "screen is NAME", pattern: direction(`screen is (\S+)`), read: readName},
	{kind: Ends, phase: Then, form: "session ends", pattern: direction(`session ends`)},
	{kind: GoesOn, phase: Then, form: "session goes on", pattern: direction(`session goes on`)},
	{kind: AtMost, phase: Then, form: "at most 120 characters", pattern: direction(`at most (\d{1,4}) characters?`), read: readCount},
	{kind: AnsweredWithin, phase: Then, form: "answered within 8s", pattern: direction(`answered within (` + span + `)`), read: readSpan},
	{kind: NotCalled, phase: Then, form: "ACTION was not called", pattern: direction(`([a-z][a-z0-9_]*) was not called`), read: readName},
	{kind: CalledTimes, phase: Then, form: "ACTION was called once", more: " with NAME=VALUE", pattern: direction(`([a-z][a-z0-9_]*) was called (once|twice|\d{1,3} times?)(?: with (.+))?`), read: readCalled},
	{kind: NoSMS, phase: Then, form: "no SMS", pattern: direction(`no (?i:SMS)`)},
	{kind: SMSTo, phase: Then, form: "SMS to NUMBER: TEXT", pattern: direction(`(?i:SMS) to (\+?[\d -]+): ?(.+)`), read: readSMS},
	{kind: Nowhere, phase: Then, form: "TEXT is nowhere in the log", pattern: direction(`(\S.*) is nowhere in the log`), read: readSecret},
	{kind: ValueIs, phase: Then, form: "VALUE is TEXT", pattern: direction(`([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?) is (\S.*)`), read: readWant},
}

// span matches a duration: 40s, 2 min, 1 hour.
const span = `\d{1,12} ?(?:s|sec|seconds?|m|min|minutes?|h|hours?)`

// direction compiles a pattern for the whole text between the parentheses.
func direction(source string) *regexp.Regexp { return regexp.MustCompile("^" + source + "$") }

// Forms returns all stage directions as the docs write them, in the order of the
// table.
func Forms() []string {
	var forms []string
	for _, s := range directions {
		forms = append(forms, "("+s.form+s.more+")")
	}
	return forms
}
