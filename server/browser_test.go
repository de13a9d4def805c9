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
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// browserTime bounds how long a browser may take to start and draw a page on a
// busy machine.
const browserTime = 2 * time.Minute

// noteViolations notes what the policy of a page keeps out.
const noteViolations = `const violations = [];
addEventListener("securitypolicyviolation", e => violations.push(e.effectiveDirective + " " + e.blockedURI + " " + e.sourceFile + ":" + e.lineNumber));`

// The page draws every operation in a real browser and loads only from us.
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
	var ours, foreign []string
	err = chromedp.Listen(ctx, func(ev any) {
		sent, ok := ev.(*network.EventRequestWillBeSent)
		if !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		switch u, err := url.Parse(sent.Request.URL); {
		case err == nil && u.Host == ln.Addr().String():
			ours = append(ours, u.Path)
		case err != nil || u.Scheme != "data":
			foreign = append(foreign, sent.Request.URL)
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: noteViolations})
	}
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
	blocked, err := chromedp.Run(ctx, chromedp.Evaluate[string](`violations.join(" ")`))
	if err != nil || blocked != "" {
		t.Errorf("the page's own policy blocks parts of it: %s, %v", blocked, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(foreign) > 0 || len(ours) < 3 {
		t.Errorf("the page loads %v from us and %v from others", ours, foreign)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
