package stellar_test

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// sep5 has the first three accounts of SEP-5's first test mnemonic.
var sep5 = []struct{ address, seed string }{
	{"GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6", "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN"},
	{"GBAW5XGWORWVFE2XTJYDTLDHXTY2Q2MO73HYCGB3XMFMQ562Q2W2GJQX", "SCEPFFWGAG5P2VX5DHIYK3XEMZYLTYWIPWYEKXFHSK25RVMIUNJ7CTIS"},
	{"GAY5PRAHJ2HIYBYCLZXTHID6SPVELOOYH2LBPH3LD4RUMXUW3DOYTLXW", "SDAILLEZCSA67DUEP3XUPZJ7NYG7KGVRM46XA7K5QWWUIGADUZCZWTJP"},
}

func TestAddressOfSEP5Seeds(t *testing.T) {
	for _, v := range sep5 {
		got, err := stellar.Keys{}.Address(wallet.NewSecret(v.seed))
		if err != nil || got != v.address {
			t.Errorf("Address = %s, %v; want %s", got, err, v.address)
		}
	}
}

func TestAddressRefuses(t *testing.T) {
	for _, text := range []string{"", "S", sep5[0].address, sep5[0].seed[:55], sep5[0].seed + "A", strings.ToLower(sep5[0].seed), "\xff"} {
		got, err := stellar.Keys{}.Address(wallet.NewSecret(text))
		if !errors.Is(err, stellar.ErrSecret) || got != "" {
			t.Errorf("Address(%q) = %q, %v", text, got, err)
		}
		if text != "" && text != "S" && strings.Contains(err.Error(), text) {
			t.Errorf("the error holds the secret: %v", err)
		}
	}
}

func TestNewIsMadeFromItsRandomness(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, 64)
	rand := bytes.NewReader(seed)
	first, err := stellar.Keys{}.New(rand)
	if err != nil {
		t.Fatal(err)
	}
	second, err := stellar.Keys{}.New(rand)
	if err != nil || second.Address != first.Address || rand.Len() != 0 {
		t.Errorf("the same 32 bytes give %s and %s, %v; %d bytes left", first.Address, second.Address, err, rand.Len())
	}
	if got, err := (stellar.Keys{}).Address(first.Secret); err != nil || got != first.Address {
		t.Errorf("the secret of %s signs for %s, %v", first.Address, got, err)
	}
	if !stellar.ValidAddress(first.Address) {
		t.Errorf("%s is no address", first.Address)
	}
}

func TestNewNeedsRandomness(t *testing.T) {
	pair, err := stellar.Keys{}.New(bytes.NewReader(make([]byte, 31)))
	if !errors.Is(err, io.ErrUnexpectedEOF) || pair.Address != "" {
		t.Errorf("New of 31 bytes = %v, %v", pair, err)
	}
}

// The vectors are SEP-23's.
func TestValidAddress(t *testing.T) {
	const good = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
	if !stellar.ValidAddress(good) {
		t.Errorf("%s is valid", good)
	}
	for _, bad := range []string{"", "GAAAAAAAACGC6", good + "A", "G47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVP2I", sep5[0].seed} {
		if stellar.ValidAddress(bad) {
			t.Errorf("%q is not valid", bad)
		}
	}
}

// A program that makes wallets must not link the SDK's clients.
func TestLinksNoClients(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, heavy := range []string{"sirupsen/logrus", "stretchr/testify", "net/http", "horizonclient"} {
		if strings.Contains(string(out), heavy) {
			t.Errorf("wallet/stellar links %s", heavy)
		}
	}
}
