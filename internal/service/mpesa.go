package service

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"time"

	"github.com/paytrace/paytrace/actions"
	inbox "github.com/paytrace/paytrace/actions/mpesa"
	desk "github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/server"
	"github.com/paytrace/paytrace/server/pay"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/mpesa"
	money "github.com/paytrace/paytrace/wallet/payments"
)

// purpose derives a key of its own from the identity key.
func purpose(identity []byte, what string) []byte {
	h := hmac.New(sha256.New, identity)
	h.Write([]byte(what))
	return h.Sum(nil)
}

// purposes derives such a key from each of the identity keys.
func purposes(keys wallet.IdentityKeys, what string) (key []byte, others [][]byte) {
	if keys.Other != nil {
		others = append(others, purpose(keys.Other, what))
	}
	return purpose(keys.Key, what), others
}

// NewMPesa makes the client of the settings, and the addresses that Safaricom posts to.
// keys are those that name sessions and actions: while they change, Safaricom posts to
// addresses of both.
func NewMPesa(s Settings, db store.SharedValues, keys wallet.IdentityKeys) (*mpesa.Client, mpesa.Addresses, error) {
	m := s.MPesa
	key, others := purposes(keys, "addresses of payments")
	addresses, err := mpesa.NewAddresses(m.PublicURL, key, others...)
	if err != nil {
		return nil, addresses, usagef("PUBLIC_URL: %w", err)
	}
	credential, err := m.credential()
	if err != nil {
		return nil, addresses, err
	}
	key, others = purposes(keys, "access tokens of M-Pesa")
	tokens, err := newTokens(db, m, key, others...)
	if err != nil {
		return nil, addresses, err
	}
	client, err := mpesa.New(mpesa.Config{
		BaseURL: m.BaseURL, ConsumerKey: m.ConsumerKey, ConsumerSecret: m.ConsumerSecret, ShortCode: m.ShortCode, Till: m.Till, Passkey: m.Passkey,
		PayoutCode: m.PayoutCode, Initiator: m.Initiator, Credential: credential, C2BVersion: m.C2BVersion, PullMethod: m.PullMethod,
		StatusIDField: m.StatusField, Tokens: tokens,
	})
	if err != nil {
		return nil, addresses, UsageError{err}
	}
	return client, addresses, nil
}

// credential returns the encrypted password of the API operator, not set if there is no
// operator.
func (m MPesa) credential() (secret.Text, error) {
	if m.Credential.IsSet() || m.Initiator == "" {
		return m.Credential, nil
	}
	certificate, err := os.ReadFile(m.Certificate)
	if err != nil {
		return secret.Text{}, usagef("MPESA_CERTIFICATE: %w", err)
	}
	credential, err := mpesa.EncryptCredential(m.Password, certificate)
	if err != nil {
		return secret.Text{}, usagef("MPESA_CERTIFICATE: %w", err)
	}
	return credential, nil
}

// openPayments starts payments by M-Pesa, if they are set, and registers the actions of
// the wallet's menu: the menu is served where they are.
func (s *Service) openPayments(keys wallet.IdentityKeys) error {
	if !s.settings.MPesa.On() {
		return nil
	}
	client, addresses, err := NewMPesa(s.settings, s.db, keys)
	if err != nil {
		return err
	}
	daraja := mpesa.NewProvider(client, addresses)
	s.books = daraja
	provider := decorate[money.Provider](daraja, nil, measured(s, s.metrics.Payments)...)
	if s.metrics != nil {
		s.background = append(s.background, s.auditLedger)
	}
	s.desk = desk.New(desk.Desk{
		Store: s.db, Provider: provider, Log: s.log, Message: actions.QueueMessage,
		Limits: s.settings.Payments.Limits(), Fees: s.settings.Payments.Fees,
	})
	if err := s.openWallet(keys); err != nil {
		return err
	}
	box := &inbox.Inbox{Store: s.db, Desk: s.desk, ShortCode: client.ShortCode(), Now: time.Now, Log: s.log}
	maps.Copy(s.jobs, s.desk.Jobs())
	s.jobs[inbox.JobCallback] = box.Work
	s.posts = pay.Config{
		Addresses: addresses, Take: box.Take, Payable: s.desk.Payable, ShortCode: client.ShortCode(),
		Sources: s.settings.MPesa.Sources, Logger: s.log, Now: time.Now,
	}
	s.choose("M-Pesa", "%s, short code %s; callbacks come to %s", s.settings.MPesa.BaseURL, client.ShortCode(), s.settings.MPesa.PublicURL)
	return nil
}

