package dialscript

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/paytrace/paytrace/engine"
)

// Options say how calls are run.
type Options struct {
	// Parallel is the number of calls at once, at least 1.
	Parallel int
	// Seed gives a random order of the calls; 0 means as written.
	Seed uint64
	// Langs lists the languages in which the same keys are played again.
	Langs []string
	// Speaks reports whether a menu has a language. A call to menus that lack it is not
	// played in it. nil means that all have all.
	Speaks func(menu, lang string) bool
}

// speaks reports whether a menu that a call has reached has a language.
func (o *Options) speaks(r *Result, lang string) bool {
	if o.Speaks == nil || len(r.Events) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Events, func(e Event) bool { return o.Speaks(e.Menu, lang) })
}

// Run plays each call on a new target and returns the results in the order of
// the calls: as written, then with the same keys in each of Options.Langs. If
// the context is cancelled, the rest is not checked.
func Run(ctx context.Context, p *Player, opener Opener, people *engine.Personas, calls []*Call, o Options) []Result {
	played := make([][]Result, len(calls))
	order := make([]int, len(calls))
	for i := range order {
		order[i] = i
	}
	if o.Seed != 0 {
		rand.New(rand.NewPCG(o.Seed, 0)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, o.Parallel) {
		workers.Go(func() {
			for i := range next {
				played[i] = runAll(ctx, p, opener, people, calls[i], &o)
			}
		})
	}
	for _, i := range order {
		next <- i
	}
	close(next)
	workers.Wait()
	results := make([]Result, 0, len(calls)*(1+len(o.Langs)))
	for _, one := range played {
		results = append(results, one...)
	}
	return results
}

// runAll plays a call as written, and the same keys in other languages.
func runAll(ctx context.Context, p *Player, opener Opener, people *engine.Personas, call *Call, o *Options) []Result {
	if ctx.Err() != nil {
		return []Result{unplayed(call, "the run was stopped before it")}
	}
	scene, err := SceneOf(call, people)
	if err != nil {
		return []Result{unset(call, err)}
	}
	results := []Result{runOne(ctx, p, opener, scene, call, nil)}
	for _, lang := range o.Langs {
		if !o.speaks(&results[0], lang) {
			continue
		}
		base := &results[0]
		r, over := spokenAs(base, lang)
		if !over {
			r = runOne(ctx, p, opener, scene.speaking(lang), call, base)
			r.Lang = lang
		}
		results = append(results, r)
	}
	return results
}

func runOne(ctx context.Context, p *Player, opener Opener, scene Scene, call *Call, base *Result) (r Result) {
	line, err := opener.Open(ctx, scene)
	if err != nil {
		return unset(call, err)
	}
	if c, ok := line.(io.Closer); ok {
		defer func() {
			if err := c.Close(); err != nil {
				r.Problems = append(r.Problems, Problem{Pos: call.Pos, Message: fmt.Sprintf("the line can't be closed: %v", err), Line: -1})
				r.settle()
			}
		}()
	}
	return p.playAs(ctx, call, scene, line, base)
}

// unset returns the result of a call whose scene could not be set.
func unset(call *Call, err error) Result {
	if errors.Is(err, ErrCannotSet) {
		return unplayed(call, err.Error())
	}
	r := Result{Call: call, Screens: make([]*Screen, len(call.Steps))}
	r.Problems = []Problem{{Pos: call.Pos, Message: "the scene can't be set: " + err.Error(), Line: -1}}
	r.settle()
	return r
}

func unplayed(call *Call, why string) Result {
	return Result{Call: call, Status: NotChecked, Why: why, Screens: make([]*Screen, len(call.Steps))}
}
