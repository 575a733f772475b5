package main_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// background is a command that runs while the test goes on.
type background struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string // of standard output; closed at its end
	words lockedBuffer
	seen  []string
}

// lockedBuffer is read while a command still writes to it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (w *workspace) start(args ...string) *background {
	w.t.Helper()
	p := &background{t: w.t, cmd: w.command(args...), lines: make(chan string, 1000)}
	p.cmd.Stderr = &p.words
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.lines <- lines.Text()
		}
		_, _ = io.Copy(io.Discard, out) // a line too long to scan
	}()
	w.t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // it has ended, unless the test has failed
	return p
}

// await waits for a line that has all of the texts.
func (p *background) await(texts ...string) string {
	p.t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				p.t.Fatalf("it ended before it said %q:\n%s\n%s", texts, strings.Join(p.seen, "\n"), p.words.String())
			}
			p.seen = append(p.seen, line)
			if containsAll(line, texts) {
				return line
			}
		case <-deadline:
			p.t.Fatalf("it never says %q but:\n%s\n%s", texts, strings.Join(p.seen, "\n"), p.words.String())
		}
	}
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// awaitWords waits until standard error has a text.
func (p *background) awaitWords(text string) {
	p.t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(p.words.String(), text) {
		select {
		case <-tick.C:
		case <-deadline:
			p.t.Fatalf("it never says %q but:\n%s", text, p.words.String())
		}
	}
}

// signal sends a signal and returns the status that the command ends with.
func (p *background) signal(s syscall.Signal) int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	return p.end()
}

func (p *background) end() int {
	for line := range p.lines {
		p.seen = append(p.seen, line)
	}
	_ = p.cmd.Wait() // the status is what counts
	return p.cmd.ProcessState.ExitCode()
}

const counted = `#include <stdio.h>
int main(void) { printf("Unit ns/op better=lower\nBenchmarkWork 1 %d ns/op\n", ANSWER); return 0; }
`

func TestWatchFollowsEverySave(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.app("mine", strings.ReplaceAll(counted, "ANSWER", "100"), "")
	source := filepath.Join(w.project, "apps", "mine", "mine.c")
	p := w.start("watch", "-k", "keel", "-a", "mine", "-n", "6")
	p.await("keel/mine: exit 0", "from spawn to exit")

	// As vim and emacs save: another file takes the name.
	replaced := filepath.Join(filepath.Dir(source), ".mine.c.new")
	if err := os.WriteFile(replaced, []byte(strings.ReplaceAll(counted, "ANSWER", "200")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(replaced, source); err != nil {
		t.Fatal(err)
	}
	p.await("save 1: mine.c")
	p.await("keel/mine: exit 0")
	p.await("keel/mine (last save)") // the verdict in words

	// A save that does not compile is told, and the watch goes on.
	if err := os.WriteFile(source, []byte("int main(void) { return nothing; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.awaitWords("mine.c:1: 'nothing' undeclared")

	// As nano and VS Code save: the file is written in place.
	if err := os.WriteFile(source, []byte(strings.ReplaceAll(counted, "ANSWER", "300")), 0o600); err != nil {
		t.Fatal(err)
	}
	p.await("save 3: mine.c")
	p.await("keel/mine: exit 0")
	p.await("keel/mine (last save)")

	if status := p.signal(syscall.SIGINT); status != 130 {
		t.Errorf("ended with %d, want 130:\n%s", status, p.words.String())
	}
	w.nothingRuns()
	var list struct {
		Runs []struct {
			Kind, Outcome string
		} `json:"runs"`
	}
	decodeLoosely(t, w.run("runs", "-n", "0", "--json").out, &list)
	kinds := map[string]int{}
	for _, r := range list.Runs {
		kinds[r.Kind+" "+r.Outcome]++
	}
	if kinds["interactive exit"] != 3 || kinds["timed exit"] < 2*14 {
		t.Errorf("three boots that were watched and their timed rounds left %v", kinds)
	}
}

func TestWatchTakesOneApp(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.expect(2, []string{"one app"}, "watch", "-k", "keel", "-a", "hello,nbody")
	w.expect(2, []string{"at least 1"}, "watch", "-k", "keel", "-a", "hello", "-n", "0")
	if _, err := os.Stat(filepath.Join(w.project, "apps")); err == nil {
		t.Error("a wrong command line copied an app into the project")
	}
}
