package coverage

import (
	"encoding/json"
	"io"
)

// MenuJSON describes the coverage of one menu for programs, as
// docs/dial-results.schema.json says.
type MenuJSON struct {
	Menu    string               `json:"menu"`
	File    string               `json:"file"`
	Version string               `json:"version"`
	Percent int                  `json:"percent"`
	Covered int                  `json:"covered"`
	Of      int                  `json:"of"`
	Groups  map[string]GroupJSON `json:"groups"`
	Items   []ItemJSON           `json:"items"`
}

// GroupJSON has the share of a group, in total and by language.
type GroupJSON struct {
	Covered int                  `json:"covered"`
	Of      int                  `json:"of"`
	Langs   map[string]ShareJSON `json:"langs,omitempty"`
}

// ShareJSON is the JSON form of a Share.
type ShareJSON struct {
	Covered int `json:"covered"`
	Of      int `json:"of"`
}

// ItemJSON is the JSON form of an Item.
type ItemJSON struct {
	Group  string   `json:"group"`
	Name   string   `json:"name"`
	Screen string   `json:"screen"`
	Lang   string   `json:"lang,omitempty"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Column int      `json:"column"`
	Calls  int      `json:"calls"`
	Langs  []string `json:"langs"`
	// First has the position of the first call that shows it.
	First string   `json:"first,omitempty"`
	Keys  []string `json:"keys,omitempty"`
	Given []string `json:"given,omitempty"`
	Why   string   `json:"unreachable,omitempty"`
}

// Values converts menus to their JSON form.
func Values(menus []*Menu) []MenuJSON {
	list := make([]MenuJSON, len(menus))
	for i, m := range menus {
		list[i] = m.value()
	}
	return list
}

// JSON writes the coverage of menus as a report of its own.
func JSON(w io.Writer, menus []*Menu) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"version": 1, "coverage": Values(menus)})
}

func (m *Menu) value() MenuJSON {
	total := m.Total()
	v := MenuJSON{
		Menu: m.Program.Name(), File: m.File(), Version: m.Program.Hash(),
		Percent: total.Percent(), Covered: total.Covered, Of: total.Of,
		Groups: map[string]GroupJSON{}, Items: make([]ItemJSON, len(m.Items)),
	}
	for _, g := range Groups {
		s := m.Share(g, "")
		group := GroupJSON{Covered: s.Covered, Of: s.Of}
		for _, l := range m.languages() {
			if group.Langs == nil {
				group.Langs = map[string]ShareJSON{}
			}
			group.Langs[l.Code] = ShareJSON(m.Share(g, l.Code))
		}
		v.Groups[string(g)] = group
	}
	for i, it := range m.Items {
		v.Items[i] = it.value()
	}
	return v
}

func (it *Item) value() ItemJSON {
	v := ItemJSON{
		Group: string(it.Group), Name: it.Name, Screen: it.Screen, Lang: it.Lang,
		File: it.Pos.File, Line: it.Pos.Line, Column: it.Pos.Column,
		Calls: it.Calls, Langs: sortedNames(it.Langs),
	}
	if it.First != nil {
		v.First = it.First.Pos.String()
	}
	if it.Path != nil && !it.Covered() {
		v.Keys, v.Given = it.Path.Keys, it.Path.Given
	}
	if it.Excluded() {
		v.Why = it.Why
	}
	return v
}
