package check

import (
	"path"
	"slices"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// unplayable lists the codes of errors after which a call has nowhere to go, or
// the program lacks what the menu says.
var unplayable = []string{"U101", "U104", "U106", "U111", "U112", "U201", "U202", "U203", "U206"}

// Unplayable reports whether errors keep a menu from being played at all. Other errors
// keep it from being served only: missing translations, screens that are too long, keys
// and secrets.
func Unplayable(found diag.List) bool {
	return slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
		return d.Severity == diag.Error && (slices.Contains(unplayable, d.Code) || slices.Contains(readingCodes, d.Code))
	})
}

// WithoutWrongTranslations returns a menu without the translations that have an error,
// and the diagnostics that are not about a translation: a menu can be played in the
// language in which it is written, whatever its translations say.
func WithoutWrongTranslations(f *syntax.File, found diag.List) (*syntax.File, diag.List) {
	wrong := map[string][]int{} // lines, by the names of translations
	var rest diag.List
	for _, d := range found {
		base := path.Base(d.Pos.File)
		if !isTranslation(f, base) {
			rest = append(rest, d)
		} else if d.Severity == diag.Error {
			wrong[base] = append(wrong[base], d.Pos.Line)
		}
	}
	if len(wrong) == 0 {
		return f, rest
	}
	without := *f
	without.Translations = nil
	for _, t := range f.Translations {
		right := *t
		right.Entries = nil
		for i, e := range t.Entries {
			within := func(line int) bool {
				return line >= e.Key.Pos.Line && (i+1 == len(t.Entries) || line < t.Entries[i+1].Key.Pos.Line)
			}
			if !slices.ContainsFunc(wrong[path.Base(t.Path)], within) {
				right.Entries = append(right.Entries, e)
			}
		}
		without.Translations = append(without.Translations, &right)
	}
	return &without, rest
}

// isTranslation reports whether a file is named as a translation of the menu.
func isTranslation(f *syntax.File, base string) bool {
	return slices.ContainsFunc(f.Languages, func(l syntax.Language) bool { return base == f.Name+"."+l.Code.Value+".yaml" })
}
