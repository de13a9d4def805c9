package command

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Everything that a person does to the service or to other people's data is in the
// audit, with who did it and how it ended, and without numbers and keys.
func TestAudit(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("SUDO_USER", "amina")
	t.Setenv("DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "audit.db"))
	if out := says(t, exitFine, "audit"); out != "Nothing is recorded yet.\n" {
		t.Errorf("at first: %s", out)
	}
	key := strings.TrimSpace(strings.SplitN(says(t, exitFine, "keys", "api", "create", "--name", "web app", "--scopes", "lookup,register"), "\n", 2)[0])
	id := strings.Split(key, "_")[1]
	says(t, exitFine, "keys", "api", "revoke", id)
	says(t, exitMisuse, "keys", "api", "revoke", "0711000111")
	says(t, exitMisuse, "jobs", "--retry", "7")
	says(t, exitFine, "jobs", "--messages")
	says(t, exitFine, "calls", "0711000111")
	says(t, exitFine, "forget", "0711000111", "--yes")

	out := says(t, exitFine, "audit", "--json")
	var got []auditJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, e := range got {
		if e.At.IsZero() || !strings.HasPrefix(e.Actor, "amina as ") {
			t.Errorf("%+v has no time or no actor", e)
		}
		acts = append(acts, strings.Join([]string{e.What, e.Subject, e.Detail, e.Outcome}, "|"))
	}
	want := []string{"calls||0 calls|done", "jobs --messages||0 messages|done", "keys api revoke|" + id + "||done", "keys api create|" + id + "|web app: lookup,register|done"}
	if diff := cmp.Diff(want, acts); diff != "" {
		t.Errorf("acts (-want +got):\n%s", diff)
	}
	if strings.Contains(out, "711000111") || strings.Contains(out, key) {
		t.Errorf("a number or a key is in the audit:\n%s", out)
	}
	if out := says(t, exitFine, "audit", "--limit", "1"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "amina as ") {
		t.Errorf("the newest alone:\n%s", out)
	}
}
