package coverage

import (
	"bytes"
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/graph"
)

//go:embed coverage.html
var pageSource string

var page = template.Must(template.New("coverage").Parse(pageSource))

// HTML writes a page without links to other files: for each menu the coverage, the
// missing items with their paths, and a drawing that shows both.
func HTML(w io.Writer, menus []*Menu) error {
	total := Total(menus)
	v := pageView{Percent: total.Percent(), Total: total.String()}
	for i, m := range menus {
		one, err := m.view(fmt.Sprintf("m%d-", i+1))
		if err != nil {
			return err
		}
		v.Menus = append(v.Menus, one)
	}
	return page.Execute(w, v)
}

type pageView struct {
	Percent int
	Total   string
	Menus   []menuView
}

type menuView struct {
	ID, File, Service, Total, Version string
	Percent, Calls                    int
	Langs                             []string
	Groups                            []groupView
	Missing, Out                      []itemView
	All                               []groupItems
	Drawing                           template.HTML
}

type groupView struct {
	Name  string
	Cells []cellView
}

type cellView struct {
	Text    string
	Percent int
}

type groupItems struct {
	Name, Share string
	Items       []itemView
}

type itemView struct {
	Class, Sign, What, Name, At, Node string
	Scene, Path, Why, First           string
	Calls                             int
}

func (m *Menu) view(id string) (menuView, error) {
	total := m.Total()
	v := menuView{
		ID: id, File: m.File(), Service: m.Program.Definition().Service, Version: m.Program.Hash(),
		Total: total.String(), Percent: total.Percent(), Calls: m.Calls,
	}
	for _, l := range m.languages() {
		v.Langs = append(v.Langs, l.Name)
	}
	for _, g := range Groups {
		if s := m.Share(g, ""); s.Of > 0 {
			row := groupView{Name: string(g), Cells: []cellView{{s.String(), s.Percent()}}}
			for _, l := range m.languages() {
				in := m.Share(g, l.Code)
				row.Cells = append(row.Cells, cellView{in.String(), in.Percent()})
			}
			v.Groups = append(v.Groups, row)
		}
	}
	for _, it := range m.Missing() {
		v.Missing = append(v.Missing, it.view(id))
	}
	for _, it := range m.Unreachable() {
		v.Out = append(v.Out, it.view(id))
	}
	for _, g := range Groups {
		items := groupItems{Name: string(g), Share: m.Share(g, "").String()}
		for _, it := range m.Items {
			if it.Group == g {
				items.Items = append(items.Items, it.view(id))
			}
		}
		if len(items.Items) > 0 {
			v.All = append(v.All, items)
		}
	}
	drawing, err := m.drawing(id)
	v.Drawing = drawing
	return v, err
}

func (it *Item) view(id string) itemView {
	mark := it.mark()
	v := itemView{Class: mark.Class, Sign: mark.Sign, What: one[it.Group], Name: it.Name, At: it.Pos.String(), Node: id + it.Screen, Calls: it.Calls}
	if it.Path != nil && !it.Covered() {
		v.Scene, v.Path = it.Path.scene(), it.Path.String()
	}
	if it.Unsearched && !it.Covered() {
		v.Scene = unsearched
	}
	if it.Excluded() {
		v.Why = it.Why
	}
	if it.First != nil {
		v.First = it.First.Title
	}
	return v
}

// These marks stand for the coverage of items in drawings and lists.
var (
	hit  = graph.Mark{Class: "hit", Sign: "✓ "}
	part = graph.Mark{Class: "part", Sign: "~ ", Title: ", in part"}
	miss = graph.Mark{Class: "miss", Sign: "✗ ", Title: ", not covered"}
	out  = graph.Mark{Class: "out", Sign: "– ", Title: ", can't be reached"}
)

// mark returns the mark of one item.
func (it *Item) mark() graph.Mark {
	switch {
	case it.Covered():
		return hit
	case it.Excluded():
		return out
	}
	return miss
}

// marked returns one mark for several items.
func marked(items []*Item) graph.Mark {
	covered, open := 0, 0
	for _, it := range items {
		switch {
		case it.Covered():
			covered++
		case !it.Excluded():
			open++
		}
	}
	switch {
	case open == 0 && covered == 0 && len(items) > 0:
		return out
	case open == 0:
		return hit
	case covered > 0:
		return part
	}
	return miss
}

// drawing draws the menu's graph and marks its screens and edges.
func (m *Menu) drawing(id string) (template.HTML, error) {
	byScreen := map[string][]*Item{}
	for _, it := range m.Items {
		if it.Group != Languages { // the drawing shows the paths in any language
			byScreen[it.Screen] = append(byScreen[it.Screen], it)
		}
	}
	g := graph.Of(m.Program).Plain()
	edges := map[string][]bool{}
	for i := range g.Edges {
		e := &g.Edges[i]
		edges[e.From] = append(edges[e.From], m.taken[row{e.From, e.Trigger}])
	}
	var b bytes.Buffer
	err := g.Painted(&b, graph.Paint{
		ID: id,
		Node: func(n *graph.Node) graph.Mark {
			if items := byScreen[n.Name]; len(items) > 0 {
				return m.screenMark(n.Name, items)
			}
			return stepMark(edges[n.Name])
		},
		Edge: m.edgeMark,
	})
	return template.HTML(b.String()), err //nolint:gosec // the drawing escapes what it shows
}

// screenMark returns the mark of a screen. A screen that was never shown is missing,
// whatever its other items are.
func (m *Menu) screenMark(name string, items []*Item) graph.Mark {
	if it := m.byKey[screenKey(name)]; it != nil && !it.Covered() {
		return it.mark()
	}
	return marked(items)
}

// stepMark returns the mark of a silent step without items: that of its edges.
func stepMark(taken []bool) graph.Mark {
	n := 0
	for _, t := range taken {
		if t {
			n++
		}
	}
	switch n {
	case len(taken):
		return hit
	case 0:
		return miss
	}
	return part
}

// edgeMark returns the mark of an edge of the drawing.
func (m *Menu) edgeMark(e *graph.Edge) graph.Mark {
	at := row{e.From, e.Trigger}
	if e.Trigger.Kind == engine.TriggerLanguage {
		var items []*Item
		for _, l := range m.Program.Definition().Languages {
			if it := m.byKey[itemKey{group: Options, row: at, lang: l.Code}]; it != nil {
				items = append(items, it)
			}
		}
		return marked(items)
	}
	for _, g := range []Group{Options, Outcomes, GiveUps} {
		if it := m.byKey[itemKey{group: g, row: at}]; it != nil {
			return it.mark()
		}
	}
	if m.taken[at] {
		return hit
	}
	return miss
}
