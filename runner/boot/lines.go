package boot

import (
	"bytes"
	"time"
)

// lineLimit bounds a line that is kept; the rest of a longer one is dropped.
const lineLimit = 4096

// lineSplitter cuts a stream into lines. Lines straddle reads; the time of a line
// is that of the read that brought its first byte.
type lineSplitter struct {
	partial []byte
	began   moment                          // of partial
	emit    func(line []byte, began moment) // must not keep line
}

// moment is when something came, from the spawn on.
type moment struct {
	at   time.Duration
	late time.Duration // by how much at may be too late: what its reader had to wait for a CPU
}

func (s *lineSplitter) write(p []byte, at moment) {
	for len(p) > 0 {
		line, rest, whole := bytes.Cut(p, []byte{'\n'})
		if len(s.partial) == 0 {
			s.began = at
		}
		if !whole {
			s.keep(p)
			return
		}
		if len(s.partial) == 0 {
			s.emit(line[:min(len(line), lineLimit)], at)
		} else {
			s.keep(line)
			s.emit(s.partial, s.began)
			s.partial = s.partial[:0]
		}
		p = rest
	}
}

func (s *lineSplitter) keep(p []byte) {
	s.partial = append(s.partial, p[:min(len(p), lineLimit-len(s.partial))]...)
}

// flush emits a last line that had no end.
func (s *lineSplitter) flush() {
	if len(s.partial) > 0 {
		s.emit(s.partial, s.began)
		s.partial = s.partial[:0]
	}
}

// lastLines keeps the ends of a console.
type lastLines struct{ kept []string }

// shownLines is how many lines are kept.
const shownLines = 10

func (l *lastLines) add(text string) {
	if text == "" {
		return
	}
	if len(l.kept) == shownLines {
		copy(l.kept, l.kept[1:])
		l.kept = l.kept[:shownLines-1]
	}
	l.kept = append(l.kept, text)
}
