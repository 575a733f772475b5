package tui

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/runner"
	"slipway/runner/console"
	"slipway/session"
)

// fake is a Workbench of made-up state that notes what was asked for. Methods
// that change what a screen shows change the state, as far as tests need it.
type fake struct {
	mu      sync.Mutex
	state   *session.State
	changes chan struct{}
	calls   []string
	files   map[string]string
	onDisk  map[string]string // what another program wrote meanwhile
	saved   map[string]string
	gone    bool // the file was deleted meanwhile
	view    map[string]string
	diff    *session.RunDiff // nil: a run of the two is gone
	trash   []session.DeletedRun
	trend   *session.Trend
}

func newFake(s *session.State) *fake {
	return &fake{state: s, changes: make(chan struct{}, 1), saved: map[string]string{}, onDisk: map[string]string{}, files: map[string]string{
		"nbody.c":  nbodySource,
		"app.toml": "schema = 1\nname = \"nbody\"\n",
	}}
}

func (f *fake) call(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
}

// change publishes another state, as the session does.
func (f *fake) change(edit func(*session.State)) {
	f.mu.Lock()
	next := *f.state
	next.Kernels, next.Guests = slices.Clone(next.Kernels), slices.Clone(next.Guests)
	edit(&next)
	next.Generation++
	f.state = &next
	f.mu.Unlock()
	select {
	case f.changes <- struct{}{}:
	default:
	}
}

func (f *fake) State() *session.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

func (f *fake) Changes() <-chan struct{}   { return f.changes }
func (f *fake) Start()                     { f.call("start") }
func (f *fake) Project() string            { return "/home/ada/spectral" }
func (f *fake) MetricHelp(n string) string { return benchmarks.Describe(n, "sec", "").About }

func (f *fake) Mark(k string, on bool) {
	f.call("mark %s %v", k, on)
	f.change(func(s *session.State) {
		for i := range s.Kernels {
			if s.Kernels[i].Name == k {
				s.Kernels[i].Marked = on
			}
		}
	})
}

func (f *fake) SetBaseline(k string) {
	f.call("baseline %s", k)
	f.change(func(s *session.State) { s.Baseline = k })
}

func (f *fake) SelectApp(n string) {
	f.call("app %s", n)
	f.change(func(s *session.State) { s.App = n })
}
func (f *fake) Provision(k string)              { f.call("provision %s", k) }
func (f *fake) CancelProvision(k string)        { f.call("cancel %s", k) }
func (f *fake) RemoveKernel(k string)           { f.call("remove %s", k) }
func (f *fake) Boot(g string)                   { f.call("boot %s", g) }
func (f *fake) BootAll()                        { f.call("boot all") }
func (f *fake) Rebuild()                        { f.call("rebuild") }
func (f *fake) Stop(g string)                   { f.call("stop %s", g) }
func (f *fake) Send(g string, p []byte)         { f.call("send %s %q", g, p) }
func (f *fake) Pause(g string, on bool)         { f.call("pause %s %v", g, on) }
func (f *fake) Step(g string)                   { f.call("step %s", g) }
func (f *fake) Reset(g string)                  { f.call("reset %s", g) }
func (f *fake) Snapshot(g string)               { f.call("snapshot %s", g) }
func (f *fake) Restore(g string)                { f.call("restore %s", g) }
func (f *fake) Inspect(g string, on bool)       { f.call("inspect %s %v", g, on) }
func (f *fake) Debug(g string)                  { f.call("debug %s", g) }
func (f *fake) CloseDebugger(g string)          { f.call("close debugger %s", g) }
func (f *fake) SendDebugger(g string, p []byte) { f.call("send debugger %s %q", g, p) }
func (f *fake) ResizeDebugger(g string, cols, rows int) {
	f.call("resize debugger %s %dx%d", g, cols, rows)
}

