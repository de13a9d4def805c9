package graph

import (
	"sort"

	"github.com/paytrace/paytrace/engine"
)

// The drawing has columns from left to right: a screen is to the right of all that
// lead to it. An edge back, or far ahead, is not a line; it names its target. The
// lines that remain form no cycle. The method is that of Sugiyama, Tagawa and Toda,
// "Methods for visual understanding of hierarchical system structures", 1981.

// A spot is a place in a column: a node, or a point that a long line passes.
type spot struct {
	node  int // -1 for a line that passes
	col   int
	y     float64 // of its top
	h     float64
	left  []*spot // in the column before
	right []*spot // in the column after
	order float64
}

// A layout says where everything is drawn.
type layout struct {
	cols [][]*spot
	at   map[int]*spot // by node
	// lines holds the spots of each line, by edge, both ends included.
	lines map[int][]*spot
}

// arrange lays the graph out; height returns the height of a node.
func (g *Graph) arrange(height func(*Node) float64) *layout {
	l := &layout{at: map[int]*spot{}, lines: map[int][]*spot{}}
	forward := g.forward()
	col := g.columns(forward)
	for i := range g.Nodes {
		s := &spot{node: i, col: col[i], h: height(&g.Nodes[i])}
		l.at[i] = s
		l.put(s)
	}
	between := map[[2]int][]*spot{} // edges between the same two nodes share a line
	for i := range g.Edges {
		if !forward[i] {
			continue
		}
		from, to := g.index[g.Edges[i].From], g.index[g.Edges[i].To]
		if col[to]-col[from] > farthest {
			continue
		}
		ends := [2]int{from, to}
		if between[ends] == nil {
			between[ends] = l.connect(l.at[from], l.at[to])
		}
		l.lines[i] = between[ends]
	}
	l.untangle()
	l.place()
	return l
}

// farthest bounds the columns that a line crosses. The eye follows no longer line,
// and the work stays proportional to the size of the menu.
const farthest = 6

func (l *layout) put(s *spot) {
	for len(l.cols) <= s.col {
		l.cols = append(l.cols, nil)
	}
	l.cols[s.col] = append(l.cols[s.col], s)
}

// passing is the height that a passing line gets.
const passing = 14

func (l *layout) connect(from, to *spot) []*spot {
	line := []*spot{from}
	for col := from.col + 1; col < to.col; col++ {
		s := &spot{node: -1, col: col, h: passing}
		l.put(s)
		line = append(line, s)
	}
	line = append(line, to)
	for i := 1; i < len(line); i++ {
		line[i-1].right = append(line[i-1].right, line[i])
		line[i].left = append(line[i].left, line[i-1])
	}
	return line
}

// forward finds the edges that do not lead back, by a depth-first search from the
// start of calls.
func (g *Graph) forward() []bool {
	forward := make([]bool, len(g.Edges))
	state := make([]int, len(g.Nodes)) // 0 new, 1 on the current path, 2 done
	type frame struct {
		node string
		next int
	}
	for start := range g.Nodes {
		if state[start] != 0 {
			continue
		}
		state[start] = 1
		for stack := []frame{{node: g.Nodes[start].Name}}; len(stack) > 0; {
			top := &stack[len(stack)-1]
			if top.next == len(g.out[top.node]) {
				state[g.index[top.node]] = 2
				stack = stack[:len(stack)-1]
				continue
			}
			e := g.out[top.node][top.next]
			top.next++
			to := g.index[g.Edges[e].To]
			forward[e] = state[to] != 1
			if state[to] == 0 {
				state[to] = 1
				stack = append(stack, frame{node: g.Nodes[to].Name})
			}
		}
	}
	return forward
}

