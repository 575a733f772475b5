package boot

import (
	"strings"
	"time"
)

// timeline holds when the markers came, from the spawn on.
type timeline struct {
	released bool // the guest was held, and let go
	release  time.Duration
	ran      time.Duration // when the process says that it let the guest go, 0 where it did not
	marks    map[string]mark
	vm       bool
	origin   Origin
}

type mark struct {
	moment
	source string
	count  int64
}

// counts is what the guest's counter was at the markers that said it.
func (t *timeline) counts() Counts {
	return Counts{Boot: t.marks[MarkBoot].count, App: t.marks[MarkApp].count, Exit: t.marks[MarkExit].count}
}

// stage of a virtual machine after its release, and the marker that ends it.
type stage struct{ name, ends string }

var (
	bootStages   = []stage{{"firmware", MarkBoot}, {"kernel", MarkApp}, {"app", MarkExit}}
	resumeStages = []stage{{"handover", MarkApp}, {"app", MarkExit}}
)

// phases cuts the time from 0 to the end at the markers that came. Stages without
// a marker between them, or whose markers were read at once or too late, are joined:
// firmware+kernel. What runs until the end is
// named after the stage that the guest was in. Doubts are sentences about what was
// seen too late.
func (t *timeline) phases(end moment, marker string) (_ []Phase, doubts []string) {
	if !t.vm {
		return inDoubt([]Phase{{Name: "app", Duration: end.at, Marker: marker, Late: end.late}})
	}
	if !t.released {
		return inDoubt([]Phase{{Name: "vmm", Duration: end.at, Marker: marker, Late: end.late}})
	}
	return inDoubt(t.cut(end, marker))
}

// began is when the guest began to run. QEMU's answer may be read after the first
// words of a guest that is quick.
func (t *timeline) began(total time.Duration) time.Duration {
	release := min(t.release, total)
	if t.ran > 0 {
		release = min(t.ran, total)
	}
	for _, m := range t.marks {
		release = min(release, m.at)
	}
	return release
}

// cut takes every marker that has a time of its own for what it is.
func (t *timeline) cut(end moment, marker string) []Phase {
	release, total := t.began(end.at), end.at
	out := []Phase{{Name: "vmm", Duration: release, Marker: "QMP cont"}}
	stages := bootStages
	switch t.origin {
	case Prestarted:
		out[0].Marker += ", of a QEMU that was started beforehand"
	case Resumed:
		out[0].Marker += ", of a kernel that had booted"
		stages = resumeStages
	}
	from, rest := release, stages
	for i := 0; i < len(rest); i++ {
		m, ok := t.marks[rest[i].ends]
		if !ok {
			continue
		}
		// A marker on another stream may be read a moment early or late; time
		// does not run backwards in a ledger.
		at := min(max(m.at, from), total)
		if at == from {
			continue // read together with the one before: nobody can say how long that took
		}
		names := make([]string, 0, len(rest))
		for _, s := range rest[:i+1] {
			names = append(names, s.name)
		}
		out = append(out, Phase{Name: strings.Join(names, "+"), Duration: at - from, Marker: m.source, Late: m.late})
		from, rest, i = at, rest[i+1:], -1
	}
	last := "shutdown"
	_, exited := t.marks[MarkExit]
	switch {
	case exited:
		for i := len(rest) - 1; i >= 0; i-- {
			last = rest[i].name + "+" + last // its markers were read at once
		}
	case len(rest) == len(stages):
		names := make([]string, 0, len(stages)) // it never said that it got to its app
		for _, s := range stages[:len(stages)-1] {
			names = append(names, s.name)
		}
		last = strings.Join(names, "+")
	case len(rest) > 0:
		last = rest[0].name
	}
	return append(out, Phase{Name: last, Duration: total - from, Marker: marker, Late: end.late})
}