func (f *fake) Monitor(g, line string) (string, error) {
	f.call("monitor %s %s", g, line)
	return "VM status: running\r\n", nil
}
func (f *fake) SetInstant(on bool)           { f.call("instant %v", on) }
func (f *fake) MoreRounds(n int)             { f.call("rounds %d", n) }
func (f *fake) StopExperiment()              { f.call("stop experiment") }
func (f *fake) PauseExperiment(on bool)      { f.call("pause experiment %v", on) }
func (f *fake) StopAfterRound()              { f.call("stop after round") }
func (f *fake) LoadView() map[string]string  { return f.view }
func (f *fake) SaveView(v map[string]string) { f.view = v }
func (f *fake) NoteRuns(ids []string, note string) {
	f.call("note %s %s", strings.Join(ids, " "), note)
}

func (f *fake) TagRuns(ids, add, remove []string) {
	f.call("tag %s +%v -%v", strings.Join(ids, " "), add, remove)
}

func (f *fake) PinRuns(ids []string, on bool)        { f.call("pin %s %v", strings.Join(ids, " "), on) }
func (f *fake) DeleteRuns(ids []string)              { f.call("delete %s", strings.Join(ids, " ")) }
func (f *fake) RestoreRuns(ids []string)             { f.call("restore %s", strings.Join(ids, " ")) }
func (f *fake) RefreshRuns()                         { f.call("refresh runs") }
func (f *fake) EmptyTrash()                          { f.call("empty trash") }
func (f *fake) Trash() ([]session.DeletedRun, error) { return f.trash, nil }
func (f *fake) UndoDelete()                          { f.call("undo") }
func (f *fake) Rerun(id string)                      { f.call("rerun %s", id) }

func (f *fake) Resize(g string, cols, rows int) {
	for _, guest := range f.State().Guests {
		if guest.ID == g {
			guest.Screen.Resize(cols, rows)
		}
	}
}

func (f *fake) ReadFile(path string) (session.FileContent, error) {
	text, ok := f.files[path]
	if !ok {
		return session.FileContent{}, errors.New("read " + path + ": it is gone")
	}
	return session.FileContent{Path: path, Text: text, Hash: hash(text), ReadOnly: len(f.saved) == 0}, nil
}

func hash(text string) string { return fmt.Sprintf("%d:%.20s", len(text), text) }

func (f *fake) WriteFile(path, text, expect string) (string, error) {
	f.call("write %s", path)
	if f.gone && expect != "" {
		return "", &session.ConflictError{Path: path, Now: session.FileContent{Path: path}}
	}
	if now, ok := f.onDisk[path]; ok && hash(now) != expect {
		return "", &session.ConflictError{Path: path, Now: session.FileContent{Path: path, Text: now, Hash: hash(now)}}
	}
	f.saved[path], f.files[path] = text, text
	return hash(text), nil
}

func (f *fake) NewApp(name string) (string, error) {
	f.call("new app %s", name)
	return "./apps/" + name, nil
}

func (f *fake) EditorCommand(path string, line int) (*session.Command, error) {
	f.call("editor %s %d", path, line)
	return exec.Command("true"), nil
}

func (f *fake) OpenExperiment(id string) {
	f.call("open experiment %s", id)
	f.change(func(s *session.State) {
		s.Opened = &session.Opened{ID: id, Title: "nbody", At: noon.Add(-48 * time.Hour), Rounds: 20, State: "done", Asked: true, Comparison: s.Comparison}
	})
}

func (f *fake) Trend(target string) (*session.Trend, error) {
	f.call("trend %s", target)
	return f.trend, nil
}

func (f *fake) RunDiff(a, b string) (*session.RunDiff, error) {
	f.call("diff %s %s", a, b)
	if f.diff == nil {
		return nil, errors.New("run " + a + ": not found: it was deleted")
	}
	return f.diff, nil
}

func (f *fake) ConfigureText(line string) error {
	if _, err := runner.ParseSettingsLine(line); err != nil {
		return err
	}
	f.call("configure %s", line)
	return nil
}

func (f *fake) RunText(id string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "run                 %s\ntarget              keel/nbody\noutcome             exit 0\naccelerator         tcg\n", id)
	for i := range 60 {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	return b.String(), nil
}

// noon is when the made-up things happen.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.Local)

func ptr(v float64) *float64 { return &v }

