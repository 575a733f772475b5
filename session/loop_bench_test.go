package session_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks/stats"
	"slipway/runner/boot"
	"slipway/session"
)

// saveProgram is an app that says which save it was built from.
const saveProgram = "#include <stdio.h>\nint main(void) { puts(\"save %d\"); return 0; }\n"

// BenchmarkSaveToFirstLine times a save (the file renamed into place by another
// editor) until the guest's first line has been read, with keel, beside the same
// done by make and QEMU from a shell: same sources, compiler, flags and QEMU
// options. Slipway does it twice: with a QEMU that it holds ready, as it does unless
// told otherwise, and cold. The project is a git repository, as people's are. Each
// round saves once on each of the three, in random order; medians and their ratios
// to the shell's are printed beside the ratio that is promised.
func BenchmarkSaveToFirstLine(b *testing.B) {
	const rounds, warmup, promised = 30, 2, 1.05
	for b.Loop() {
		ready, cold := newSavedApp(b, "keel", false), newSavedApp(b, "keel", true)
		shell := newShellLoop(b, ready)
		arms := []interface {
			save(b *testing.B, n int) time.Duration
		}{ready, cold, shell}
		took := make([][]time.Duration, len(arms))
		n := 0
		for i := range warmup + rounds {
			for _, arm := range rand.Perm(len(arms)) {
				n++
				if t := arms[arm].save(b, n); i >= warmup {
					took[arm] = append(took[arm], t)
				}
			}
		}
		ms := func(arm int) float64 { return median(took[arm]) }
		b.ReportMetric(ms(0), "ms-slipway")
		b.ReportMetric(ms(1), "ms-slipway-cold")
		b.ReportMetric(ms(2), "ms-make+qemu")
		b.ReportMetric(ms(0)/ms(2), "ratio")
		b.ReportMetric(ms(1)/ms(2), "ratio-cold")
		b.ReportMetric(promised, "ratio-promised")
		b.ReportMetric(0, "ns/op") // of all rounds together: it says nothing
		ready.close(b)
		cold.close(b)
	}
}

// BenchmarkInstantSave times the same save with Debian's kernel: in a kernel that has
// booted already and is handed the app, beside one that boots for it, in turns. How
// much of the boot is saved is the point; nothing of it is a boot time.
func BenchmarkInstantSave(b *testing.B) {
	const rounds, warmup = 9, 1
	for b.Loop() {
		instant, whole := newSavedApp(b, "linux-cloud", false), newSavedApp(b, "linux-cloud", false)
		instant.s.SetInstant(true)
		instant.awaitResumable(b)
		var handed, booted []time.Duration
		for i := range warmup + rounds {
			h, w := instant.save(b, 2*i+1), whole.save(b, 2*i+2)
			if instant.s.State().Guests[0].Origin != boot.Resumed {
				b.Fatal("a save in instant mode was booted in full")
			}
			if i >= warmup {
				handed, booted = append(handed, h), append(booted, w)
			}
		}
		b.ReportMetric(median(handed), "ms-instant")
		b.ReportMetric(median(booted), "ms-booted")
		b.ReportMetric(median(handed)/median(booted), "ratio")
		b.ReportMetric(0, "ns/op") // of all rounds together: it says nothing
		instant.close(b)
		whole.close(b)
	}
}

// awaitResumable waits until a kernel that has booted waits for the next save.
func (a *savedApp) awaitResumable(b *testing.B) {
	b.Helper()
	for deadline := time.After(time.Minute); !a.s.HoldsResumed("linux-cloud/saved"); {
		select {
		case <-a.s.Changes():
		case <-deadline:
			b.Fatalf("no kernel waits to be handed an app: %+v", a.s.State().Notices)
		}
	}
	a.idle()
}

// median is that of durations, in milliseconds.
func median(d []time.Duration) float64 {
	ms := make([]float64, len(d))
	for i := range d {
		ms[i] = float64(d[i].Microseconds()) / 1e3
	}
	return stats.Median(ms)
}

type savedApp struct {
	s   *session.Session
	dir string
}

