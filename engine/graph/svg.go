package graph

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/paytrace/paytrace/engine"
)

// Sizes of the drawing, in pixels.
const (
	boxWidth   = 230
	columnStep = boxWidth + 130 // the room between columns has the names of targets without a line
	headHeight = 24
	lineHeight = 16
	padding    = 8
	margin     = 24
	titleRoom  = 36
	// bodyChars and bodyLines fit a box. A screen has 160 characters, so a box
	// shows nearly every text whole.
	bodyChars = 33
	bodyLines = 9
	rowChars  = 34
	backChars = 18
)

// SVG draws the graph: a box for each screen, with its text and a row for each
// edge. Lines run to the right. An edge that leads back or far ahead names its
// target as a link.
func (g *Graph) SVG(w io.Writer) error { return g.Painted(w, Paint{}) }

// Paint marks nodes and edges, for a page that styles the classes. A nil function
// marks nothing.
type Paint struct {
	// ID is a prefix of the IDs of nodes, for several drawings on one page.
	ID   string
	Node func(*Node) Mark
	Edge func(*Edge) Mark
}

// A Mark has a class, a sign before the text for readers who can't see its colour,
// and a title with more words.
type Mark struct{ Class, Sign, Title string }

func (p *Paint) node(n *Node) Mark {
	if p.Node == nil {
		return Mark{}
	}
	return p.Node(n)
}

func (p *Paint) edge(e *Edge) Mark {
	if p.Edge == nil {
		return Mark{}
	}
	return p.Edge(e)
}

func (m Mark) signed(text string) string { return m.Sign + text }

// Painted draws the graph as SVG does, with marks.
func (g *Graph) Painted(w io.Writer, paint Paint) error {
	l := g.arrange(func(n *Node) float64 { return g.box(n).height() })
	d := drawing{g: g, l: l, paint: paint}
	d.open()
	for i := range g.Nodes {
		d.lines(i)
	}
	for i := range g.Nodes {
		d.node(i)
	}
	d.b.WriteString("</svg>\n")
	_, err := w.Write(d.b.Bytes())
	return err
}

// A box holds what a node shows.
type box struct {
	title string
	body  []string
	rows  []*Edge
}

func (g *Graph) box(n *Node) box {
	b := box{title: g.Title(n), rows: g.Out(n.Name)}
	if text := g.Text(n); text != "" {
		b.body = wrap(text, bodyChars)
	}
	if len(b.body) > bodyLines {
		b.body = append(b.body[:bodyLines-1:bodyLines-1], b.body[bodyLines-1]+" …")
	}
	return b
}

func (b box) height() float64 {
	h := headHeight
	if len(b.body) > 0 {
		h += len(b.body)*lineHeight + padding
	}
	if len(b.rows) > 0 {
		h += len(b.rows)*lineHeight + padding
	}
	return float64(h)
}

// rowY returns the middle of a row, from the top of the box.
func (b box) rowY(i int) float64 {
	return b.height() - float64(padding)/2 - float64((len(b.rows)-i)*lineHeight) + lineHeight/2
}

type drawing struct {
	g     *Graph
	l     *layout
	paint Paint
	b     bytes.Buffer
}

func (d *drawing) f(format string, args ...any) { fmt.Fprintf(&d.b, format, args...) }

// style has plain colours that print well. They follow no theme.
const style = `text{font:12px system-ui,sans-serif;fill:#1f2937}
.t{font-weight:600;fill:#fff}.r{fill:#374151}.b{font-size:11px;fill:#6b7280;text-decoration:underline}
.box{fill:#fff;stroke:#9ca3af}.w{fill:none;stroke:#6b7280;stroke-width:1.3}.d{stroke-dasharray:4 3}
.h{font-size:15px;font-weight:600}.s{stroke:#e5e7eb}`

