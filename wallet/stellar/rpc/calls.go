package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// maxBody bounds the bytes of an answer. The longest one is a transaction with its
// changes.
const maxBody = 4 << 20

// maxWords bounds the bytes of the service's own words in an error, which goes to the
// log and to a column of a table.
const maxWords = 200

// words returns the service's own words without what may be a secret or a number.
func words(text string) string { return secret.Foreign(text, maxWords) }

// call makes one JSON-RPC 2.0 call and reads its result.
func (c *Client) call(ctx context.Context, method string, params map[string]any, into any) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	question := map[string]any{"jsonrpc": "2.0", "id": 1, "method": method}
	if params != nil {
		question["params"] = params
	}
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := c.do(request)
	if err != nil {
		return fmt.Errorf("Stellar RPC, %s: %w", method, err)
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("Stellar RPC, %s: the answer is not as documented: %w", method, secret.ForeignError(err, maxWords))
	}
	return nil
}

// do sends a request and returns the result in its answer.
func (c *Client) do(request *http.Request) (json.RawMessage, error) {
	response, err := c.http.Do(request)
	if err != nil {
		var broken *url.Error
		if errors.As(err, &broken) {
			err = broken.Err // without the URL, which may contain a key
		}
		return nil, secret.ForeignError(err, maxWords)
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return nil, secret.ForeignError(err, maxWords)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered with status %d", response.StatusCode)
	}
	var envelope struct {
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, fmt.Errorf("the answer is not JSON: %w", secret.ForeignError(err, maxWords))
	}
	if envelope.Error != nil {
		return nil, fmt.Errorf("it answered with error %d, %s", envelope.Error.Code, words(envelope.Error.Message))
	}
	return envelope.Result, nil
}

// number is short for stellar.Number.
type number = stellar.Number

// instant converts seconds since 1970; 0 means that the service does not say.
func instant(n number) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

type network struct {
	Passphrase string `json:"passphrase"`
}

type latestLedger struct {
	CloseTime number `json:"closeTime"`
}

type feeStats struct {
	Inclusion struct {
		P90 number `json:"p90"`
	} `json:"inclusionFee"`
}

type transaction struct {
	Status          string `json:"status"`
	LatestCloseTime number `json:"latestLedgerCloseTime"`
	OldestCloseTime number `json:"oldestLedgerCloseTime"`
	Result          string `json:"resultXdr"`
}

type sent struct {
	Status string `json:"status"`
	Result string `json:"errorResultXdr"`
}

// refusal reads why a transaction was refused.
func (s sent) refusal() (wallet.Answer, error) {
	answer, err := stellar.ReadResult(s.Result)
	if err != nil {
		return wallet.Answer{}, fmt.Errorf("Stellar RPC refused a transaction: %w", err)
	}
	if answer.Fate == wallet.FateSucceeded {
		answer.Fate = wallet.FateUnknown
	}
	return answer, nil
}