func catalogue() []session.Kernel {
	return []session.Kernel{
		{
			Name: "host", Family: "process", Arch: "x86_64", Interface: "linux-abi", Licence: "-", Origin: "builtin", Ready: true, Provisioned: true,
			About: "The app as a plain process of this machine: the baseline without a guest.", Command: "slipway boot -k host -a nbody",
			Limits: []string{"runs native: its times are never ranked against emulated guests"},
		},
		{
			Name: "keel", Family: "unikernel", Arch: "x86_64", Interface: "linux-abi", Version: "0.1", Licence: "MIT", Origin: "builtin", Ready: true, Provisioned: true,
			About:    "Slipway's own unikernel: one static Linux program in ring 0, its system calls served without leaving it.",
			Limits:   []string{"one CPU", "no network, no disk", "system calls it does not know answer ENOSYS and are named once"},
			Machines: []string{"microvm", "pc", "q35"}, Memory: "64M", Command: "slipway boot -k keel -a nbody",
		},
		{
			Name: "linux-cloud", Family: "linux", Arch: "x86_64", Interface: "linux-abi", Version: "6.1.158", Licence: "GPL-2.0", Origin: "builtin", Ready: true, Provisioned: true,
			Homepage: "https://packages.debian.org/bookworm/linux-image-cloud-amd64",
			About:    "Debian's kernel for virtual machines with an initramfs that runs the app as its second process.",
			Limits:   []string{"takes seconds to boot without KVM"}, Machines: []string{"pc"}, Memory: "256M", Command: "slipway boot -k linux-cloud -a nbody",
		},
		{
			Name: "linux-rt", Family: "linux", Arch: "x86_64", Interface: "linux-abi", Version: "6.1.158", Licence: "GPL-2.0", Origin: "builtin",
			About: "Debian's kernel with PREEMPT_RT, for apps that care about the longest delay.", Machines: []string{"pc"}, Memory: "256M", Command: "slipway kernel provision linux-rt",
		},
		{
			Name: "unikraft", Family: "unikernel", Arch: "x86_64", Interface: "linux-abi", Version: "0.17", Licence: "BSD-3-Clause", Origin: "builtin", Experimental: true,
			About:    "A unikernel put together from libraries, with a Linux system call layer.",
			Missing:  []session.Missing{{Need: "bison", Fix: "sudo apt-get install bison"}, {Need: "flex", Fix: "sudo apt-get install flex"}},
			Machines: []string{"pc"}, Memory: "64M", Command: "slipway kernel provision unikraft",
		},
	}
}

// empty is a workbench on its first day.
func empty() *session.State {
	return &session.State{
		Kernels: catalogue(), RunsLoaded: true,
		Apps: []session.App{
			{Name: "hello", About: "the smallest app", Origin: "builtin"},
			{Name: "jitter", About: "OS noise", Origin: "builtin"},
			{Name: "memory", About: "memory bandwidth", Origin: "builtin"},
			{Name: "nbody", About: "floating point", Origin: "builtin"},
			{Name: "syscalls", About: "cost of system calls", Origin: "builtin"},
		},
		Accelerator: session.Accelerator{
			Name: "tcg", Reason: "/dev/kvm opens, but a guest that only halts did not end within 2 s",
			Fixes: []string{"A bare-metal host, or nested virtualisation switched on by whoever runs this one."},
		},
	}
}

