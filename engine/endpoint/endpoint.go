// Package endpoint says which addresses an action over HTTP may have. The checker of
// menus, the settings and the client apply the same rules.
package endpoint

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// MaxLength bounds an address in bytes. It is what every server and proxy takes.
const MaxLength = 2000

// Parse reads an address to which requests are sent: https, or http on a loopback
// address. The error is a clause without a name before it.
func Parse(address string) (*url.URL, error) {
	if len(address) > MaxLength {
		return nil, fmt.Errorf("it has %d bytes, more than %d", len(address), MaxLength)
	}
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.Hostname() == "" {
		return nil, errors.New("it is not an address; write it as https://host/path")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("it has a user name or a password; leave them out, requests are signed instead")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New(`it has a part after "?" or "#"; leave it out`)
	case u.Scheme == "https":
		return u, nil
	case u.Scheme != "http":
		return nil, fmt.Errorf("it begins with %q; write https://", u.Scheme+":")
	case !IsLoopback(u.Hostname()):
		return nil, fmt.Errorf("http:// is for this machine alone, as http://127.0.0.1:8000, and %q is another one; write https://", u.Hostname())
	}
	return u, nil
}

// IsLoopback reports whether a host of an address is this machine by its name or number.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// A Template is an address as actions.yaml writes it. It may begin with the setting that
// has its first part: ${SACCO_URL}/members.
type Template struct {
	// Setting names the environment variable, or is "".
	Setting string
	// Rest is what follows it, or the whole address.
	Rest string
}

// settingForm is how a setting is written. The end of its name keeps other settings, and
// the secrets among them, out of addresses.
var settingForm = regexp.MustCompile(`^\$\{([A-Z][A-Z0-9_]*)\}(.*)$`)

// settingEnding ends the name of a setting that holds an address.
const settingEnding = "_URL"

// ParseTemplate reads an address or a template. The error is a clause.
func ParseTemplate(text string) (Template, error) {
	m := settingForm.FindStringSubmatch(text)
	switch {
	case m == nil && strings.Contains(text, "$"):
		return Template{}, errors.New("a setting stands at its beginning, in capitals, as ${SACCO_URL}")
	case m == nil:
		_, err := Parse(text)
		return Template{Rest: text}, err
	case !strings.HasSuffix(m[1], settingEnding):
		return Template{}, fmt.Errorf("the setting %s is not one of an address; choose a name that ends in %s", m[1], settingEnding)
	case m[2] != "" && !strings.HasPrefix(m[2], "/"):
		return Template{}, fmt.Errorf(`a path follows the setting, as ${%s}/members`, m[1])
	}
	_, err := Parse("https://host" + m[2])
	return Template{m[1], m[2]}, err
}

// Join appends a path that begins with "/".
func (t Template) Join(path string) Template {
	t.Rest = strings.TrimSuffix(t.Rest, "/") + path
	return t
}

// String returns the template as it is written.
func (t Template) String() string {
	if t.Setting == "" {
		return t.Rest
	}
	return "${" + t.Setting + "}" + t.Rest
}

// Resolve returns the address with the value of its setting. getenv returns "" for a
// setting that is not set. The error names the setting.
func (t Template) Resolve(getenv func(string) string) (*url.URL, error) {
	if t.Setting == "" {
		return Parse(t.Rest)
	}
	value := getenv(t.Setting)
	if value == "" {
		return nil, fmt.Errorf("%s is not set; set it to the address of the backend, as https://host", t.Setting)
	}
	if _, err := Parse(value); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Setting, err)
	}
	return Parse(strings.TrimSuffix(value, "/") + t.Rest)
}