func (d *drawing) open() {
	width, height := 0.0, 0.0
	for c, col := range d.l.cols {
		width = max(width, float64(c*columnStep+columnStep))
		for _, s := range col {
			height = max(height, s.y+s.h)
		}
	}
	width, height = width+2*margin, height+2*margin+titleRoom
	def := d.g.Program.Definition()
	title := def.Service
	for _, c := range def.Codes {
		title += "  " + c.Dial
	}
	d.f(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">`+"\n", width, height, width, height)
	d.f("<title>%s</title>\n<style>%s</style>\n", escaped(title), style)
	d.f(`<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#6b7280"/></marker></defs>` + "\n")
	d.f(`<rect%s width="100%%" height="100%%" fill="#f9fafb"/>`+"\n", d.painted("ground"))
	d.f(`<text class="h" x="%d" y="%d">%s</text>`+"\n", margin, margin+6, escaped(title))
}

func (d *drawing) x(s *spot) float64 { return float64(margin + s.col*columnStep) }
func (d *drawing) y(s *spot) float64 { return s.y + margin + titleRoom }

// lines draws the lines that leave a node.
func (d *drawing) lines(i int) {
	n := &d.g.Nodes[i]
	b, from := d.g.box(n), d.l.at[i]
	for row, e := range d.g.out[n.Name] {
		line, drawn := d.l.lines[e]
		if !drawn {
			continue
		}
		x, y := d.x(from)+boxWidth, d.y(from)+b.rowY(row)
		d.f(`<path class="w%s%s" marker-end="url(#tip)" d="M%.0f %.1f`, dashed(&d.g.Edges[e]), behind(d.paint.edge(&d.g.Edges[e]).Class), x, y)
		for _, s := range line[1:] {
			toX, toY := d.x(s), d.y(s)+headHeight/2
			if s.node < 0 {
				toY = d.y(s) + s.h/2
			}
			bend := (toX - x) / 2
			d.f("C%.0f %.1f %.0f %.1f %.0f %.1f", x+bend, y, toX-bend, toY, toX, toY)
			x, y = toX, toY
			if s.node < 0 {
				x += boxWidth
				d.f("H%.0f", x)
			}
		}
		d.f(`"/>` + "\n")
	}
}

// behind returns a class as it follows another.
func behind(class string) string {
	if class == "" {
		return ""
	}
	return " " + class
}

func dashed(e *Edge) string {
	if e.Kind == Fault || e.Kind == Retry || e.Kind == GiveUp {
		return " d"
	}
	return ""
}

// colours gives a node's head its colour, by the role of its kind.
var colours = map[engine.Role]string{
	engine.RoleText: "#334155", engine.RoleChoice: "#334155", engine.RoleQuestion: "#1d4ed8", engine.RoleConsent: "#b91c1c",
	engine.RoleEnd: "#047857", engine.RoleAction: "#b45309", engine.RoleStep: "#6b7280", engine.RoleDecision: "#6b7280",
}

func (d *drawing) node(i int) {
	n := &d.g.Nodes[i]
	b, s := d.g.box(n), d.l.at[i]
	x, y, h := d.x(s), d.y(s), b.height()
	colour := colours[n.Kind.Role()]
	if n.Builtin() {
		colour = "#111827"
	}
	mark := d.paint.node(n)
	d.f(`<g id="%s"%s>`, escaped(d.paint.ID+n.Name), attribute("class", mark.Class))
	if pos := n.pos(); pos.Line > 0 {
		d.f("<title>%s</title>", escaped(pos.String()+mark.Title))
	}
	d.f(`<rect class="box" x="%.0f" y="%.1f" width="%d" height="%.0f" rx="5"/>`, x, y, boxWidth, h)
	d.f(`<path%s fill="%s" d="M%.0f %.1fv-%dq0 -5 5 -5h%dq5 0 5 5v%dz"/>`, d.painted("head"), colour, x, y+headHeight, headHeight-5, boxWidth-10, headHeight-5)
	d.text("t", x+padding, y+headHeight-8, boxWidth-2*padding, short(mark.signed(b.title), bodyChars))
	at := y + headHeight + lineHeight
	for _, line := range b.body {
		d.text("", x+padding, at, boxWidth-2*padding, line)
		at += lineHeight
	}
	d.rows(i, b, x, y)
	d.f("</g>\n")
}

// painted returns the class of a part that a page with marks styles itself.
func (d *drawing) painted(class string) string {
	if d.paint.Node == nil {
		return ""
	}
	return attribute("class", class)
}

// attribute returns an XML attribute, or "" without a value.
func attribute(name, value string) string {
	if value == "" {
		return ""
	}
	return ` ` + name + `="` + value + `"`
}

func (n *Node) pos() engine.Pos {
	if n.Screen == nil {
		return engine.Pos{}
	}
	return n.Screen.Pos
}

// rows draws the edges of a node as rows, and names the targets without a line.
func (d *drawing) rows(i int, b box, x, y float64) {
	if len(b.rows) == 0 {
		return
	}
	if len(b.body) > 0 {
		top := y + b.rowY(0) - lineHeight/2 - 1
		d.f(`<path class="s" d="M%.0f %.1fh%d"/>`, x, top, boxWidth)
	}
	for row, e := range b.rows {
		at := y + b.rowY(row) + 4
		mark := d.paint.edge(e)
		d.text("r"+behind(mark.Class), x+padding, at, boxWidth-2*padding, short(mark.signed(e.Label), rowChars))
		if _, drawn := d.l.lines[d.g.out[d.g.Nodes[i].Name][row]]; !drawn {
			sign := "↩ "
			if d.l.at[d.g.index[e.To]].col > d.l.at[i].col {
				sign = "→ "
			}
			d.f(`<a href="#%s">`, escaped(d.paint.ID+e.To))
			d.text("b", x+boxWidth+4, at, columnStep-boxWidth-10, sign+short(e.To, backChars))
			d.f("</a>")
		}
	}
}

// text writes one line. It compresses a line that is probably too wide, because
// the reader's font is unknown.
func (d *drawing) text(class string, x, y float64, room int, line string) {
	if line == "" {
		return
	}
	press := ""
	if likelyWidth(line) > float64(room) {
		press = fmt.Sprintf(` textLength="%d" lengthAdjust="spacingAndGlyphs"`, room)
	}
	if class != "" {
		class = ` class="` + class + `"`
	}
	d.f(`<text%s x="%.0f" y="%.1f"%s>%s</text>`, class, x, y, press, escaped(line))
}

// likelyWidth guesses the width in pixels, generously, for a font of 12 pixels.
func likelyWidth(line string) float64 {
	width := 0.0
	for _, r := range line {
		switch {
		case r > 0x2e80:
			width += 12 // scripts with square characters
		case r >= 'A' && r <= 'Z' || r == 'm' || r == 'w' || r == '@' || r == '%':
			width += 9
		case r == 'i' || r == 'l' || r == 'j' || r == '.' || r == ',' || r == ':' || r == '\'' || r == ' ' || r == '|':
			width += 3.6
		default:
			width += 6.8
		}
	}
	return width
}

// escaped escapes a text for XML. Characters that XML can't hold become U+FFFD.
func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a write to a buffer never fails
	return b.String()
}
