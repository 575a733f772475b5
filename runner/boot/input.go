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
	last   bool
	closed bool
	more   chan struct{} // capacity 1
	room   chan struct{} // capacity 1: the writer has taken what waited
	stop   chan struct{}
	done   chan struct{}
}

func newInput() *input {
	return &input{
		more: make(chan struct{}, 1), room: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
}

func (q *input) add(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.last {
		return 0, ErrEnded
	}
	if len(q.queue)+q.busy+len(p) > inputLimit {
		return 0, ErrFull
	}
	q.queue = append(q.queue, p...)
	wake(q.more)
	return len(p), nil
}

// finish lets nothing follow what waits; run closes the console behind it.
func (q *input) finish() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.last = true
	wake(q.more)
}

// inputEnd is the console as the writer sees it.
type inputEnd interface {
	io.Writer
	CloseInput() error
}

// run writes until close is called or the console is gone. It begins when begin is
// closed.
func (q *input) run(w inputEnd, begin <-chan struct{}) {
	defer close(q.done)
	select {
	case <-begin:
	case <-q.stop:
		return
	}
	for {
		select {
		case <-q.more:
		case <-q.stop:
			return
		}
		for {
			p, last := q.take()
			if len(p) == 0 {
				if last {
					_ = w.CloseInput() // the process has ended where it fails
				}
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
func (q *input) take() (p []byte, last bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p = q.queue
	q.queue, q.busy = nil, len(p)
	wake(q.room)
	return p, q.last
}

func (q *input) refuse() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.queue = true, nil
	wake(q.room)
}

// close ends the writer; the console must be closed first, so that a blocked
// write returns.
func (q *input) close() {
	q.refuse()
	close(q.stop)
	<-q.done
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
