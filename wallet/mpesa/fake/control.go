package fake

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/wallet/mpesa"
)

// control answers the requests of the person who shows the fake. It returns false for
// those of the API.
//
//	GET  /                                 what to try
//	GET  /fake/settings                    the settings of a service, for a shell
//	GET  /fake/books                       what moved, and what the fake thinks of it
//	POST /fake/phones/{number}             push=, payout=, mishap=, shillings=
//	POST /fake/phones/{number}/answer      pays=yes or no
//	POST /fake/pay                         phone=, account=, shillings=
func (s *Safaricom) control(w http.ResponseWriter, r *http.Request) bool {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/" && r.Method == http.MethodGet:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(Guide("http://" + r.Host))) // a person who left needs no answer
	case parts[0] != "fake":
		return false
	case len(parts) == 2 && parts[1] == "settings" && r.Method == http.MethodGet:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(settings("http://"+r.Host, "export "))) // a person who left needs no answer
	case len(parts) == 2 && parts[1] == "books" && r.Method == http.MethodGet:
		show(w, struct {
			Books
			Wrong []string `json:"wrong"`
		}{s.Books(), append([]string{}, s.Judge()...)})
	case len(parts) == 3 && parts[1] == "phones" && r.Method == http.MethodPost:
		s.controlPhone(w, r, parts[2])
	case len(parts) == 4 && parts[1] == "phones" && parts[3] == "answer" && r.Method == http.MethodPost:
		tell(w, s.Answer(parts[2], r.FormValue("pays") == "yes"))
	case len(parts) == 2 && parts[1] == "pay" && r.Method == http.MethodPost:
		s.controlPay(w, r)
	default:
		http.Error(w, "found no such request; GET / lists them", http.StatusNotFound)
	}
	return true
}

func show(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(v) // a person who left needs no answer
}

func tell(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	_, _ = w.Write([]byte("done\n")) // a person who left needs no answer
}

var errPhone = errors.New("expected a phone as 254711223344")

func (s *Safaricom) controlPhone(w http.ResponseWriter, r *http.Request, number string) {
	cents, mishap := int64(-1), Mishap(r.FormValue("mishap"))
	if text := r.FormValue("shillings"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > mpesa.MaxAmount*2 {
			http.Error(w, "shillings: expected a whole number, at most 500000", http.StatusBadRequest)
			return
		}
		cents = n * 100
	}
	if !mpesa.IsMobile(number) || !slices.Contains(mishaps, mishap) {
		http.Error(w, fmt.Sprintf("%v, and a mishap of %q", errPhone, mishaps), http.StatusBadRequest)
		return
	}
	show(w, s.SetPhone(number, func(p *Phone) {
		if code := r.FormValue("push"); code != "" {
			p.Push = code
		}
		if code := r.FormValue("payout"); code != "" {
			p.Payout = code
		}
		if r.Form.Has("mishap") {
			p.Mishap = mishap
		}
		if cents >= 0 {
			p.Cents = cents
		}
	}))
}

func (s *Safaricom) controlPay(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseInt(r.FormValue("shillings"), 10, 64)
	if err != nil || n <= 0 || n > mpesa.MaxAmount || !mpesa.IsMobile(r.FormValue("phone")) {
		http.Error(w, errPhone.Error()+" and shillings as a whole number", http.StatusBadRequest)
		return
	}
	receipt, err := s.PayBill(r.Context(), r.FormValue("phone"), r.FormValue("account"), n*100)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	fmt.Fprintln(w, receipt)
}

// settings are those of a service on this machine that uses a fake at an address, each on
// a line.
func settings(address, before string) string {
	var b strings.Builder
	for _, one := range []struct{ name, value string }{
		{"MPESA_BASE_URL", address},
		{"MPESA_CONSUMER_KEY", ConsumerKey},
		{"MPESA_CONSUMER_SECRET", ConsumerSecret},
		{"MPESA_SHORTCODE", ShortCode},
		{"MPESA_PASSKEY", Passkey},
		{"MPESA_INITIATOR", Initiator},
		{"MPESA_CREDENTIAL", Credential},
		{"MPESA_SOURCES", "any"},
		{"PUBLIC_URL", "http://localhost:5000"},
	} {
		fmt.Fprintf(&b, "%s%s=%s\n", before, one.name, one.value)
	}
	return b.String()
}

// Guide says what can be tried with a fake at an address.
func Guide(address string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `This is no Safaricom. No money moves.

Settings of a service on this machine; in its shell: eval "$(curl -s %s/fake/settings)"

%s
A phone pays what it is asked to, after some seconds, unless its number ends in:

`, address, settings(address, "  "))
	for _, h := range habits {
		fmt.Fprintf(&b, "  %s  %s\n", h.Ending, h.About)
	}
	fmt.Fprintf(&b, `
Try:

  curl %[1]s/fake/books
  curl -d push=1032 -d payout=2040 %[1]s/fake/phones/254711223344
  curl -d mishap=lost %[1]s/fake/phones/254711223344
  curl -d pays=yes %[1]s/fake/phones/254711223330/answer
  curl -d phone=254711223344 -d account=NW-1A2B3C4D -d shillings=300 %[1]s/fake/pay
`, address)
	return b.String()
}
