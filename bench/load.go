package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// dialogue is a call that is made again and again: what is typed, and what has to
// be shown.
type dialogue struct {
	name string
	// code is dialled.
	code string
	// texts and screens are the callbacks of one call. They hold {caller} and
	// {worker} where they depend on who calls.
	texts, screens []string
	// callers is how many phone numbers take turns.
	callers int
}

// phone is a phone number and the worker it belongs to.
type phone struct{ caller, worker string }

// numbered is the n-th phone.
func numbered(n int) phone {
	return phone{fmt.Sprintf("2547%08d", 11_000_000+n), fmt.Sprintf("NW-%08X", n)}
}

// in puts the phone into a text.
func (p phone) in(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return strings.NewReplacer("{caller}", p.caller, "{worker}", p.worker).Replace(text)
}

// line is one connection to a server, on which call follows call.
type line struct {
	conn    net.Conn
	in      *bufio.Reader
	text    *textproto.Reader
	address string
	number  int
	calls   int
	request []byte
	body    []byte
	// took is how long each answer of the last run took.
	took []time.Duration
}

func dialLine(ctx context.Context, address string, number int) (*line, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	return &line{conn: conn, in: in, text: textproto.NewReader(in), address: address, number: number}, nil
}

// run makes calls until the time is up, and notes how long each answer took.
func (l *line) run(d *dialogue, until time.Time) error {
	l.took = l.took[:0]
	for time.Now().Before(until) {
		l.calls++
		session := fmt.Sprintf("ATUid_%s-%s-%03d-%08d", d.name, l.address[len(l.address)-4:], l.number, l.calls)
		phone := numbered((l.number*7919 + l.calls) % max(1, d.callers))
		for i, text := range d.texts {
			sent := time.Now()
			if err := l.post(d.code, session, phone.caller, phone.in(text)); err != nil {
				return err
			}
			if err := l.expect(phone.in(d.screens[i])); err != nil {
				return fmt.Errorf("%s, text %q: %w", d.name, text, err)
			}
			l.took = append(l.took, time.Since(sent))
		}
	}
	return nil
}

// post sends a callback as Africa's Talking does.
func (l *line) post(code, session, phone, text string) error {
	l.body = l.body[:0]
	for _, part := range []string{
		"phoneNumber=%2B", phone, "&serviceCode=", url.QueryEscape(code), "&text=", url.QueryEscape(text),
		"&sessionId=", session, "&networkCode=63902",
	} {
		l.body = append(l.body, part...)
	}
	l.request = append(l.request[:0], "POST /ussd HTTP/1.1\r\nHost: floor\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "...)
	l.request = strconv.AppendInt(l.request, int64(len(l.body)), 10)
	l.request = append(append(l.request, "\r\n\r\n"...), l.body...)
	_, err := l.conn.Write(l.request)
	return err
}

var errAnswer = errors.New("another answer")

// expect reads an answer and compares every byte of it.
func (l *line) expect(want string) error {
	status, err := l.text.ReadLineBytes()
	if err != nil {
		return err
	}
	good := bytes.HasPrefix(status, []byte("HTTP/1.1 200"))
	length := -1
	for {
		header, err := l.text.ReadLineBytes()
		if err != nil {
			return err
		}
		if len(header) == 0 {
			break
		}
		name, value, _ := bytes.Cut(header, []byte(": "))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("%w: no Content-Length", errAnswer)
	}
	l.body = append(l.body[:0], make([]byte, length)...)
	if _, err := io.ReadFull(l.in, l.body); err != nil {
		return err
	}
	if !good || string(l.body) != want {
		return fmt.Errorf("%w: found %s %q, expected %q", errAnswer, status, l.body, want)
	}
	return nil
}

// connections to each server: enough that it always has work.
const connections = 64

// target is a server under load.
type target struct {
	name  string
	pid   int
	lines []*line
}

func aim(ctx context.Context, name string, pid int, address string) (*target, error) {
	t := &target{name: name, pid: pid}
	for i := range connections {
		l, err := dialLine(ctx, address, i)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		t.lines = append(t.lines, l)
	}
	return t, nil
}

// slot is one turn of a server in a round.
type slot struct {
	callbacks int
	start     reading       // at the start of the slot
	spent     time.Duration // CPU time from then until the next slot of this server
	alone     time.Duration // the part of that time without load
	took      time.Duration
	median    time.Duration // of the answers
	p99       time.Duration
	commands  int // to Redis
}

func (s slot) perSecond() float64 { return float64(s.callbacks) / s.took.Seconds() }
func (s slot) toRedis() float64   { return float64(s.commands) / float64(s.callbacks) }
func (s slot) tail() float64      { return float64(s.p99) / float64(s.median) }

// perCallback is in microseconds. Idle is what the server spends without load, of each
// second.
func (s slot) perCallback(idle float64) float64 {
	return (s.spent.Seconds() - idle*s.alone.Seconds()) * 1e6 / float64(s.callbacks)
}

// reading is what the clocks say.
type reading struct {
	cpu time.Duration // of a process
	at  time.Time
}

func (t *target) read() (reading, error) {
	spent, err := cpu(t.pid)
	return reading{spent, time.Now()}, err
}

// load has all lines of a target call for a while.
func (t *target) load(d *dialogue, length time.Duration) (slot, error) {
	s := slot{}
	var err error
	if s.start, err = t.read(); err != nil {
		return s, err
	}
	began := s.start.at
	var all sync.WaitGroup
	var failed atomic.Pointer[error]
	for _, l := range t.lines {
		all.Go(func() {
			if err := l.run(d, began.Add(length)); err != nil {
				failed.Store(&err)
			}
		})
	}
	all.Wait()
	s.took = time.Since(began)
	if err := failed.Load(); err != nil {
		return s, fmt.Errorf("%s: %w", t.name, *err)
	}
	return s, s.answers(t.lines)
}

var errSilent = errors.New("nothing was answered in a slot; make it longer with --slot")

// answers fills in how long the answers took.
func (s *slot) answers(lines []*line) error {
	var took []time.Duration
	for _, l := range lines {
		took = append(took, l.took...)
	}
	s.callbacks = len(took)
	if s.callbacks == 0 {
		return errSilent
	}
	slices.Sort(took)
	s.median, s.p99 = took[len(took)/2], took[len(took)*99/100]
	return nil
}
