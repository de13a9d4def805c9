package msisdn

import (
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// E164 returns the number as providers expect it: +254712345678.
func E164(digits string) string { return "+" + digits }

// National returns the number as Kenyans write it: 0712345678 for a Kenyan mobile,
// +256772123456 for every other. It returns an invalid number unchanged.
func National(digits string) string { return Local(digits, Kenya) }

// Local returns the number as a screen in a country shows it: a mobile number of
// the country as people there write it, every other with a plus sign and its
// country code. It has no spaces, so a caller can type it as it stands, and at most
// MaxShown characters. It returns an invalid number unchanged.
func Local(digits, country string) string {
	switch {
	case !Valid(digits):
		return digits
	case country != Kenya:
		if local, ok := localForm(digits, country); ok {
			return local
		}
	case isKenyanMobile(digits):
		return "0" + digits[len("254"):]
	}
	return E164(digits)
}

// localForm returns the national form of a number if the country reads it as the
// same number.
func localForm(digits, country string) (string, bool) {
	n, err := phonenumbers.Parse(E164(digits), "")
	if err != nil || phonenumbers.GetRegionCodeForNumber(n) != country {
		return "", false
	}
	var local []byte
	for _, c := range []byte(phonenumbers.Format(n, phonenumbers.NATIONAL)) {
		if c >= '0' && c <= '9' {
			local = append(local, c)
		}
	}
	same, ok := Parse(string(local), country)
	return string(local), ok && same == digits && len(local) <= MaxShown
}

// Known reports whether a country (ISO 3166, "ZA") has a numbering plan.
func Known(country string) bool { return phonenumbers.GetCountryCodeForRegion(country) != 0 }

// Example returns the digits of a mobile number of a country that belongs to nobody
// in particular: one of Kenya if the country is not known.
func Example(country string) string {
	const kenyan = "254712345678"
	if country == Kenya {
		return kenyan
	}
	n := phonenumbers.GetExampleNumberForType(country, phonenumbers.MOBILE)
	if n == nil {
		return kenyan
	}
	digits, ok := mobile(n)
	if !ok {
		return kenyan
	}
	return digits
}

// IsExample reports whether a text is the example number of some country, as a screen
// there or elsewhere shows it.
func IsExample(text string) bool { return examples()[text] }

var examples = sync.OnceValue(func() map[string]bool {
	list := map[string]bool{}
	for country := range phonenumbers.GetSupportedRegions() {
		digits := Example(country)
		list[Local(digits, country)], list[E164(digits)] = true, true
	}
	return list
})

func isKenyanMobile(digits string) bool {
	const length = len("254712345678")
	return len(digits) == length && digits[:3] == "254" && (digits[3] == '7' || digits[3] == '1')
}

// A masked number shows enough to distinguish two callers in one log, and hides at
// least four digits.
const (
	maskHead  = 6
	maskTail  = 2
	maskHides = 4
	mask      = "****"
)

// Mask returns the number as a log may contain it: 254711****11. It shows less of
// shorter numbers, and nothing of an invalid one.
func Mask(digits string) string {
	head := min(maskHead, len(digits)-maskTail-maskHides)
	if !Valid(digits) || head < 1 {
		return mask
	}
	return digits[:head] + mask + digits[len(digits)-maskTail:]
}
