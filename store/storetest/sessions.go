package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine/runner"
)

// SessionsUnderTest is an empty session store that no other test uses.
type SessionsUnderTest struct {
	runner.Sessions
	// Pass makes the store believe that d has passed.
	Pass func(d time.Duration)
}

// RunSessions tests a session store against its contract. One case runs at a time, so
// open may empty and return the store of the case before.
func RunSessions(t *testing.T, open func(t *testing.T) SessionsUnderTest) {
	t.Helper()
	for _, c := range sessionCases {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			c.run(&sessions{SessionsUnderTest: open(t), t: t, ctx: ctx})
		})
	}
}

type sessionCase struct {
	name string
	run  func(s *sessions)
}

var sessionCases = []sessionCase{
	{"nothing is there", sessionNothing},
	{"a record is stored where there is none", sessionFirst},
	{"a record is replaced where its head is the expected one", sessionReplaced},
	{"a record that is gone is not replaced", sessionGone},
	{"a head is compared whole", sessionHeads},
	{"a record without a head is never replaced", sessionHeadless},
	{"one of many writers wins", sessionRace},
	{"bytes come back as they were", sessionBytes},
	{"records are kept apart", sessionApart},
	{"what was given and got is the store's no more", sessionAliases},
	{"sizes have bounds", sessionSizes},
	{"a record runs out", sessionExpires},
	{"only a save lengthens a life", sessionRenewed},
	{"a life has a least length", sessionLives},
	{"a caller's session is noted, replaced and forgotten", latestNoted},
	{"a caller's session runs out", latestExpires},
	{"callers and sessions are kept apart", latestApart},
	{"whatever is done, it is as a map with expiry", sessionModel},
}

// sessions is a session store under test.
type sessions struct {
	SessionsUnderTest
	t   *testing.T
	ctx context.Context
}

const (
	sessionID = "ussd:session:ATUid_1"
	// life is so long that nothing expires on a slow machine.
	life = 10 * time.Minute
)

func head(v int, h string) string { return fmt.Sprintf(`{"v":%d,"h":"%s",`, v, h) }

func sessionRecord(v int, h string) []byte { return []byte(head(v, h) + `"step":"main","lang":"en"}`) }

// wantSave saves and compares the result; stored is the record that should refuse the
// save, nil for none.
func (s *sessions) wantSave(id, expect string, next, stored []byte, saved bool) {
	s.t.Helper()
	got, done, err := s.Save(s.ctx, id, expect, next, life)
	if err != nil {
		s.t.Fatalf("save %q over %q: %v", next, expect, err)
	}
	if done != saved || string(got) != string(stored) || (got == nil) != (stored == nil) {
		s.t.Fatalf("save over %q: saved %v and stored %q, want %v and %q", expect, done, got, saved, stored)
	}
}

// saved makes a save that must succeed.
func (s *sessions) saved(id, expect string, next []byte) {
	s.t.Helper()
	s.wantSave(id, expect, next, nil, true)
}

// refused makes a save that stored must refuse, nil for no record.
func (s *sessions) refused(id, expect string, next, stored []byte) {
	s.t.Helper()
	s.wantSave(id, expect, next, stored, false)
	s.loads(id, stored)
}

func (s *sessions) loads(id string, want []byte) {
	s.t.Helper()
	got, err := s.Load(s.ctx, id)
	if err != nil {
		s.t.Fatalf("load: %v", err)
	}
	if string(got) != string(want) || (got == nil) != (want == nil) {
		s.t.Fatalf("loaded %q, want %q", shortened(got), shortened(want))
	}
}

func (s *sessions) latest(tag, want string) {
	s.t.Helper()
	got, err := s.Latest(s.ctx, tag)
	if err != nil || got != want {
		s.t.Fatalf("the caller %q has the session %q (%v), want %q", tag, got, err, want)
	}
}

func (s *sessions) note(tag, id string, ttl time.Duration) {
	s.t.Helper()
	if err := s.SetLatest(s.ctx, tag, id, ttl); err != nil {
		s.t.Fatalf("note %q for %q: %v", id, tag, err)
	}
}

func shortened(b []byte) string {
	const shown = 200
	if len(b) <= shown {
		return string(b)
	}
	return fmt.Sprintf("%s… (%d bytes)", b[:shown], len(b))
}
