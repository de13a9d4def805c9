package stellar

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/wallet"
)

// assetCode is what Stellar takes as the name of a credit.
var assetCode = regexp.MustCompile(`^[A-Za-z0-9]{1,12}$`)

// ParseAsset reads STELLAR_ASSET: "native" or CODE:ISSUER.
func ParseAsset(text string) (wallet.Asset, error) {
	if text == "native" {
		return wallet.Asset{}, nil
	}
	code, issuer, ok := strings.Cut(text, ":")
	switch {
	case !ok:
		return wallet.Asset{}, fmt.Errorf("found %q, expected native, or an asset as KSH:ISSUER", text)
	case !assetCode.MatchString(code):
		return wallet.Asset{}, fmt.Errorf("the asset's code is %q, expected 1 to 12 letters and digits", code)
	case !ValidAddress(issuer):
		return wallet.Asset{}, fmt.Errorf("the asset's issuer is %q, expected an account's address (G and 55 more characters)", issuer)
	}
	return wallet.Asset{Code: code, Issuer: issuer}, nil
}
