package boot

import (
	"io"
	"sync"
)

// inputLimit bounds what waits for a guest that does not read, in bytes.
const inputLimit = 64 << 10

// input is the queue in front of a guest's console. Writing to the console may
// block for as long as the guest likes, so a goroutine of its own does it.
type input struct {
	mu     sync.Mutex
	queue  []byte
	busy   int // bytes that the writer has taken and not finished
	closed bool
	more   chan struct{} // capacity 1
	stop   chan struct{}
	done   chan struct{}
}

func newInput() *input {
	return &input{more: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
}

func (q *input) add(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return 0, ErrEnded
	}
	if len(q.queue)+q.busy+len(p) > inputLimit {
		return 0, ErrFull
	}
	q.queue = append(q.queue, p...)
	select {
	case q.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// run writes until close is called or the console is gone.
func (q *input) run(w io.Writer) {
	defer close(q.done)
	for {
		select {
		case <-q.more:
		case <-q.stop:
			return
		}
		for {
			p := q.take()
			if len(p) == 0 {
				break
			}
			if _, err := w.Write(p); err != nil {
				q.refuse() // the process is gone or has closed its input
				return
			}
		}
	}
}

// take hands the queue to the writer and counts what it took before as done.
func (q *input) take() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.queue
	q.queue, q.busy = nil, len(p)
	return p
}

func (q *input) refuse() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.queue = true, nil
}

// close ends the writer; the console must be closed first, so that a blocked
// write returns.
func (q *input) close() {
	q.refuse()
	close(q.stop)
	<-q.done
}
