package dialscript

import (
	"context"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// left holds what is known of a caller who may drop off, by menu.
type left struct {
	mu    sync.Mutex
	menus map[string]*lastScreen
}

// A lastScreen is the screen on which a call to a menu stands.
type lastScreen struct {
	drop engine.Drop
	at   Event // what dropping off there is
}

// shown notes the screen of a reply.
func (l *inProcessTarget) shown(cb Callback, reply *engine.Reply) {
	p, ok := l.runner.Programs.ByHash(reply.Program)
	if reply.Leaving == nil || !ok {
		return
	}
	l.left.mu.Lock()
	defer l.left.mu.Unlock()
	last := l.left.menus[reply.Leaving.Menu]
	if last == nil {
		last = &lastScreen{}
		if l.left.menus == nil {
			l.left.menus = map[string]*lastScreen{}
		}
		l.left.menus[reply.Leaving.Menu] = last
	}
	last.drop = last.drop.Shown(cb.Session, reply.Leaving, l.clock.Now(), l.runner.TTL)
	last.at = EventOf(p, engine.Move{Screen: reply.Screen, Trigger: engine.Trigger{Kind: engine.TriggerLeft}, Lang: reply.Leaving.Lang})
}

// over notes the end of a session that the gateway has reported.
func (l *inProcessTarget) over(session string, at time.Time) {
	l.left.mu.Lock()
	defer l.left.mu.Unlock()
	for _, last := range l.left.menus {
		last.drop = last.drop.Over(session, at)
	}
}

// remind sends the SMS to a caller who has dropped off.
func (l *inProcessTarget) remind() {
	l.left.mu.Lock()
	defer l.left.mu.Unlock()
	for _, last := range l.left.menus {
		next, text := last.drop.Take(l.clock.Now())
		last.drop = next
		if text == "" {
			continue
		}
		l.actions.send(Message{To: l.actions.scene.Caller.Phone, Text: text})
		l.watching.Lock()
		l.happened = append(l.happened, last.at)
		l.watching.Unlock()
	}
}

// HangUp implements HangsUpOn.
func (l *inProcessTarget) HangUp(_ context.Context, cb Callback) error {
	l.over(cb.Session, l.clock.Now())
	l.remind()
	return nil
}
