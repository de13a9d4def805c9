package fake

import (
	"container/heap"
	"time"
)

// post is a body that is posted to an address of the client.
type post struct {
	url   string
	body  []byte
	about string
	// then gets the answer. It runs without the lock.
	then func(answer []byte, err error)
}

// event is something that happens later. do runs under the lock, and returns what is
// posted.
type event struct {
	at  time.Time
	seq int
	do  func() []post
}

// queue has the events in the order of their times, and for one time in the order of
// their making.
type queue struct {
	events eventHeap
	made   int
}

func (q *queue) add(at time.Time, do func() []post) {
	q.made++
	heap.Push(&q.events, event{at, q.made, do})
}

func (q *queue) next(now time.Time) (event, bool) {
	if len(q.events) == 0 || q.events[0].at.After(now) {
		return event{}, false
	}
	e, ok := heap.Pop(&q.events).(event)
	return e, ok
}

func (q *queue) nextAt() (time.Time, bool) {
	if len(q.events) == 0 {
		return time.Time{}, false
	}
	return q.events[0].at, true
}

// eventHeap implements heap.Interface.
type eventHeap []event

func (h eventHeap) Len() int { return len(h) }

func (h eventHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].seq < h[j].seq
}

func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *eventHeap) Push(x any) {
	if e, ok := x.(event); ok {
		*h = append(*h, e)
	}
}

func (h *eventHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
