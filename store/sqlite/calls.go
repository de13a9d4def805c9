package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// AddCalls stores all notes as one row.
func (s *Store) AddCalls(ctx context.Context, notes []store.CallNote) error {
	return rows.InTx(ctx, s.Within, func(ctx context.Context, conn rows.Conn) error {
		notes, err := rows.WithoutForgotten(ctx, conn, notes)
		if err != nil || len(notes) == 0 {
			return err
		}
		b, err := newBatch(notes)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, `INSERT INTO call_batches (newest, count, callers, notes) VALUES ($1, $2, $3, $4)`,
			b.newest, b.count, b.callers, b.notes)
		if err != nil {
			return fmt.Errorf("store notes on calls: %w", err)
		}
		return nil
	})
}

// holdsCaller is the condition of a batch with notes on the caller $1. A batch may
// have it and no such note, so the notes are looked through.
const holdsCaller = `instr(callers, ',' || $1 || ',') > 0`

// errEnough ends a query early.
var errEnough = errors.New("enough notes")

// CallsOf lists a caller's notes, the newest first.
func (s *Store) CallsOf(ctx context.Context, caller string, limit int) ([]store.CallNote, error) {
	limit = rows.Limit(limit)
	var list []store.CallNote
	err := conn{store: s, prepared: s.reading}.Query(ctx, func(row rows.Row) error {
		var newest, text string
		if err := row.Scan(&newest, &text); err != nil {
			return err
		}
		// Batches come by their newest notes, so later ones have none that is newer.
		if len(list) == limit && list[limit-1].At.Format(rows.TimeFormat) > newest {
			return errEnough
		}
		notes, err := readBatch(text)
		if err != nil {
			return err
		}
		slices.Reverse(notes)
		list = append(list, slices.DeleteFunc(notes, func(n store.CallNote) bool { return n.Caller != caller })...)
		slices.SortStableFunc(list, func(a, b store.CallNote) int { return b.At.Compare(a.At) })
		list = list[:min(len(list), limit)]
		return nil
	}, `SELECT newest, notes FROM call_batches WHERE `+holdsCaller+` ORDER BY newest DESC, id DESC`, caller)
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	return list, nil
}

// CallsIn lists the notes on sessions with an ID. It looks through all batches that have
// the ID: a person asks, and seldom.
func (s *Store) CallsIn(ctx context.Context, session string, limit int) ([]store.CallNote, error) {
	var list []store.CallNote
	err := conn{store: s, prepared: s.reading}.Query(ctx, func(row rows.Row) error {
		var text string
		if err := row.Scan(&text); err != nil {
			return err
		}
		notes, err := readBatch(text)
		list = append(list, slices.DeleteFunc(notes, func(n store.CallNote) bool { return n.Session != session })...)
		return err
	}, `SELECT notes FROM call_batches WHERE instr(notes, $1) > 0 ORDER BY newest, id`, string(appendText(nil, session)))
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b store.CallNote) int { return b.At.Compare(a.At) })
	return list[:min(len(list), rows.Limit(limit))], nil
}

// batchesTogether is how many batches are read at a time.
const batchesTogether = 16

// within is how much older than the newest note of its batch a note may be: it waits a
// second for others, and longer while the database is away.
const within = 10 * time.Minute

// EachCall reads batches by their newest notes.
func (s *Store) EachCall(ctx context.Context, from, to time.Time, fn func(store.CallNote) error) error {
	newest, last := from.UTC().Format(rows.TimeFormat), int64(-1)
	for {
		var texts []string
		err := conn{store: s, prepared: s.reading}.Query(ctx, func(row rows.Row) error {
			var text string
			err := row.Scan(&last, &newest, &text)
			texts = append(texts, text)
			return err
		}, `SELECT id, newest, notes FROM call_batches WHERE (newest, id) > ($1, $2) AND newest < $3 ORDER BY newest, id LIMIT $4`,
			newest, last, to.Add(within), batchesTogether)
		if err != nil {
			return fmt.Errorf("read notes on calls: %w", err)
		}
		for _, text := range texts {
			notes, err := readBatch(text)
			if err != nil {
				return err
			}
			for _, n := range notes {
				if n.At.Before(from) || !n.At.Before(to) {
					continue
				}
				if err := fn(n); err != nil {
					return err
				}
			}
		}
		if len(texts) < batchesTogether {
			return nil
		}
	}
}

// DropCalls removes the oldest batches.
func (s *Store) DropCalls(ctx context.Context, before time.Time, limit int) (dropped int, err error) {
	err = rows.InTx(ctx, s.Within, func(ctx context.Context, conn rows.Conn) error {
		err := conn.QueryRow(ctx, `SELECT coalesce(sum(count), 0) FROM (`+oldBatches+`)`, before, limit).Scan(&dropped)
		if err != nil || dropped == 0 {
			return err
		}
		_, err = conn.Exec(ctx, `DELETE FROM call_batches WHERE id IN (SELECT id FROM (`+oldBatches+`))`, before, limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("drop old notes on calls: %w", err)
	}
	return dropped, nil
}

// oldBatches selects batches with no note since $1: the oldest, until they have $2
// notes.
const oldBatches = `SELECT id, count FROM (
	SELECT id, count, sum(count) OVER (ORDER BY newest, id) AS total FROM (
		SELECT id, count, newest FROM call_batches WHERE newest < $1 ORDER BY newest, id LIMIT $2))
	WHERE total - count < $2`

// callerNotes counts the notes on a caller, and removes them if told to.
func callerNotes(ctx context.Context, conn rows.Conn, caller string, remove bool) (count int, sessions []string, err error) {
	batches := map[int64]string{}
	err = conn.Query(ctx, func(row rows.Row) error {
		var id int64
		var text string
		err := row.Scan(&id, &text)
		batches[id] = text
		return err
	}, `SELECT id, notes FROM call_batches WHERE `+holdsCaller, caller)
	if err != nil {
		return 0, nil, err
	}
	known := map[string]struct{}{}
	for id, text := range batches {
		notes, err := readBatch(text)
		if err != nil {
			return 0, nil, err
		}
		others := slices.DeleteFunc(slices.Clone(notes), func(n store.CallNote) bool { return n.Caller == caller })
		count += len(notes) - len(others)
		for _, n := range notes {
			if n.Caller == caller {
				known[n.Session] = struct{}{}
			}
		}
		if remove {
			if err := replaceBatch(ctx, conn, id, others); err != nil {
				return 0, nil, err
			}
		}
	}
	for session := range known {
		sessions = append(sessions, session)
	}
	slices.Sort(sessions)
	return count, sessions, nil
}

// replaceBatch leaves some notes of a batch, or removes it with the last one.
func replaceBatch(ctx context.Context, conn rows.Conn, id int64, notes []store.CallNote) error {
	if len(notes) == 0 {
		_, err := conn.Exec(ctx, `DELETE FROM call_batches WHERE id = $1`, id)
		return err
	}
	b, err := newBatch(notes)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `UPDATE call_batches SET newest = $2, count = $3, callers = $4, notes = $5 WHERE id = $1`,
		id, b.newest, b.count, b.callers, b.notes)
	return err
}
