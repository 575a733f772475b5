package boot

import (
	"bytes"
	"errors"
	"io"

	"slipway/runner/process"
)

// endOfFile is what a terminal's reader takes for the end of its input: ctrl+d at
// the beginning of a line. Within one it only hands over what was typed.
const endOfFile = "\x04"

// Feed writes all of r to the guest's console, as fast as the guest takes it, and
// ends its input: a process on a pipe reads the end of the file, anybody else is
// sent a terminal's ctrl+d. It returns when r or the boot has ended.
func (b *Boot) Feed(r io.Reader) {
	buffer := make([]byte, 4<<10)
	end := endOfFile
	for {
		n, err := r.Read(buffer)
		if p := buffer[:n]; len(p) > 0 {
			if !b.writeWaiting(p) {
				return
			}
			end = endOfFile
			if !bytes.HasSuffix(p, []byte("\n")) {
				end += endOfFile
			}
		}
		if err != nil {
			break
		}
	}
	if _, isPlain := b.spec.Controller.(plain); isPlain && b.console.Transport() == process.Pipe {
		b.input.finish()
		return
	}
	b.writeWaiting([]byte(end))
}

// writeWaiting waits while the guest's queue is full. It is false once the boot has
// ended.
func (b *Boot) writeWaiting(p []byte) bool {
	for {
		_, err := b.Write(p)
		if !errors.Is(err, ErrFull) {
			return err == nil
		}
		select {
		case <-b.input.room:
		case <-b.ended:
			return false
		}
	}
}
