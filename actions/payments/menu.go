package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

const (
	// againWithin is how long the same payment counts as a possible repeat, about
	// which the caller is asked.
	againWithin = 10 * time.Minute
	// sameWithin is how long the provider refuses a second push of the same amount.
	sameWithin = 2 * time.Minute
	day        = 24 * time.Hour
	// cents in a shilling. The provider takes whole shillings only.
	cents = 100
	// LeastAmount and MostAmount bound one payment, and MostFee a fee, in shillings:
	// the menu's actions take and tell no others.
	LeastAmount, MostAmount, MostFee = 10, 70_000, 500
	// lastPayments is how many payments a caller sees.
	lastPayments = 9
)

// Menu registers the actions of the wallet's menu.
type Menu struct {
	Desk *Desk
	PINs *PINs
	// Zone is where days begin, for dates that callers see.
	Zone *time.Location
}

// Register adds the actions to a table.
func (m *Menu) Register(t *actions.Table) error {
	return errors.Join(
		actions.Register(t, actions.Spec{Name: "has_pin", About: "Says whether the caller has a PIN.", Reads: true, Takes: time.Second}, m.hasPIN),
		actions.Register(t, actions.Spec{Name: "set_pin", About: "Sets the caller's first PIN, or a new one after check_pin.", Takes: 2 * time.Second}, m.setPIN),
		actions.Register(t, actions.Spec{Name: "check_pin", About: "Opens a change of PIN for the rest of this call.", Takes: 2 * time.Second}, m.checkPIN),
		actions.Register(t, actions.Spec{Name: "balance", About: "Tells what the caller may take out of the own account.", Takes: 2 * time.Second}, m.balance),
		actions.Register(t, actions.Spec{Name: "history", About: "Lists the last payments of the caller's own account.", Takes: 2 * time.Second}, m.history),
		actions.Register(t, actions.Spec{
			Name: "quote_withdrawal", About: "Tells what a withdrawal costs, before anything moves.", Reads: true, Takes: time.Second,
		}, m.quote),
		actions.Register(t, actions.Spec{
			Name: "withdraw", About: "Pays out from the caller's account to the caller's own M-Pesa.", Money: true, SendsSMS: true, Takes: 3 * time.Second,
		}, m.withdraw),
		actions.Register(t, actions.Spec{
			Name: "check_deposit", About: "Says whether a deposit may be asked for, before M-Pesa is asked.", Reads: true, Takes: time.Second,
		}, m.checkDeposit),
		actions.Register(t, actions.Spec{
			Name: "deposit", About: "Has M-Pesa ask the caller to pay into the account.", Money: true, SIMPrompt: true, SendsSMS: true, Takes: 3 * time.Second,
		}, m.deposit),
	)
}

type nothing struct{}

type pinIn struct {
	PIN engine.Secret `menu:"pin,pin 4"`
}

type amountIn struct {
	Amount engine.Money `menu:"amount,money 10..70000"`
}

type hasPINOut struct{ Yes, No *struct{} }

func (m *Menu) hasPIN(_ context.Context, c actions.Call, _ nothing) (actions.Work[hasPINOut], error) {
	return func(ctx context.Context, tx store.Tx) (hasPINOut, error) {
		w, err := tx.Worker(ctx, c.Caller)
		if err != nil {
			return hasPINOut{}, err
		}
		switch _, err := tx.PIN(ctx, w.WorkerID); {
		case errors.Is(err, store.ErrNotFound):
			return hasPINOut{No: &struct{}{}}, nil
		case err != nil:
			return hasPINOut{}, err
		}
		return hasPINOut{Yes: &struct{}{}}, nil
	}, nil
}

type setPINOut struct{ Done, TooSimple *struct{} }

// errNotChecked reports a PIN that was not checked. It is a fault of the menu, which must
// run check_pin first, so no caller reads it.
var errNotChecked = errors.New("the worker has a PIN, and this call has not checked it; call check_pin first")

func (m *Menu) setPIN(ctx context.Context, c actions.Call, in pinIn) (actions.Work[setPINOut], error) {
	if Simple(in.PIN) {
		return func(context.Context, store.Tx) (setPINOut, error) { return setPINOut{TooSimple: &struct{}{}}, nil }, nil
	}
	w, err := m.Desk.Store.Worker(ctx, c.Caller)
	if err != nil {
		return nil, err
	}
	hash, err := m.PINs.New(ctx, w.WorkerID, in.PIN)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx store.Tx) (setPINOut, error) {
		stored, err := tx.PIN(ctx, w.WorkerID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return setPINOut{}, err
		}
		if err == nil && (stored.Session == "" || stored.Session != c.Session || !c.Now.Before(stored.SessionUntil)) {
			return setPINOut{}, errNotChecked
		}
		return setPINOut{Done: &struct{}{}}, tx.SetPIN(ctx, store.PIN{Worker: w.WorkerID, Hash: hash, SetAt: c.Now})
	}, nil
}

