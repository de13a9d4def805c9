package storetest

import (
	"errors"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var versionCases = []testCase{
	{name: "versions of a menu are numbered", run: versionsNumbered},
	{name: "of two who change the stages at once one is told", run: stagesOnce},
}

func version(menu, hash string) store.Version {
	return store.Version{
		Menu: menu, Author: "amina", Note: "New prices.", At: noon,
		Program: store.Program{Hash: hash, Menu: menu + ".yaml", Files: map[string][]byte{menu + ".yaml": []byte("ussd: 1\n")}, Language: "sw"},
	}
}

func versionsNumbered(s *subject) {
	for _, c := range []struct {
		menu, hash string
		want       int
	}{{"wallet", "a", 1}, {"wallet", "a", 1}, {"wallet", "b", 2}, {"shop", "a", 1}, {"wallet", "a", 3}} {
		n, err := s.AddVersion(s.ctx, version(c.menu, c.hash))
		s.want(err, nil)
		if n != c.want {
			s.t.Errorf("%s %s has the number %d, want %d", c.menu, c.hash, n, c.want)
		}
	}
	got, err := s.Version(s.ctx, "wallet", 2)
	s.want(err, nil)
	want := version("wallet", "b")
	want.Number = 2
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("a version (-want +got):\n%s", diff)
	}
	_, err = s.Version(s.ctx, "wallet", 4)
	s.want(err, store.ErrNotFound)
	list, err := s.ListVersions(s.ctx, "wallet", 2)
	s.want(err, nil)
	if len(list) != 2 || list[0].Number != 3 || list[1].Number != 2 || list[1].Note != want.Note || !list[1].At.Equal(noon) || list[1].Program.Hash != "b" {
		s.t.Errorf("versions are %+v", list)
	}
}

func stagesOnce(s *subject) {
	first := store.Stages{Menu: "wallet", Live: 1, Staging: 2, Testers: []string{"254711000001"}, Next: 2, Share: 10, Before: 1, Paused: true, Text: "Closed"}
	entry := store.AuditEntry{At: noon, What: "publish", Actor: "amina", Subject: "wallet", Outcome: store.AuditDone}
	s.want(s.SetStages(s.ctx, first, entry), nil)
	s.want(s.SetStages(s.ctx, first, entry), store.ErrOutdated)
	list, err := s.Stages(s.ctx)
	s.want(err, nil)
	first.Revision = 1
	if diff := cmp.Diff([]store.Stages{first}, list); diff != "" {
		s.t.Fatalf("stages (-want +got):\n%s", diff)
	}
	const people = 8
	var all sync.WaitGroup
	errs := make([]error, people)
	for i := range people {
		next := first
		next.Live = i + 2
		all.Go(func() { errs[i] = s.SetStages(s.ctx, next, entry) })
	}
	all.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if !errors.Is(err, store.ErrOutdated) {
			s.t.Errorf("got %v, want ErrOutdated", err)
		}
	}
	audit, err := s.Audit(s.ctx, 10)
	s.want(err, nil)
	revision, err := s.StagesRevision(s.ctx)
	s.want(err, nil)
	if done != 1 || len(audit) != 2 || revision != 2 {
		s.t.Errorf("%d changes were made, the audit has %d, the revision is %d; want 1 more than the first", done, len(audit), revision)
	}
}
