package horizon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/paytrace/paytrace/engine/secret"
)

// maxBody bounds the bytes of an answer. The longest one is a transaction of a
// hundred operations with its changes: a few hundred kilobytes.
const maxBody = 4 << 20

// maxWords bounds the bytes of Horizon's own words in an error, which goes to the
// log and to a column of a table.
const maxWords = 200

// words returns Horizon's own words without what may be a secret or a number.
func words(text string) string { return secret.Foreign(text, maxWords) }

// get sends a GET request and reads the JSON of its answer.
func (c *Client) get(ctx context.Context, path string, into any) error {
	_, err := c.getWith(ctx, path, into)
	return err
}

func (c *Client) getWith(ctx context.Context, path string, into any) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	return c.do(request, into)
}

// do sends a request and reads the JSON of its answer. It returns a *problem if the
// answer is not 2xx.
func (c *Client) do(request *http.Request, into any) (header http.Header, err error) {
	request.Header.Set("Accept", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, reason(err)
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("Horizon's answer is incomplete: %w", secret.ForeignError(err, maxWords))
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		p := &problem{}
		_ = json.Unmarshal(body, p) // a proxy's answer is not JSON
		p.Status = response.StatusCode
		return response.Header, p
	}
	if err := json.Unmarshal(body, into); err != nil {
		return nil, fmt.Errorf("Horizon's answer is not the documented JSON: %w", secret.ForeignError(err, maxWords))
	}
	return response.Header, nil
}

// reason removes the URL from an error, because it may contain a provider's key, and
// what the other side may have quoted.
func reason(err error) error {
	var broken *url.Error
	if errors.As(err, &broken) {
		err = broken.Err
	}
	return fmt.Errorf("Horizon can't be reached: %w", secret.ForeignError(err, maxWords))
}

func isMissing(err error) bool {
	var p *problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}

// had reports whether the answer with this header comes from a Horizon that surely
// had the ledger.
func had(last ledger, header http.Header) bool {
	n, err := strconv.ParseInt(header.Get("Latest-Ledger"), 10, 64)
	return err == nil && last.Sequence > 0 && n >= int64(last.Sequence)
}
