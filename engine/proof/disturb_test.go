package proof_test

import "time"

// These set the disturber's pace. A call of a dozen callbacks takes a second or two.
const (
	disturbWait  = 400 * time.Millisecond
	disturbances = 6
	outageWait   = 300 * time.Millisecond
)

// disturb causes faults of the whole service while calls go on.
func (w *world) disturb(d *actor) {
	defer w.handOver()
	var kinds []func()
	add := func(on bool, f func()) {
		if on {
			kinds = append(kinds, f)
		}
	}
	add(w.faults.loseAll, func() {
		w.records.Forget()
		for _, c := range w.calls {
			c.disturbed("all records lost")
		}
	})
	add(w.faults.loseOne, func() {
		c := w.calls[d.random.IntN(len(w.calls))]
		w.must(w.records.lose(c.key()))
		c.disturbed("record lost")
	})
	add(w.faults.rollback, func() {
		c := w.calls[d.random.IntN(len(w.calls))]
		w.must(w.records.rollback(c.key(), d.random.IntN))
		c.disturbed("record rolled back")
	})
	add(w.faults.newMenu, func() {
		w.must(w.catalog.Put(w.newMenu))
		w.note(d, "new menu", "")
	})
	add(w.faults.outage, func() {
		w.down = true
		w.note(d, "database out", "")
		d.wait(outageWait)
		w.down = false
		w.note(d, "database back", "")
	})
	if len(kinds) == 0 {
		return
	}
	for range disturbances {
		d.wait(disturbWait)
		kinds[d.random.IntN(len(kinds))]()
	}
}

func (w *world) must(err error) {
	if err != nil {
		w.wrongf("the world itself failed: %v", err)
	}
}
