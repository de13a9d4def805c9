package engine

import (
	"context"
	"fmt"
	"sort"
	"sync/atomic"
	"time"
)

// Keeping is how a catalogue holds on to programs that were replaced: sessions
// finish on the version they began with.
type Keeping struct {
	// Load makes a program again from what is kept of it; an error that wraps
	// ErrNoProgram says that there is none.
	Load func(ctx context.Context, hash string) (*Program, error)
	// TTL is how long a session's record lasts after its last callback.
	TTL time.Duration
	Now func() time.Time
}

const (
	// MaxReplaced is how many replaced programs are at hand when they can be
	// made again: far more than a day's work on menus makes.
	MaxReplaced = 64
	// LoadBudget bounds the making of one program again, within a callback.
	LoadBudget = 2 * time.Second
)

func (c *Catalog) now() time.Time {
	switch {
	case c.keep.Now != nil:
		return c.keep.Now()
	case c.Now != nil:
		return c.Now()
	}
	return time.Now()
}

// Lasts is how long after its last use a session may need the program.
func (k *Keeping) Lasts(p *Program) time.Duration { return max(k.TTL, p.Resume()) }

// held is a program at hand, and when a session used it last.
type held struct {
	program *Program
	used    atomic.Int64 // Unix nanoseconds
	until   time.Time    // when it was replaced here, zero if it was not
}

func (h *held) touch(now time.Time) { h.used.Store(now.UnixNano()) }

// Keep makes the catalogue let go of replaced programs when no session can use
// them any more, and make again those it does not have. Without it, replaced
// programs stay for good. It is called before the catalogue is used.
func (c *Catalog) Keep(k Keeping) { c.keep = k }

// ByHash is a program that is at hand, by its content hash.
func (c *Catalog) ByHash(hash string) (*Program, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	h, ok := c.hashes[hash]
	if !ok {
		return nil, false
	}
	h.touch(c.now())
	return h.program, true
}

// Find is a program by its content hash, made again if it has to be.
func (c *Catalog) Find(ctx context.Context, hash string) (*Program, error) {
	if p, ok := c.ByHash(hash); ok {
		return p, nil
	}
	if c.keep.Load == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoProgram, hash)
	}
	// Callbacks of many sessions may want it at once; it is made once, also if
	// the first of them goes away.
	made := c.loads.DoChan(hash, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), LoadBudget)
		defer cancel()
		p, err := c.keep.Load(ctx, hash)
		if err == nil && p.Hash() != hash {
			err = fmt.Errorf("%w: %s is %s here", ErrNoProgram, hash, p.Hash())
		}
		if err != nil {
			return nil, err
		}
		c.hold(p)
		return p, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-made:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*Program), nil
	}
}

func (c *Catalog) hold(p *Program) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hashes[p.Hash()] == nil {
		h := &held{program: p}
		h.touch(c.now())
		c.hashes[p.Hash()] = h
	}
	c.evict()
}

// Evict lets go of replaced programs that no session can use. Putting programs
// into force does so, too.
func (c *Catalog) Evict() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evict()
}

func (c *Catalog) evict() {
	if c.keep.TTL == 0 {
		return
	}
	now := c.now()
	var replaced []*held
	for hash, h := range c.hashes {
		switch {
		case c.inForce(h.program):
		case now.Sub(time.Unix(0, h.used.Load())) > c.keep.Lasts(h.program):
			delete(c.hashes, hash)
		default:
			replaced = append(replaced, h)
		}
	}
	if c.keep.Load == nil || len(replaced) <= MaxReplaced {
		return
	}
	sort.Slice(replaced, func(i, j int) bool { return replaced[i].used.Load() < replaced[j].used.Load() })
	for _, h := range replaced[:len(replaced)-MaxReplaced] {
		delete(c.hashes, h.program.Hash())
	}
}

func (c *Catalog) inForce(p *Program) bool {
	now := c.byName[p.Name()]
	return now != nil && now.Hash() == p.Hash()
}

// Held is a program at hand, and when no session can use it any more; zero for
// one in force.
type Held struct {
	Program *Program
	Until   time.Time
}

// Held are all programs at hand, in force or replaced.
func (c *Catalog) Held() []Held {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]Held, 0, len(c.hashes))
	for _, h := range c.hashes {
		one := Held{Program: h.program}
		if !c.inForce(h.program) {
			one.Until = time.Unix(0, h.used.Load()).Add(c.keep.Lasts(h.program))
		}
		list = append(list, one)
	}
	return list
}

// Replaced are the programs of that name that were in force here after since:
// of very many, those that were used last.
func (c *Catalog) Replaced(name string, since time.Time) []*Program {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []*held
	for _, h := range c.hashes {
		if h.program.Name() == name && !c.inForce(h.program) && h.until.After(since) {
			list = append(list, h)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].until.Before(list[j].until) })
	programs := make([]*Program, len(list))
	for i, h := range list {
		programs[i] = h.program
	}
	return programs
}
