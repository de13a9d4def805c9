package msisdn

// E164 is the number as providers want it: +254712345678.
func E164(digits string) string { return "+" + digits }

// National is the number as a screen shows it: 0712345678 for a Kenyan mobile,
// +256772123456 for every other. It has no spaces, so that it can be typed as
// it stands, and at most MaxShown characters. What is no number at all comes
// back as it is.
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

// What a masked number shows: enough to tell two callers of one log apart, and
// never fewer than four digits hidden.
const (
	maskHead  = 6
	maskTail  = 2
	maskHides = 4
	mask      = "****"
)

// Mask is the number as a log may hold it: 254711****11. Of shorter numbers
// less is shown, and nothing of what is no number.
func Mask(digits string) string {
	head := min(maskHead, len(digits)-maskTail-maskHides)
	if !Valid(digits) || head < 1 {
		return mask
	}
	return digits[:head] + mask + digits[len(digits)-maskTail:]
}
