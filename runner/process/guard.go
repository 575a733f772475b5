package process

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
)

// guardScript reads "+ GROUP" and "- GROUP" until whoever writes them has gone, and
// then kills the groups that are left and removes the folder that it was started
// with. A shell starts in a millisecond.
const guardScript = `trap '' INT TERM HUP
groups=
while read -r op group; do
	case $op in
	+) groups="$groups $group" ;;
	-)
		rest=
		for g in $groups; do [ "$g" = "$group" ] || rest="$rest $g"; done
		groups=$rest
		;;
	esac
done
for g in $groups; do kill -s KILL -- "-$g"; done
[ ! -e "$1" ] || rm -rf -- "$1"`

// guard outlives us by a moment and kills what builds have started: the signal that
// a child gets when we die reaches none of the children that it has started itself,
// such as a compiler's passes. It is a process of its own that is started with the
// first build; where it can't be started, a build goes on without. Between the start
// of a build and the word that tells of it lies a moment in which nobody guards it.
type guard struct {
	mu    sync.Mutex
	begun bool
	cmd   *exec.Cmd // nil where there is none
	pipe  io.WriteCloser

	scratch string // folder that goes with us, "" where there is none
}

// watch takes a process group under guard, which must be ready, until done is called.
func (g *guard) watch(pid int) (done func()) {
	g.say("+", pid)
	return func() { g.say("-", pid) }
}

// ready starts the guard where it was not yet.
func (g *guard) ready() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.begun {
		g.begun = true
		g.begin()
	}
}

func (g *guard) say(op string, pid int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd != nil {
		_, _ = fmt.Fprintln(g.pipe, op, pid) // somebody has killed it: there is no guard any more
	}
}

func (g *guard) begin() {
	scratch := filepath.Join(os.TempDir(), fmt.Sprintf("slipway-%016x", rand.Uint64()))
	cmd := exec.Command("/bin/sh", "-c", guardScript, "slipway", scratch)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no key and no closed window ends it before us
	pipe, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		g.cmd, g.pipe = cmd, pipe
		if os.Mkdir(scratch, 0o700) == nil { // after the start: whenever we die, the guard knows of it
			g.scratch = scratch
		}
	}
}

// folder is the scratch folder, "" where there is none. Whoever tidies the system's folder
// for temporary files may have removed it.
func (g *guard) folder() string {
	g.ready()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.scratch == "" {
		return ""
	}
	if err := os.Mkdir(g.scratch, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return ""
	}
	return g.scratch
}

// end lets the guard go and waits for it.
func (g *guard) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begun = true // nothing is guarded from now on
	if g.cmd != nil {
		if g.scratch != "" {
			_ = os.RemoveAll(g.scratch) // what cannot be removed now, the guard tries again
			g.scratch = ""
		}
		_ = g.pipe.Close()
		_ = g.cmd.Wait() // its status says nothing
		g.cmd = nil
	}
}
