package process_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"slipway/runner/process"
)

func stamped(t *testing.T) (*process.StampedReader, *os.File) {
	t.Helper()
	r, w, err := process.NewStampedReader()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.Close()
		_ = r.Close()
	})
	return r, w
}

// What was written has the time of its writing, however late it is read.
func TestAWriteIsStampedWhenItIsMade(t *testing.T) {
	t.Parallel()
	r, w := stamped(t)
	const slack = time.Millisecond // of two clocks
	var before, after [2]time.Time
	for i, text := range []string{"one", "two"} {
		before[i] = time.Now()
		if _, err := w.WriteString(text); err != nil {
			t.Fatal(err)
		}
		after[i] = time.Now()
		<-time.After(5 * slack)
	}
	buf := make([]byte, 64)
	for i, want := range []string{"one", "two"} {
		n, at, known, err := r.Read(buf)
		if err != nil || string(buf[:n]) != want {
			t.Fatalf("%q, %v", buf[:n], err)
		}
		if !known || at.Before(before[i].Add(-slack)) || at.After(after[i].Add(slack)) {
			t.Errorf("%q was written within %v of its begin, and is said to be written at %v (stamped: %v)", want, after[i].Sub(before[i]), at.Sub(before[i]), known)
		}
	}
}

func TestStampedWritesAreReadToTheirEndAndNoFurther(t *testing.T) {
	t.Parallel()
	r, w := stamped(t)
	const bytesOneByOne = 2000 // more than the sockets hold
	go func() {
		for i := range bytesOneByOne {
			_, _ = w.Write([]byte{byte('a' + i%26)})
		}
		_ = w.Close()
	}()
	var got []byte
	buf := make([]byte, 64)
	for {
		n, _, _, err := r.Read(buf)
		got = append(got, buf[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != bytesOneByOne || got[27] != 'b' {
		t.Errorf("%d bytes", len(got))
	}
}

func TestStampedWritesThatSomebodyCouldGoOnWithEndWithClose(t *testing.T) {
	t.Parallel()
	r, w := stamped(t)
	waiting := make(chan error)
	go func() { // the one is blocked in Read
		buf := make([]byte, 64)
		for {
			if _, _, _, err := r.Read(buf); err != nil {
				waiting <- err
				return
			}
		}
	}()
	if _, err := w.WriteString("last words"); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if _, err := w.WriteString("x"); err == nil {
		t.Error("somebody could write to a reader that has gone")
	}
}

// A child has the other end as its descriptor, and its death ends the reading.
func TestTheDeathOfTheWriterEndsStampedWrites(t *testing.T) {
	t.Parallel()
	r, w := stamped(t)
	cmd := exec.Command("sh", "-c", "echo hello >&3")
	cmd.ExtraFiles = []*os.File{w}
	if err := spawner(t).Start(cmd); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	defer func() { _ = cmd.Wait() }()
	buf := make([]byte, 64)
	n, _, known, err := r.Read(buf)
	if err != nil || string(buf[:n]) != "hello\n" || !known {
		t.Errorf("%q, %v", buf[:n], err)
	}
	if _, _, _, err := r.Read(buf); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
