package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

type mpesaCmd struct {
	Register mpesaRegisterCmd `cmd:"" help:"Register the addresses that Safaricom posts payments to the paybill to."`
}

type mpesaRegisterCmd struct {
	Pull string `help:"Also register the short code for lists of payments, with the nominated phone. In production only." placeholder:"NUMBER"`
}

func (mpesaRegisterCmd) Help() string {
	return `In production, addresses can be registered once. To change them, delete them on
Safaricom's portal first.

Examples:
  paytrace mpesa register
  paytrace mpesa register --pull 254722000000`
}

// Run registers the addresses.
func (v mpesaRegisterCmd) Run(ctx context.Context, std streams) error {
	if v.Pull != "" && !mpesa.IsMobile(v.Pull) {
		return misuse{fmt.Errorf("--pull: found %q, expected a Kenyan mobile number as 254722000000", v.Pull)}
	}
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		if !settings.MPesa.On() {
			return misuse{errors.New("MPESA_CONSUMER_KEY is not set; docs/money.md says what else is needed")}
		}
		client, addresses, err := service.OpenMPesa(ctx, db, settings)
		if err != nil {
			return err
		}
		return v.register(ctx, std.out, client, addresses)
	})
}

func (v mpesaRegisterCmd) register(ctx context.Context, w io.Writer, client *mpesa.Client, addresses mpesa.Addresses) error {
	_, err := client.RegisterC2B(ctx, mpesa.C2BAddresses{Confirmation: addresses.Confirm(), Validation: addresses.Check(), Refuse: true})
	if err != nil {
		return fmt.Errorf("register the addresses: %w", err)
	}
	fmt.Fprintf(w, "Safaricom posts payments to the short code %s to this service.\n", client.ShortCode())
	if v.Pull == "" {
		return nil
	}
	if err := client.RegisterPull(ctx, v.Pull, addresses.Confirm()); err != nil {
		return fmt.Errorf("register for lists of payments: %w", err)
	}
	fmt.Fprintf(w, "Lists of payments to %s can be asked for.\n", client.ShortCode())
	return nil
}