// newSavedApp opens a workbench on an app that has been saved and booted once.
func newSavedApp(b *testing.B, kernel string, cold bool) *savedApp {
	b.Helper()
	home := b.TempDir()
	project := filepath.Join(home, "project")
	dir := filepath.Join(project, "apps", "saved")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	manifest := "schema = 1\nname = \"saved\"\nabout = \"says which save it was built from\"\nsources = [\"*.c\"]\ntimeout = \"20s\"\n"
	if err := os.WriteFile(filepath.Join(dir, "app.toml"), []byte(manifest), 0o600); err != nil {
		b.Fatal(err)
	}
	replace(b, filepath.Join(dir, "saved.c"), fmt.Sprintf(saveProgram, 0))
	commit(b, project)
	s, err := session.Open(context.Background(), session.Options{
		Rounds: 1, Warmup: 1, NoSpare: cold,
		Folders: session.Folders{
			Config: filepath.Join(home, "config"), Cache: filepath.Join(home, "cache"), Data: filepath.Join(home, "data"),
			State: filepath.Join(home, "state"), Project: project,
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	s.Start()
	s.SelectApp("saved")
	s.Mark(kernel, true)
	app := &savedApp{s: s, dir: dir}
	app.awaitLine(b, "save 0")
	return app
}

// save saves the program and waits for its line.
func (a *savedApp) save(b *testing.B, n int) time.Duration {
	b.Helper()
	began := time.Now()
	replace(b, filepath.Join(a.dir, "saved.c"), fmt.Sprintf(saveProgram, n))
	a.awaitLine(b, fmt.Sprintf("save %d", n))
	took := time.Since(began)
	a.idle()
	return took
}

// idle waits until nothing goes on: another's turn is not to pay for ours.
func (a *savedApp) idle() {
	a.s.StopExperiment()
	for st := a.s.State(); st.Experiment != nil && st.Experiment.Running; st = a.s.State() {
		<-a.s.Changes()
	}
	a.s.AwaitCalm()
}

func (a *savedApp) awaitLine(b *testing.B, line string) {
	b.Helper()
	deadline := time.After(time.Minute)
	for {
		for _, g := range a.s.State().Guests {
			for _, text := range g.Screen.Snapshot().Text() {
				if strings.TrimSpace(text) == line {
					return
				}
			}
		}
		select {
		case <-a.s.Changes():
		case <-deadline:
			b.Fatalf("no line %q after a minute: %+v", line, a.s.State().Problems)
		}
	}
}

func (a *savedApp) close(b *testing.B) {
	b.Helper()
	if err := a.s.Close(); err != nil {
		b.Fatal(err)
	}
}

// commit makes the project a git repository with everything in it.
func commit(b *testing.B, project string) {
	b.Helper()
	for _, args := range [][]string{
		{"init", "--quiet"},
		{"add", "."},
		{"-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message", "begin"},
	} {
		if out, err := exec.Command("git", append([]string{"-C", project}, args...)...).CombinedOutput(); err != nil {
			b.Fatalf("git %s: %v: %s", args, err, out)
		}
	}
}

// replace saves as editors do: beside the file, then renamed over it.
func replace(b *testing.B, path, text string) {
	b.Helper()
	if err := os.WriteFile(path+".tmp", []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		b.Fatal(err)
	}
}

// shellLoop is what a person does without Slipway: make && qemu.
type shellLoop struct {
	dir  string
	qemu []string
}

// newShellLoop takes the compiler and the QEMU options from what Slipway itself
// ran, so that both sides do the same.
func newShellLoop(b *testing.B, a *savedApp) *shellLoop {
	b.Helper()
	l := &shellLoop{dir: b.TempDir(), qemu: slices.Clone(a.s.State().Guests[0].QEMU)}
	kernel, err := a.s.Runner().Catalog().Kernel("keel")
	if err != nil {
		b.Fatal(err)
	}
	makefile := fmt.Sprintf("app: saved.c\n\t%s %s -o $@ $<\n", kernel.Compile.CC, strings.Join(kernel.Compile.Flags, " "))
	if err := os.WriteFile(filepath.Join(l.dir, "Makefile"), []byte(makefile), 0o600); err != nil {
		b.Fatal(err)
	}
	for i, word := range l.qemu {
		if word == "-initrd" {
			l.qemu[i+1] = filepath.Join(l.dir, "app")
		}
	}
	return l
}

// save saves the program, runs make and QEMU in a shell, and waits for the line.
func (l *shellLoop) save(b *testing.B, n int) time.Duration {
	b.Helper()
	quoted := make([]string, len(l.qemu))
	for i, word := range l.qemu {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	began := time.Now()
	replace(b, filepath.Join(l.dir, "saved.c"), fmt.Sprintf(saveProgram, n))
	shell := exec.Command("sh", "-c", "make -s && exec "+strings.Join(quoted, " "))
	shell.Dir = l.dir
	out, err := shell.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == fmt.Sprintf("save %d", n) {
			took := time.Since(began)
			for lines.Scan() { // let QEMU write what it still has
				continue
			}
			_ = shell.Wait() // isa-debug-exit ends QEMU with a status of its own
			return took
		}
	}
	b.Fatalf("make && qemu printed no %q", fmt.Sprintf("save %d", n))
	return 0
}
