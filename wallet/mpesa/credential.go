package mpesa

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"

	"github.com/paytrace/paytrace/engine/secret"
)

// passwordRunes matches the characters that Safaricom allows in an operator's password.
var passwordRunes = regexp.MustCompile(`^[A-Za-z0-9#&%$]+$`)

// EncryptCredential encrypts the password of the API operator with the certificate of
// the environment, as the field SecurityCredential wants it: RSA with PKCS #1 v1.5
// padding, then base64. The certificate is PEM or DER. Its date is not checked, since
// Safaricom uses certificates that have expired.
func EncryptCredential(password secret.Text, certificate []byte) (secret.Text, error) {
	if err := CheckPassword(password); err != nil {
		return secret.Text{}, err
	}
	if block, _ := pem.Decode(certificate); block != nil {
		certificate = block.Bytes
	}
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		return secret.Text{}, fmt.Errorf("mpesa: read the certificate: expected an X.509 certificate, PEM or DER: %w", err)
	}
	key, ok := parsed.PublicKey.(*rsa.PublicKey)
	if !ok {
		return secret.Text{}, fmt.Errorf("mpesa: the certificate has a key of type %T, expected RSA", parsed.PublicKey)
	}
	sealed, err := rsa.EncryptPKCS1v15(rand.Reader, key, []byte(password.Reveal())) //nolint:staticcheck // Daraja accepts no other padding
	if err != nil {
		return secret.Text{}, fmt.Errorf("mpesa: encrypt the password: %w", err)
	}
	return secret.New(base64.StdEncoding.EncodeToString(sealed)), nil
}

// CheckPassword returns an error for a password that Safaricom can't have accepted. It
// does not repeat the password.
func CheckPassword(password secret.Text) error {
	switch {
	case !password.IsSet():
		return errors.New("mpesa: the password of the API operator is not set")
	case !passwordRunes.MatchString(password.Reveal()):
		return errors.New("mpesa: the password of the API operator has a character that Safaricom does not allow: only letters, digits and # & % $")
	}
	return nil
}
