package console

import (
	"encoding/binary"
	"sort"
	"unicode/utf8"
)

// scrollback keeps the lines that left the screen at the top as compact text in
// blocks of bytes: a plain line of 60 characters takes 66 bytes. The oldest
// lines go when either bound is passed.
type scrollback struct {
	maxLines, maxBytes int
	blockSize          int

	blocks  []*block
	skip    int    // records of blocks[0] that were dropped
	lines   int    // lines kept
	bytes   int    // size of all blocks
	dropped uint64 // lines ever dropped

	text []byte // scratch of push
	runs []byte
}

// block is a run of records. The record of a line is: flags, then for a styled
// line the length of its runs and the runs, then the text up to the end of the
// record. A run is a number of columns and the parts of a Style.
type block struct {
	data  []byte
	ends  []uint32 // end of each record in data
	first uint64   // number of the first record's line since the terminal began
}

const (
	recordWrapped = 1 << iota
	recordStyled
)

func (b *block) size() int { return cap(b.data) + 4*cap(b.ends) + 64 }

func (b *block) record(i int) []byte {
	start := uint32(0)
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.data[start:b.ends[i]]
}

func newScrollback(lines, bytes int) *scrollback {
	return &scrollback{
		maxLines: lines, maxBytes: bytes,
		blockSize: min(max(bytes/32, 512), 32<<10),
	}
}

// push appends a line.
func (s *scrollback) push(cells []cell, wrapped bool, tb tables) {
	if s.maxLines <= 0 || s.maxBytes <= 0 {
		s.dropped++
		return
	}
	var flags byte
	if wrapped {
		flags |= recordWrapped
	}
	plain := s.encodePlain(cells)
	if plain == len(cells) {
		s.add(flags, nil)
		return
	}
	if s.encodeRest(cells, plain, tb) {
		s.add(flags|recordStyled, s.runs)
		return
	}
	s.add(flags, nil)
}

// encodePlain puts the ASCII text of the default style that the line begins
// with into s.text, and says how many cells that is.
func (s *scrollback) encodePlain(cells []cell) int {
	if cap(s.text) < len(cells) {
		s.text = make([]byte, 0, 2*len(cells))
	}
	text := s.text[:len(cells)]
	for i, c := range cells {
		if c >= utf8.RuneSelf {
			s.text = text[:i]
			return i
		}
		if c == 0 {
			c = ' '
		}
		text[i] = byte(c)
	}
	s.text = text
	return len(cells)
}

// encodeRest appends the rest of the line to s.text, the whole line's runs to
// s.runs, and says whether there is any style among them.
func (s *scrollback) encodeRest(cells []cell, from int, tb tables) bool {
	s.runs = s.runs[:0]
	styled := false
	style, n := uint16(0), from
	for _, c := range cells[from:] {
		if c.style() != style {
			s.runs = appendRun(s.runs, n, tb.styles[style])
			style, n, styled = c.style(), 0, true
		}
		n++
		if c.kind() != kindTail {
			s.text = appendGlyph(s.text, c.glyph(), tb.clusters)
		}
	}
	s.runs = appendRun(s.runs, n, tb.styles[style])
	return styled
}

func appendRun(dst []byte, cells int, st Style) []byte {
	if cells == 0 {
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(cells)) // a column count
	dst = binary.AppendUvarint(dst, uint64(st.FG))
	dst = binary.AppendUvarint(dst, uint64(st.BG))
	dst = binary.AppendUvarint(dst, uint64(st.Underline))
	return binary.AppendUvarint(dst, uint64(st.Attrs)|uint64(st.Line)<<16)
}

func (s *scrollback) add(flags byte, runs []byte) {
	need := 1 + len(runs) + len(s.text)
	if runs != nil {
		need += binary.MaxVarintLen32
	}
	b := s.blockFor(need)
	before := b.size()
	b.data = append(b.data, flags)
	if runs != nil {
		b.data = binary.AppendUvarint(b.data, uint64(len(runs)))
		b.data = append(b.data, runs...)
	}
	b.data = append(b.data, s.text...)
	b.ends = append(b.ends, uint32(len(b.data))) // a block is far below 4 GiB
	s.bytes += b.size() - before
	s.lines++
	s.evict()
}

// blockFor is the newest block if it has room for need bytes, else a new one.
func (s *scrollback) blockFor(need int) *block {
	if n := len(s.blocks); n > 0 {
		if b := s.blocks[n-1]; cap(b.data)-len(b.data) >= need {
			return b
		}
	}
	b := &block{data: make([]byte, 0, max(s.blockSize, need)), first: s.dropped + uint64(s.lines)} // a count
	s.blocks = append(s.blocks, b)
	s.bytes += b.size()
	return b
}

// evict drops the oldest lines until both bounds hold. The block being written
// stays, so a single line larger than the bound is kept until the next one.
func (s *scrollback) evict() {
	for s.lines > s.maxLines {
		s.lines--
		s.dropped++
		s.skip++
		if s.skip == len(s.blocks[0].ends) && len(s.blocks) > 1 {
			s.dropBlock()
		}
	}
	for s.bytes > s.maxBytes && len(s.blocks) > 1 {
		n := len(s.blocks[0].ends) - s.skip
		s.lines -= n
		s.dropped += uint64(n) // a count
		s.dropBlock()
	}
}

func (s *scrollback) dropBlock() {
	s.bytes -= s.blocks[0].size()
	s.skip = 0
	copy(s.blocks, s.blocks[1:])
	s.blocks[len(s.blocks)-1] = nil
	s.blocks = s.blocks[:len(s.blocks)-1]
}

// clear forgets all lines.
func (s *scrollback) clear() {
	s.dropped += uint64(s.lines) // a count
	s.blocks, s.skip, s.lines, s.bytes = nil, 0, 0, 0
}

// record is the record of line i, 0 being the oldest kept.
func (s *scrollback) record(i int) []byte {
	n := s.dropped + uint64(i) // callers stay within s.lines
	k := sort.Search(len(s.blocks), func(k int) bool { return s.blocks[k].first > n }) - 1
	b := s.blocks[k]
	return b.record(int(n - b.first)) // within the block
}

// lastWrapped says whether the newest line goes on in the row below it.
func (s *scrollback) lastWrapped() bool {
	return s.lines > 0 && s.record(s.lines - 1)[0]&recordWrapped != 0
}

// pop takes the newest line back.
func (s *scrollback) pop() (rec []byte, ok bool) {
	if s.lines == 0 {
		return nil, false
	}
	b := s.blocks[len(s.blocks)-1]
	i := len(b.ends) - 1
	rec = append([]byte(nil), b.record(i)...)
	s.lines--
	b.ends = b.ends[:i]
	if i > 0 {
		b.data = b.data[:b.ends[i-1]]
	} else {
		b.data = b.data[:0]
	}
	if i == 0 && len(s.blocks) > 1 || s.lines == 0 {
		s.bytes -= b.size()
		s.blocks[len(s.blocks)-1] = nil
		s.blocks = s.blocks[:len(s.blocks)-1]
	}
	if s.lines == 0 {
		s.blocks, s.skip, s.bytes = nil, 0, 0
	}
	return rec, true
}