type checkPINOut struct {
	Right    *struct{}
	WrongPIN *struct{} `menu:"wrong_pin"`
	Locked   *struct{}
}

func (m *Menu) checkPIN(ctx context.Context, c actions.Call, in pinIn) (actions.Work[checkPINOut], error) {
	compared, err := m.PINs.compare(ctx, m.Desk.Store, c.Caller, in.PIN)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx store.Tx) (checkPINOut, error) {
		_, g, stored, err := m.guess(ctx, tx, c, compared)
		switch {
		case err != nil:
			return checkPINOut{}, err
		case g.none:
			return checkPINOut{}, errors.New("the worker has no PIN to check; call has_pin first")
		case g.Locked > 0:
			return checkPINOut{Locked: &struct{}{}}, nil
		case !g.Right:
			return checkPINOut{WrongPIN: &struct{}{}}, nil
		}
		stored.Session, stored.SessionUntil = c.Session, c.Now.Add(changeWithin)
		return checkPINOut{Right: &struct{}{}}, tx.SetPIN(ctx, stored)
	}, nil
}

// guess reads the caller's account and counts the guess.
func (m *Menu) guess(ctx context.Context, tx store.Tx, c actions.Call, compared checked) (store.Worker, guess, store.PIN, error) {
	w, err := tx.Worker(ctx, c.Caller)
	if err != nil {
		return w, guess{}, store.PIN{}, err
	}
	g, stored, err := m.PINs.try(ctx, tx, compared, w, c.Now)
	return w, g, stored, err
}

type balanceOut struct {
	Told     *toldOut
	NoPIN    *struct{} `menu:"no_pin"`
	WrongPIN *struct{} `menu:"wrong_pin"`
	Locked   *struct{}
}

type toldOut struct {
	Balance engine.Money `menu:"balance,money 0..9999999"`
}

func (m *Menu) balance(ctx context.Context, c actions.Call, in pinIn) (actions.Work[balanceOut], error) {
	compared, err := m.PINs.compare(ctx, m.Desk.Store, c.Caller, in.PIN)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx store.Tx) (balanceOut, error) {
		w, g, _, err := m.guess(ctx, tx, c, compared)
		switch {
		case err != nil:
			return balanceOut{}, err
		case g.none:
			return balanceOut{NoPIN: &struct{}{}}, nil
		case g.Locked > 0:
			return balanceOut{Locked: &struct{}{}}, nil
		case !g.Right:
			return balanceOut{WrongPIN: &struct{}{}}, nil
		}
		a, err := tx.LockAccount(ctx, ledger.CallerCode(w.WorkerID))
		return balanceOut{Told: &toldOut{engine.Money(a.Available())}}, err
	}, nil
}

type historyOut struct {
	Listed   *listedOut
	NoPIN    *struct{} `menu:"no_pin"`
	WrongPIN *struct{} `menu:"wrong_pin"`
	Locked   *struct{}
}

type listedOut struct {
	Payments []paymentOut `menu:"payments,payment"`
}

type paymentOut struct {
	Day    engine.Date
	Amount engine.Money `menu:"amount,money 0..9999999"`
	What   string       `menu:"what,text 12"`
	Ref    string       `menu:"ref,text 10"`
}

func (m *Menu) history(ctx context.Context, c actions.Call, in pinIn) (actions.Work[historyOut], error) {
	compared, err := m.PINs.compare(ctx, m.Desk.Store, c.Caller, in.PIN)
	if err != nil {
		return nil, err
	}
	var list []ledger.Transfer
	if compared.right {
		if list, err = m.Desk.Store.LedgerOf(ctx, ledger.CallerCode(compared.worker), 4*lastPayments); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, tx store.Tx) (historyOut, error) {
		_, g, _, err := m.guess(ctx, tx, c, compared)
		switch {
		case err != nil:
			return historyOut{}, err
		case g.none:
			return historyOut{NoPIN: &struct{}{}}, nil
		case g.Locked > 0:
			return historyOut{Locked: &struct{}{}}, nil
		case !g.Right:
			return historyOut{WrongPIN: &struct{}{}}, nil
		}
		return historyOut{Listed: &listedOut{m.shown(list, compared.worker, c.Lang)}}, nil
	}, nil
}

