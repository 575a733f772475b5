package process_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/runner/process"
)

// parentMode makes this test's own program the parent that is killed.
const parentMode = "SLIPWAY_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(parentMode) != "" {
		if err := parent(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// parent starts a child, says its number, and waits to be killed. In the mode "build"
// it is the child's child that says so.
func parent() error {
	sp := process.NewSpawner()
	if os.Getenv(parentMode) == "build" {
		// As a build it takes longer than the moment in which the guard is told of it.
		cmd := exec.Command("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 1000 & echo $! >&3; wait")
		cmd.ExtraFiles = []*os.File{os.Stdout}
		_, _, err := sp.Output(context.Background(), cmd)
		return err
	}
	cmd := exec.Command("sleep", "1000")
	if err := sp.Start(cmd); err != nil {
		return err
	}
	fmt.Println(cmd.Process.Pid)
	return cmd.Wait()
}

// within waits for a condition that nothing tells of.
func within(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline, tick := time.After(limit), time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("after %v still not: %s", limit, what)
		case <-tick.C:
		}
	}
}

// gone says whether a process has ended, though perhaps nobody has waited for it.
func gone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true
	}
	_, after, _ := bytes.Cut(stat, []byte(") "))
	return bytes.HasPrefix(after, []byte("Z"))
}

func spawner(t *testing.T) *process.Spawner {
	t.Helper()
	sp := process.NewSpawner()
	t.Cleanup(sp.Close)
	return sp
}

func TestChildrenDieWithAParentThatIsKilled(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"child", "build"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dieWithParent(t, mode)
		})
	}
}

func dieWithParent(t *testing.T, mode string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), parentMode+"="+mode)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the parent says %q", line)
	}
	if gone(child) {
		t.Fatal("the child has not lived")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	within(t, 10*time.Second, "the child has died", func() bool { return gone(child) })
}

func TestASpawnerThatIsClosedStartsNothing(t *testing.T) {
	t.Parallel()
	sp := process.NewSpawner()
	sp.Close()
	sp.Close()
	if err := sp.Start(exec.Command("true")); !errors.Is(err, process.ErrClosed) {
		t.Errorf("it says %v", err)
	}
}

func TestChildrenArePinned(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sh", "-c", "grep Cpus_allowed_list /proc/self/status")
	var out bytes.Buffer
	cmd.Stdout = &out
	sp := spawner(t)
	if err := sp.StartPinned(cmd, []int{0}); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || strings.TrimSpace(strings.TrimPrefix(out.String(), "Cpus_allowed_list:")) != "0" {
		t.Errorf("%q, %v", out.String(), err)
	}
	if err := sp.StartPinned(exec.Command("true"), []int{4000}); err == nil || !strings.Contains(err.Error(), "pin to CPUs [4000]") {
		t.Errorf("a CPU that is not there: %v", err)
	}
}

func TestOnlyGroupsOfChildrenAreSignalled(t *testing.T) {
	t.Parallel()
	for _, pid := range []int{-5, 0, 1} {
		if process.KillGroup(pid, syscall.Signal(0)) == nil {
			t.Errorf("group %d was signalled", pid)
		}
	}
	sp := spawner(t)
	cmd := exec.Command("sh", "-c", "sleep 1000 & echo $!; wait")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sp.Start(cmd); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	grandchild, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := process.KillGroup(cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	within(t, 10*time.Second, "the grandchild has died", func() bool { return gone(grandchild) })
	if err := process.KillGroup(cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Errorf("a group that is gone is an error: %v", err)
	}
}

func TestUsageOfARunningProcess(t *testing.T) {
	t.Parallel()
	if peak := process.PeakMemory(os.Getpid()); peak < 1<<20 {
		t.Errorf("this process has had %d bytes at most", peak)
	}
	const nobody = 1 << 30
	if process.PeakMemory(nobody) != 0 || process.RunQueueWait(nobody) != 0 {
		t.Error("a process that is not there uses something")
	}
}

func TestAPipeIsReadToItsEndAndNoFurther(t *testing.T) {
	t.Parallel()
	r, w, err := process.NewPipeReader()
	if err != nil {
		t.Fatal(err)
	}
	const bytesOneByOne = 300 // enough to make the reader rest between reads
	go func() {
		for i := range bytesOneByOne {
			_, _ = w.Write([]byte{byte('a' + i%26)})
		}
		_ = w.Close()
	}()
	got, err := io.ReadAll(r)
	if err != nil || len(got) != bytesOneByOne || got[0] != 'a' || got[27] != 'b' {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestAPipeThatSomebodyHoldsOpenEndsWithClose(t *testing.T) {
	t.Parallel()
	r, w, err := process.NewPipeReader()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.WriteString("last words"); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "last words" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestATerminalHasTheSizeOfItsPane(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sh", "-c", "stty size; read x; stty size")
	console, err := process.Connect(cmd, process.PTY, process.Size{Cols: 91, Rows: 33})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = console.Close() }()
	if err := spawner(t).Start(cmd); err != nil {
		t.Fatal(err)
	}
	console.ReleaseChild()
	lines := bufio.NewReader(console)
	first, err := lines.ReadString('\n')
	if err != nil || strings.TrimSpace(first) != "33 91" {
		t.Fatalf("%q, %v", first, err)
	}
	if err := console.Resize(process.Size{Cols: 120, Rows: 40}); err != nil {
		t.Fatal(err)
	}
	if _, err := console.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(lines) // a terminal whose last process ended reads as an error
	if err := cmd.Wait(); err != nil || !strings.Contains(string(rest), "40 120") {
		t.Errorf("%q, %v", rest, err)
	}
}

// A command that ends well and leaves something behind has ended well, and what it
// left ends too.
func TestWhatACommandLeavesBehindEnds(t *testing.T) {
	t.Parallel()
	sp := process.NewSpawner()
	t.Cleanup(sp.Close)
	out, _, err := sp.Output(t.Context(), exec.Command("sh", "-c", "sleep 1000 & echo $!"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		if data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err != nil || strings.Contains(string(data), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d still runs", pid)
		}
		runtime.Gosched()
	}
}
