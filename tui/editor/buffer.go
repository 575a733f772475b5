// Package editor is a small text editor: a buffer with undo and a view that
// draws it. It is good enough for a ten-line change; for more there is
// $EDITOR. It knows nothing about files: whoever opens and saves them does.
package editor

import (
	"strings"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Pos is a place in the text: a line and a byte in it, both from 0. The byte is
// always where a grapheme begins or the line ends.
type Pos struct{ Line, Byte int }

func (p Pos) before(q Pos) bool { return p.Line < q.Line || p.Line == q.Line && p.Byte < q.Byte }

// maxUndo bounds the memory of changes.
const maxUndo = 1000

// buffer is the text and how it came about.
type buffer struct {
	lines   []string // never empty
	undo    []change
	redo    []change
	version int // grows with each change, falls with each undo: equal versions are equal texts
	next    int // the version that the next new change makes
	joining bool
}

// change replaces old by new at a place.
type change struct {
	at       Pos
	old, new string
	before   Pos // cursor before and after
	after    Pos
	from, to int // versions
}

func newBuffer(text string) *buffer {
	return &buffer{lines: strings.Split(text, "\n"), next: 1}
}

func (b *buffer) text() string { return strings.Join(b.lines, "\n") }

// end is where text that begins at p ends.
func end(p Pos, text string) Pos {
	n := strings.Count(text, "\n")
	if n == 0 {
		return Pos{p.Line, p.Byte + len(text)}
	}
	return Pos{p.Line + n, len(text) - strings.LastIndexByte(text, '\n') - 1}
}

// slice is the text from p up to q.
func (b *buffer) slice(p, q Pos) string {
	if p.Line == q.Line {
		return b.lines[p.Line][p.Byte:q.Byte]
	}
	parts := []string{b.lines[p.Line][p.Byte:]}
	parts = append(parts, b.lines[p.Line+1:q.Line]...)
	return strings.Join(append(parts, b.lines[q.Line][:q.Byte]), "\n")
}

// splice replaces what lies from p to q without remembering it.
func (b *buffer) splice(p, q Pos, text string) {
	fresh := strings.Split(b.lines[p.Line][:p.Byte]+text+b.lines[q.Line][q.Byte:], "\n")
	if len(fresh) == q.Line-p.Line+1 {
		copy(b.lines[p.Line:], fresh)
		return
	}
	rest := b.lines[q.Line+1:]
	lines := make([]string, 0, p.Line+len(fresh)+len(rest))
	lines = append(append(append(lines, b.lines[:p.Line]...), fresh...), rest...)
	b.lines = lines
}

// replace changes the text from p to q and returns where the new text ends.
// Letters typed one after another become one change.
func (b *buffer) replace(p, q Pos, text string, cursor Pos) Pos {
	if q.before(p) {
		p, q = q, p
	}
	old := b.slice(p, q)
	after := end(p, text)
	if old == "" && text == "" {
		return after
	}
	b.splice(p, q, text)
	c := change{at: p, old: old, new: text, before: cursor, after: after, from: b.version, to: b.next}
	b.version, b.next = b.next, b.next+1
	b.redo = nil
	if n := len(b.undo); n > 0 && b.joining && old == "" && !strings.Contains(text, "\n") {
		if last := &b.undo[n-1]; last.old == "" && end(last.at, last.new) == p && !strings.HasSuffix(last.new, "\n") {
			last.new, last.after, last.to = last.new+text, after, c.to
			return after
		}
	}
	b.undo = append(b.undo, c)
	if len(b.undo) > maxUndo {
		b.undo = append([]change(nil), b.undo[len(b.undo)-maxUndo:]...)
	}
	b.joining = true
	return after
}

// undone takes the last change back and returns where the cursor was.
func (b *buffer) undone() (Pos, bool) {
	n := len(b.undo)
	if n == 0 {
		return Pos{}, false
	}
	c := b.undo[n-1]
	b.undo, b.redo = b.undo[:n-1], append(b.redo, c)
	b.splice(c.at, end(c.at, c.new), c.old)
	b.version, b.joining = c.from, false
	return c.before, true
}

// redone makes the last change again that was taken back.
func (b *buffer) redone() (Pos, bool) {
	n := len(b.redo)
	if n == 0 {
		return Pos{}, false
	}
	c := b.redo[n-1]
	b.redo, b.undo = b.redo[:n-1], append(b.undo, c)
	b.splice(c.at, end(c.at, c.old), c.new)
	b.version, b.joining = c.to, false
	return c.after, true
}

// right is where the grapheme at p ends, or the next line begins.
func (b *buffer) right(p Pos) Pos {
	line := b.lines[p.Line]
	if p.Byte >= len(line) {
		if p.Line+1 < len(b.lines) {
			return Pos{p.Line + 1, 0}
		}
		return p
	}
	g := graphemes.FromString(line[p.Byte:])
	g.Next()
	return Pos{p.Line, p.Byte + len(g.Value())}
}

// left is where the grapheme before p begins, or the line before ends.
func (b *buffer) left(p Pos) Pos {
	if p.Byte == 0 {
		if p.Line == 0 {
			return p
		}
		return Pos{p.Line - 1, len(b.lines[p.Line-1])}
	}
	at := 0
	g := graphemes.FromString(b.lines[p.Line][:p.Byte])
	for g.Next() {
		at = p.Byte - len(g.Value())
	}
	return Pos{p.Line, at}
}

// clamp moves a place from elsewhere, such as a compiler message, into the text.
func (b *buffer) clamp(p Pos) Pos {
	p.Line = min(max(p.Line, 0), len(b.lines)-1)
	line := b.lines[p.Line]
	want := min(max(p.Byte, 0), len(line))
	at := 0
	for g := graphemes.FromString(line); at < want && g.Next(); {
		at += len(g.Value())
	}
	return Pos{p.Line, at}
}

// find returns where a text is found next after p, or before it, going round
// the end. Letters match both cases unless the query has a capital.
func (b *buffer) find(query string, p Pos, back bool) (Pos, bool) {
	if query == "" {
		return p, false
	}
	fold := strings.ToLower(query) == query
	for step := range len(b.lines) + 1 {
		n := (p.Line + step) % len(b.lines)
		if back {
			n = ((p.Line-step)%len(b.lines) + len(b.lines)) % len(b.lines)
		}
		line := b.lines[n]
		if fold && len(strings.ToLower(line)) == len(line) {
			line = strings.ToLower(line)
		}
		from, to := 0, len(line)
		switch {
		case step == 0 && back:
			to = min(p.Byte+len(query)-1, len(line))
		case step == 0:
			from = min(p.Byte+1, len(line))
		}
		at := strings.Index(line[from:max(to, from)], query)
		if back {
			at = strings.LastIndex(line[from:max(to, from)], query)
		}
		if at >= 0 {
			return b.clamp(Pos{n, from + at}), true
		}
	}
	return p, false
}
