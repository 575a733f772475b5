package editor

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"slipway/tui/keys"
)

// Editor is a text being edited and the piece of it that is seen. It is for one
// goroutine.
type Editor struct {
	buf    *buffer
	cursor Pos
	goal   int // column that up and down aim for, -1 for the cursor's own
	saved  int // version that is on disk
	top    int // first line seen
	left   int // first column seen
	w, h   int
	query  string
	marks  map[int]Mark
}

// Mark is a compiler message at a line.
type Mark struct {
	Severity string // "error", "warning" or "note"
	Message  string
}

// New returns an editor of a text that is on disk as it is.
func New(text string) *Editor { return &Editor{buf: newBuffer(text), goal: -1, w: 1, h: 1} }

// Text returns the text as it is now.
func (e *Editor) Text() string { return e.buf.text() }

// Dirty reports whether the text differs from what was last saved.
func (e *Editor) Dirty() bool { return e.buf.version != e.saved }

// Version names the text as it is now, for MarkSaved.
func (e *Editor) Version() int { return e.buf.version }

// MarkSaved says that the text of that version is on disk.
func (e *Editor) MarkSaved(version int) { e.saved = version; e.buf.joining = false }

// Replace puts another text in place, as one change that can be undone, and
// takes it as what is on disk.
func (e *Editor) Replace(text string) {
	last := Pos{len(e.buf.lines) - 1, len(e.buf.lines[len(e.buf.lines)-1])}
	before := e.cursor
	e.buf.joining = false
	e.buf.replace(Pos{}, last, text, before)
	e.cursor = e.buf.clamp(before)
	e.MarkSaved(e.buf.version)
	e.follow()
}

// SetMarks shows compiler messages at lines, which count from 1.
func (e *Editor) SetMarks(marks map[int]Mark) { e.marks = marks }

// MarkHere returns the message at the cursor's line.
func (e *Editor) MarkHere() (Mark, bool) {
	m, ok := e.marks[e.cursor.Line+1]
	return m, ok
}

// Lines is how many lines the text has.
func (e *Editor) Lines() int { return len(e.buf.lines) }

// Cursor returns the cursor's line and column as people count, from 1.
func (e *Editor) Cursor() (line, column int) {
	return e.cursor.Line + 1, e.column(e.cursor) + 1
}

// Goto moves the cursor to a line and a byte column, both from 1, or as near as
// the text allows.
func (e *Editor) Goto(line, column int) {
	e.move(e.buf.clamp(Pos{line - 1, column - 1}))
	if e.cursor.Line < e.top+e.h/4 || e.cursor.Line >= e.top+e.h-e.h/4 {
		e.top = max(e.cursor.Line-e.h/2, 0)
	}
	e.follow()
}

// Find goes to the next place of a text, or the one before. An empty query is
// the last one again. It reports whether there is one.
func (e *Editor) Find(query string, back bool) bool {
	if query != "" {
		e.query = query
	}
	at, ok := e.buf.find(e.query, e.cursor, back)
	if ok {
		e.Goto(at.Line+1, at.Byte+1)
	}
	return ok
}

// Seek goes to the first place of a text at or behind a place, going round the
// end; it stays at that place where there is none. It reports whether there is one.
func (e *Editor) Seek(query string, from Pos) bool {
	e.query = query
	at, ok := e.buf.find(query, Pos{from.Line, from.Byte - 1}, false)
	if !ok {
		at = from
	}
	e.Goto(at.Line+1, at.Byte+1)
	return ok
}

// Place is where the cursor is.
func (e *Editor) Place() Pos { return e.cursor }

// Query is what was looked for last.
func (e *Editor) Query() string { return e.query }

// Insert types a text at the cursor. Control characters other than tabs and
// line ends are left out.
func (e *Editor) Insert(text string) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	e.put(e.cursor, e.cursor, text)
}

func (e *Editor) put(from, to Pos, text string) {
	// A combining character joins what is before it: the cursor stays between graphemes.
	e.cursor, e.goal = e.buf.clamp(e.buf.replace(from, to, text, e.cursor)), -1
	e.follow()
}

