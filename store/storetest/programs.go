package storetest

import (
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var programCases = []testCase{
	{name: "a program is stored byte for byte", run: programBytes},
	{name: "a program's time is only extended", run: programLonger},
	{name: "concurrent instances store one program", run: programRace},
}

func program(hash string) store.Program {
	return store.Program{
		Hash: hash, Menu: "shop.yaml", Language: "sw",
		Files: map[string][]byte{"shop.yaml": []byte("ussd: 1\n# it's \"q\" ñ 😀 \x00\xff\r\n"), "shop.sw.yaml": {}},
	}
}

func (s *subject) wantProgram(hash string, want *store.Program) {
	s.t.Helper()
	got, err := s.Program(s.ctx, hash)
	if want == nil {
		s.want(err, store.ErrNotFound)
		return
	}
	s.want(err, nil)
	if diff := cmp.Diff(*want, got); diff != "" {
		s.t.Errorf("program %s (-want +got):\n%s", hash, diff)
	}
}

func (s *subject) dropPrograms(now time.Time, want int) {
	s.t.Helper()
	n, err := s.DropPrograms(s.ctx, now)
	s.want(err, nil)
	if n != want {
		s.t.Errorf("%d programs were dropped, want %d", n, want)
	}
}

func programBytes(s *subject) {
	s.wantProgram("a", nil)
	one, other := program("a"), program("b")
	other.Menu, other.Language = "other.yaml", ""
	twice(func(int) { s.want(s.RetainProgram(s.ctx, one, noon), nil) })
	s.want(s.RetainProgram(s.ctx, other, noon), nil)
	s.wantProgram("a", &one)
	s.wantProgram("b", &other)
}

func programLonger(s *subject) {
	p := program("a")
	s.want(s.RetainProgram(s.ctx, p, noon), nil)
	s.want(s.RetainProgram(s.ctx, p, noon.Add(time.Hour)), nil)
	s.want(s.RetainProgram(s.ctx, p, noon.Add(time.Minute)), nil)
	s.dropPrograms(noon.Add(time.Hour), 0)
	s.wantProgram("a", &p)
	s.dropPrograms(noon.Add(time.Hour+time.Microsecond), 1)
	s.wantProgram("a", nil)
	s.dropPrograms(noon.Add(time.Hour+time.Microsecond), 0)
}

func programRace(s *subject) {
	const instances = 6
	var all sync.WaitGroup
	for i := range instances {
		all.Go(func() {
			if err := s.RetainProgram(s.ctx, program("a"), noon.Add(time.Duration(i)*time.Hour)); err != nil {
				s.t.Errorf("RetainProgram: %v", err)
			}
		})
	}
	all.Wait()
	s.dropPrograms(noon.Add((instances-1)*time.Hour), 0)
	p := program("a")
	s.wantProgram("a", &p)
}
