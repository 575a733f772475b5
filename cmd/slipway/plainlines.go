package main

import (
	"bytes"
	"errors"
	"io"

	"slipway/runner/boot"
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

// forwardInput feeds standard input to a guest until either ends. The
// goroutine may outlive the boot in a read that nothing can interrupt: it ends
// with the process.
func forwardInput(b *boot.Boot, r io.Reader) {
	go func() {
		buffer := make([]byte, 4<<10)
		for {
			n, err := r.Read(buffer)
			for rest := buffer[:n]; len(rest) > 0; {
				written, werr := b.Write(rest)
				rest = rest[written:]
				if werr != nil && !errors.Is(werr, boot.ErrFull) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
}