// busy is a workbench in the middle of its work.
func busy() *session.State {
	s := empty()
	s.App, s.Baseline = "nbody", "linux-cloud"
	for i := range s.Kernels {
		s.Kernels[i].Marked = s.Kernels[i].Name == "keel" || s.Kernels[i].Name == "linux-cloud"
	}
	s.Files = []session.File{{Path: "app.toml", Size: 240, ReadOnly: true}, {Path: "nbody.c", Size: 2500, ReadOnly: true}}
	s.Watching = []string{"apps/nbody"}
	s.Guests = []session.Guest{
		{
			ID: "keel/nbody", Kernel: "keel", App: "nbody", Phase: session.GuestEnded, Screen: terminal(keelLog), Started: noon.Add(-20 * time.Second), Took: 641 * time.Millisecond,
			Outcome: "exit", Built: 70 * time.Millisecond, Command: "slipway boot -k keel -a nbody", QEMU: strings.Fields("qemu-system-x86_64 -M microvm -m 64M -kernel keel.elf -initrd nbody -display none"),
			Ledger: ledger(0.0261, 0.0032, 0.611, 33.4, 14200, true), Status: 0,
		},
		{
			ID: "linux-cloud/nbody", Kernel: "linux-cloud", App: "nbody", Phase: session.GuestRunning, Screen: terminal(linuxLog), Started: noon.Add(-3 * time.Second),
			Cached: true, Status: -1, Command: "slipway boot -k linux-cloud -a nbody", Input: true,
			Ledger: ledger(0.0268, 1.31, 0.622, 118, 31<<20, false),
		},
	}
	s.Save = &session.Save{Number: 3, At: noon.Add(-22 * time.Second), Files: []string{"nbody.c"}, Ok: true}
	s.Experiment = &session.Experiment{
		ID: "x1", Title: "keel and linux-cloud", Round: 20, Rounds: 20, Boots: 40, Total: 40,
		Started: noon.Add(-time.Minute), Command: "slipway bench -k keel,linux-cloud -a nbody -n 20",
	}
	s.Comparison = comparison("linux-cloud/nbody", []string{"linux-cloud", "keel"}, 20)
	s.SaveComparisons = []*benchmarks.Comparison{comparison("last", []string{"last", "this"}, 8), nil}
	s.Runs = runs(300)
	return s
}

func terminal(text string) *console.Terminal {
	t := console.New(console.Options{Cols: 80, Rows: 24})
	_, _ = t.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	return t
}

func ledger(vmm, kernel, app, mem, image float64, last bool) []session.LedgerRow {
	total := vmm + kernel + app + 0.0008
	rows := []session.LedgerRow{
		{Metric: "boot/vmm", Name: "QEMU's start", Unit: "sec", This: ptr(vmm), Marker: "QMP says that the guest runs"},
		{Name: "firmware+kernel", Unit: "sec", This: ptr(kernel), Marker: "@slipway app"},
		{Name: "app", Unit: "sec", This: ptr(app), Marker: "@slipway exit"},
		{Name: "shutdown", Unit: "sec", This: ptr(0.0008), Marker: "the process has ended"},
		{Metric: "boot/total", Name: "spawn to exit", Unit: "sec", This: ptr(total), Marker: "the process has ended"},
		{Name: "peak memory", Unit: "B", This: ptr(mem * (1 << 20))},
		{Name: "image size", Unit: "B", This: ptr(image)},
	}
	if last {
		for i, factor := range []float64{1.01, 1, 1.06, 1, 1.058, 1, 1} {
			rows[i].Last = ptr(*rows[i].This * factor)
		}
	}
	return rows
}

