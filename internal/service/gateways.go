package service

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/africastalking"
	"github.com/paytrace/paytrace/gateway/declared"
	"github.com/paytrace/paytrace/server"
)

// DefaultGateway is the aggregator that calls back at /ussd.
var DefaultGateway = africastalking.Codec{}

// known reads the files of the built-in gateways when the first of them is needed.
var known = sync.OnceValues(declared.Known)

// GatewayNamed returns the built-in gateway with the provider's name, or nil.
func GatewayNamed(name string) gateway.Codec {
	if name == DefaultGateway.Name() {
		return DefaultGateway
	}
	list, _ := known() // a test reads them all
	for _, g := range list {
		if g.Name() == name {
			return g
		}
	}
	return nil
}

// GatewayNames lists the built-in gateways, the default one first.
func GatewayNames() []string {
	names := []string{DefaultGateway.Name()}
	list, _ := known() // a test reads them all
	for _, g := range list {
		names = append(names, g.Name())
	}
	return names
}

// maxGateways bounds the gateways of one service, and the files that declare some.
const maxGateways = 100

// GatewayFiles lists the files of the folder that declare gateways.
func (f *Folder) GatewayFiles() ([]string, error) {
	names, err := fs.Glob(f.FS, syntax.GatewayPath("*"))
	if err != nil {
		return nil, err
	}
	if len(names) > maxGateways {
		return nil, usagef("the folder %s has more than %d gateway files; delete those that are not used", f.Path(syntax.GatewayFolder), maxGateways)
	}
	return names, nil
}

// Gateway returns the gateway of a name: the one that the folder declares, otherwise the
// built-in one. It prints diagnostics about the file, and returns ErrMenus if they are
// errors.
func (f *Folder) Gateway(name string, w io.Writer) (*declared.Codec, error) {
	file := syntax.GatewayPath(name)
	switch _, err := fs.Stat(f.FS, file); {
	case err == nil:
		spec, found := syntax.ReadGateway(f.FS, file, f.Dir)
		if err := f.Print(w, found); err != nil {
			return nil, err
		}
		if found.Bad() {
			return nil, ErrMenus
		}
		return declared.New(spec), nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("gateways: %w", err)
	}
	if codec, ok := GatewayNamed(name).(*declared.Codec); ok {
		return codec, nil
	}
	return nil, usagef("GATEWAYS: there is no gateway %q; built in are %s, and others are declared in %s", name, strings.Join(GatewayNames()[1:], ", "), f.Path(syntax.GatewayPath("NAME")))
}

// gateways opens the gateways that the settings name.
func (s *Service) gateways() ([]server.Gateway, error) {
	var list []server.Gateway
	for _, name := range s.settings.Gateways {
		codec, err := s.options.Menus.Gateway(name, s.options.Diagnostics)
		if err != nil {
			return nil, err
		}
		g := server.Gateway{Codec: codec, Methods: codec.Methods(), Parts: codec.Parts()}
		for _, one := range s.settings.GatewaySecrets {
			if of, secret, _ := strings.Cut(one.Reveal(), " "); of == name {
				g.Secrets = append(g.Secrets, strings.TrimSpace(secret))
			}
		}
		list = append(list, g)
		s.choose("/gateways/"+name, "%s", openedBy(g, s.settings))
	}
	return list, nil
}

// openedBy says what opens a gateway's path.
func openedBy(g server.Gateway, c Settings) string {
	switch {
	case len(g.Secrets) > 0:
		return "needs its own secret in the path"
	case c.USSDAPIKey.IsSet() || c.USSDPathSecret.IsSet():
		return "needs what /ussd needs"
	}
	return "open to all: set GATEWAY_SECRETS"
}
