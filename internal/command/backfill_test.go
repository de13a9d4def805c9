package command

import (
	"bytes"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

// oldWallets lists the wallets of oldTable and oldRows: three that Python
// sealed under three keys, and one with a broken address.
var oldWallets = []string{
	"GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6",
	"GBAW5XGWORWVFE2XTJYDTLDHXTY2Q2MO73HYCGB3XMFMQ562Q2W2GJQX",
	"GAY5PRAHJ2HIYBYCLZXTHID6SPVELOOYH2LBPH3LD4RUMXUW3DOYTLXW",
}

// On request, the wallets of a legacy database on Postgres are funded, each
// once however often it is requested. A wallet that can't be funded stops no
// other. Wallets that the legacy service paid, and those of accounts that were
// set aside, are not paid.
func TestWalletsFundOldRows(t *testing.T) {
	for _, test := range []struct{ asset, paid string }{{"native", oldWallets[1]}, {"KSH", ""}} {
		t.Run(test.asset, func(t *testing.T) {
			t.Chdir(t.TempDir())
			url, query := oldDatabase(t, oldTable, oldRows)
			t.Setenv("DATABASE_URL", url)
			t.Setenv("ENCRYPTION_KEY", "changeme")
			t.Setenv("ENCRYPTION_KEY_OLD", "test-encryption-key\nufunguo wa siri – ñ€")
			before := query(everyRow)
			says(t, exitDiagnostics, "migrate")
			ledger := backfilled(t, test.asset)
			if test.paid != "" {
				ledger.Open(test.paid, 1)
			}
			if found := wallets(t); found.Never != 4 || len(found.States) != 0 {
				t.Errorf("before anybody asks: %+v", found)
			}
			for range 2 {
				if said := says(t, exitFine, "wallets", "fund"); !strings.Contains(said, "funding requested for 4 wallets") {
					t.Errorf("asked for: %s", said)
				}
			}
			s := serve(t)
			untilWallets(t, 3, wallet.FundingFunded)
			untilWallets(t, 1, wallet.FundingFailed)
			s.stop()
			if said := says(t, exitFine, "wallets"); !strings.Contains(said, "GLATER") || !strings.Contains(said, "is not a Stellar address") {
				t.Errorf("of the wallet that has no address it says:\n%s", said)
			}
			says(t, exitFine, "migrate", "--keep", "NW-00000003")
			if said := says(t, exitFine, "wallets", "fund"); !strings.Contains(said, "funding requested for 0 wallets") {
				t.Errorf("when all are funded but one that was set aside: %s", said)
			}
			for _, address := range oldWallets {
				want := 1
				if address == test.paid {
					want = 0
				}
				if got := ledger.Received(address); got.Gifts() != want {
					t.Errorf("%s was given money %d times, want %d: %+v", address, got.Gifts(), want, got)
				}
			}
			if after := query(everyRow); after != before {
				t.Errorf("the old rows were changed:\n%s\n%s", before, after)
			}
		})
	}
}

// backfilled returns a network whose funding account can pay an asset.
func backfilled(t *testing.T, asset string) *wallettest.Ledger {
	t.Helper()
	ledger, _ := network(t, nil)
	if asset == "native" {
		return ledger
	}
	issuer, err := stellar.Keys{}.New(bytes.NewReader(bytes.Repeat([]byte{8}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	funder, err := stellar.Keys{}.New(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	ledger.Open(issuer.Address, 10)
	ledger.Trust(funder.Address, asset, issuer.Address, 1000)
	t.Setenv("STELLAR_ASSET", asset+":"+issuer.Address)
	return ledger
}
