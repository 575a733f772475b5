package main

import (
	"bytes"
	"io"

	"slipway/runner/console"
)

// maxPlainLine bounds a line of a guest that prints none of its newlines.
const maxPlainLine = 64 << 10

// plainLines prints a guest's console as lines of plain text.
type plainLines struct {
	w    io.Writer
	line []byte
	err  error // of the first failed write; later output is dropped
}

func newPlainLines(w io.Writer) *plainLines { return &plainLines{w: w} }

func (p *plainLines) write(chunk []byte) {
	for len(chunk) > 0 {
		i := bytes.IndexByte(chunk, '\n')
		if i < 0 {
			p.line = append(p.line, chunk...)
			if len(p.line) > maxPlainLine {
				p.end()
			}
			return
		}
		p.line = append(p.line, chunk[:i]...)
		p.flush()
		chunk = chunk[i+1:]
	}
}

// end prints what has come of a last line without a newline.
func (p *plainLines) end() {
	if len(p.line) > 0 {
		p.flush()
	}
}

func (p *plainLines) flush() {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, console.Clean(p.line)+"\n")
	}
	p.line = p.line[:0]
}
