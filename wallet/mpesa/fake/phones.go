package fake

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Mishap is what goes wrong on the way between Safaricom and its client.
type Mishap string

// The mishaps. In each of them M-Pesa does what it was asked to.
const (
	NoMishap     Mishap = ""
	LosesPost    Mishap = "lost"   // nothing is posted
	RepeatsPost  Mishap = "twice"  // it is posted twice
	PostsEarly   Mishap = "early"  // it is posted before the request is answered
	PostsLate    Mishap = "late"   // it is posted half an hour later
	CutsAnswer   Mishap = "cut"    // the connection breaks after the request was taken
	BreaksAnswer Mishap = "broken" // the answer is a page with status 502
	LosesRequest Mishap = "unseen" // the connection breaks before the request was taken
)

var mishaps = []Mishap{NoMishap, LosesPost, RepeatsPost, PostsEarly, PostsLate, CutsAnswer, BreaksAnswer, LosesRequest}

// Codes that only the fake has. In a phone's Push or Payout they stand for behaviours
// that have no result code.
const (
	// CodeBusy makes a push fail at once, since another one is open on the phone.
	CodeBusy = "busy"
	// CodeAsks makes a prompt wait until a person answers it: see Answer.
	CodeAsks = "asks"
	// CodeCached makes a payout report 100000000, and pay much later.
	CodeCached = "100000000"
	// CodeStrangePaid and CodeStrangeUnpaid are documented by nobody. The first has
	// paid all the same.
	CodeStrangePaid   = "7777"
	CodeStrangeUnpaid = "7778"
)

// Phone is a customer with a phone.
type Phone struct {
	Number string `json:"number"`
	Name   string `json:"name"`
	// Cents is what the customer has.
	Cents int64 `json:"cents"`
	// Push is the result code of a prompt, and Payout that of a payout; "0" pays.
	Push   string `json:"push"`
	Payout string `json:"payout"`
	// Thinks is how long the customer takes to answer a prompt.
	Thinks time.Duration `json:"-"`
	Mishap Mishap        `json:"mishap,omitempty"`
}

// Habit is what phones do whose number ends in two digits.
type Habit struct {
	Ending string
	Push   string
	Payout string
	Mishap Mishap
	// About says it for a person.
	About string
}

// Habits lists the endings of numbers that do something else than pay.
func Habits() []Habit { return slices.Clone(habits) }

var habits = []Habit{
	{"01", "1032", "0", NoMishap, "cancels the prompt"},
	{"02", "1019", "0", NoMishap, "leaves the prompt until it expires"},
	{"03", "1037", "0", NoMishap, "is off: no prompt arrives"},
	{"04", "1", "0", NoMishap, "has no money"},
	{"05", "2001", "0", NoMishap, "types a wrong PIN"},
	{"06", CodeBusy, "0", NoMishap, "is busy with another payment"},
	{"07", "8006", "0", NoMishap, "has a locked PIN"},
	{"08", "17", "0", NoMishap, "has paid the same amount a moment ago"},
	{"09", CodeStrangeUnpaid, CodeStrangeUnpaid, NoMishap, "gets a code that nobody documents, and nothing is paid"},
	{"10", CodeStrangePaid, CodeStrangePaid, NoMishap, "gets a code that nobody documents, and it is paid"},
	{"11", "1037", "2040", NoMishap, "has no M-Pesa"},
	{"12", "0", "4", NoMishap, "has received its limit for the day"},
	{"13", "0", "1", NoMishap, "is paid when the Utility account is empty"},
	{"14", "0", "2001", NoMishap, "is paid with a wrong credential"},
	{"15", "0", CodeCached, NoMishap, "is paid an hour after M-Pesa reports that it waits"},
	{"21", "0", "0", LosesPost, "pays, and the callback is lost"},
	{"22", "0", "0", RepeatsPost, "pays, and the callback comes twice"},
	{"23", "0", "0", PostsEarly, "pays, and the callback comes before the answer"},
	{"24", "0", "0", PostsLate, "pays, and the callback comes half an hour later"},
	{"25", "0", "0", CutsAnswer, "pays, and the connection breaks before the answer"},
	{"26", "0", "0", BreaksAnswer, "pays, and the answer is an error page"},
	{"27", "0", "0", LosesRequest, "hears nothing: the connection breaks before the request"},
	{"30", CodeAsks, "0", NoMishap, "waits until you answer its prompt"},
}

