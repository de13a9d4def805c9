package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet/mpesa/fake"
)

type fakeMpesaCmd struct {
	Listen string `help:"Address to listen on; 127.0.0.1 keeps it to this machine." default:"127.0.0.1:8091" placeholder:"HOST:PORT"`
	Seed   uint64 `help:"Seed of everything random." default:"1"`
	Lost   int    `help:"Per cent of callbacks that are lost." default:"0" placeholder:"N"`
	Twice  int    `help:"Per cent of callbacks that come twice." default:"0" placeholder:"N"`
	Cut    int    `help:"Per cent of requests whose connection breaks after they were taken." default:"0" placeholder:"N"`
}

func (fakeMpesaCmd) Help() string {
	return `A Safaricom for demonstrations and tests: it speaks the Daraja API, has phones that
pay, cancel or are off, and keeps books. No money moves. GET / says what to try.

Examples:
  paytrace fake-mpesa
  paytrace fake-mpesa --lost 20 --twice 20`
}

// Timeouts of the fake's server. A client waits for 35 seconds, and a demonstration
// stops at once.
const (
	fakeReadTimeout  = 10 * time.Second
	fakeStopsWithin  = time.Second
	maxFaultsPercent = 100
)

// Run serves until ctx ends, and then says what the books have.
func (v fakeMpesaCmd) Run(ctx context.Context, std streams) error {
	for _, share := range []int{v.Lost, v.Twice, v.Cut} {
		if share < 0 || share > maxFaultsPercent {
			return misuse{fmt.Errorf("--lost, --twice and --cut: found %d, expected 0 to 100 per cent", share)}
		}
	}
	if sum := v.Lost + v.Twice + v.Cut; sum > maxFaultsPercent {
		return misuse{fmt.Errorf("--lost, --twice and --cut: found %d per cent in all, expected at most 100", sum)}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", v.Listen)
	if err != nil {
		return misuse{fmt.Errorf("--listen: %w; name another address", err)}
	}
	safaricom := fake.New(fake.Config{
		Seed: v.Seed, PlainHTTP: true, Faults: fake.Faults{Lost: v.Lost, Twice: v.Twice, Cut: v.Cut},
		Log: slog.New(slog.NewTextHandler(std.out, &slog.HandlerOptions{ReplaceAttr: demonstrated})),
	})
	if _, err := io.WriteString(std.out, fake.Guide("http://"+listener.Addr().String())+"\n"); err != nil {
		return err
	}
	server := &http.Server{Handler: safaricom, ReadHeaderTimeout: fakeReadTimeout, ReadTimeout: fakeReadTimeout, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go safaricom.Run(ctx)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), fakeStopsWithin)
		defer cancel()
		_ = server.Shutdown(grace) // a request that is not answered by then has lost its answer, as it may
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return sumUp(std.out, safaricom)
}

// demonstrated shortens the lines of a demonstration: without a date and a level.
func demonstrated(_ []string, a slog.Attr) slog.Attr {
	switch a.Key {
	case slog.TimeKey:
		return slog.String(slog.TimeKey, a.Value.Time().Format(time.TimeOnly))
	case slog.LevelKey:
		return slog.Attr{}
	case "error":
		return slog.String("error", secret.Foreign(a.Value.String(), maxFakeWord))
	}
	return a
}

// maxFakeWord bounds the bytes of an error in a line.
const maxFakeWord = 200

// sumUp says what the books have, and fails if they are wrong.
func sumUp(w io.Writer, s *fake.Safaricom) error {
	b, wrong := s.Books(), s.Judge()
	fmt.Fprintf(w, "payments: %d, cents in: %d, cents out: %d, conversation IDs sent twice: %d\n", len(b.Transactions), b.InCents, b.OutCents, len(b.DoubledIDs))
	for _, pair := range b.TwicePaid {
		fmt.Fprintf(w, "paid twice within ten minutes, the same amount to the same phone: %s\n", pair)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the books are wrong: %q", wrong)
	}
	return nil
}
