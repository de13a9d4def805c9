package server

import (
	"context"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// browserTime is how long a browser may take to start and draw a page on a
// machine that does much else.
const browserTime = 2 * time.Minute

// The page draws every operation in a real browser, and asks nobody but us.
func TestDocsInABrowser(t *testing.T) {
	path := servers.Chromium(t)
	s := newTest(t, nil)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := context.WithTimeout(t.Context(), browserTime)
	defer cancel()
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()

	var mu sync.Mutex
	var here, elsewhere []string
	err = chromedp.Listen(ctx, func(ev any) {
		sent, ok := ev.(*network.EventRequestWillBeSent)
		if !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		switch u, err := url.Parse(sent.Request.URL); {
		case err == nil && u.Host == ln.Addr().String():
			here = append(here, u.Path)
		case err != nil || u.Scheme != "data":
			elsewhere = append(elsewhere, sent.Request.URL)
		}
	})
	if err == nil {
		err = chromedp.Do(ctx, chromedp.Navigate("http://"+ln.Addr().String()+"/docs"), chromedp.WaitVisible(".opblock"))
	}
	if err != nil {
		t.Fatal(err)
	}
	operations, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		`Array.from(document.querySelectorAll(".opblock-summary-path")).map(e => e.innerText.replace(/\u200b/g, "")).join(" ")`,
	))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/ussd", "/ussd/{secret}", "/health", "/ready", "/openapi.json", "/docs"} {
		if !strings.Contains(" "+operations+" ", " "+want+" ") {
			t.Errorf("the page does not show %s: %s", want, operations)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(elsewhere) > 0 || len(here) < 3 {
		t.Errorf("the page asks us for %v and others for %v", here, elsewhere)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
