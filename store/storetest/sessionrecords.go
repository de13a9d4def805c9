package storetest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
)

func sessionNothing(s *sessions) {
	twice(func(int) {
		s.loads(sessionID, nil)
		s.loads("", nil)
		s.latest("tag", "")
		s.latest("", "")
	})
}

func sessionFirst(s *sessions) {
	first := sessionRecord(1, "a")
	s.saved(sessionID, "", first)
	twice(func(int) {
		s.loads(sessionID, first)
		// A repeat of the first callback finds the stored record.
		s.refused(sessionID, "", first, first)
		s.refused(sessionID, "", sessionRecord(3, "b"), first)
	})
}

func sessionReplaced(s *sessions) {
	one, two, three := sessionRecord(1, "a"), sessionRecord(3, "b"), sessionRecord(7, "c")
	s.saved(sessionID, "", one)
	s.saved(sessionID, head(1, "a"), two)
	twice(func(int) {
		s.loads(sessionID, two)
		s.refused(sessionID, head(1, "a"), two, two)
		s.refused(sessionID, head(1, "a"), three, two)
		s.refused(sessionID, head(3, "a"), three, two)
		s.refused(sessionID, head(1, "b"), three, two)
	})
	// The same head may be used again.
	twice(func(int) { s.saved(sessionID, head(3, "b"), two) })
	s.saved(sessionID, head(3, "b"), three)
	s.loads(sessionID, three)
}

func sessionGone(s *sessions) {
	twice(func(int) { s.refused(sessionID, head(1, "a"), sessionRecord(2, "b"), nil) })
	s.saved(sessionID, "", sessionRecord(1, "a"))
}

// A head differs from its own beginning, and from a longer head that begins with it.
func sessionHeads(s *sessions) {
	stored := sessionRecord(12, "abc")
	s.saved(sessionID, "", stored)
	next := sessionRecord(20, "x")
	twice(func(int) {
		for _, expect := range []string{
			head(1, "abc"), head(2, "abc"), head(120, "abc"), head(12, "ab"), head(12, "abcd"), head(12, ""), head(12, "bc"),
			`{`, `{"v":`, `{"v":1`, `{"v":12`, `{"v":12,`, `{"v":12,"h":"`, `{"v":12,"h":"ab`, `{"v":12,"h":"abc`, `{"v":12,"h":"abc"`,
			string(stored), string(stored[:len(stored)-1]), head(12, "abc") + `"`, " " + head(12, "abc"),
		} {
			s.refused(sessionID, expect, next, stored)
		}
	})
	for _, expect := range []string{`{"v":1`, `{`, "x", head(12, "abc") + `"`} {
		s.refused("ussd:session:none", expect, next, nil)
	}
	s.saved(sessionID, head(12, "abc"), next)
}

func sessionHeadless(s *sessions) {
	for i, text := range []string{"x", "{}", `{"step":"main"}`, `{"v":1}`, `{"v":1,"h":"a"}`, "\x00"} {
		id := fmt.Sprintf("%s-%d", sessionID, i)
		s.saved(id, "", []byte(text))
		twice(func(int) {
			for _, expect := range []string{"", text, head(1, "a")} {
				s.refused(id, expect, sessionRecord(1, "a"), []byte(text))
			}
		})
	}
}

// sessionRace lets sixteen instances answer the same callback at once, many times. For
// each head exactly one saves, and the others get its record.
func sessionRace(s *sessions) {
	const writers, rounds = 16, 20
	expect := ""
	for round := 1; round <= rounds; round++ {
		var won, lost [writers][]byte
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				next := sessionRecord(round, fmt.Sprintf("writer%d", w))
				stored, saved, err := s.Save(s.ctx, sessionID, expect, next, life)
				if err != nil {
					s.t.Errorf("round %d, writer %d: %v", round, w, err)
				} else if saved {
					won[w] = next
				} else {
					lost[w] = stored
				}
			})
		}
		all.Wait()
		var winner []byte
		for _, record := range won {
			if record != nil && winner != nil {
				s.t.Fatalf("round %d: both %q and %q were saved", round, winner, record)
			}
			if record != nil {
				winner = record
			}
		}
		for w, record := range lost {
			if won[w] == nil && !bytes.Equal(record, winner) {
				s.t.Fatalf("round %d: writer %d got %q, want %q", round, w, record, winner)
			}
		}
		s.loads(sessionID, winner)
		expect = engine.HeadOf(winner)
	}
}

// sessionBytes stores bytes that no encoder makes; a store must accept them.
func sessionBytes(s *sessions) {
	var every []byte
	for b := range 256 {
		every = append(every, byte(b))
	}
	expect := ""
	for i, tail := range [][]byte{every, []byte("\r\n+OK\r\n$-1\r\n"), {0}, []byte("\xff\xfe"), []byte(`"}`), []byte("%s %d ${x}"), nil} {
		next := append([]byte(head(i+1, "a")), tail...)
		s.saved(sessionID, expect, next)
		twice(func(int) {
			s.loads(sessionID, next)
			s.refused(sessionID, "", sessionRecord(1, "z"), next)
		})
		expect = head(i+1, "a")
	}
	// A head may have such bytes too.
	id := sessionID + "b"
	odd := head(1, "\x00\xff[%w]*")
	s.saved(id, "", []byte(odd+"x"))
	s.saved(id, odd, []byte(odd+"y"))
	s.loads(id, []byte(odd+"y"))
}

