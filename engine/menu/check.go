package menu

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/spelling"
)

// rule is one check of a whole menu: a function, a golden and a line here.
type rule struct {
	code     string
	severity Severity // of its findings, unless they say otherwise
	check    func(*checker)
}

// rules are all checks, in the order of their codes. The codes U001 to U006
// and U008 are found while a menu is read. U009 comes last: it asks which
// exceptions the others have made use of.
var rules = []rule{
	{"U002", Error, (*checker).translationKeys},
	{"U003", Error, (*checker).retryAsks},
	{"U007", Error, (*checker).sharedKeys},
	{"U101", Error, (*checker).targetsExist},
	{"U102", Warning, (*checker).reachable},
	{"U103", Error, (*checker).deadEnds},
	{"U104", Error, (*checker).silentLoops},
	{"U105", Error, (*checker).closedLoops},
	{"U106", Error, (*checker).chooseHasElse},
	{"U107", Warning, (*checker).decided},
	{"U111", Error, (*checker).outcomesHandled},
	{"U112", Error, (*checker).outcomesExist},
	{"U201", Error, (*checker).actionsExist},
	{"U202", Error, (*checker).argumentCount},
	{"U203", Error, (*checker).typesFit},
	{"U204", Error, (*checker).rangesFit},
	{"U205", Error, (*checker).valuesSet},
	{"U206", Error, (*checker).valuesExist},
	{"U207", Warning, (*checker).valuesUsed},
	{"U301", Error, (*checker).screensFit},
	{"U302", Warning, (*checker).linesFit},
	{"U303", Error, (*checker).letters},
	{"U304", Advice, (*checker).doubles},
	{"U305", Error, (*checker).listRowsFit},
	{"U306", Warning, (*checker).smsFit},
	{"U310", Error, (*checker).translated},
	{"U311", Warning, (*checker).translationsCurrent},
	{"U312", Error, (*checker).translatedValues},
	{"U313", Advice, (*checker).sameWords},
	{"U401", Warning, (*checker).optionCount},
	{"U402", Error, (*checker).keysFree},
	{"U403", Error, (*checker).keysTyped},
	{"U404", Warning, (*checker).depthFits},
	{"U405", Warning, (*checker).keysInOrder},
	{"U406", Advice, (*checker).labelsDiffer},
	{"U407", Error, (*checker).answersFree},
	{"U408", Error, (*checker).offersFree},
	{"U501", Error, (*checker).secretsShown},
	{"U502", Error, (*checker).secretsSent},
	{"U503", Error, (*checker).secretsGiven},
	{"U504", Error, (*checker).secretsKept},
	{"U505", Warning, (*checker).strangersShown},
	{"U506", Warning, (*checker).secretsTyped},
	{"U507", Error, (*checker).secretsTaken},
	{"U601", Error, (*checker).moneyConfirmed},
	{"U602", Error, (*checker).confirmShows},
	{"U603", Warning, (*checker).feeShown},
	{"U604", Warning, (*checker).receipt},
	{"U605", Error, (*checker).paidOnce},
	{"U606", Error, (*checker).confirmHasNo},
	{"U701", Error, (*checker).gatewayWaitsFor},
	{"U702", Warning, (*checker).sessionLong},
	{"U703", Error, (*checker).promptEnds},
	{"U704", Error, (*checker).resumeBeforeConfirm},
	{"U705", Error, (*checker).profileFits},
	{"U009", Error, (*checker).staleAllows},
}

// readingCodes are the codes found while a menu is read, where each is a way in
// which what stands there is not the language; Check finds three of them too.
var readingCodes = []string{"U001", "U002", "U003", "U004", "U005", "U006", "U007", "U008"}

// AllCodes are the codes that Diagnose may find, sorted, each once.
func AllCodes() []string {
	all := append(Codes(), readingCodes...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Codes are the codes that Check may find, in order, each once.
func Codes() []string {
	var codes []string
	for _, r := range rules {
		codes = append(codes, r.code)
	}
	return codes
}

// checker is what all rules work on. Rules only add findings.
type checker struct {
	f         *File
	contracts map[string]*engine.Contract
	screens   map[string]*Screen
	values    map[string]*value
	names     []string // of the values, sorted
	calls     []*Call  // in the order of their places
	lex       *Lexicon
	flow      *flow
	uses      []use
	rule      rule // the one that is running
	// consent is what consents has found.
	consent *consents
	// ways are the steps a caller can choose to come to; see deliberate.
	ways map[*step][]*step
	// exceptions are the menu's by the line they cover; needed are those that
	// cover a warning.
	exceptions map[int][]*Allow
	needed     map[*Allow]bool
	out        Findings
}

// Check finds everything that is wrong with a menu that has been read, sorted.
// It goes on after every finding, and over partial files. contracts are the
// actions that the service offers.
func Check(f *File, contracts []engine.Contract) Findings {
	c := &checker{
		f: f, contracts: map[string]*engine.Contract{}, screens: map[string]*Screen{}, lex: NewLexicon(f),
		exceptions: map[int][]*Allow{}, needed: map[*Allow]bool{},
	}
	for _, a := range f.Allows {
		for line := a.Line; line <= a.Last; line++ {
			c.exceptions[line] = append(c.exceptions[line], a)
		}
	}
	for i := range contracts {
		c.contracts[contracts[i].Name] = &contracts[i]
	}
	for _, s := range f.Screens {
		c.screens[s.Name.Value] = s
	}
	c.calls = callsOf(f)
	c.values = c.collectValues()
	c.names = sortedNames(c.values)
	c.uses = c.collectUses()
	c.flow = c.buildFlow()
	for _, c.rule = range rules {
		c.rule.check(c)
	}
	c.out.Sort()
	return c.out
}

// find adds a finding of the running rule about a text.
func (c *checker) find(at Text, message, hint string, notes ...Note) {
	c.add(c.rule.severity, at.Pos, at.Len(), message, hint, notes)
}

// findAs is find with another severity than the rule's own.
func (c *checker) findAs(severity Severity, at Text, message, hint string, notes ...Note) {
	c.add(severity, at.Pos, at.Len(), message, hint, notes)
}

// findKey is find about a key ("menu"), of which only the place was kept.
func (c *checker) findKey(at engine.Pos, key, message, hint string, notes ...Note) {
	c.add(c.rule.severity, at, len(key), message, hint, notes)
}

func (c *checker) add(severity Severity, at engine.Pos, length int, message, hint string, notes []Note) {
	c.out = append(c.out, Finding{
		Code: c.rule.code, Severity: severity, Pos: at, Length: max(1, length),
		Message: message, Hint: hint, Notes: notes,
		Allowed: severity != Error && c.allows(c.rule.code, at),
	})
}

// near is the hint for a name, "" when nothing is near it. Past what anybody
// mends in one go it costs more than it helps.
func (c *checker) near(name string, candidates []string) string {
	if len(c.out) > MaxFindings {
		return ""
	}
	return spelling.DidYouMean(name, candidates)
}

// screenNames are all screens, to suggest.
func (c *checker) screenNames() []string {
	names := make([]string, len(c.f.Screens))
	for i, s := range c.f.Screens {
		names[i] = s.Name.Value
	}
	return names
}

// quote is a name or text as a message shows it.
func quote(s string) string { return `"` + short(s) + `"` }
