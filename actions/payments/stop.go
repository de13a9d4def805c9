package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// Stop says since when nothing is paid out, and why. Its zero value means that payouts
// go on.
type Stop struct {
	At time.Time `json:"at"`
	// By is the person who stopped payouts; "" if the provider's code did.
	By string `json:"by,omitempty"`
	// Payment, Code and Reason are what the provider told.
	Payment string `json:"payment,omitempty"`
	Code    string `json:"code,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// Stopped reports whether nothing is paid out.
func (s Stop) Stopped() bool { return !s.At.IsZero() }

const (
	// stopKey names the setting of the database that has the stop, for all instances.
	stopKey = "payouts_stopped"
	// stopPause is how long a payout waits before it looks whether payouts go on.
	stopPause = time.Minute
)

// settings reads and writes values that belong to a database.
type settings interface {
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// ReadStop reads whether payouts are stopped.
func ReadStop(ctx context.Context, db settings) (s Stop, err error) {
	text, err := db.Setting(ctx, stopKey)
	if errors.Is(err, store.ErrNotFound) || err == nil && text == "" {
		return Stop{}, nil
	}
	if err != nil {
		return s, fmt.Errorf("find out whether payouts are stopped: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil || !s.Stopped() {
		return s, fmt.Errorf("the setting %s of the database is not readable: stop payouts again, or let them go on", stopKey)
	}
	return s, nil
}

// WriteStop stops payouts, or lets them go on with the zero Stop.
func WriteStop(ctx context.Context, db settings, s Stop) error {
	if !s.Stopped() {
		return db.SetSetting(ctx, stopKey, "")
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return db.SetSetting(ctx, stopKey, string(text))
}

// snooze waits for payouts to go on; it returns nil if they do.
func (s Stop) snooze() error {
	if !s.Stopped() {
		return nil
	}
	return store.Snooze(stopPause)
}

// stop stops payouts because of a provider's code. The first reason stays.
func (d *Desk) stop(ctx context.Context, payment, code, reason string) error {
	before, err := ReadStop(ctx, d.Store)
	if err != nil || before.Stopped() {
		return err
	}
	d.Log.Error("payouts are stopped: the provider refused one for a reason that stays, and more attempts may lock the operator; mend it, then run \"paytrace payouts resume\"",
		"payment", payment, "code", code, "meaning", reason)
	return WriteStop(ctx, d.Store, Stop{At: d.Now(), Payment: payment, Code: code, Reason: reason})
}
