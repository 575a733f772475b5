package boot

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestALineHasTheTimeOfItsFirstByte(t *testing.T) {
	t.Parallel()
	var got []string
	s := lineSplitter{emit: func(line []byte, began moment) { got = append(got, fmt.Sprintf("%s@%d", line, began.at)) }}
	s.write([]byte("on"), moment{at: 1})
	s.write([]byte("e"), moment{at: 2})
	s.write([]byte("\ntwo\nth"), moment{at: 3})
	s.write([]byte("ree"), moment{at: 4})
	s.write([]byte("\n"), moment{at: 5})
	s.write([]byte("four"), moment{at: 6})
	s.flush()
	if want := "one@1 two@3 three@3 four@6"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestALineThatNeverEndsIsBounded(t *testing.T) {
	t.Parallel()
	var longest int
	s := lineSplitter{emit: func(line []byte, _ moment) { longest = max(longest, len(line)) }}
	for range 1000 {
		s.write(make([]byte, 1000), moment{})
	}
	s.write(append(make([]byte, 2*lineLimit), '\n'), moment{})
	s.write(append(make([]byte, 2*lineLimit), '\n'), moment{})
	if longest != lineLimit || cap(s.partial) > 2*lineLimit {
		t.Errorf("a line of %d bytes, a buffer of %d", longest, cap(s.partial))
	}
}

func TestPhasesAddUpWhateverMarkersCame(t *testing.T) {
	t.Parallel()
	const total = 100
	for name, c := range map[string]struct {
		release int // -1: it was never let go
		marks   map[string]int
		want    string
	}{
		"all":                     {50, map[string]int{MarkBoot: 60, MarkApp: 70, MarkExit: 90}, "vmm 50, firmware 10, kernel 10, app 20, shutdown 10"},
		"no boot marker":          {50, map[string]int{MarkApp: 70, MarkExit: 90}, "vmm 50, firmware+kernel 20, app 20, shutdown 10"},
		"none":                    {50, nil, "vmm 50, firmware+kernel 50"},
		"died in the app":         {50, map[string]int{MarkBoot: 60, MarkApp: 70}, "vmm 50, firmware 10, kernel 10, app 30"},
		"died in the kernel":      {50, map[string]int{MarkBoot: 60}, "vmm 50, firmware 10, kernel 40"},
		"never let go":            {-1, nil, "vmm 100"},
		"an answer that was late": {65, map[string]int{MarkBoot: 60, MarkApp: 70, MarkExit: 90}, "vmm 60, firmware+kernel 10, app 20, shutdown 10"},
		"an answer after the end": {110, map[string]int{MarkExit: 99}, "vmm 99, firmware+kernel+app+shutdown 1"},
		"the app's both at once":  {50, map[string]int{MarkBoot: 60, MarkApp: 70, MarkExit: 70}, "vmm 50, firmware 10, kernel 10, app+shutdown 30"},
		"a marker after the end":  {50, map[string]int{MarkBoot: 60, MarkApp: 70, MarkExit: 105}, "vmm 50, firmware 10, kernel 10, app 30, shutdown 0"},
	} {
		line := timeline{vm: true, released: c.release >= 0, release: time.Duration(c.release), marks: map[string]mark{}}
		for name, at := range c.marks {
			line.marks[name] = mark{moment: moment{at: time.Duration(at)}}
		}
		var got []string
		var sum time.Duration
		phases, _ := line.phases(moment{at: total}, "exit")
		for _, p := range phases {
			got = append(got, fmt.Sprintf("%s %d", p.Name, p.Duration))
			sum += p.Duration
		}
		if strings.Join(got, ", ") != c.want || sum != total {
			t.Errorf("%s: %s, together %d; want %s", name, strings.Join(got, ", "), sum, c.want)
		}
	}
}