// whatWords are the words for what a transfer was for. Other kinds are shown by direction.
var whatWords = map[string]map[string]string{
	"deposit":    {"en": "Deposit", "sw": "Amana"},
	"withdrawal": {"en": "Withdrawal", "sw": "Kutoa"},
	"fee":        {"en": "Fee", "sw": "Ada"},
	"in":         {"en": "Received", "sw": "Imepokewa"},
	"out":        {"en": "Paid", "sw": "Imelipwa"},
}

const maxRef = 10

// shown returns what a caller sees of transfers: those that have moved money.
func (m *Menu) shown(list []ledger.Transfer, worker, lang string) []paymentOut {
	var out []paymentOut
	for _, t := range list {
		if t.Phase != ledger.Single && t.Phase != ledger.Post || len(out) == lastPayments {
			continue
		}
		words, known := whatWords[t.What]
		if !known {
			words = whatWords["out"]
			if t.Credit == ledger.CallerCode(worker) {
				words = whatWords["in"]
			}
		}
		what, ok := words[lang]
		if !ok {
			what = words["en"]
		}
		out = append(out, paymentOut{
			Day: engine.DateOf(t.EffectiveAt.In(m.Zone)), Amount: engine.Money(t.Amount), What: what, Ref: shortRef(t),
		})
	}
	return out
}

// shortRef is what a caller can quote: the provider's receipt, or the end of the ID.
func shortRef(t ledger.Transfer) string {
	if t.Receipt != "" {
		return t.Receipt[:min(len(t.Receipt), maxRef)]
	}
	return "-"
}

type quoteOut struct {
	Quoted    *quotedOut
	Again     *quotedOut
	TooLittle *toldOut `menu:"too_little"`
	OverLimit *struct{}
	Uneven    *struct{}
	Waiting   *struct{}
	Closed    *struct{}
}

type quotedOut struct {
	Fee   engine.Money `menu:"fee,money 0..500"`
	Total engine.Money `menu:"total,money 10..70500"`
}

func (m *Menu) quote(ctx context.Context, c actions.Call, in amountIn) (actions.Work[quoteOut], error) {
	stop, err := ReadStop(ctx, m.Desk.Store)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx store.Tx) (quoteOut, error) {
		if in.Amount%cents != 0 {
			return quoteOut{Uneven: &struct{}{}}, nil
		}
		w, err := tx.Worker(ctx, c.Caller)
		if err != nil {
			return quoteOut{}, err
		}
		a, err := tx.LockAccount(ctx, ledger.CallerCode(w.WorkerID))
		if err != nil {
			return quoteOut{}, err
		}
		moved, err := m.moved(ctx, tx, w, payments.Withdrawal, in.Amount, c.Now)
		if err != nil {
			return quoteOut{}, err
		}
		fee := m.Desk.Fees.At(c.Now, int64(in.Amount))
		quoted := &quotedOut{Fee: engine.Money(fee), Total: in.Amount + engine.Money(fee)}
		switch {
		case stop.Stopped():
			return quoteOut{Closed: &struct{}{}}, nil
		case moved.over:
			return quoteOut{OverLimit: &struct{}{}}, nil
		case moved.waiting:
			return quoteOut{Waiting: &struct{}{}}, nil
		case a.Available() < int64(quoted.Total):
			return quoteOut{TooLittle: &toldOut{engine.Money(a.Available())}}, nil
		case moved.again:
			return quoteOut{Again: quoted}, nil
		}
		return quoteOut{Quoted: quoted}, nil
	}, nil
}

// moved is what a worker has moved of late, beside an amount.
type moved struct {
	over, again, soon, waiting bool
}

func (m *Menu) moved(ctx context.Context, tx store.Tx, w store.Worker, kind payments.Kind, amount engine.Money, now time.Time) (got moved, err error) {
	sum, _, err := tx.PaidSince(ctx, w.WorkerID, kind, now.Add(-day), int64(amount))
	if err != nil {
		return got, err
	}
	_, again, err := tx.PaidSince(ctx, w.WorkerID, kind, now.Add(-againWithin), int64(amount))
	if err != nil {
		return got, err
	}
	_, soon, err := tx.PaidSince(ctx, w.WorkerID, kind, now.Add(-sameWithin), int64(amount))
	if err != nil {
		return got, err
	}
	got = moved{over: m.Desk.Limits.Over(int64(amount), sum, now.Sub(w.CreatedAt)), again: again > 0, soon: soon > 0}
	if kind == payments.Withdrawal {
		got.waiting, err = tx.Withdrawing(ctx, w.WorkerID)
	}
	return got, err
}

type withdrawOut struct {
	Done      *struct{}
	TooLittle *struct{} `menu:"too_little"`
	OverLimit *struct{}
	Waiting   *struct{}
	Closed    *struct{}
	NoPIN     *struct{} `menu:"no_pin"`
	WrongPIN  *struct{} `menu:"wrong_pin"`
	Locked    *struct{}
}

