package console

import (
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Bounds of a terminal's size: what is asked for is brought within them.
const (
	MaxCols = 2000
	MaxRows = 1000
)

// The scrollback's default bounds.
const (
	DefaultScrollbackLines = 100_000
	DefaultScrollbackBytes = 8 << 20
)

// Options of a Terminal. The zero value is a terminal of 80x24.
type Options struct {
	Cols, Rows      int // 0: 80x24
	ScrollbackLines int // 0: DefaultScrollbackLines; negative: no scrollback
	ScrollbackBytes int // 0: DefaultScrollbackBytes; negative: no scrollback

	// Reply gets the answers to the guest's queries, to be sent to it as if
	// typed. It is called by Write after the terminal is unlocked, so it may
	// use the terminal, but it should not block: Write waits for it. May be
	// nil.
	Reply func([]byte)
}

// Terminal is an emulated terminal. All methods are safe for concurrent use.
type Terminal struct {
	reply func([]byte)
	now   func() time.Time

	mu         sync.Mutex
	cols, rows int
	screen     *screen // the one that is shown: main or alt
	main, alt  *screen
	history    *scrollback

	x, y        int
	pendingWrap bool // the last column was written; the next character wraps first
	top, bottom int  // scroll region, bottom exclusive
	tabs        []bool
	modes       modes
	cursorShape CursorShape
	charsets    charsets
	title       string

	pen      Style
	penID    uint16 // number of pen; valid unless penStale
	blankID  cell   // what erased cells become: blank on the pen's background
	penStale bool

	lastPrinted rune // for REP
	pristine    bool // nothing was printed since a reset (see doc.go on firmware)

	parser   *ansi.Parser
	partial  []byte // start of a UTF-8 sequence cut off by the end of a write
	str      controlString
	replies  []byte
	styles   *styleTable
	clusters *clusterTable
	widths   widthCache

	generation uint64
	lineID     uint64
	last       *Snapshot
	seen       bool      // a snapshot was taken since syncSince was set
	syncSince  time.Time // when the frame being drawn began
}

// New makes a terminal, blank and with the cursor at the top left.
func New(o Options) *Terminal {
	if o.Cols == 0 && o.Rows == 0 {
		o.Cols, o.Rows = 80, 24
	}
	if o.ScrollbackLines == 0 {
		o.ScrollbackLines = DefaultScrollbackLines
	}
	if o.ScrollbackBytes == 0 {
		o.ScrollbackBytes = DefaultScrollbackBytes
	}
	t := &Terminal{
		reply: o.Reply, now: time.Now,
		cols: clamp(o.Cols, 1, MaxCols), rows: clamp(o.Rows, 1, MaxRows),
		history:  newScrollback(o.ScrollbackLines, o.ScrollbackBytes),
		styles:   newStyleTable(),
		clusters: newClusterTable(),
		partial:  make([]byte, 0, 4),
		seen:     true,
	}
	t.main = newScreen(t.cols, t.rows, t.history)
	t.alt = newScreen(t.cols, t.rows, nil)
	t.parser = ansi.NewParser()
	// Strings are collected by feed, so the parser needs no room for them.
	t.parser.SetDataSize(1)
	t.parser.SetHandler(ansi.Handler{
		Execute:   t.execute,
		HandleCsi: t.csi,
		HandleEsc: t.esc,
	})
	t.reset()
	t.pristine = false
	return t
}

// maxLocked bounds the bytes taken in before others get their turn: some
// sequences clear the whole screen in four bytes.
const maxLocked = 4 << 10

// Write shows what a guest printed. It never fails and waits for nobody but
// Options.Reply. A character or sequence may be cut anywhere between writes, so
// two writers at once would cut each other's.
func (t *Terminal) Write(p []byte) (int, error) {
	var replies []byte
	for rest := p; len(rest) > 0; {
		n := min(len(rest), maxLocked)
		replies = t.write(rest[:n], replies)
		rest = rest[n:]
	}
	if len(replies) > 0 && t.reply != nil {
		t.reply(replies)
	}
	return len(p), nil
}

func (t *Terminal) write(p, replies []byte) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replies = replies
	t.feed(p)
	t.generation++
	replies, t.replies = t.replies, nil
	return replies
}

// Generation grows with every change. It is what a Snapshot's Generation is
// compared with to learn whether there is anything new.
func (t *Terminal) Generation() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.generation
}

// Size is the number of columns and rows.
func (t *Terminal) Size() (cols, rows int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cols, t.rows
}

// Reset is a new start for another guest: a sequence cut off by the end of the
// one before is forgotten, and everything is as New makes it, except that the
// screen's text moves into the scrollback and the scrollback stays.
func (t *Terminal) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.parser.Reset()
	t.partial = t.partial[:0]
	t.reset()
	t.pristine = false
	t.generation++
}

// reset is RIS: everything as New makes it, except that the scrollback stays.
func (t *Terminal) reset() {
	t.main.keep(t.tables())
	t.screen = t.main
	t.pen = Style{}
	t.penStale = true
	t.eachRow(func(r *row) { r.clear(0) })
	t.x, t.y, t.pendingWrap = 0, 0, false
	t.top, t.bottom = 0, t.rows
	t.tabs = defaultTabs(nil, t.cols)
	t.modes = defaultModes()
	t.cursorShape = CursorBlock
	t.charsets = charsets{}
	t.title = ""
	t.main.saved, t.alt.saved = savedCursor{}, savedCursor{}
	t.lastPrinted = 0
	t.pristine = true
}

// eachRow calls f for the rows of both screens.
func (t *Terminal) eachRow(f func(*row)) {
	for _, s := range []*screen{t.main, t.alt} {
		for _, r := range s.rows {
			f(r)
		}
	}
}

func (t *Terminal) tables() tables {
	return tables{styles: t.styles.list, clusters: t.clusters.list}
}

func clamp(v, low, high int) int { return max(low, min(v, high)) }
