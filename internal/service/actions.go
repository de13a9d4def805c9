package service

import (
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// newTable returns the built-in actions, with the limits of the settings. A new
// action is one line here.
func newTable(db store.Store, s Settings, accounts actions.Accounts, now func() time.Time) (*actions.Table, error) {
	table := actions.New(db, now)
	accounts.Keys = stellar.Keys{}
	accounts.Funds = s.StellarFunding.IsSet()
	accounts.Registrations, accounts.Lookups, accounts.Codes = s.Registrations, s.Lookups, s.Codes
	accounts.Tries, accounts.Lock = s.Tries, s.Lock
	return table, accounts.Register(table)
}
