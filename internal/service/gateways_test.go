package service

import (
	"os"
	"testing"
)

// Every folder of gateway, named after its provider, is a gateway.
func TestGatewaysAreListed(t *testing.T) {
	folders, err := os.ReadDir("../../gateway")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() && f.Name() != "gatewaytest" && f.Name() != "declared" && GatewayNamed(f.Name()) == nil {
			t.Errorf("gateway/%s can't be named in GATEWAYS", f.Name())
		}
	}
}