func (e *Editor) move(to Pos) {
	e.cursor, e.goal, e.buf.joining = to, -1, false
	e.follow()
}

// Do carries out an action of the table's scope "editor", and reports whether
// it is one of the text's. Saving, finding and leaving are the screen's.
func (e *Editor) Do(action keys.Action) bool {
	b, line := e.buf, e.buf.lines[e.cursor.Line]
	switch action {
	case "left":
		e.move(b.left(e.cursor))
	case "right":
		e.move(b.right(e.cursor))
	case "up":
		e.vertical(-1)
	case "down":
		e.vertical(1)
	case "page-up":
		e.vertical(-max(e.h-1, 1))
	case "page-down":
		e.vertical(max(e.h-1, 1))
	case "word-left":
		e.move(e.wordLeft())
	case "word-right":
		e.move(e.wordRight())
	case "line-start":
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		if e.cursor.Byte == indent {
			indent = 0
		}
		e.move(Pos{e.cursor.Line, indent})
	case "line-end":
		e.move(Pos{e.cursor.Line, len(line)})
	case "first":
		e.move(Pos{})
	case "last":
		e.move(Pos{len(b.lines) - 1, len(b.lines[len(b.lines)-1])})
	case "newline":
		before := line[:e.cursor.Byte]
		e.put(e.cursor, e.cursor, "\n"+before[:len(before)-len(strings.TrimLeft(before, " \t"))])
		b.joining = false
	case "indent":
		e.put(e.cursor, e.cursor, "\t")
	case "outdent":
		e.outdent(line)
	case "delete-left":
		e.put(b.left(e.cursor), e.cursor, "")
	case "delete-right":
		e.put(e.cursor, b.right(e.cursor), "")
	case "delete-word":
		e.put(e.wordLeft(), e.cursor, "")
	case "delete-to-end":
		to := Pos{e.cursor.Line, len(line)}
		if to == e.cursor {
			to = b.right(e.cursor)
		}
		e.put(e.cursor, to, "")
	case "undo", "redo":
		step := b.undone
		if action == "redo" {
			step = b.redone
		}
		if at, ok := step(); ok {
			e.cursor, e.goal = e.buf.clamp(at), -1
			e.follow()
		}
	default:
		return false
	}
	return true
}

func (e *Editor) outdent(line string) {
	cut := min(len(line)-len(strings.TrimLeft(line, " ")), tabWidth)
	if strings.HasPrefix(line, "\t") {
		cut = 1
	}
	at := e.cursor
	e.put(Pos{at.Line, 0}, Pos{at.Line, cut}, "")
	e.cursor = e.buf.clamp(Pos{at.Line, at.Byte - cut})
}

func (e *Editor) vertical(n int) {
	goal := e.goal
	if goal < 0 {
		goal = e.column(e.cursor)
	}
	line := min(max(e.cursor.Line+n, 0), len(e.buf.lines)-1)
	e.move(Pos{line, e.byteAt(line, goal)})
	e.goal = goal
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func (e *Editor) wordLeft() Pos {
	if e.cursor.Byte == 0 {
		return e.buf.left(e.cursor)
	}
	before := e.buf.lines[e.cursor.Line][:e.cursor.Byte]
	before = strings.TrimRightFunc(before, func(r rune) bool { return !isWord(r) })
	before = strings.TrimRightFunc(before, isWord)
	return e.buf.clamp(Pos{e.cursor.Line, len(before)})
}

func (e *Editor) wordRight() Pos {
	after := e.buf.lines[e.cursor.Line][e.cursor.Byte:]
	if after == "" {
		return e.buf.right(e.cursor)
	}
	rest := strings.TrimLeftFunc(after, isWord)
	if len(rest) == len(after) {
		rest = strings.TrimLeftFunc(after, func(r rune) bool { return !isWord(r) })
	} else {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
	}
	return e.buf.clamp(Pos{e.cursor.Line, e.cursor.Byte + len(after) - len(rest)})
}

// first returns the first rune, for what decides by it.
func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
