package runner

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/paytrace/paytrace/engine"
)

// A Catalog holds the programs in force by service code, and the replaced ones by
// hash as long as sessions may use them. It is safe for concurrent use.
type Catalog struct {
	mu        sync.RWMutex
	codes     map[string]*engine.Program // by engine.CodeKey
	hashes    map[string]*retained
	byName    map[string]*engine.Program
	first     string // the name of the first program
	fallback  string // the name that AnswerUnknown was given
	unknown   string // the name of the program that says that it answers unknown codes
	retention Retention
	loads     singleflight.Group

	// Now returns the time at which a program is replaced; nil for time.Now.
	Now func() time.Time
}

// NewCatalog returns a catalogue with these programs in force.
func NewCatalog(programs ...*engine.Program) (*Catalog, error) {
	c := &Catalog{hashes: map[string]*retained{}, byName: map[string]*engine.Program{}}
	return c, c.Replace(programs...)
}

// Retain makes the catalogue drop replaced programs that no session can use, and
// load those it dropped too early. Without it, replaced programs stay for good.
// Call it before the catalogue is used.
func (c *Catalog) Retain(r Retention) { c.retention = r }

// Put brings a program into force in place of the one of the same name. It fails,
// and changes nothing, if the program answers a code of another menu.
func (c *Catalog) Put(p *engine.Program) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := maps.Clone(c.byName)
	names[p.Name()] = p
	return c.set(names)
}

// AnswerUnknown names the program that answers service codes of no program, in place
// of the one that says so itself. Call it before the catalogue is used.
func (c *Catalog) AnswerUnknown(name string) { c.fallback = name }

// ForUnknown returns the name of the program that answers unknown codes, or "".
func (c *Catalog) ForUnknown() string {
	if p, _ := c.ForCode(""); p != nil {
		return p.Name()
	}
	return ""
}

// First returns the first of the programs in force.
func (c *Catalog) First() *engine.Program {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byName[c.first]
}

// Replace brings exactly these programs into force.
// It fails, and changes nothing, if two of them answer the same code. Programs
// that leave force can still be found by their hash.
func (c *Catalog) Replace(programs ...*engine.Program) error {
	if len(programs) == 0 {
		return fmt.Errorf("a catalogue needs at least one menu")
	}
	names := map[string]*engine.Program{}
	for _, p := range programs {
		if names[p.Name()] != nil {
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

// set replaces the programs in force, all at once.
func (c *Catalog) set(names map[string]*engine.Program) error {
	codes, unknown := map[string]*engine.Program{}, ""
	for _, name := range slices.Sorted(maps.Keys(names)) {
		p := names[name]
		if p.Definition().AnswersUnknown {
			if unknown != "" {
				return fmt.Errorf("the menus %s and %s both answer unknown codes; delete the line \"default: true\" in one of them", unknown, name)
			}
			unknown = name
		}
		for _, code := range p.Codes() {
			key := catalogKey(code.Dial)
			if other := codes[key]; other != nil && other != p {
				return fmt.Errorf("%s: the menus %s and %s both answer %s; give one of them another code",
					code.Pos, other.Name(), p.Name(), code.Dial)
			}
			codes[key] = p
		}
	}
	now := c.now()
	for name, old := range c.byName {
		r := c.hashes[old.Hash()]
		r.touch(now) // a call may have begun on it just now
		if p := names[name]; p == nil || p.Hash() != old.Hash() {
			r.replaced = now
		}
	}
	c.codes, c.byName, c.unknown = codes, names, unknown
	for _, p := range names {
		c.hashes[p.Hash()] = &retained{program: p}
	}
	c.evict()
	return nil
}

// catalogKey returns the key of a menu's code. That of a code that ends in a name ends
// in a star.
func catalogKey(dial string) string {
	base, name := engine.SplitCode(dial)
	if name != "" {
		return engine.CodeKey(base) + "*"
	}
	return engine.CodeKey(dial)
}

// ForCode returns the program in force for a dialled code and what is left of
// the code after the longest match: the inputs of a deep dial. Without a match it
// returns the program that answers unknown codes, or nil.
func (c *Catalog) ForCode(code string) (p *engine.Program, typedAhead string) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	whole := engine.CodeKey(code)
	for key := whole; key != ""; {
		if p := c.codes[key]; p != nil {
			return p, p.TypedAhead(code)
		}
		i := strings.LastIndexByte(key, '*')
		if i < 0 {
			break
		}
		if p := c.codes[key[:i+1]]; p != nil && p.Answers(code) {
			return p, p.TypedAhead(code)
		}
		key = key[:i]
	}
	if p := c.byName[c.fallback]; p != nil {
		return p, ""
	}
	return c.byName[c.unknown], ""
}

// Evict drops replaced programs that no session can use. Put and Replace do so,
// too.
func (c *Catalog) Evict() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evict()
}

func (c *Catalog) evict() {
	if c.retention.TTL == 0 {
		return
	}
	now := c.now()
	var replaced []*retained
	for hash, r := range c.hashes {
		switch {
		case c.inForce(r.program):
		case now.Sub(r.lastUse()) > c.retention.For(r.program):
			delete(c.hashes, hash)
		default:
			replaced = append(replaced, r)
		}
	}
	if c.retention.Load == nil || len(replaced) <= MaxReplaced {
		return
	}
	slices.SortFunc(replaced, func(a, b *retained) int { return a.lastUse().Compare(b.lastUse()) })
	for _, r := range replaced[:len(replaced)-MaxReplaced] {
		delete(c.hashes, r.program.Hash())
	}
}

func (c *Catalog) inForce(p *engine.Program) bool {
	now := c.byName[p.Name()]
	return now != nil && now.Hash() == p.Hash()
}

func (c *Catalog) now() time.Time {
	switch {
	case c.retention.Now != nil:
		return c.retention.Now()
	case c.Now != nil:
		return c.Now()
	}
	return time.Now()
}
