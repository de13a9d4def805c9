package engine

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"
)

// Catalog holds the programs in force by service code, and the replaced ones by
// hash as long as sessions may use them. It is safe for concurrent use.
type Catalog struct {
	mu     sync.RWMutex
	codes  map[string]*Program // by code without its "#"
	hashes map[string]*Program
	byName map[string]*Program
	first  string // the name of the default program
	gone   map[string][]replaced

	// Now tells when a program is replaced; nil for the system's clock.
	Now func() time.Time
}

// replaced is a program that was in force until then.
type replaced struct {
	p     *Program
	until time.Time
}

// NewCatalog puts programs into force. The first is the default, for service
// codes that no program answers.
func NewCatalog(programs ...*Program) (*Catalog, error) {
	c := &Catalog{hashes: map[string]*Program{}, byName: map[string]*Program{}, gone: map[string][]replaced{}}
	if len(programs) == 0 {
		return nil, fmt.Errorf("a catalogue needs at least one menu")
	}
	c.first = programs[0].Name()
	for _, p := range programs {
		if err := c.Put(p); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Put brings a program into force in place of the one of the same name. It is
// refused, and nothing changes, if it answers a code of another menu.
func (c *Catalog) Put(p *Program) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	codes := map[string]*Program{}
	names := map[string]*Program{p.Name(): p}
	for name, old := range c.byName {
		if name != p.Name() {
			names[name] = old
		}
	}
	for _, prog := range sorted(names) {
		for _, code := range prog.Codes() {
			key := trimCode(code.Dial)
			if other := codes[key]; other != nil && other != prog {
				return fmt.Errorf("%s: the menus %s and %s both answer %s; give one of them another code",
					code.Pos, other.Name(), prog.Name(), code.Dial)
			}
			codes[key] = prog
		}
	}
	if old := c.byName[p.Name()]; old != nil && old.hash != p.hash {
		now := time.Now
		if c.Now != nil {
			now = c.Now
		}
		c.gone[p.Name()] = append(c.gone[p.Name()], replaced{old, now()})
	}
	c.codes, c.byName = codes, names
	c.hashes[p.Hash()] = p
	return nil
}

func sorted(names map[string]*Program) []*Program {
	list := make([]*Program, 0, len(names))
	for _, p := range names {
		list = append(list, p)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name() < list[j].Name() })
	return list
}

func trimCode(code string) string { return strings.TrimSuffix(strings.TrimSpace(code), "#") }

// ForCode is the program in force for a dialled code: the longest match, and
// what is left behind it, which is what a deep dial typed ahead.
func (c *Catalog) ForCode(code string) (*Program, string) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	whole := trimCode(code)
	for key := whole; key != ""; {
		if p := c.codes[key]; p != nil {
			return p, strings.TrimPrefix(strings.TrimPrefix(whole, key), "*")
		}
		i := strings.LastIndexByte(key, '*')
		if i < 0 {
			break
		}
		key = key[:i]
	}
	return c.byName[c.first], ""
}

// ByHash is a program by its content hash.
func (c *Catalog) ByHash(hash string) (*Program, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.hashes[hash]
	return p, ok
}

// Replaced are the programs of that name that were in force after since.
func (c *Catalog) Replaced(name string, since time.Time) []*Program {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []*Program
	for _, g := range c.gone[name] {
		if g.until.After(since) && g.p.hash != c.byName[name].hash {
			list = append(list, g.p)
		}
	}
	return list
}

// StartFor is the first screen of a call to a code of the program.
func (p *Program) StartFor(code string) string {
	start, _ := p.dialled(code)
	return start
}

// dialled is the first screen of a call to a code, and what is left of the code
// behind the longest match of the program.
func (p *Program) dialled(code string) (start, ahead string) {
	whole := trimCode(code)
	best, start := -1, p.def.Codes[0].Start
	for _, c := range p.def.Codes {
		key := trimCode(c.Dial)
		if (whole == key || strings.HasPrefix(whole, key+"*")) && len(key) > best {
			best, start = len(key), c.Start
			ahead = strings.TrimPrefix(whole[len(key):], "*")
		}
	}
	return start, ahead
}
