package wallettest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/stellar/go-stellar-sdk/amount"
	"github.com/stellar/go-stellar-sdk/xdr"

	"github.com/paytrace/paytrace/wallet/stellar"
)

type resultXDR = xdr.TransactionResult

// Horizon serves the part of Horizon's HTTP API that wallets call, from a Ledger.
type Horizon struct {
	Ledger *Ledger
	Faults Faults
	// Bare omits everything that a Horizon may omit: GET /, GET /ledgers,
	// GET /fee_stats and headers.
	Bare bool
	// Undated omits the header Latest-Ledger.
	Undated bool
	// Lag lets replicas lag, each endpoint on its own. Submissions go to the
	// network itself.
	Lag Lag
}

// ServeHTTP answers one request.
func (h *Horizon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == "/transactions" {
		h.submit(w, r)
		return
	}
	if f := h.Faults.of(Request{Path: r.URL.Path}); f.Kind != Fine {
		fail(w, f)
		return
	}
	l := h.Ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	from := l.behind(h.Lag, endpoint(parts[0]))
	if !h.Bare && !h.Undated {
		w.Header().Set("Latest-Ledger", strconv.FormatInt(from.last.sequence, 10))
	}
	switch {
	case r.Method != http.MethodGet:
		problem(w, http.StatusMethodNotAllowed, "method_not_allowed", nil)
	case len(parts) == 2 && parts[0] == EndpointAccounts:
		from.writeAccount(w, parts[1])
	case len(parts) == 2 && parts[0] == EndpointTransactions:
		from.writeTransaction(w, parts[1])
	case h.Bare:
		problem(w, http.StatusNotFound, "not_found", nil)
	case r.URL.Path == "/":
		reply(w, http.StatusOK, map[string]any{
			"horizon_version": "fake", "network_passphrase": l.passphrase,
			"history_latest_ledger": from.last.sequence, "history_latest_ledger_closed_at": from.last.at,
		})
	case r.URL.Path == "/ledgers":
		reply(w, http.StatusOK, map[string]any{"_embedded": map[string]any{"records": []any{
			map[string]any{"sequence": from.last.sequence, "closed_at": from.last.at},
		}}})
	case r.URL.Path == "/fee_stats":
		least := strconv.FormatInt(baseFee, 10)
		reply(w, http.StatusOK, map[string]any{
			"last_ledger_base_fee": least, "fee_charged": map[string]any{"p50": least, "p90": least},
		})
	default:
		problem(w, http.StatusNotFound, "not_found", nil)
	}
}

// endpoint returns the endpoint of the first segment of a path.
func endpoint(segment string) string {
	switch segment {
	case "":
		return EndpointRoot
	case "fee_stats":
		return EndpointFees
	default:
		return segment
	}
}

func (r replica) writeAccount(w http.ResponseWriter, address string) {
	a, ok := r.account(address)
	if !ok {
		problem(w, http.StatusNotFound, "not_found", nil)
		return
	}
	var balances []any
	for key, line := range a.trust {
		code, issuer, _ := strings.Cut(key, ":")
		balances = append(balances, map[string]any{
			"balance": amount.StringFromInt64(line.balance), "limit": amount.StringFromInt64(line.limit),
			"asset_type": "credit_alphanum4", "asset_code": code, "asset_issuer": issuer,
		})
	}
	balances = append(balances, map[string]any{
		"balance": amount.StringFromInt64(a.balance), "asset_type": "native",
		"buying_liabilities": "0.0000000", "selling_liabilities": "0.0000000",
	})
	reply(w, http.StatusOK, map[string]any{
		"id": address, "account_id": address, "sequence": strconv.FormatInt(a.sequence, 10),
		"subentry_count": a.subentries, "num_sponsoring": a.sponsoring, "num_sponsored": a.sponsored,
		"balances": balances, "thresholds": map[string]any{"low_threshold": 0},
	})
}

func (r replica) writeTransaction(w http.ResponseWriter, hash string) {
	found, ok := r.transaction(hash)
	if !ok {
		problem(w, http.StatusNotFound, "not_found", nil)
		return
	}
	reply(w, http.StatusOK, found.json())
}

func (r *record) json() map[string]any {
	return map[string]any{
		"id": r.hash, "hash": r.hash, "successful": r.successful(), "ledger": r.ledger,
		"created_at": r.closedAt, "envelope_xdr": r.envelope, "result_xdr": encode(r.result),
	}
}

func encode(result xdr.TransactionResult) string {
	text, err := xdr.MarshalBase64(result)
	if err != nil {
		return ""
	}
	return text
}

func (h *Horizon) submit(w http.ResponseWriter, r *http.Request) {
	envelope := r.PostFormValue("tx")
	f := h.Faults.of(Request{Submits: true, Envelope: envelope})
	s := h.Ledger.submit(envelope, f)
	switch {
	case s.unknown:
		fail(w, f)
	case s.garbage:
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, "<html>OK</html>") // a test sees a lost answer
	case s.malformed:
		problem(w, http.StatusBadRequest, "transaction_malformed", map[string]any{"envelope_xdr": envelope})
	case s.code != "":
		codes := map[string]any{"transaction": s.code}
		problem(w, http.StatusBadRequest, "transaction_failed", map[string]any{"result_codes": codes})
	case s.record != nil && s.record.successful():
		reply(w, http.StatusOK, s.record.json())
	default:
		refuse(w, envelope, s.result)
	}
}

// refuse answers like Horizon for a transaction that did not happen.
func refuse(w http.ResponseWriter, envelope string, result xdr.TransactionResult) {
	read, err := stellar.ReadResult(encode(result))
	if err != nil {
		problem(w, http.StatusInternalServerError, "server_error", nil)
		return
	}
	codes := map[string]any{"transaction": read.Code}
	if len(read.Ops) > 0 {
		codes["operations"] = read.Ops
	}
	problem(w, http.StatusBadRequest, "transaction_failed", map[string]any{
		"envelope_xdr": envelope, "result_codes": codes, "result_xdr": encode(result),
	})
}

// fail answers with the status of a fault, or breaks the connection.
func fail(w http.ResponseWriter, f Fault) {
	switch f.Status {
	case 0:
		panic(http.ErrAbortHandler) // breaks the connection
	case http.StatusGatewayTimeout:
		problem(w, f.Status, "timeout", nil)
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
		problem(w, f.Status, "rate_limit_exceeded", nil)
	case http.StatusBadGateway:
		w.WriteHeader(f.Status)
		_, _ = fmt.Fprint(w, "<html>502 Bad Gateway</html>") // as a proxy does
	default:
		problem(w, f.Status, "server_error", nil)
	}
}

func problem(w http.ResponseWriter, status int, kind string, extras map[string]any) {
	body := map[string]any{
		"type": "https://stellar.org/horizon-errors/" + kind, "title": strings.ReplaceAll(kind, "_", " "), "status": status,
	}
	if extras != nil {
		body["extras"] = extras
	}
	reply(w, status, body)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/hal+json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a test sees a lost answer
}

// InProcess is a transport that calls a handler directly, for tests with hundreds of
// thousands of requests.
type InProcess struct{ Handler http.Handler }

// RoundTrip answers one request. It returns an error if the handler aborts.
func (t InProcess) RoundTrip(r *http.Request) (response *http.Response, err error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer func() {
		if x := recover(); x != nil {
			if abort, ok := x.(error); !ok || !errors.Is(abort, http.ErrAbortHandler) {
				panic(x)
			}
			response, err = nil, fmt.Errorf("the connection broke")
		}
	}()
	recorder := httptest.NewRecorder()
	t.Handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}
