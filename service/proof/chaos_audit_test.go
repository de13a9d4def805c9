package proof_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// audit compares what the callers saw with what the database holds. The
// promises:
type audit struct {
	lost, doubled, unasked, different, wrong []string
	// callbacks were answered by the menu, got the question once more or an earlier one,
	// were refused by a built-in screen, or not answered at all.
	callbacks, answered, again, back, refused, silent int
}

func (a *audit) String() string {
	return fmt.Sprintf("%d callbacks, %d answered by the menu, %d asked again, %d asked an earlier question, %d refused, %d never answered; %d lost, %d duplicated, %d unasked, %d different replies, %d wrong screens",
		a.callbacks, a.answered, a.again, a.back, a.refused, a.silent, len(a.lost), len(a.doubled), len(a.unasked), len(a.different), len(a.wrong))
}

// some shows the first few of a list.
func some(list []string) string { return strings.Join(list[:min(len(list), 5)], "\n\t") }

func newAudit(t *testing.T, w *chaosWorld, calls []*chaosCaller) *audit {
	t.Helper()
	a := &audit{}
	effects := effectsOf(t, w)
	asked := map[string]bool{}
	for _, c := range calls {
		for _, cb := range c.callbacks {
			a.callback(c, cb, effects)
			for _, e := range cb.scene.effects {
				asked[e] = true
			}
		}
	}
	for effect, n := range effects {
		if n > 1 {
			a.doubled = append(a.doubled, fmt.Sprintf("%s: %d times", effect, n))
		}
		if !asked[effect] && !strings.HasPrefix(effect, "note ") {
			a.unasked = append(a.unasked, effect)
		}
	}
	return a
}

func (a *audit) callback(c *chaosCaller, cb *chaosCallback, effects map[string]int) {
	a.callbacks++
	succeeded := ""
	for _, answer := range cb.answers {
		if cb.scene.shows.MatchString(answer.body) {
			succeeded = answer.body
		}
		a.answer(c, cb, answer)
	}
	switch {
	case cb.first == "":
		a.silent++
	case onRefusal.MatchString(cb.first):
		a.refused++
	case asked(cb.scenes, cb.first) == len(cb.scenes)-1 && len(cb.scenes) > 1:
		a.again++
	case asked(cb.scenes, cb.first) > 0:
		a.back++
	default:
		a.answered++
	}
	if succeeded == "" {
		return
	}
	for _, e := range cb.scene.effects {
		if effects[e] == 0 {
			a.lost = append(a.lost, fmt.Sprintf("%s %q was told %q, and there is no %q", c.session, cb.text, succeeded, e))
		}
	}
}

// asked returns the number of the scene whose question a screen asks once more, or zero.
// It is the last one or, after a loss, an earlier one; none before the last effect.
func asked(scenes []scene, body string) int {
	last := len(scenes) - 1
	if scenes[last].shows.MatchString(body) {
		return 0
	}
	for i := last; i > 0 && (i == last || len(scenes[i].effects) == 0); i-- {
		if scenes[i].asks.MatchString(body) {
			return i
		}
	}
	return 0
}

// answer judges one delivery's answer.
func (a *audit) answer(c *chaosCaller, cb *chaosCallback, got chaosAnswer) {
	if cb.first == "" {
		cb.first = got.body
	}
	if got.body == cb.first {
		if !cb.scene.shows.MatchString(got.body) && asked(cb.scenes, got.body) == 0 && !onRefusal.MatchString(got.body) {
			a.wrong = append(a.wrong, fmt.Sprintf("%s %q: %q", c.session, cb.text, got.body))
		}
		return
	}
	for _, newer := range c.callbacks[cb.n+1 : got.newest+1] {
		if got.body == newer.first || newer.scene.shows.MatchString(got.body) {
			return
		}
	}
	if onRefusal.MatchString(cb.first) && cb.scene.shows.MatchString(got.body) {
		return // who saw an error, or "in progress", may see the success later
	}
	a.different = append(a.different, fmt.Sprintf("%s %q: %q, and %q", c.session, cb.text, cb.first, got.body))
}

// effectsOf counts what the database holds, by the names of chaosCall. A "note"
// is a message of the menu's own, which is sent once at most.
func effectsOf(t *testing.T, w *chaosWorld) map[string]int {
	t.Helper()
	effects := map[string]int{}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.postgres.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, `
		SELECT 'account ' || phone, 1 FROM workers WHERE phone <> $1
		UNION ALL SELECT CASE WHEN text LIKE 'PayTrace: %' THEN 'welcome ' ELSE 'note ' END || recipient, 1 FROM messages WHERE recipient <> $1
		UNION ALL SELECT name || ' by ' || subject, count FROM limits`, neighbour)
	if err != nil {
		t.Fatal(err)
	}
	var effect string
	var times int
	if _, err := pgx.ForEachRow(rows, []any{&effect, &times}, func() error {
		effects[effect] += times
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return effects
}
