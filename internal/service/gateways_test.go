package service

import (
	"os"
	"testing"
)

// Every folder of gateway, named after its provider, is in the table.
func TestGatewaysAreListed(t *testing.T) {
	folders, err := os.ReadDir("../../gateway")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() && f.Name() != "gatewaytest" && GatewayNamed(f.Name()) == nil {
			t.Errorf("gateway/%s is not in Gateways", f.Name())
		}
	}
}
