package wallettest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/stellar/go-stellar-sdk/xdr"
)

// RPC serves the part of Stellar RPC that wallets call, from a Ledger.
type RPC struct {
	Ledger *Ledger
	Faults Faults
	// Lag lets replicas lag, each method on its own.
	Lag Lag
}

// methods maps the methods of RPC to endpoints.
var methods = map[string]string{
	"getNetwork": EndpointRoot, "getLatestLedger": EndpointLedgers, "getFeeStats": EndpointFees,
	"getLedgerEntries": EndpointAccounts, "getTransaction": EndpointTransactions,
}

type call struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		Keys        []string `json:"keys"`
		Hash        string   `json:"hash"`
		Transaction string   `json:"transaction"`
	} `json:"params"`
}

// ServeHTTP answers one call.
func (s *RPC) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c call
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil || r.Method != http.MethodPost {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f := s.Faults.of(Request{Submits: c.Method == "sendTransaction", Envelope: c.Params.Transaction, Path: c.Method})
	if c.Method == "sendTransaction" {
		s.send(w, c, f)
		return
	}
	if f.Kind != Fine {
		fail(w, f)
		return
	}
	l := s.Ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	from := l.behind(s.Lag, methods[c.Method])
	closed := strconv.FormatInt(from.last.at.Unix(), 10)
	switch c.Method {
	case "getNetwork":
		c.reply(w, map[string]any{"passphrase": l.passphrase, "protocolVersion": 23})
	case "getLatestLedger":
		c.reply(w, map[string]any{"sequence": from.last.sequence, "closeTime": closed})
	case "getFeeStats":
		c.reply(w, map[string]any{"inclusionFee": map[string]any{"p90": strconv.Itoa(baseFee)}})
	case "getLedgerEntries":
		c.reply(w, map[string]any{"entries": from.entries(c.Params.Keys), "latestLedger": from.last.sequence})
	case "getTransaction":
		answer := map[string]any{
			"status": "NOT_FOUND", "latestLedger": from.last.sequence, "latestLedgerCloseTime": closed,
			"oldestLedgerCloseTime": strconv.FormatInt(l.oldest().Unix(), 10),
		}
		if r, ok := from.transaction(c.Params.Hash); ok {
			answer["status"], answer["resultXdr"] = "FAILED", encode(r.result)
			if r.successful() {
				answer["status"] = "SUCCESS"
			}
		}
		c.reply(w, answer)
	default:
		reply(w, http.StatusOK, map[string]any{
			"jsonrpc": "2.0", "id": c.ID, "error": map[string]any{"code": -32601, "message": "method not found"},
		})
	}
}

func (c call) reply(w http.ResponseWriter, result map[string]any) {
	reply(w, http.StatusOK, map[string]any{"jsonrpc": "2.0", "id": c.ID, "result": result})
}

func (s *RPC) send(w http.ResponseWriter, c call, f Fault) {
	outcome := s.Ledger.submit(c.Params.Transaction, f)
	switch {
	case outcome.unknown && (f.Kind == Fine || f.Kind == Late && f.Status == 0):
		c.reply(w, map[string]any{"status": "PENDING"}) // and stays out of ledgers for a while
	case outcome.unknown:
		fail(w, f)
	case outcome.garbage:
		_, _ = fmt.Fprint(w, "<html>OK</html>") // a test sees a lost answer
	case outcome.malformed:
		reply(w, http.StatusOK, map[string]any{
			"jsonrpc": "2.0", "id": c.ID, "error": map[string]any{"code": -32602, "message": "invalid_xdr"},
		})
	case outcome.code != "":
		c.reply(w, map[string]any{"status": "TRY_AGAIN_LATER"})
	case outcome.record != nil:
		c.reply(w, map[string]any{"status": "PENDING", "hash": outcome.record.hash})
	default:
		c.reply(w, map[string]any{"status": "ERROR", "errorResultXdr": encode(outcome.result)})
	}
}

// entries finds ledger entries by their keys.
func (r replica) entries(keys []string) []map[string]any {
	list := []map[string]any{}
	for _, text := range keys {
		var key xdr.LedgerKey
		if err := xdr.SafeUnmarshalBase64(text, &key); err != nil {
			continue
		}
		if data, ok := r.entry(key); ok {
			if encoded, err := xdr.MarshalBase64(data); err == nil {
				list = append(list, map[string]any{"key": text, "xdr": encoded})
			}
		}
	}
	return list
}

func (r replica) entry(key xdr.LedgerKey) (data xdr.LedgerEntryData, ok bool) {
	data.Type = key.Type
	switch key.Type {
	case xdr.LedgerEntryTypeAccount:
		a, ok := r.account(key.Account.AccountId.Address())
		if !ok {
			return data, false
		}
		data.Account = &xdr.AccountEntry{
			AccountId: key.Account.AccountId, Balance: xdr.Int64(a.balance), SeqNum: xdr.SequenceNumber(a.sequence),
			NumSubEntries: xdr.Uint32(a.subentries),
			Ext: xdr.AccountEntryExt{V: 1, V1: &xdr.AccountEntryExtensionV1{Ext: xdr.AccountEntryExtensionV1Ext{
				V: 2, V2: &xdr.AccountEntryExtensionV2{NumSponsored: xdr.Uint32(a.sponsored), NumSponsoring: xdr.Uint32(a.sponsoring)},
			}}},
		}
		return data, true
	case xdr.LedgerEntryTypeTrustline:
		a, ok := r.account(key.TrustLine.AccountId.Address())
		if !ok {
			return data, false
		}
		line, ok := a.trust[keyOf(key.TrustLine.Asset.ToAsset())]
		data.TrustLine = &xdr.TrustLineEntry{
			AccountId: key.TrustLine.AccountId, Asset: key.TrustLine.Asset,
			Balance: xdr.Int64(line.balance), Limit: xdr.Int64(line.limit), Flags: 1,
		}
		return data, ok
	default:
		return data, false
	}
}
