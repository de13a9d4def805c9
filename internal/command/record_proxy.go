package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/gateway"
)

// proxyHeaderTimeout bounds how long a gateway may take to send its header.
const proxyHeaderTimeout = 10 * time.Second

// fromProxy listens in front of a running service and records the callbacks that
// pass, until ctx ends. It changes none of them.
func (v recordCmd) fromProxy(ctx context.Context, d *desk, std streams) (*dialscript.File, error) {
	target, err := url.Parse(v.To)
	if err != nil || target.Host == "" {
		return nil, misuse{errors.New("--to: expected the service's address for callbacks, as http://localhost:5000/ussd")}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", v.Proxy)
	if err != nil {
		return nil, misuse{fmt.Errorf("--proxy: %w", err)}
	}
	p := &passing{said: std.err}
	server := &http.Server{Handler: p.to(target), ReadHeaderTimeout: proxyHeaderTimeout}
	fmt.Fprintf(std.err, "Callbacks to http://%s are passed on to %s; Ctrl-C saves.\n", listener.Addr(), shownURL(v.To))
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestAnswer)
		defer cancel()
		_ = server.Shutdown(grace) // a callback that is not answered by then is not recorded
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return nil, err
	}
	calls := record.Sessions(p.callbacks())
	if len(calls) == 0 {
		return nil, misuse{errors.New("no callback arrived, so there is nothing to save")}
	}
	return v.scripts(d, calls, std)
}

// passing records callbacks and their answers.
type passing struct {
	said io.Writer
	mu   sync.Mutex
	list []record.Logged
}

func (p *passing) callbacks() []record.Logged {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list
}

// to passes requests on to the target. They keep their path where the target has
// none.
func (p *passing) to(target *url.URL) http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = target.Scheme, target.Host, target.Host
			if target.Path != "" && target.Path != "/" {
				r.Out.URL.Path, r.Out.URL.RawPath = target.Path, target.RawPath
			}
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
			r.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, gateway.MaxBody+1))
		if err != nil || len(body) > gateway.MaxBody {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		callback, is := record.ReadCallback(r.URL.RawQuery, body)
		if !is {
			proxy.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Accept-Encoding") // an answer is read here, too
		seen := &overheard{ResponseWriter: w, status: http.StatusOK}
		proxy.ServeHTTP(seen, r)
		p.note(callback, seen)
	})
}

// note records a callback with its answer, and prints it without the number.
func (p *passing) note(l record.Logged, seen *overheard) {
	if seen.status == http.StatusOK {
		l.TakeAnswer(seen.body.Bytes())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, l)
	fmt.Fprintf(p.said, "%s: callback %d, status %d\n", msisdn.Mask(l.Phone), len(p.list), seen.status)
}

// overheard keeps a copy of an answer.
type overheard struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (o *overheard) WriteHeader(status int) {
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

func (o *overheard) Write(b []byte) (int, error) {
	if room := gateway.MaxBody - o.body.Len(); room > 0 {
		o.body.Write(b[:min(room, len(b))])
	}
	return o.ResponseWriter.Write(b)
}
