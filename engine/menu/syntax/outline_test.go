package syntax

import (
	"testing"
	"testing/fstest"
	"unicode/utf16"
)

// A menu in UTF-16 is known as one, so its encoding is reported, and the file is not passed
// over.
func TestOutlineOfUTF16(t *testing.T) {
	const menu = "ussd: 1\nservice: Café\ndial: \"*384*1#\"\n"
	encoded := func(high int, mark bool) []byte {
		var b []byte
		text := menu
		if mark {
			text = "\ufeff" + text
		}
		for _, unit := range utf16.Encode([]rune(text)) {
			two := [2]byte{byte(unit >> 8), byte(unit)}
			b = append(b, two[high], two[1-high])
		}
		return b
	}
	for name, data := range map[string][]byte{
		"big end first": encoded(0, true), "little end first": encoded(1, true), "without a mark": encoded(0, false),
	} {
		o := LookAt(fstest.MapFS{"a.yaml": {Data: data}}, "a.yaml")
		if !o.IsMenu() || o.Unread != nil {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if o := LookAt(fstest.MapFS{"a.yaml": {Data: []byte("\x00\x01")}}, "a.yaml"); o.IsMenu() {
		t.Error("two bytes are a menu")
	}
}
