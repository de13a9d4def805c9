package wallet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
)

// ErrKeyCommand reports that KEY_COMMAND did not wrap or unwrap a key.
var ErrKeyCommand = errors.New("KEY_COMMAND failed")

const (
	// keyCommandTime bounds one run of the command. A caller waits for the first
	// wallet of a data key, and an action has three and a half seconds.
	keyCommandTime = 2 * time.Second
	// keyCommandGrace is how long the command may keep its output open after that.
	keyCommandGrace = 100 * time.Millisecond
	// shownStderr bounds what an error shows of the command's own words.
	shownStderr = 200
)

// CommandKey wraps data keys with a command, such as a client of a key management
// service. The command reads one JSON object from its standard input and writes one to
// its standard output:
//
//	{"operation":"wrap","key":"BASE64"}       → {"wrapped":"BASE64"}
//	{"operation":"unwrap","wrapped":"BASE64"} → {"key":"BASE64"}
//
// Any other exit status than 0 is a failure.
type CommandKey struct {
	args   []string
	within time.Duration
}

// NewCommandKey takes a command and its arguments with spaces between them. No shell
// reads it.
func NewCommandKey(command string) (*CommandKey, error) {
	args := strings.Fields(command)
	if len(args) == 0 {
		return nil, errors.New("expected a program and its arguments, as /usr/local/bin/wallet-key --region af-south-1")
	}
	if _, err := exec.LookPath(args[0]); err != nil {
		return nil, fmt.Errorf("the program can't be run: %w", err)
	}
	return &CommandKey{args, keyCommandTime}, nil
}

// Name is the same for all commands: what they wrap says which key they need.
func (k *CommandKey) Name() string { return "command" }

type keyMessage struct {
	Operation string `json:"operation,omitempty"`
	Key       []byte `json:"key,omitempty"`
	Wrapped   []byte `json:"wrapped,omitempty"`
}

// Wrap runs the command to wrap a data key.
func (k *CommandKey) Wrap(dataKey []byte) ([]byte, error) {
	answer, err := k.run(keyMessage{Operation: "wrap", Key: dataKey})
	if err == nil && len(answer.Wrapped) == 0 {
		err = fmt.Errorf(`%w: its answer to "wrap" has no "wrapped"`, ErrKeyCommand)
	}
	return answer.Wrapped, err
}

// Unwrap runs the command to unwrap a data key.
func (k *CommandKey) Unwrap(wrapped []byte) ([]byte, error) {
	answer, err := k.run(keyMessage{Operation: "unwrap", Wrapped: wrapped})
	if err == nil && len(answer.Key) != dataKeySize {
		return nil, fmt.Errorf(`%w: its answer to "unwrap" has a "key" of %d bytes, expected %d`, ErrKeyCommand, len(answer.Key), dataKeySize)
	}
	return answer.Key, err
}

func (k *CommandKey) run(question keyMessage) (answer keyMessage, err error) {
	in, err := json.Marshal(question)
	if err != nil {
		return answer, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), k.within)
	defer cancel()
	var out, said bytes.Buffer
	run := exec.CommandContext(ctx, k.args[0], k.args[1:]...) //nolint:gosec // the operator's own setting
	run.Stdin, run.Stdout, run.Stderr, run.WaitDelay = bytes.NewReader(in), &out, &said, keyCommandGrace
	switch err := run.Run(); {
	case ctx.Err() != nil:
		return answer, fmt.Errorf("%w: no answer to %q within %s", ErrKeyCommand, question.Operation, k.within)
	case err != nil:
		return answer, fmt.Errorf("%w: %q ended with %w: %s", ErrKeyCommand, question.Operation, err, secret.Foreign(said.String(), shownStderr))
	}
	if json.Unmarshal(out.Bytes(), &answer) != nil { // its error quotes the answer, which may be a key
		return keyMessage{}, fmt.Errorf(`%w: its answer to %q is not the JSON that is expected, as {"wrapped":"BASE64"}`, ErrKeyCommand, question.Operation)
	}
	return answer, nil
}
