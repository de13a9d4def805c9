package service_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/service"
	"github.com/paytrace/paytrace/store"
)

const weather = `ussd: 1
service: Weather
dial: "*384*55#"
start: where
vars:
  town: text 20
screens:
  where:
    say: Which town?
    ask: town -> forecast(town)
    when: {known: shown, unknown: sorry}
  shown: {end: "{town}: {sky}."}
  sorry: {end: "No forecast for {town}."}
`

// What the action takes, and how it may end.
type (
	forecastIn struct {
		Town string `menu:"town,text 20"`
	}
	forecastOut struct {
		Known *struct {
			Sky string `menu:"sky,text 20"`
		}
		Unknown *struct{}
	}
)

// registerForecast adds an action that only reads.
func registerForecast(table *actions.Table) error {
	spec := actions.Spec{Name: "forecast", About: "Says what the weather will be.", Reads: true, Takes: time.Second}
	return actions.Register(table, spec, func(_ context.Context, _ actions.Call, in forecastIn) (actions.Work[forecastOut], error) {
		return func(context.Context, store.Tx) (out forecastOut, err error) {
			if in.Town != "Kisumu" {
				out.Unknown = &struct{}{}
				return out, nil
			}
			out.Known = &struct {
				Sky string `menu:"sky,text 20"`
			}{"sunny"}
			return out, nil
		}, nil
	})
}

// A program answers calls with an action of its own.
func ExampleNew() {
	if err := serveWeather(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// CON Which town?
	// END Kisumu: sunny.
}

func serveWeather() error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	dir, err := os.MkdirTemp("", "weather")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	settings, err := service.ReadSettings(func(name string) string {
		return map[string]string{"DATABASE_URL": "sqlite:" + filepath.Join(dir, "weather.db"), "ENCRYPTION_KEY": "a key for this example"}[name]
	})
	if err != nil {
		return err
	}
	s, err := service.New(ctx, service.Options{
		Settings: settings,
		Menus:    &service.Folder{FS: fstest.MapFS{"weather.yaml": {Data: []byte(weather)}}, Shown: "weather"},
		Register: registerForecast,
		Log:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, s.Close())
	}
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(s.Serve(ctx, ln), s.Close()) }()
	for _, text := range []string{"", "Kisumu"} {
		reply, err := http.PostForm("http://"+ln.Addr().String()+"/ussd", url.Values{
			"sessionId": {"1"}, "phoneNumber": {"+254711000111"}, "serviceCode": {"*384*55#"}, "text": {text},
		})
		if err != nil {
			return err
		}
		body, err := io.ReadAll(reply.Body)
		if err := errors.Join(err, reply.Body.Close()); err != nil {
			return err
		}
		fmt.Println(string(body))
	}
	stop()
	return <-ended
}
