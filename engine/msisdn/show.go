package msisdn

// E164 returns the number as providers expect it: +254712345678.
func E164(digits string) string { return "+" + digits }

// National returns the number as a screen shows it: 0712345678 for a Kenyan mobile,
// +256772123456 for every other. It has no spaces, so a caller can type it as it
// stands, and at most MaxShown characters. It returns an invalid number unchanged.
func National(digits string) string {
	switch {
	case !Valid(digits):
		return digits
	case isKenyanMobile(digits):
		return "0" + digits[len("254"):]
	}
	return E164(digits)
}

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
