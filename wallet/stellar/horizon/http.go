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
	"time"
)

// maxBody bounds an answer. The longest is that on a transaction of a hundred
// operations, with what it changed: a few hundred kilobytes.
const maxBody = 4 << 20

// get asks a question.
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

// do sends a request and reads its JSON. An answer that is not 2xx is a
// *problem.
func (c *Client) do(request *http.Request, into any) (header http.Header, err error) {
	request.Header.Set("Accept", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, reason(err)
	}
	defer func() { _ = response.Body.Close() }() // it was read as far as it is wanted
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("Horizon's answer broke off: %w", err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		p := &problem{}
		_ = json.Unmarshal(body, p) // what a proxy says is no JSON
		p.Status = response.StatusCode
		return response.Header, p
	}
	if err := json.Unmarshal(body, into); err != nil {
		return nil, fmt.Errorf("Horizon's answer is no JSON as documented: %w", err)
	}
	return response.Header, nil
}

// reason is an error without the address, which may hold a key of a provider.
func reason(err error) error {
	var broken *url.Error
	if errors.As(err, &broken) {
		err = broken.Err
	}
	return fmt.Errorf("Horizon can't be reached: %w", err)
}

func isMissing(err error) bool {
	var p *problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}

// asOf is when a transaction was surely not there. Behind a load balancer the
// two answers may come from two Horizons; the header says how far the second
// one is.
func asOf(last ledger, header http.Header) time.Time {
	if told := header.Get("Latest-Ledger"); told != "" {
		if n, err := strconv.ParseInt(told, 10, 64); err != nil || n < int64(last.Sequence) {
			return time.Time{}
		}
	}
	return last.ClosedAt
}
