package boot

import (
	"io"
	"runtime"
	"time"

	"slipway/runner/console"
	"slipway/runner/process"
)

// readSize is a read's buffer.
const readSize = 64 << 10

// readConsole is the only reader of the console: log, callback, scanner, in this
// order, so that what a marker announces is in the log already.
func (b *Boot) readConsole(log *boundedLog, last *lastLines) {
	var waited *process.Waited // a person's terminal is no measurement
	if b.console.Transport() == process.Pipe {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		waited = process.NewWaited()
		defer waited.Close()
	}
	lines := lineSplitter{emit: func(line []byte, began moment) {
		text := console.Clean(line)
		last.add(text)
		for _, m := range b.spec.Rules.console(text) {
			b.mark(m, began)
		}
	}}
	buf := make([]byte, readSize)
	for {
		n, err := b.console.Read(buf)
		if n > 0 {
			seen := moment{at: time.Since(b.start)}
			if waited != nil {
				seen.late, _ = waited.Since()
			}
			p := buf[:n]
			b.mu.Lock()
			b.seen.consoleN += int64(n)
			b.seen.lastByte = seen.at
			b.mu.Unlock()
			log.write(p)
			if b.opt.Console != nil {
				b.opt.Console(seen.at, p)
			}
			lines.write(p, seen)
		}
		if err != nil {
			lines.flush()
			return
		}
	}
}

// readMarkers reads the channel that carries nothing but markers. Each has the time at
// which the guest's process wrote its first byte; where the host does not note that, it
// is late by what this thread has waited for a CPU.
func (b *Boot) readMarkers(r *process.StampedReader) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	waited := process.NewWaited()
	defer waited.Close()
	lines := lineSplitter{emit: func(line []byte, began moment) {
		if m, ok := parseMarker(console.Clean(line)); ok {
			m.source = "debugcon " + prefix + m.name
			b.mark(m, began)
		}
	}}
	buf := make([]byte, 4096)
	for {
		n, at, stamped, err := r.Read(buf)
		seen := moment{at: at.Sub(b.start)}
		if !stamped {
			seen.late, _ = waited.Since()
		}
		lines.write(buf[:n], seen)
		if err != nil {
			lines.flush()
			return
		}
	}
}

// boundedLog writes at most limit bytes and gives up at the first failure: a
// full disk costs the log, not the guest.
type boundedLog struct {
	w       io.Writer
	limit   int64
	written int64
	dropped int64
	err     error
}

func newLog(o Options) *boundedLog {
	l := &boundedLog{w: o.Log, limit: o.LogLimit}
	if l.limit <= 0 {
		l.limit = DefaultLogLimit
	}
	return l
}

func (l *boundedLog) write(p []byte) {
	if l.w == nil {
		return
	}
	room := min(int64(len(p)), l.limit-l.written)
	if l.err != nil || room <= 0 {
		l.dropped += int64(len(p))
		return
	}
	n, err := l.w.Write(p[:room])
	l.written += int64(n)
	l.dropped += int64(len(p) - n)
	l.err = err
}

// tailLimit bounds what is kept of a process's stderr.
const tailLimit = 16 << 10

// readTail reads to the end and keeps the last bytes.
func readTail(r io.Reader) string {
	var kept []byte
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		kept = append(kept, buf[:n]...)
		if over := len(kept) - tailLimit; over > 0 {
			kept = append(kept[:0], kept[over:]...)
		}
		if err != nil {
			return console.Clean(kept)
		}
	}
}