func sessionApart(s *sessions) {
	ids := []string{
		"ussd:session:a", "ussd:session:A", "ussd:session:{a}", "ussd:session:{a}b", "ussd:session:", "ussd:session:a ",
		"ussd:session:a\x00", "ussd:session:\xff", "ussd:session:*", "a", "ussd:session:é", strings.Repeat("k", 4096),
	}
	for i, id := range ids {
		s.saved(id, "", sessionRecord(i+1, "a"))
	}
	twice(func(int) {
		for i, id := range ids {
			s.loads(id, sessionRecord(i+1, "a"))
		}
	})
}

func sessionAliases(s *sessions) {
	given := sessionRecord(1, "a")
	s.saved(sessionID, "", given)
	clear(given)
	twice(func(int) {
		got, err := s.Load(s.ctx, sessionID)
		if err != nil {
			s.t.Fatal(err)
		}
		clear(got)
		got, _, err = s.Save(s.ctx, sessionID, "", sessionRecord(2, "b"), life)
		if err != nil {
			s.t.Fatal(err)
		}
		clear(got)
		s.loads(sessionID, sessionRecord(1, "a"))
	})
}

func sessionSizes(s *sessions) {
	sized := func(v, n int) []byte {
		b := append([]byte(head(v, "a")), make([]byte, n)...)
		source := rand.NewChaCha8([32]byte{byte(v)})
		_, _ = source.Read(b[len(head(v, "a")):]) // never fails
		return b[:n]
	}
	largest := sized(1, engine.MaxRecord)
	s.saved(sessionID, "", largest)
	s.loads(sessionID, largest)
	twice(func(int) {
		for _, bad := range [][]byte{nil, {}, sized(2, engine.MaxRecord+1)} {
			for _, id := range []string{sessionID, "ussd:session:none"} {
				expect := ""
				if id == sessionID {
					expect = head(1, "a")
				}
				if _, saved, err := s.Save(s.ctx, id, expect, bad, life); err == nil || saved {
					s.t.Fatalf("a record of %d bytes: saved %v, %v; want an error", len(bad), saved, err)
				}
			}
			s.loads(sessionID, largest)
			s.loads("ussd:session:none", nil)
		}
	})
	s.saved(sessionID, head(1, "a"), sized(2, len(head(2, "a"))))
}

func sessionExpires(s *sessions) {
	twice(func(round int) {
		s.saved(sessionID, "", sessionRecord(1, "a"))
		s.Pass(life - time.Minute)
		s.loads(sessionID, sessionRecord(1, "a"))
		s.Pass(2 * time.Minute)
		s.loads(sessionID, nil)
		// An expired record is absent for a save, too.
		s.refused(sessionID, head(1, "a"), sessionRecord(2, "b"), nil)
	})
	s.saved(sessionID, "", sessionRecord(1, "a"))
	_, saved, err := s.Save(s.ctx, sessionID, head(1, "a"), sessionRecord(2, "b"), time.Minute)
	if err != nil || !saved {
		s.t.Fatalf("saved %v, %v", saved, err)
	}
	s.Pass(2 * time.Minute) // the last save's life counts, whether shorter or longer
	s.loads(sessionID, nil)
}

func sessionRenewed(s *sessions) {
	s.saved(sessionID, "", sessionRecord(1, "a"))
	s.Pass(life - time.Minute)
	s.saved(sessionID, head(1, "a"), sessionRecord(2, "b"))
	s.Pass(life - time.Minute)
	s.loads(sessionID, sessionRecord(2, "b"))
	s.refused(sessionID, head(1, "a"), sessionRecord(3, "c"), sessionRecord(2, "b"))
	s.Pass(2 * time.Minute) // the load and the refused save don't count
	s.loads(sessionID, nil)
}

func sessionLives(s *sessions) {
	s.saved(sessionID, "", sessionRecord(1, "a"))
	twice(func(int) {
		for _, ttl := range []time.Duration{0, -time.Hour, time.Millisecond - 1} {
			if _, saved, err := s.Save(s.ctx, sessionID, head(1, "a"), sessionRecord(2, "b"), ttl); err == nil || saved {
				s.t.Errorf("a record with a life of %s: saved %v, %v; want an error", ttl, saved, err)
			}
			if err := s.SetLatest(s.ctx, "tag", "x", ttl); err == nil {
				s.t.Errorf("a note with a life of %s was accepted", ttl)
			}
			s.loads(sessionID, sessionRecord(1, "a"))
			s.latest("tag", "")
		}
	})
	const year = 365 * 24 * time.Hour
	_, saved, err := s.Save(s.ctx, sessionID, head(1, "a"), sessionRecord(2, "b"), year+time.Microsecond)
	if err != nil || !saved {
		s.t.Fatalf("a long life: saved %v, %v", saved, err)
	}
	s.Pass(year - time.Hour)
	s.loads(sessionID, sessionRecord(2, "b"))
}