// columns returns the column of each node: the length of the longest path to it.
func (g *Graph) columns(forward []bool) []int {
	col, waits := make([]int, len(g.Nodes)), make([]int, len(g.Nodes))
	for i, e := range g.Edges {
		if forward[i] {
			waits[g.index[e.To]]++
		}
	}
	var ready []int
	for i := range g.Nodes {
		if waits[i] == 0 {
			ready = append(ready, i)
		}
	}
	for ; len(ready) > 0; ready = ready[1:] {
		from := ready[0]
		for _, i := range g.out[g.Nodes[from].Name] {
			if !forward[i] {
				continue
			}
			to := g.index[g.Edges[i].To]
			col[to] = max(col[to], col[from]+1)
			if waits[to]--; waits[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	g.closeUp(forward, col)
	return col
}

// closeUp moves a node without edges to it next to its first target.
func (g *Graph) closeUp(forward []bool, col []int) {
	led := map[int]bool{g.index[engine.Idle]: true}
	for i, e := range g.Edges {
		if forward[i] {
			led[g.index[e.To]] = true
		}
	}
	for i := range g.Nodes {
		near := -1
		for _, e := range g.out[g.Nodes[i].Name] {
			if to := col[g.index[g.Edges[e].To]]; forward[e] && (near < 0 || to < near) {
				near = to
			}
		}
		if !led[i] && near > 0 {
			col[i] = near - 1
		}
	}
}

// sweeps is the number of times that the columns are ordered; more changes little.
const sweeps = 12

// untangle orders each column to reduce crossing lines. It sorts by the middle of
// the connected spots several times, and uses the best order.
func (l *layout) untangle() {
	l.number()
	best, fewest := l.orders(), l.crossings()
	for i := range sweeps {
		for c := range l.cols {
			col := l.cols[c]
			side := func(s *spot) []*spot { return s.left }
			if i%2 == 1 {
				col = l.cols[len(l.cols)-1-c]
				side = func(s *spot) []*spot { return s.right }
			}
			sort.SliceStable(col, func(a, b int) bool { return middle(col[a], side) < middle(col[b], side) })
			number(col)
		}
		if n := l.crossings(); n < fewest {
			best, fewest = l.orders(), n
		}
	}
	l.cols = best
	l.number()
}

func middle(s *spot, side func(*spot) []*spot) float64 {
	near := side(s)
	if len(near) == 0 {
		return s.order
	}
	sum := 0.0
	for _, n := range near {
		sum += n.order
	}
	return sum / float64(len(near))
}

func (l *layout) number() {
	for _, col := range l.cols {
		number(col)
	}
}

func number(col []*spot) {
	for i, s := range col {
		s.order = float64(i)
	}
}

func (l *layout) orders() [][]*spot {
	copied := make([][]*spot, len(l.cols))
	for i, col := range l.cols {
		copied[i] = append([]*spot(nil), col...)
	}
	return copied
}

// crossings counts the crossings of lines between all columns.
func (l *layout) crossings() int {
	n := 0
	for _, col := range l.cols {
		var ends [][2]float64
		for _, s := range col {
			for _, r := range s.right {
				ends = append(ends, [2]float64{s.order, r.order})
			}
		}
		n += inversions(ends)
	}
	return n
}

// inversions counts the pairs of lines whose ends are in opposite order, with a
// Fenwick tree.
func inversions(ends [][2]float64) int {
	sort.Slice(ends, func(i, j int) bool {
		if ends[i][0] != ends[j][0] {
			return ends[i][0] < ends[j][0]
		}
		return ends[i][1] < ends[j][1]
	})
	most := 0
	for _, e := range ends {
		most = max(most, int(e[1]))
	}
	tree, n := make([]int, most+2), 0
	for i, e := range ends {
		below := 0
		for at := int(e[1]) + 1; at > 0; at -= at & -at {
			below += tree[at]
		}
		n += i - below
		for at := int(e[1]) + 1; at < len(tree); at += at & -at {
			tree[at]++
		}
	}
	return n
}

// gap is the room between two spots of a column.
const gap = 22

// place gives every spot its y: near the middle of the connected spots, as far as
// its neighbours allow.
func (l *layout) place() {
	for _, col := range l.cols {
		y := 0.0
		for _, s := range col {
			s.y = y
			y += s.h + gap
		}
	}
	for i := range 2 * sweeps {
		for c := range l.cols {
			at := c
			if i%2 == 1 {
				at = len(l.cols) - 1 - c
			}
			settle(l.cols[at])
		}
	}
	top := 0.0
	for _, col := range l.cols {
		if len(col) > 0 {
			top = min(top, col[0].y)
		}
	}
	for _, col := range l.cols {
		for _, s := range col {
			s.y -= top
		}
	}
}

// settle moves the spots of a column to where their lines are straightest. It
// keeps their order and the gap between them; spots that would overlap move as one.
func settle(col []*spot) {
	type group struct {
		first, size int
		sum         float64 // of the group's top that each spot prefers
		h           float64
	}
	var groups []group
	for i, s := range col {
		g := group{first: i, size: 1, sum: wish(s), h: s.h + gap}
		for len(groups) > 0 {
			before := groups[len(groups)-1]
			if before.sum/float64(before.size)+before.h <= g.sum/float64(g.size) {
				break
			}
			g = group{before.first, before.size + g.size, before.sum + g.sum - before.h*float64(g.size), before.h + g.h}
			groups = groups[:len(groups)-1]
		}
		groups = append(groups, g)
	}
	for _, g := range groups {
		y := g.sum / float64(g.size)
		for _, s := range col[g.first : g.first+g.size] {
			s.y = y
			y += s.h + gap
		}
	}
}

// wish returns the top of a spot if only its lines counted.
func wish(s *spot) float64 {
	sum, n := 0.0, 0
	for _, side := range [][]*spot{s.left, s.right} {
		for _, o := range side {
			sum += o.y + o.h/2
			n++
		}
	}
	if n == 0 {
		return s.y
	}
	return sum/float64(n) - s.h/2
}
