package service

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/server"
	"github.com/paytrace/paytrace/wallet"
)

const (
	// minAPIKey is the least length of USSD_API_KEY: as many characters of a random
	// key have some 90 bits.
	minAPIKey = 16
	// Keys for real money need as many bits as nobody can try, by the estimate of
	// strength: sealBits for what seals wallets, doorBits for what can only be tried
	// over the network.
	sealBits = 128
	doorBits = 64
	// repeatedFrom is the shortest part of a key that counts as repeated where it
	// comes again.
	repeatedFrom = 3
	// wordFrom is how many small letters in a row look like a word.
	wordFrom = 3
)

// checkAPIKeys refuses keys that are easily guessed or easily mistyped. A header loses
// outer spaces on its way, so a key with them would never match. The error names a
// line, and no key.
func checkAPIKeys(list ...string) error {
	var errs []error
	for i, key := range list {
		var err error
		switch {
		case strings.TrimFunc(key, unicode.IsSpace) != key:
			err = errors.New("found a space at its beginning or end, which a header loses; remove it")
		case len(key) < minAPIKey:
			err = fmt.Errorf("found %d characters, expected at least %d; make one with: openssl rand -base64 32", len(key), minAPIKey)
		}
		if err != nil && len(list) > 1 {
			err = fmt.Errorf("line %d: %w", i+1, err)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// strength estimates the bits of a key from its text. Characters that repeat an earlier
// part or go on with a run, as in 12345, count nothing; small letters behind two others
// look like a word, and count half.
func strength(key string) float64 {
	runes := []rune(key)
	kinds := map[rune]bool{}
	var own float64
	small := 0
	for i := 0; i < len(runes); {
		if n := repeatedAt(runes, i); n > 0 {
			i, own, small = i+n, own+1, 0
			continue
		}
		r := runes[i]
		kinds[r] = true
		if small++; r < 'a' || r > 'z' {
			small = 0
		}
		switch {
		case i >= 2 && r-runes[i-1] == runes[i-1]-runes[i-2] && r-runes[i-1] <= 1 && r-runes[i-1] >= -1:
		case small >= wordFrom:
			own += 0.5
		default:
			own++
		}
		i++
	}
	return own * math.Log2(math.Max(float64(len(kinds)), 1))
}

// repeatedAt returns the length of the longest part at i that the text has before, or 0
// if it is shorter than repeatedFrom.
func repeatedAt(text []rune, i int) (longest int) {
	for from := range i {
		n := 0
		for i+n < len(text) && text[from+n] == text[i+n] {
			n++
		}
		longest = max(longest, n)
	}
	if longest < repeatedFrom {
		return 0
	}
	return longest
}

// presentKey is a key that the service uses now.
type presentKey struct {
	name string
	key  secret.Text
	// least is how long it must be by its own rule, and bits what it needs for real
	// money.
	least int
	bits  float64
}

func (s Settings) presentKeys() []presentKey {
	list := []presentKey{
		{"ENCRYPTION_KEY", s.EncryptionKey, wallet.MinPublicKeyBytes, sealBits},
		{"USSD_API_KEY", s.USSDAPIKey, minAPIKey, doorBits},
		{"USSD_PATH_SECRET", s.USSDPathSecret, server.MinPathSecret, doorBits},
	}
	return slices.DeleteFunc(list, func(k presentKey) bool { return !k.key.IsSet() })
}

// checkStrength refuses weak keys where real money moves.
func checkStrength(s Settings) error {
	if s.StellarNetwork != wallet.PublicNetwork {
		return nil
	}
	var errs []error
	for _, k := range s.presentKeys() {
		if len(k.key.Reveal()) < k.least {
			continue // its own rule says so
		}
		if got := strength(k.key.Reveal()); got < k.bits {
			errs = append(errs, fmt.Errorf("%s is too easy to guess: it is worth some %.0f bits, and STELLAR_NETWORK=%s needs %.0f. Make one with: openssl rand -base64 32",
				k.name, got, wallet.PublicNetwork, k.bits))
		}
	}
	return errors.Join(errs...)
}

// checkRepeated refuses one value for two keys: whoever learns one of them, as every
// gateway does, would have the other one, too.
func checkRepeated(s Settings) error {
	if s.StellarNetwork != wallet.PublicNetwork {
		return nil
	}
	var errs []error
	seen := map[string]string{}
	for _, k := range s.presentKeys() {
		text := k.key.Reveal()
		if other, is := seen[text]; is {
			errs = append(errs, fmt.Errorf("%s and %s have the same value; give each its own", other, k.name))
		}
		seen[text] = k.name
	}
	for _, old := range []struct {
		name string
		now  secret.Text
		list []string
	}{{"USSD_API_KEY", s.USSDAPIKey, s.USSDAPIKeyOld}, {"USSD_PATH_SECRET", s.USSDPathSecret, s.USSDPathOld}, {"ENCRYPTION_KEY", s.EncryptionKey, s.EncryptionOld}} {
		if old.now.IsSet() && slices.Contains(old.list, old.now.Reveal()) {
			errs = append(errs, fmt.Errorf("%s_OLD has the value of %s; remove it there, or set a new %s", old.name, old.name, old.name))
		}
	}
	return errors.Join(errs...)
}
