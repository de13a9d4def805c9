package storetest

import (
	"context"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var auditCases = []testCase{
	{name: "entries are listed, the newest first", run: auditListed},
	{name: "forgetting is recorded without the number", run: auditForgets},
}

func auditListed(s *subject) {
	entries := []store.AuditEntry{
		{At: noon.Add(time.Hour), What: "keys api create", Actor: "amina", Subject: "abcdefgh", Detail: "register", Outcome: store.AuditDone},
		// Clocks differ, so the order is that in which entries were added.
		{At: noon, What: "keys rewrap", Actor: "wanjiku", Outcome: store.AuditFailed},
		{At: noon, What: "jobs retry", Actor: "amina", Subject: "7", Outcome: store.AuditDone},
	}
	for _, e := range entries {
		s.want(s.AddAudit(s.ctx, e), nil)
	}
	got, err := s.Audit(s.ctx, 2)
	s.want(err, nil)
	if diff := cmp.Diff([]store.AuditEntry{entries[2], entries[1]}, got); diff != "" {
		s.t.Errorf("entries (-added +listed):\n%s", diff)
	}
}

func auditForgets(s *subject) {
	w := worker(1)
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddWorker(ctx, w) })
	_, err := s.Forget(s.ctx, w.Phone, "amina", noon, false)
	s.want(err, nil)
	got, err := s.Audit(s.ctx, 10)
	s.want(err, nil)
	want := []store.AuditEntry{{At: noon, What: "forget", Actor: "amina", Subject: w.WorkerID, Outcome: store.AuditDone}}
	if len(got) == 1 {
		want[0].Detail = got[0].Detail
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("entries (-want +got):\n%s", diff)
	}
}
