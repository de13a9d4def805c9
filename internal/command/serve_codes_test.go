package command

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

const (
	shopMenu = `ussd: 1
service: Shop
dial: "*384*98#"
start: main
screens:
  main: {end: The shop.}
`
	clinicMenu = `ussd: 1
service: Clinic
dial: "*384*99#"
start: main
screens:
  main: {end: The clinic.}
`
)

// A code is found in every spelling. One that no menu has is answered by none, unless a
// menu or DEFAULT_MENU says which; the log has a warning.
func TestServeCodes(t *testing.T) {
	const none = "END This code is not in use. Please check it and dial again."
	for _, c := range []struct {
		name, shop, setting string
		unknown             string
	}{
		{"no menu answers unknown codes", shopMenu, "", none},
		{"a menu says that it does", shopMenu + "default: true\n", "", "END The shop."},
		{"the setting says which", shopMenu, "clinic", "END The clinic."},
		{"the setting wins", shopMenu + "default: true\n", "clinic", "END The clinic."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("DATABASE_URL", "")
			t.Setenv("DEFAULT_MENU", c.setting)
			if err := os.Mkdir("menus", 0o700); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"menus/shop.yaml": c.shop, "menus/clinic.yaml": clinicMenu} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := serve(t)
			for code, want := range map[string]string{
				"*384*98#": "END The shop.", "384*98": "END The shop.", " *384* 99# ": "END The clinic.", "＊384＊99＃": "END The clinic.",
				"*384*97#": c.unknown, "*1#": c.unknown,
			} {
				if got := s.dials(t, code); got != want {
					t.Errorf("%q: got %q, want %q", code, got, want)
				}
			}
			s.stop()
			if warned := strings.Contains(s.log.String(), `"level":"WARN"`); warned != (c.unknown == none) {
				t.Errorf("the log warns: %v\n%s", warned, s.log)
			}
		})
	}
}

// A default language that no menu has is named in the first lines of serve and by doctor.
func TestServeNamesAnUnknownLanguage(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	t.Setenv("DEFAULT_LANGUAGE", "fr")
	if err := os.Mkdir("menus", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("menus/shop.yaml", []byte(shopMenu), 0o600); err != nil {
		t.Fatal(err)
	}
	const want = `DEFAULT_LANGUAGE: found "fr", expected a language of a menu that is served: en`
	s := serve(t)
	if !strings.Contains(s.banner, want) {
		t.Errorf("serve says\n%s", s.banner)
	}
	s.stop()
	var out bytes.Buffer
	run(t.Context(), []string{"doctor"}, streams{out: &out, err: &out})
	if !strings.Contains(out.String(), want) {
		t.Errorf("doctor says\n%s", &out)
	}
}

// dials sends the first callback of a call to a code.
func (s *running) dials(t *testing.T, code string) string {
	t.Helper()
	form := url.Values{"sessionId": {fmt.Sprintf("s%x", code)}, "phoneNumber": {"+254711000111"}, "serviceCode": {code}, "text": {""}}
	resp, err := http.PostForm(s.url+"/ussd", form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%q: status %d, %v: %s", code, resp.StatusCode, err, body)
	}
	return string(body)
}