type withdrawIn struct {
	Amount engine.Money  `menu:"amount,money 10..70000"`
	PIN    engine.Secret `menu:"pin,pin 4"`
}

func (m *Menu) withdraw(ctx context.Context, c actions.Call, in withdrawIn) (actions.Work[withdrawOut], error) {
	if in.Amount%cents != 0 {
		return nil, fmt.Errorf("withdraw: found %d cents, expected whole shillings; quote_withdrawal says so to the caller", in.Amount)
	}
	compared, err := m.PINs.compare(ctx, m.Desk.Store, c.Caller, in.PIN)
	if err != nil {
		return nil, err
	}
	stop, err := ReadStop(ctx, m.Desk.Store)
	if err != nil {
		return nil, err
	}
	named, err := m.Desk.Name(c.ID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx store.Tx) (withdrawOut, error) {
		w, g, _, err := m.guess(ctx, tx, c, compared)
		switch {
		case err != nil:
			return withdrawOut{}, err
		case g.none:
			return withdrawOut{NoPIN: &struct{}{}}, nil
		case g.Locked > 0:
			return withdrawOut{Locked: &struct{}{}}, nil
		case !g.Right:
			return withdrawOut{WrongPIN: &struct{}{}}, nil
		case stop.Stopped():
			return withdrawOut{Closed: &struct{}{}}, nil
		}
		w.Phone = c.Caller
		// The lock makes two withdrawals of one worker count each other.
		if _, err := tx.LockAccount(ctx, ledger.CallerCode(w.WorkerID)); err != nil {
			return withdrawOut{}, err
		}
		moved, err := m.moved(ctx, tx, w, payments.Withdrawal, in.Amount, c.Now)
		if err != nil {
			return withdrawOut{}, err
		}
		if moved.over {
			return withdrawOut{OverLimit: &struct{}{}}, nil
		}
		switch err := m.Desk.Withdraw(ctx, tx, named, w, int64(in.Amount), c.Lang); {
		case errors.Is(err, ledger.ErrOverdraft):
			return withdrawOut{TooLittle: &struct{}{}}, nil
		case errors.Is(err, store.ErrWithdrawing):
			return withdrawOut{Waiting: &struct{}{}}, nil
		case err != nil:
			return withdrawOut{}, err
		}
		return withdrawOut{Done: &struct{}{}}, nil
	}, nil
}

type checkDepositOut struct {
	OK        *struct{} `menu:"ok"`
	Again     *struct{}
	TooSoon   *struct{}
	OverLimit *struct{}
	Uneven    *struct{}
}

func (m *Menu) checkDeposit(_ context.Context, c actions.Call, in amountIn) (actions.Work[checkDepositOut], error) {
	return func(ctx context.Context, tx store.Tx) (checkDepositOut, error) {
		if in.Amount%cents != 0 {
			return checkDepositOut{Uneven: &struct{}{}}, nil
		}
		w, err := tx.Worker(ctx, c.Caller)
		if err != nil {
			return checkDepositOut{}, err
		}
		moved, err := m.moved(ctx, tx, w, payments.Deposit, in.Amount, c.Now)
		switch {
		case err != nil:
			return checkDepositOut{}, err
		case moved.over:
			return checkDepositOut{OverLimit: &struct{}{}}, nil
		case moved.soon:
			return checkDepositOut{TooSoon: &struct{}{}}, nil
		case moved.again:
			return checkDepositOut{Again: &struct{}{}}, nil
		}
		return checkDepositOut{OK: &struct{}{}}, nil
	}, nil
}

type depositOut struct{ Asked, Refused *struct{} }

func (m *Menu) deposit(_ context.Context, c actions.Call, in amountIn) (actions.Work[depositOut], error) {
	named, err := m.Desk.Name(c.ID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx store.Tx) (depositOut, error) {
		w, err := tx.Worker(ctx, c.Caller)
		if err != nil {
			return depositOut{}, err
		}
		w.Phone = c.Caller
		if _, err := tx.LockAccount(ctx, ledger.CallerCode(w.WorkerID)); err != nil {
			return depositOut{}, err
		}
		moved, err := m.moved(ctx, tx, w, payments.Deposit, in.Amount, c.Now)
		if err != nil {
			return depositOut{}, err
		}
		if moved.over || moved.soon || in.Amount%cents != 0 {
			return depositOut{Refused: &struct{}{}}, nil
		}
		return depositOut{Asked: &struct{}{}}, m.Desk.Deposit(ctx, tx, named, w, int64(in.Amount), c.Lang)
	}, nil
}
