package runner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// ByHash returns a program in memory by its content hash.
func (c *Catalog) ByHash(hash string) (*engine.Program, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, ok := c.hashes[hash]
	if !ok {
		return nil, false
	}
	r.touch(c.now())
	return r.program, true
}

// Find returns a program by its content hash and loads it if necessary. The error
// wraps ErrNoProgram if there is none.
func (c *Catalog) Find(ctx context.Context, hash string) (*engine.Program, error) {
	if p, ok := c.ByHash(hash); ok {
		return p, nil
	}
	if c.retention.Load == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoProgram, hash)
	}
	// Callbacks of many sessions may want it at once. It is loaded once, even if
	// the first of them goes away.
	loaded := c.loads.DoChan(hash, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), LoadBudget)
		defer cancel()
		p, err := c.retention.Load(ctx, hash)
		if err == nil && p.Hash() != hash {
			err = fmt.Errorf("%w: %s is %s here", ErrNoProgram, hash, p.Hash())
		}
		if err != nil {
			return nil, err
		}
		c.retain(p)
		return p, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-loaded:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*engine.Program), nil
	}
}

func (c *Catalog) retain(p *engine.Program) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hashes[p.Hash()] == nil {
		r := &retained{program: p}
		r.touch(c.now())
		c.hashes[p.Hash()] = r
	}
	c.evict()
}

// A Retained is a program in memory. Until is when no session can use it any
// more; zero for a program in force.
type Retained struct {
	Program *engine.Program
	Until   time.Time
}

// Retained lists all programs in memory, in force or replaced.
func (c *Catalog) Retained() []Retained {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]Retained, 0, len(c.hashes))
	for _, r := range c.hashes {
		one := Retained{Program: r.program}
		if !c.inForce(r.program) {
			one.Until = r.lastUse().Add(c.retention.For(r.program))
		}
		list = append(list, one)
	}
	return list
}

// Replaced returns the programs of that name that left force here after since,
// the earliest first. Of very many, only those used last are in memory.
func (c *Catalog) Replaced(name string, since time.Time) []*engine.Program {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []*retained
	for _, r := range c.hashes {
		if r.program.Name() == name && !c.inForce(r.program) && r.replaced.After(since) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *retained) int { return a.replaced.Compare(b.replaced) })
	programs := make([]*engine.Program, len(list))
	for i, r := range list {
		programs[i] = r.program
	}
	return programs
}
