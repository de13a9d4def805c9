package service

import (
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/wallet"
)

// A rule checks settings that depend on each other. Its error names the variables.
type rule struct {
	// of lists the settings that must be set, and right by themselves, for the
	// rule to apply.
	of    []string
	check func(Settings) error
}

func (r rule) applies(right map[string]bool) bool {
	for _, name := range r.of {
		if !right[name] {
			return false
		}
	}
	return true
}

// rules hold for every subcommand.
var rules = []rule{
	{of: []string{statementTimeout, lockTimeout}, check: func(s Settings) error {
		if s.LockTimeout <= s.StatementTimeout {
			return nil
		}
		return fmt.Errorf("%s: found %s, expected at most %s, which is %s", lockTimeout, s.LockTimeout, statementTimeout, s.StatementTimeout)
	}},
	{of: []string{"ENCRYPTION_KEY", "STELLAR_NETWORK"}, check: func(s Settings) error {
		return wallet.CheckStrength(s.StellarNetwork, s.EncryptionKey.Reveal())
	}},
	{of: []string{walletKey, walletKeyFile}, check: oneWalletKey},
	{of: []string{walletKey, keyCommand}, check: oneWalletKey},
	{of: []string{walletKeyFile, keyCommand}, check: oneWalletKey},
	{of: []string{"USSD_API_KEY_OLD"}, check: func(s Settings) error {
		return oldNeedsNew("USSD_API_KEY", s.USSDAPIKey.IsSet())
	}},
	{of: []string{"USSD_PATH_SECRET_OLD"}, check: func(s Settings) error {
		return oldNeedsNew("USSD_PATH_SECRET", s.USSDPathSecret.IsSet())
	}},
	{of: []string{"ID_KEY_OLD"}, check: func(s Settings) error {
		if s.IDKey.IsSet() && s.IDKey.Reveal() == s.IDKeyOld.Reveal() {
			return errors.New("ID_KEY_OLD has the value of ID_KEY; remove it, or set the other key there")
		}
		return oldNeedsNew("ID_KEY", s.IDKey.IsSet())
	}},
	{of: []string{"ACTIONS_KEY_OLD"}, check: func(s Settings) error {
		return oldNeedsNew("ACTIONS_KEY", len(s.ActionsKeys) > 1)
	}},
	{of: []string{"STELLAR_FUNDING_SECRET", "STELLAR_NETWORK"}, check: checkFunding},
}

// serveRules hold for a service, and not for subcommands that need no keys.
var serveRules = []rule{
	{of: []string{"DATABASE_URL"}, check: func(s Settings) error {
		if _, embedded := s.SQLiteFile(); embedded || s.EncryptionKey.IsSet() {
			return nil
		}
		return errNoKeySet
	}},
	{of: []string{"STELLAR_NETWORK"}, check: checkDoor},
	{of: []string{"STELLAR_NETWORK"}, check: checkStrength},
	{of: []string{"STELLAR_NETWORK"}, check: checkPlaintext},
	{of: []string{"STELLAR_NETWORK"}, check: checkRepeated},
}

// oneWalletKey refuses two keys to seal with.
func oneWalletKey(Settings) error {
	return fmt.Errorf("%s, %s and %s: found more than one, expected at most one; move the earlier one to its …_OLD setting", walletKey, walletKeyFile, keyCommand)
}

// oldNeedsNew refuses the old values of a setting without a present one. The
// message for a gateway that lost its key would else be "everybody may call".
func oldNeedsNew(name string, isSet bool) error {
	if isSet {
		return nil
	}
	return fmt.Errorf("%s_OLD is set and %s is not; set both, or move the value to %s", name, name, name)
}
