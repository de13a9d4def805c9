package ledger

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// deposit is a valid transfer that each case changes.
func deposit() Transfer {
	return Transfer{
		ID: "t1", Phase: Single, Debit: "clearing:mpesa:in", Credit: "caller:NW-1", Amount: 500, What: "deposit",
		Provider: "mpesa", Receipt: "R1", EffectiveAt: noon, Actor: "mpesa",
	}
}

func hold() Transfer {
	return Transfer{ID: "p1", Phase: Pending, Debit: "caller:NW-1", Credit: "clearing:mpesa:out", Amount: 300, What: "withdrawal", Intent: "i", EffectiveAt: noon, Actor: "ussd"}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Transfer)
		want   string
	}{
		"valid":                 {func(*Transfer) {}, ""},
		"no ID":                 {func(t *Transfer) { t.ID = "" }, "no ID"},
		"no actor":              {func(t *Transfer) { t.Actor = "" }, "set What and Actor"},
		"no time":               {func(t *Transfer) { t.EffectiveAt = time.Time{} }, "set EffectiveAt"},
		"nothing":               {func(t *Transfer) { t.Amount = 0 }, "expected 1 to"},
		"negative":              {func(t *Transfer) { t.Amount = -1 }, "expected 1 to"},
		"too much":              {func(t *Transfer) { t.Amount = MaxAmount + 1 }, "expected 1 to"},
		"the largest":           {func(t *Transfer) { t.Amount = MaxAmount }, ""},
		"to itself":             {func(t *Transfer) { t.Debit = t.Credit }, "name two accounts"},
		"no receipt":            {func(t *Transfer) { t.Receipt = "" }, "both or none"},
		"no provider":           {func(t *Transfer) { t.Provider = "" }, "both or none"},
		"long ID":               {func(t *Transfer) { t.ID = strings.Repeat("x", maxText+1) }, "at most 200"},
		"unknown kind":          {func(t *Transfer) { t.Debit = "bank:x" }, "expected"},
		"kind without a name":   {func(t *Transfer) { t.Debit = "fee:" }, "expected"},
		"unknown phase":         {func(t *Transfer) { t.Phase = "x" }, "found the phase"},
		"post without":          {func(t *Transfer) { t.Phase = Post }, "set PendingID"},
		"single with":           {func(t *Transfer) { t.PendingID = "p" }, "only a post and a void"},
		"pending reversal":      {func(t *Transfer) { t.Phase, t.Reverses, t.Provider, t.Receipt = Pending, "x", "", "" }, "expected single"},
		"pending with receipt":  {func(t *Transfer) { t.Phase = Pending }, "has not moved"},
		"void with receipt":     {func(t *Transfer) { t.Phase, t.PendingID = Void, "p" }, "has not moved"},
		"a post has a receipt":  {func(t *Transfer) { t.Phase, t.PendingID = Post, "p" }, ""},
		"suspense has one part": {func(t *Transfer) { t.Credit = SuspenseCode }, ""},
	} {
		transfer := deposit()
		c.change(&transfer)
		err := transfer.Check()
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Every field but RecordedAt is part of the fingerprint.
func TestFingerprint(t *testing.T) {
	seen := map[string]string{deposit().Fingerprint(): "none"}
	for name, change := range map[string]func(*Transfer){
		"ID": func(t *Transfer) { t.ID = "t2" }, "Phase": func(t *Transfer) { t.Phase = Post },
		"Debit": func(t *Transfer) { t.Debit = "fee:x" }, "Credit": func(t *Transfer) { t.Credit = "fee:x" },
		"Amount": func(t *Transfer) { t.Amount++ }, "PendingID": func(t *Transfer) { t.PendingID = "x" },
		"Reverses": func(t *Transfer) { t.Reverses = "x" }, "What": func(t *Transfer) { t.What = "x" },
		"Intent": func(t *Transfer) { t.Intent = "x" }, "Provider": func(t *Transfer) { t.Provider = "x" },
		"Receipt": func(t *Transfer) { t.Receipt = "x" }, "Actor": func(t *Transfer) { t.Actor = "x" },
		"EffectiveAt": func(t *Transfer) { t.EffectiveAt = noon.Add(time.Microsecond) },
		// A text can't move from one field to the next.
		"split": func(t *Transfer) { t.Provider, t.Receipt = "mpesaR", "1" },
	} {
		transfer := deposit()
		change(&transfer)
		if other, same := seen[transfer.Fingerprint()]; same {
			t.Errorf("a change of %s has the fingerprint of a change of %s", name, other)
		}
		seen[transfer.Fingerprint()] = name
	}
	later := deposit()
	later.RecordedAt = noon
	if later.Fingerprint() != deposit().Fingerprint() {
		t.Error("RecordedAt changes the fingerprint")
	}
}

func TestResolves(t *testing.T) {
	post := func(change func(*Transfer)) Transfer {
		t := hold()
		t.ID, t.Phase, t.PendingID = "x", Post, "p1"
		change(&t)
		return t
	}
	if err := post(func(*Transfer) {}).Resolves(hold()); err != nil {
		t.Errorf("the same: %v", err)
	}
	for name, change := range map[string]func(*Transfer){
		"debit": func(t *Transfer) { t.Debit = "caller:NW-2" }, "credit": func(t *Transfer) { t.Credit = "fee:ours" },
		"less": func(t *Transfer) { t.Amount-- }, "more": func(t *Transfer) { t.Amount++ }, "intent": func(t *Transfer) { t.Intent = "j" },
	} {
		if err := post(change).Resolves(hold()); !errors.Is(err, ErrInvalid) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if err := post(func(*Transfer) {}).Resolves(deposit()); !errors.Is(err, ErrInvalid) {
		t.Errorf("a single transfer: %v", err)
	}
}

func TestUndoes(t *testing.T) {
	back := deposit()
	back.ID, back.Debit, back.Credit, back.Reverses, back.Provider, back.Receipt = "b", back.Credit, back.Debit, "t1", "", ""
	if err := back.Undoes(deposit()); err != nil {
		t.Errorf("swapped: %v", err)
	}
	less, same := back, back
	less.Amount--
	same.Debit, same.Credit = same.Credit, same.Debit
	for name, c := range map[string]struct{ of, by Transfer }{"less": {deposit(), less}, "same sides": {deposit(), same}, "a hold": {hold(), back}} {
		if err := c.by.Undoes(c.of); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// line is a transfer as an audit reads it.
type line struct {
	t           Transfer
	fingerprint string
}

func lines(list ...Transfer) (all []line) {
	for _, t := range list {
		all = append(all, line{t, t.Fingerprint()})
	}
	return all
}

func audit(all []line, accounts ...Account) (Summary, error) {
	a := NewAudit(func(id string) (Transfer, error) {
		for _, l := range all {
			if l.t.ID == id {
				return l.t, nil
			}
		}
		return Transfer{}, ErrNoTransfer
	})
	for _, l := range all {
		if err := a.Add(l.t, l.fingerprint); err != nil {
			return Summary{}, err
		}
	}
	for _, account := range accounts {
		if err := a.Compare(account); err != nil {
			return Summary{}, err
		}
	}
	return a.End()
}

func TestAudit(t *testing.T) {
	post := hold()
	post.ID, post.Phase, post.PendingID = "x1", Post, "p1"
	void := post
	void.ID, void.Phase = "v1", Void
	back := deposit()
	back.ID, back.Debit, back.Credit, back.Reverses, back.Provider, back.Receipt = "b", back.Credit, back.Debit, "t1", "", ""
	again := back
	again.ID = "b2"
	caller := func(posted, held int64) Account {
		return Account{Code: "caller:NW-1", Kind: Caller, Posted: posted, Held: held}
	}
	in, out := Account{Code: "clearing:mpesa:in", Kind: Clearing}, Account{Code: "clearing:mpesa:out", Kind: Clearing}
	changed := lines(deposit())
	changed[0].t.Amount = 600

	s, err := audit(lines(deposit(), hold(), post), caller(200, 0), in, out)
	if err != nil || s.Transfers != 3 || s.Accounts != 3 || s.Balances["caller"] != 200 || s.Balances["clearing:mpesa:in"] != -500 || s.Open != 0 {
		t.Errorf("a sound ledger: %+v, %v", s, err)
	}
	if s, err := audit(lines(deposit(), hold()), caller(500, 300), in, out); err != nil || s.Held != 300 || s.Open != 1 {
		t.Errorf("a held amount: %+v, %v", s, err)
	}
	if _, err := audit(lines(deposit(), back), caller(0, 0), in); err != nil {
		t.Errorf("a reversal: %v", err)
	}
	for name, c := range map[string]struct {
		lines    []line
		accounts []Account
		want     string
	}{
		"a changed row":        {changed, nil, "changed after"},
		"an overdraft":         {lines(hold()), nil, "too little"},
		"two resolutions":      {lines(deposit(), hold(), post, void), nil, "not pending"},
		"two reversals":        {lines(deposit(), back, again), nil, "as \"b\" did"},
		"a reversal of none":   {lines(back), nil, "no such transfer"},
		"a balance":            {lines(deposit()), []Account{caller(501, 0), in}, "expected 500 and 0"},
		"a hold":               {lines(deposit()), []Account{caller(500, 1), in}, "expected 500 and 0"},
		"a sum that is stored": {lines(deposit()), []Account{caller(500, 0), {Code: in.Code, Kind: Clearing, Posted: -500}}, "expected 0 and 0"},
		"another kind":         {lines(deposit()), []Account{{Code: "caller:NW-1", Kind: Fee}}, "expected caller"},
		"a missing account":    {lines(deposit()), []Account{in}, "2 accounts, and 1"},
	} {
		if _, err := audit(c.lines, c.accounts...); !errors.Is(err, ErrDifference) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
