package engine

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Catalog holds the programs in force by service code, and the replaced ones by
// hash as long as sessions may use them. It is safe for concurrent use.
type Catalog struct {
	mu     sync.RWMutex
	codes  map[string]*Program // by code without its "#"
	hashes map[string]*held
	byName map[string]*Program
	first  string // the name of the default program
	keep   Keeping
	loads  singleflight.Group

	// Now tells when a program is replaced; nil for the system's clock.
	Now func() time.Time
}

// NewCatalog puts programs into force. The first is the default, for service
// codes that no program answers.
func NewCatalog(programs ...*Program) (*Catalog, error) {
	c := &Catalog{hashes: map[string]*held{}, byName: map[string]*Program{}}
	return c, c.Replace(programs...)
}

// Put brings a program into force in place of the one of the same name. It is
// refused, and nothing changes, if it answers a code of another menu.
func (c *Catalog) Put(p *Program) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := map[string]*Program{}
	for name, old := range c.byName {
		names[name] = old
	}
	names[p.Name()] = p
	return c.set(names)
}

// Replace brings exactly these programs into force; the first is the default.
// It is refused, and nothing changes, if two of them answer the same code.
// Programs that are in force no more can still be found by their hash.
func (c *Catalog) Replace(programs ...*Program) error {
	if len(programs) == 0 {
		return fmt.Errorf("a catalogue needs at least one menu")
	}
	names := map[string]*Program{}
	for _, p := range programs {
		if other := names[p.Name()]; other != nil {
			return fmt.Errorf("two menus are called %s", p.Name())
		}
		names[p.Name()] = p
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.set(names); err != nil {
		return err
	}
	c.first = programs[0].Name()
	return nil
}

// set makes the programs those in force, all at once.
func (c *Catalog) set(names map[string]*Program) error {
	codes := map[string]*Program{}
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
	now := c.now()
	for name, old := range c.byName {
		h := c.hashes[old.Hash()]
		h.touch(now) // a call may have begun on it just now
		if p := names[name]; p == nil || p.Hash() != old.Hash() {
			h.until = now
		}
	}
	c.codes, c.byName = codes, names
	for _, p := range names {
		c.hashes[p.Hash()] = &held{program: p}
	}
	c.evict()
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