// names are given to phones by their number.
var names = []string{"ASHA WANJIRU", "BRIAN OTIENO", "CAROL MUTHONI", "DAVID KIPTOO", "ESTHER AKINYI", "FAITH NJERI", "HASSAN ALI"}

// phone returns the phone with a number, and makes it if it is new.
func (s *Safaricom) phone(number string) *Phone {
	if p, ok := s.books.phones[number]; ok {
		return p
	}
	p := &Phone{Number: number, Cents: startPhone, Push: "0", Payout: "0", Thinks: thinking}
	p.Name = names[(len(number)+int(number[len(number)-1]))%len(names)]
	for _, h := range habits {
		if strings.HasSuffix(number, h.Ending) {
			p.Push, p.Payout, p.Mishap = h.Push, h.Payout, h.Mishap
		}
	}
	s.books.phones[number] = p
	s.books.given += p.Cents
	return p
}

// SetPhone changes what a phone does.
func (s *Safaricom) SetPhone(number string, change func(*Phone)) Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.phone(number)
	before := p.Cents
	change(p)
	s.books.given += p.Cents - before
	return *p
}

// Answer answers the prompt that a phone shows. With pays it is paid; otherwise it is
// cancelled.
func (s *Safaricom) Answer(number string, pays bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.shown[number]
	if !ok {
		return fmt.Errorf("the phone %s shows no prompt", number)
	}
	code := "1032"
	if pays {
		code = "0"
	}
	s.queue.add(s.config.Now(), func() []post { return s.endPrompt(p, code) })
	return nil
}

// mishap returns what goes wrong with a phone's payment: its own mishap, or by chance
// one of Faults.
func (s *Safaricom) mishap(p *Phone) Mishap {
	if p.Mishap != NoMishap {
		return p.Mishap
	}
	f := s.config.Faults
	dice := s.rand.IntN(percent)
	for _, one := range []struct {
		share int
		is    Mishap
	}{
		{f.Lost, LosesPost},
		{f.Twice, RepeatsPost},
		{f.Early, PostsEarly},
		{f.Late, PostsLate},
		{f.Cut, CutsAnswer},
		{f.Broken, BreaksAnswer},
		{f.Unseen, LosesRequest},
	} {
		if dice < one.share {
			return one.is
		}
		dice -= one.share
	}
	return NoMishap
}

const percent = 100

// Faults are what goes wrong by chance, each in per cent. The shares of one group add up
// to at most 100.
type Faults struct {
	// Of all payments: see the mishaps.
	Lost, Twice, Early, Late, Cut, Broken, Unseen int
	// Of all results: one with a code that nobody documents, half of them paid.
	Strange int
	// Of all results that fail: the customer's reasons.
	Cancelled int
	// Confirmed is the share of paid pushes that are also posted as a confirmation, if
	// addresses for them are registered. Before says how many of those come first.
	Confirmed, Before int
	// Stale is the share of requests whose token dies early.
	Stale int
}

// chance reports true in so many of a hundred cases.
func (s *Safaricom) chance(share int) bool { return share > 0 && s.rand.IntN(percent) < share }

// waits returns how long something takes that takes about d.
func (s *Safaricom) waits(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d/2 + time.Duration(s.rand.Int64N(int64(d)))
}

// sends queues the posts about one payment as its mishap says.
func (s *Safaricom) sends(m Mishap, p post) []post {
	switch m {
	case LosesPost:
		s.books.lost++
		return nil
	case RepeatsPost:
		s.queue.add(s.config.Now().Add(s.waits(time.Minute)), func() []post { return []post{p} })
		return []post{p}
	case PostsLate:
		s.queue.add(s.config.Now().Add(lateness), func() []post { return []post{p} })
		return nil
	}
	return []post{p}
}