// openWallet registers the actions of the wallet's menu. The keys of PINs come from the
// identity keys, which are not in the database.
func (s *Service) openWallet(keys wallet.IdentityKeys) error {
	pepper := [][]byte{keys.Key}
	if keys.Other != nil {
		pepper = append(pepper, keys.Other)
	}
	pins, err := desk.NewPINs(pepper, actions.GuessLimit{Most: s.settings.Tries, Lock: s.settings.Lock}, rand.Reader)
	if err != nil {
		return err
	}
	return (&desk.Menu{Desk: s.desk, PINs: pins, Zone: mpesa.Nairobi}).Register(s.table)
}

// postRoutes returns the routes that Safaricom posts to.
func (s *Service) postRoutes(refusals *server.Refusals) []server.Route {
	if s.desk == nil {
		return nil
	}
	s.posts.Refused = func(peer netip.Addr, _ string) {
		refusals.Log("a post about a payment was ignored: its address is not of this service", peer)
	}
	var routes []server.Route
	for _, r := range pay.New(s.posts).Routes() {
		routes = append(routes, server.Route(r))
	}
	return routes
}

// tokens keeps the access token of M-Pesa in the database, sealed.
type tokens struct {
	db   store.SharedValues
	seal cipher.AEAD
	// opens has seal and those of the other keys: while the key changes, instances seal
	// with different ones.
	opens []cipher.AEAD
	name  string
}

var _ mpesa.Tokens = (*tokens)(nil)

// newTokens makes the store of the token of one app.
func newTokens(db store.SharedValues, m MPesa, key []byte, others ...[]byte) (*tokens, error) {
	app := sha256.Sum256([]byte(m.BaseURL + "\n" + m.ConsumerKey))
	t := &tokens{db: db, name: fmt.Sprintf("mpesa token %x", app[:8])}
	for _, key := range append([][]byte{key}, others...) {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		seal, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		t.opens = append(t.opens, seal)
	}
	t.seal = t.opens[0]
	return t, nil
}

// Load implements mpesa.Tokens. A token that can't be opened was sealed with an earlier
// key; it is replaced.
func (t *tokens) Load(ctx context.Context) (mpesa.Token, error) {
	v, err := t.db.SharedValue(ctx, t.name)
	if err != nil || v.Value == "" {
		return mpesa.Token{ID: v.ID}, err
	}
	sealed, err := base64.StdEncoding.DecodeString(v.Value)
	if err != nil {
		return mpesa.Token{ID: v.ID}, nil //nolint:nilerr // it is replaced
	}
	for _, seal := range t.opens {
		if plain, err := seal.Open(nil, nil, sealed, []byte(v.ID)); err == nil {
			return mpesa.Token{ID: v.ID, Value: secret.New(string(plain)), ExpiresAt: v.ExpiresAt}, nil
		}
	}
	return mpesa.Token{ID: v.ID}, nil // it is replaced
}

// Lease implements mpesa.Tokens.
func (t *tokens) Lease(ctx context.Context, seen, holder string, now, until time.Time) (bool, error) {
	return t.db.LeaseShared(ctx, t.name, seen, holder, now, until)
}

// Save implements mpesa.Tokens.
func (t *tokens) Save(ctx context.Context, holder string, token mpesa.Token) (bool, error) {
	if token.ID == "" {
		return false, errors.New("an access token without an ID can't be stored")
	}
	sealed := t.seal.Seal(nil, nil, []byte(token.Value.Reveal()), []byte(token.ID))
	return t.db.SetShared(ctx, t.name, holder, store.SharedValue{
		ID: token.ID, Value: base64.StdEncoding.EncodeToString(sealed), ExpiresAt: token.ExpiresAt,
	})
}

// Release implements mpesa.Tokens.
func (t *tokens) Release(ctx context.Context, holder string) error {
	return t.db.ReleaseShared(ctx, t.name, holder)
}

// OpenMPesa makes the client and the addresses of the settings for a subcommand, with
// the keys of the database.
func OpenMPesa(ctx context.Context, db store.Store, s Settings) (*mpesa.Client, mpesa.Addresses, error) {
	key, _, err := ExistingKey(s)
	if err != nil {
		return nil, mpesa.Addresses{}, err
	}
	found, err := findIdentity(ctx, db, s, key.Reveal())
	if err != nil {
		return nil, mpesa.Addresses{}, err
	}
	if err := found.keep(ctx, db, time.Now()); err != nil {
		return nil, mpesa.Addresses{}, err
	}
	return NewMPesa(s, db, found.IdentityKeys)
}
