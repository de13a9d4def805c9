package rows

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
)

// movedAccount is an account of a Move: as the plan leaves it, and as it is stored.
type movedAccount struct {
	ledger.Account
	id     int64
	stored ledger.Account
}

// move plans transfers on locked accounts, and then writes them.
type move struct {
	tx       *Tx
	accounts map[string]*movedAccount
	planned  []ledger.Transfer
}

// Move adds transfers, all or none.
func (t *Tx) Move(ctx context.Context, transfers ...ledger.Transfer) error {
	m := move{tx: t, accounts: map[string]*movedAccount{}}
	if err := m.plan(ctx, transfers); err != nil {
		return fmt.Errorf("move money: %w", err)
	}
	if err := m.write(ctx); err != nil {
		t.refused = fmt.Errorf("move money: %w", err)
		return t.refused
	}
	return nil
}

// plan applies every rule before anything is written.
func (m *move) plan(ctx context.Context, transfers []ledger.Transfer) error {
	codes := map[string]struct{}{}
	for _, t := range transfers {
		if err := t.Check(); err != nil {
			return err
		}
		codes[t.Debit], codes[t.Credit] = struct{}{}, struct{}{}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		account, err := m.tx.lockAccount(ctx, code)
		if err != nil {
			return err
		}
		m.accounts[code] = account
	}
	for _, t := range transfers {
		err := m.add(ctx, t)
		if err == nil {
			m.planned = append(m.planned, t)
			continue
		}
		// A repeat is refused too if the money is gone by now.
		known, findErr := m.stored(ctx, t)
		if findErr != nil || !known {
			return errors.Join(err, findErr)
		}
	}
	return nil
}

// add applies one transfer to the accounts in memory.
func (m *move) add(ctx context.Context, t ledger.Transfer) error {
	if t.PendingID != "" {
		pending, err := m.earlier(ctx, t.PendingID)
		if err != nil {
			return err
		}
		if err := t.Resolves(pending); err != nil {
			return err
		}
	}
	if t.Reverses != "" {
		done, err := m.earlier(ctx, t.Reverses)
		if err != nil {
			return err
		}
		if err := t.Undoes(done); err != nil {
			return err
		}
	}
	debit, credit := t.Changes()
	if err := m.accounts[t.Debit].Apply(debit); err != nil {
		return m.explain(ctx, t, err)
	}
	if err := m.accounts[t.Credit].Apply(credit); err != nil {
		return m.explain(ctx, t, err)
	}
	return nil
}

// explain replaces an overdraft by its reason if the transfer resolves a hold that is
// gone.
func (m *move) explain(ctx context.Context, t ledger.Transfer, err error) error {
	if t.PendingID == "" {
		return err
	}
	return errors.Join(m.conflict(ctx, t), err)
}

// earlier reads a transfer that another one refers to, also from this move.
func (m *move) earlier(ctx context.Context, id string) (ledger.Transfer, error) {
	for _, t := range m.planned {
		if t.ID == id {
			return t, nil
		}
	}
	t, err := transfer(ctx, m.tx.conn, `t.id = $1`, id)
	if errors.Is(err, store.ErrNotFound) {
		return t.Transfer, fmt.Errorf("%w: %q", ledger.ErrNoTransfer, id)
	}
	return t.Transfer, err
}

