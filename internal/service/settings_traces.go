package service

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// defaultTraceShare traces few enough calls that a callback costs hardly more.
const defaultTraceShare = "0.02"

// traceSettings have the names that OpenTelemetry gives them.
var traceSettings = []setting{
	{
		name: "OTEL_EXPORTER_OTLP_ENDPOINT",
		help: `The base address of an OpenTelemetry collector that speaks OTLP over HTTP, as
http://localhost:4318. A call is one trace, and its log lines have the trace's ID.
Not set: nothing is traced.`,
		read: func(s *Settings, v string) (err error) { s.TracesTo, err = collector(v); return err },
	},
	{
		name: "OTEL_EXPORTER_OTLP_HEADERS",
		help: `Headers for the collector, as "x-api-key=KEY,x-team=ussd"; a value may be
percent-encoded.`,
		read: func(s *Settings, v string) (err error) { s.TraceHeaders, err = traceHeaders(v); return err },
	},
	{
		name: "OTEL_TRACES_SAMPLER_ARG", fallback: defaultTraceShare,
		help: `The share of calls that are traced, from 0 to 1. All instances trace the same
calls, and trace them whole.`,
		read: func(s *Settings, v string) (err error) { s.TraceShare, err = share(v); return err },
	},
	{
		name: "OTEL_SERVICE_NAME", fallback: "paytrace",
		help: "The name of the service in traces.",
		read: func(s *Settings, v string) error { s.TraceName = v; return nil },
	},
}

// collector reads the address of a collector. The error has no password.
func collector(v string) (*url.URL, error) {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("expected an address as http://localhost:4318; give keys in OTEL_EXPORTER_OTLP_HEADERS")
	}
	return u, nil
}

// traceHeaders reads headers with commas between them. The error has no value.
func traceHeaders(v string) (map[string]string, error) {
	headers := map[string]string{}
	for one := range strings.SplitSeq(v, ",") {
		name, value, ok := strings.Cut(one, "=")
		name = strings.TrimSpace(name)
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || err != nil || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf("header %d is not readable; expected name=value, with commas between headers", len(headers)+1)
		}
		headers[name] = value
	}
	return headers, nil
}

func share(v string) (float64, error) {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || !(n >= 0 && n <= 1) {
		return 0, fmt.Errorf("found %q, expected a number from 0 to 1, as 0.02", v)
	}
	return n, nil
}