// comparison is computed from made-up runs, so that it has all that a real one has.
func comparison(baseline string, kernels []string, rounds int) *benchmarks.Comparison {
	r := rand.New(rand.NewPCG(7, 7))
	shape := map[string][3]float64{"linux-cloud": {1.96, 118, 31}, "keel": {0.641, 33.4, 0.0139}, "host": {0.35, 2, 0.012}, "linux-rt": {2.11, 121, 33}, "last": {0.678, 33.4, 0.0139}, "this": {0.641, 33.4, 0.0139}}
	var all []store.Run
	zero := 0
	shared := true
	for round := 1; round <= rounds; round++ {
		for i, k := range kernels {
			at := shape[k]
			total := at[0] * (1 + 0.01*r.NormFloat64())
			if k == "keel" && round == 14 {
				total *= 1.4
			}
			accel, machine := "tcg", "pc"
			if k == "host" {
				accel, machine = "native", ""
			}
			run := store.Run{
				Schema: 1, ID: fmt.Sprintf("r%02d%d", round, i), Experiment: "x1", Round: round, Kind: store.Timed,
				Target: store.Target{ID: k + "/nbody", Kernel: k, App: "nbody"}, Outcome: "exit", Exit: &zero,
				Started: noon.Add(time.Duration(round*len(kernels)+i-500) * time.Second), Total: total, CPU: total * 0.98, Overhead: 0.0008,
				Image: store.Image{Hash: "a41f" + k, Size: int64(at[2] * (1 << 20))},
				Phases: []store.Phase{
					{Name: "vmm", Seconds: 0.026 * (1 + 0.02*r.NormFloat64())},
					{Name: "firmware+kernel", Seconds: max(total-0.65, 0.003)},
					{Name: "app", Seconds: 0.611 * (1 + 0.01*r.NormFloat64())},
					{Name: "shutdown", Seconds: 0.0008},
				},
				Environment: store.Environment{
					Host: "devbox", CPU: "EPYC 7763", Cores: 2, QEMU: "7.2.22", Accel: accel, Arch: "x86_64", Machine: machine, Memory: 256 << 20, CPUs: 1,
					Transport: "pipe", Load: ptr(1.8), Shared: &shared,
				},
				Metrics: map[string]store.Metric{"Nbody": {Unit: "ns/op", Better: "lower", Values: []float64{1.834e6 * (1 + 0.03*r.NormFloat64())}}},
			}
			if k == "host" {
				run.Environment.QEMU, run.Environment.Memory, run.Environment.CPUs = "", 0, 0
			}
			benchmarks.AddMetrics(&run, benchmarks.Measured{PeakMemory: int64(at[1] * (1 << 20) * (1 + 0.001*r.NormFloat64()))})
			all = append(all, run)
		}
	}
	if !strings.Contains(baseline, "/") {
		baseline += "/nbody"
	}
	c, err := benchmarks.Compare(all, benchmarks.Options{Baseline: baseline})
	if err != nil {
		panic(err)
	}
	return c
}

func runs(n int) []session.Run {
	list := make([]session.Run, n)
	outcomes := []string{"exit", "exit", "exit", "exit", "panic", "exit", "timeout", "exit", "exit", "stopped"}
	for i := range list {
		kernel, total := "keel", 641*time.Millisecond
		if i%2 == 1 {
			kernel, total = "linux-cloud", 1960*time.Millisecond
		}
		list[i] = session.Run{
			ID: fmt.Sprintf("20260314-1159%02d-%04x", i%60, i), Experiment: "x1", Kernel: kernel, App: "nbody", Started: noon.Add(-time.Duration(i*i) * time.Second),
			Outcome: outcomes[i%len(outcomes)], Total: total + time.Duration(i%17)*time.Millisecond, Accel: "tcg", Image: "a41f9c2e",
			Interactive: i%9 == 0, Warmup: i%11 == 3, Pinned: i == 2, Kind: "timed",
		}
		switch {
		case i%11 == 3:
			list[i].Kind = "warm-up"
		case i%9 == 0:
			list[i].Kind = "watched"
		}
	}
	list[2].Note = "before the loop was unrolled"
	return list
}

const keelLog = "\x1b[1;36mkeel 0.1\x1b[0m · 64 MiB · 1 cpu\nUnit ns/op better=lower\nBenchmarkNbody  20  1834512 ns/op\n\x1b[2mexit 0\x1b[0m\n"

const linuxLog = `[    0.000000] Linux version 6.1.0-41-cloud-amd64 (debian-kernel@lists.debian.org)
[    0.000000] Command line: console=ttyS0 panic=-1 quiet -- nbody steps=200000
[    0.004000] x86/fpu: x87 FPU will use FXSAVE
[    0.611032] Run /init as init process
` + "\x1b[32mslipway-init\x1b[0m: running nbody steps=200000\nUnit ns/op better=lower\n世界 wide characters are two cells\n"

const nbodySource = `#include <slipway.h>

/* The planets of the Computer Language Benchmarks Game. */
struct body { double x, y, z, vx, vy, vz, mass; };

static void advance(struct body *b, int n, double dt)
{
	for (int i = 0; i < n; i++) {
		for (int j = i + 1; j < n; j++) {
			double dx = b[i].x - b[j].x;
			double d2 = dx * dx;
			double mag = dt / (d2 * sqrt(d2));
			b[i].vx -= dx * b[j].mass * mag;
		}
	}
}

int main(int argc, char **argv)
{
	long steps = slipway_param(argc, argv, "steps", 200000);
	advance(bodies, 5, 0.01);
	return 0;
}
`