// stored reports whether a transfer is stored with the same body. The error wraps
// ErrMismatch if it is with another one.
func (m *move) stored(ctx context.Context, t ledger.Transfer) (bool, error) {
	known, err := transfer(ctx, m.tx.conn, `t.id = $1`, t.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if known.fingerprint != t.Fingerprint() {
		return true, fmt.Errorf("%w: %q", ledger.ErrMismatch, t.ID)
	}
	return true, nil
}

// write inserts the planned transfers, and then the balances that they leave.
func (m *move) write(ctx context.Context) error {
	for _, t := range m.planned {
		affected, err := m.insert(ctx, t)
		if err != nil {
			return err
		}
		if affected == 1 {
			continue
		}
		if err := m.conflict(ctx, t); err != nil {
			return err
		}
		m.takeBack(t)
	}
	for _, code := range slices.Sorted(maps.Keys(m.accounts)) {
		if err := m.update(ctx, m.accounts[code]); err != nil {
			return err
		}
	}
	return nil
}

func (m *move) insert(ctx context.Context, t ledger.Transfer) (int64, error) {
	return m.tx.conn.Exec(ctx, `INSERT INTO ledger_transfers (id, fingerprint, phase, debit, credit, amount, pending_id, reverses,
			what, intent, provider, receipt, effective_at, recorded_at, actor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
		t.ID, t.Fingerprint(), string(t.Phase), m.accounts[t.Debit].id, m.accounts[t.Credit].id, t.Amount,
		textOrNull(t.PendingID), textOrNull(t.Reverses), t.What, textOrNull(t.Intent),
		textOrNull(t.Provider), textOrNull(t.Receipt), orNull(t.EffectiveAt), orNull(m.tx.now()), t.Actor)
}

// conflict returns why a transfer could not be inserted, nil if it is stored already.
func (m *move) conflict(ctx context.Context, t ledger.Transfer) error {
	if known, err := m.stored(ctx, t); err != nil || known {
		return err
	}
	for _, unique := range []struct {
		value, where string
		err          error
	}{
		{t.PendingID, `t.pending_id = $1`, ledger.ErrResolved},
		{t.Reverses, `t.reverses = $1`, ledger.ErrReversed},
		{t.Receipt, `t.receipt = $1 AND t.provider = $2`, ledger.ErrReceipt},
	} {
		if unique.value == "" {
			continue
		}
		args := []any{unique.value}
		if unique.value == t.Receipt {
			args = append(args, t.Provider)
		}
		other, err := transfer(ctx, m.tx.conn, unique.where, args...)
		if err == nil {
			return fmt.Errorf("%w: %q, by the transfer %q", unique.err, unique.value, other.ID)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return fmt.Errorf("transfer %q was not added, and nothing stored explains why", t.ID)
}

// takeBack removes from the plan what a stored transfer has changed before.
func (m *move) takeBack(t ledger.Transfer) {
	debit, credit := t.Changes()
	for code, c := range map[string]ledger.Change{t.Debit: debit, t.Credit: credit} {
		m.accounts[code].Posted -= c.Posted
		m.accounts[code].Held -= c.Held
	}
}

// update stores the balance of a guarded account. The version is a fence against a
// change that did not take the lock.
func (m *move) update(ctx context.Context, a *movedAccount) error {
	if !a.Kind.Guarded() || (a.Posted == a.stored.Posted && a.Held == a.stored.Held) {
		return nil
	}
	affected, err := m.tx.conn.Exec(ctx, `UPDATE ledger_accounts SET posted = $2, held = $3, version = version + 1
		WHERE id = $1 AND version = $4`, a.id, a.Posted, a.Held, a.stored.Version)
	if err == nil && affected != 1 {
		err = fmt.Errorf("account %s was changed by something that did not lock it; run the transaction again", a.Code)
	}
	return err
}

// lockAccount reads an account, and opens it if it is new. It locks a guarded one.
func (t *Tx) lockAccount(ctx context.Context, code string) (*movedAccount, error) {
	kind, err := ledger.KindOf(code)
	if err != nil {
		return nil, err
	}
	a := &movedAccount{Account: ledger.Account{Code: code, Kind: kind}}
	const statement = `SELECT id, posted, held, version FROM ledger_accounts WHERE code = $1`
	read := func() error {
		row := t.conn.QueryRow(ctx, statement, code)
		return row.Scan(&a.id, &a.Posted, &a.Held, &a.Version)
	}
	if kind.Guarded() {
		err = t.conn.QueryRowLocked(ctx, "ledger account "+code, statement, code).Scan(&a.id, &a.Posted, &a.Held, &a.Version)
	} else {
		err = read()
	}
	if errors.Is(err, store.ErrNotFound) {
		_, err = t.conn.Exec(ctx, `INSERT INTO ledger_accounts (code, kind, guarded) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			code, string(kind), kind.Guarded())
		if err == nil {
			err = read()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read account %s: %w", code, err)
	}
	a.stored = a.Account
	return a, nil
}

// LockAccount reads a guarded account and locks it.
func (t *Tx) LockAccount(ctx context.Context, code string) (ledger.Account, error) {
	a, err := t.lockAccount(ctx, code)
	if err != nil {
		return ledger.Account{}, err
	}
	return a.Account, nil
}

// BookedReceipt reads the transfer that has a receipt.
func (t *Tx) BookedReceipt(ctx context.Context, provider, receipt string) (ledger.Transfer, error) {
	line, err := transfer(ctx, t.conn, `t.provider = $1 AND t.receipt = $2`, provider, receipt)
	return line.Transfer, err
}

// ledgerLine is a stored transfer.
type ledgerLine struct {
	ledger.Transfer
	seq         int64
	fingerprint string
}

const ledgerLines = `SELECT t.seq, t.id, t.fingerprint, t.phase, d.code, c.code, t.amount, t.pending_id, t.reverses, t.what, t.intent,
	t.provider, t.receipt, t.effective_at, t.recorded_at, t.actor
	FROM ledger_transfers t JOIN ledger_accounts d ON d.id = t.debit JOIN ledger_accounts c ON c.id = t.credit `

func scanTransfer(row Row) (l ledgerLine, err error) {
	var pending, reverses, intent, provider, receipt nullable
	var effective, recorded instant
	err = row.Scan(&l.seq, &l.ID, &l.fingerprint, &l.Phase, &l.Debit, &l.Credit, &l.Amount, &pending, &reverses, &l.What, &intent,
		&provider, &receipt, &effective, &recorded, &l.Actor)
	l.PendingID, l.Reverses, l.Intent, l.Provider, l.Receipt = pending.text, reverses.text, intent.text, provider.text, receipt.text
	l.EffectiveAt, l.RecordedAt = effective.Time, recorded.Time
	return l, err
}

// transfer reads one transfer: store.ErrNotFound if there is none.
func transfer(ctx context.Context, conn Conn, where string, args ...any) (ledgerLine, error) {
	l, err := scanTransfer(conn.QueryRow(ctx, ledgerLines+`WHERE `+where, args...))
	if err != nil {
		return ledgerLine{}, fmt.Errorf("read a transfer: %w", err)
	}
	return l, nil
}

// LedgerTransfer reads one transfer.
func (d DB) LedgerTransfer(ctx context.Context, id string) (ledger.Transfer, error) {
	l, err := transfer(ctx, d.read(ctx), `t.id = $1`, id)
	return l.Transfer, err
}

// LedgerOf lists the newest transfers of an account. Each half uses its own index.
func (d DB) LedgerOf(ctx context.Context, code string, limit int) ([]ledger.Transfer, error) {
	const half = `SELECT * FROM (` + ledgerLines
	const end = ` ORDER BY t.seq DESC LIMIT $2)`
	lines, err := all(ctx, d.read(ctx), scanTransfer, half+`WHERE d.code = $1`+end+` AS taken UNION ALL `+
		half+`WHERE c.code = $1`+end+` AS given ORDER BY 1 DESC LIMIT $2`, code, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list the transfers of an account: %w", err)
	}
	return transfersOf(lines), nil
}

func transfersOf(lines []ledgerLine) []ledger.Transfer {
	list := make([]ledger.Transfer, len(lines))
	for i, l := range lines {
		list[i] = l.Transfer
	}
	return list
}

// LedgerAccount reads an account with its balance, in one statement.
func (d DB) LedgerAccount(ctx context.Context, code string) (ledger.Account, error) {
	kind, err := ledger.KindOf(code)
	if err != nil {
		return ledger.Account{}, err
	}
	a := ledger.Account{Code: code, Kind: kind}
	var in, out int64
	err = d.read(ctx).QueryRow(ctx, `SELECT a.posted, a.held, a.version,
			CASE WHEN a.guarded THEN 0 ELSE (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ledger_transfers
				WHERE credit = a.id AND phase IN ('single', 'post')) END,
			CASE WHEN a.guarded THEN 0 ELSE (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ledger_transfers
				WHERE debit = a.id AND phase IN ('single', 'post')) END
		FROM ledger_accounts a WHERE a.code = $1`, code).Scan(&a.Posted, &a.Held, &a.Version, &in, &out)
	if errors.Is(err, store.ErrNotFound) {
		return a, nil
	}
	if err != nil {
		return ledger.Account{}, fmt.Errorf("read account %s: %w", code, err)
	}
	a.Posted += in - out
	return a, nil
}

// auditBatch is how many rows an audit reads at once.
const auditBatch = 1000

// AuditLedger recomputes the ledger on one snapshot.
func (d DB) AuditLedger(ctx context.Context) (s ledger.Summary, err error) {
	err = d.access.Snapshot(ctx, func(ctx context.Context, conn Conn) error {
		audit := ledger.NewAudit(func(id string) (ledger.Transfer, error) {
			l, err := transfer(ctx, conn, `t.id = $1`, id)
			return l.Transfer, err
		})
		if err := auditTransfers(ctx, conn, audit); err != nil {
			return err
		}
		if err := auditAccounts(ctx, conn, audit); err != nil {
			return err
		}
		s, err = audit.End()
		return err
	})
	if err != nil {
		return s, fmt.Errorf("audit the ledger: %w", err)
	}
	return s, nil
}

func auditTransfers(ctx context.Context, conn Conn, audit *ledger.Audit) error {
	for last := int64(0); ; {
		lines, err := all(ctx, conn, scanTransfer, ledgerLines+`WHERE t.seq > $1 ORDER BY t.seq LIMIT $2`, last, auditBatch)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := audit.Add(l.Transfer, l.fingerprint); err != nil {
				return err
			}
			last = l.seq
		}
		if len(lines) < auditBatch {
			return nil
		}
	}
}

func auditAccounts(ctx context.Context, conn Conn, audit *ledger.Audit) error {
	for last := int64(0); ; {
		accounts, err := all(ctx, conn, func(row Row) (a movedAccount, err error) {
			err = row.Scan(&a.id, &a.Code, &a.Kind, &a.Posted, &a.Held)
			return a, err
		}, `SELECT id, code, kind, posted, held FROM ledger_accounts WHERE id > $1 ORDER BY id LIMIT $2`, last, auditBatch)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if err := audit.Compare(a.Account); err != nil {
				return err
			}
			last = a.id
		}
		if len(accounts) < auditBatch {
			return nil
		}
	}
}
