// Package check finds what is wrong with a menu that has been read: screens that
// do not fit a phone, calls that never end, money that moves without a Yes.
package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// rules lists all checks, in the order of their codes. The codes U001 to U006
// and U008 are found while a menu is read. U009 comes last: it asks which
// suppressions the others have made use of.
var rules = []rule{
	{"U002", diag.Error, (*checker).translationKeys},
	{"U003", diag.Error, (*checker).retryAsks},
	{"U007", diag.Error, (*checker).sharedKeys},
	{"U101", diag.Error, (*checker).targetsExist},
	{"U102", diag.Warning, (*checker).reachable},
	{"U103", diag.Error, (*checker).deadEnds},
	{"U104", diag.Error, (*checker).silentLoops},
	{"U105", diag.Error, (*checker).closedLoops},
	{"U106", diag.Error, (*checker).chooseHasElse},
	{"U107", diag.Warning, (*checker).decided},
	{"U108", diag.Error, (*checker).neverReached},
	{"U111", diag.Error, (*checker).outcomesHandled},
	{"U112", diag.Error, (*checker).outcomesExist},
	{"U113", diag.Error, (*checker).dropsOff},
	{"U201", diag.Error, (*checker).actionsExist},
	{"U202", diag.Error, (*checker).argumentCount},
	{"U203", diag.Error, (*checker).typesFit},
	{"U204", diag.Error, (*checker).rangesFit},
	{"U205", diag.Error, (*checker).valuesSet},
	{"U206", diag.Error, (*checker).valuesExist},
	{"U207", diag.Warning, (*checker).valuesUsed},
	{"U208", diag.Error, (*checker).choicesHaveWords},
	{"U209", diag.Warning, (*checker).typesUsed},
	{"U210", diag.Error, (*checker).sumsProved},
	{"U211", diag.Error, (*checker).formatsFit},
	{"U212", diag.Error, (*checker).daysExist},
	{"U213", diag.Warning, (*checker).conditionsUsed},
	{"U215", diag.Error, (*checker).codesCarry},
	{"U301", diag.Error, (*checker).screensFit},
	{"U302", diag.Warning, (*checker).linesFit},
	{"U303", diag.Error, (*checker).letters},
	{"U304", diag.Info, (*checker).doubles},
	{"U305", diag.Error, (*checker).listRowsFit},
	{"U306", diag.Warning, (*checker).smsFit},
	{"U307", diag.Info, (*checker).refusalsFit},
	{"U310", diag.Error, (*checker).translated},
	{"U311", diag.Warning, (*checker).translationsCurrent},
	{"U312", diag.Error, (*checker).translatedValues},
	{"U313", diag.Info, (*checker).sameWords},
	{"U314", diag.Info, (*checker).translationsReviewed},
	{"U315", diag.Error, (*checker).fallbacks},
	{"U317", diag.Warning, (*checker).monthsNamed},
	{"U401", diag.Warning, (*checker).optionCount},
	{"U402", diag.Error, (*checker).keysFree},
	{"U403", diag.Error, (*checker).keysTyped},
	{"U404", diag.Warning, (*checker).depthFits},
	{"U405", diag.Warning, (*checker).keysInOrder},
	{"U406", diag.Info, (*checker).labelsDiffer},
	{"U407", diag.Error, (*checker).answersFree},
	{"U408", diag.Error, (*checker).offersFree},
	{"U409", diag.Error, (*checker).labelsTell},
	{"U501", diag.Error, (*checker).secretsShown},
	{"U502", diag.Error, (*checker).secretsSent},
	{"U503", diag.Error, (*checker).secretsGiven},
	{"U504", diag.Error, (*checker).secretsKept},
	{"U505", diag.Warning, (*checker).privateShown},
	{"U506", diag.Warning, (*checker).secretsTyped},
	{"U507", diag.Error, (*checker).secretsTaken},
	{"U508", diag.Warning, (*checker).secretsGuessed},
	{"U601", diag.Error, (*checker).moneyConfirmed},
	{"U602", diag.Error, (*checker).confirmShows},
	{"U603", diag.Warning, (*checker).feeShown},
	{"U604", diag.Warning, (*checker).receipt},
	{"U605", diag.Error, (*checker).paidOnce},
	{"U606", diag.Error, (*checker).confirmHasNo},
	{"U701", diag.Error, (*checker).gatewayWaitsFor},
	{"U702", diag.Warning, (*checker).sessionLong},
	{"U703", diag.Error, (*checker).promptEnds},
	{"U704", diag.Error, (*checker).resumeBeforeConfirm},
	{"U705", diag.Error, (*checker).profileFits},
	{"U706", diag.Warning, (*checker).messagesSent},
	{"U707", diag.Error, (*checker).lateComplete},
	{"U009", diag.Error, (*checker).staleSuppressions},
}

// readingCodes lists the codes of errors found while a menu is read. Check finds
// three of them too.
var readingCodes = []string{"U001", "U002", "U003", "U004", "U005", "U006", "U007", "U008"}

// AllCodes returns the codes that Diagnose may find, sorted, each once.
func AllCodes() []string {
	all := append(Codes(), readingCodes...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Codes returns the codes that Check may find, in order, each once.
func Codes() []string {
	var codes []string
	for _, r := range rules {
		codes = append(codes, r.code)
	}
	return codes
}

// Check finds everything that is wrong with a menu that has been read, sorted.
// It goes on after every diagnostic, and over partial files. contracts are the
// actions that the service offers.
func Check(f *syntax.File, contracts []engine.Contract) diag.List {
	c := newChecker(f, contracts)
	for _, c.rule = range rules {
		c.rule.check(c)
	}
	c.out.Sort()
	return c.out
}

// newChecker collects what the rules look at.
func newChecker(f *syntax.File, contracts []engine.Contract) *checker {
	c := &checker{index: newIndex(f, contracts), suppressions: map[int][]*syntax.Suppression{}, needed: map[*syntax.Suppression]bool{}}
	for _, a := range f.Suppressions {
		for line := a.Line; line <= a.Last; line++ {
			c.suppressions[line] = append(c.suppressions[line], a)
		}
	}
	c.decisions = c.collectDecisions()
	c.flow = c.buildFlow()
	return c
}

// newIndex reads off a menu what it has.
func newIndex(f *syntax.File, contracts []engine.Contract) *index {
	c := &index{f: f, contracts: map[string]*engine.Contract{}, screens: map[string]*syntax.Screen{}, msgs: syntax.NewMessages(f)}
	for i := range contracts {
		c.contracts[contracts[i].Name] = &contracts[i]
	}
	for _, s := range f.Screens {
		c.screens[s.Name.Value] = s
		c.screenNames = append(c.screenNames, s.Name.Value)
	}
	c.calls = syntax.Calls(f)
	c.values = c.collectValues()
	c.names = SortedNames(c.values)
	c.collectSums()
	c.uses = c.collectUses()
	return c
}
