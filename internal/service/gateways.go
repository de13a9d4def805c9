package service

import (
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/africastalking"
)

// Gateways lists the aggregators that PayTrace speaks to. The first one serves.
var Gateways = []gateway.Codec{
	africastalking.Codec{},
}

// GatewayNamed returns the gateway with the provider's name, or nil.
func GatewayNamed(name string) gateway.Codec {
	for _, g := range Gateways {
		if g.Name() == name {
			return g
		}
	}
	return nil
}
