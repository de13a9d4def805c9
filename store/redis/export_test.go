package redis

// Place is what the addresses say.
type Place struct {
	Addresses      []string
	User, Password string
	Database       int
	TLS            string // the name on the certificate
}

// Parse reads addresses.
func Parse(urls string) (Place, error) {
	a, err := parse(urls)
	if err != nil {
		return Place{}, err
	}
	p := Place{a.addresses, a.user, a.password, a.database, ""}
	if a.tls != nil {
		p.TLS = a.tls.ServerName
	}
	return p, nil
}
