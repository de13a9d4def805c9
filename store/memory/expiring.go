package memory

import (
	"bytes"
	"time"
)

// expiring maps keys to values that expire. Every put removes a few entries that have
// expired, so nobody waits for a search through all of them. Times are counted from
// the start of the store.
type expiring struct {
	items map[string]item
	// queue has one place for each entry, in the order in which they were put. An
	// entry that lives longer than its place says is queued again.
	queue []place
	first int // the first place that counts; those before it are free
}

type item struct {
	value   []byte
	expires time.Duration
	queued  time.Duration // when the entry's own place is due
}

type place struct {
	key string
	due time.Duration
}

const (
	// expiredAtOnce bounds how many places a put looks at. A put adds one at most, so
	// what has expired becomes less.
	expiredAtOnce = 8
	// movedFrom is how many places must be free before the others are moved there.
	movedFrom = 1024
)

func newExpiring() expiring { return expiring{items: map[string]item{}} }

// get returns a value, which the caller must not change.
func (e *expiring) get(key string, now time.Duration) []byte {
	it, ok := e.items[key]
	if !ok || it.expires <= now {
		return nil
	}
	return it.value
}

// put stores a copy of the value, and reports whether there is room for it.
func (e *expiring) put(key string, value []byte, now, expires time.Duration, limit int) bool {
	e.expire(now, expiredAtOnce)
	it, ok := e.items[key]
	if !ok && len(e.items) >= limit {
		e.expire(now, len(e.queue))
		if len(e.items) >= limit {
			return false
		}
	}
	if !ok {
		it.queued = expires
		e.queue = append(e.queue, place{key, expires})
	}
	it.value, it.expires = bytes.Clone(value), expires
	e.items[key] = it
	return true
}

// expire looks at the first places, until one is not due.
func (e *expiring) expire(now time.Duration, most int) {
	for range most {
		if e.first == len(e.queue) || e.queue[e.first].due > now {
			break
		}
		at := e.queue[e.first]
		e.queue[e.first] = place{}
		e.first++
		it, ok := e.items[at.key]
		switch {
		case !ok || it.queued != at.due: // of an entry that was removed
		case it.expires <= now:
			delete(e.items, at.key)
		default:
			it.queued = it.expires
			e.items[at.key] = it
			e.queue = append(e.queue, place{at.key, it.expires})
		}
	}
	if e.first >= movedFrom && e.first >= len(e.queue)/2 {
		rest := copy(e.queue, e.queue[e.first:])
		clear(e.queue[rest:])
		e.queue, e.first = e.queue[:rest], 0
	}
}

// remove removes an entry. Its place stays until it is due.
func (e *expiring) remove(key string) { delete(e.items, key) }

func (e *expiring) clear() {
	clear(e.items)
	clear(e.queue)
	e.queue, e.first = e.queue[:0], 0
}
