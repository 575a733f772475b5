package runner_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/runner/boot"
)

// linuxProbes hold on every kernel with Linux's interface: on Linux itself, which
// proves the probes, and on keel.
var linuxProbes = []string{
	"breaks", "maps", "refused-maps", "remaps", "mallocs", "never-back", "sleeps", "clocks", "writes", "registers", "floats",
	"random-bytes", "names", "signals",
}

func TestKeelAnswersAsLinuxDoes(t *testing.T) {
	t.Parallel()
	y := ours
	for app := range linkages {
		for _, probe := range linuxProbes {
			t.Run(app+"/"+probe, func(t *testing.T) {
				y.sail(t, y.plan(t, "host", app, "do="+probe)).mustPass(t)
				y.sail(t, y.plan(t, "keel", app, "do="+probe)).mustPass(t)
			})
			if testing.Short() && app != "musl-static" {
				break // one of each will do
			}
		}
	}
	t.Run("AVX", func(t *testing.T) {
		y.sail(t, y.plan(t, "keel", "musl-static", "do=avx"), cpu("max")).mustPass(t)
	})
	t.Run("its own memory is not the app's", func(t *testing.T) { y.run(t, "do=kernel-memory").mustPass(t) })
	t.Run("out of memory is ENOMEM", func(t *testing.T) {
		for _, mib := range []int64{8, 64} {
			y.sail(t, y.plan(t, "keel", "musl-static", "do=exhaust"), memory(mib)).mustPass(t)
			y.sail(t, y.plan(t, "keel", "glibc-static", "do=exhaust"), memory(mib)).mustPass(t)
		}
	})
}

func TestKeelPassesArgumentsAsTheyAre(t *testing.T) {
	t.Parallel()
	y := ours
	p := y.plan(t, "keel", "musl-static", "text=  two  words, 'single' \\ $HOME & more=1 ", "n=-7")
	host := y.plan(t, "host", "musl-static", "text=  two  words, 'single' \\ $HOME & more=1 ", "n=-7")
	guest, native := y.sail(t, p), y.sail(t, host)
	// argv[0] is a path on the host and the app's name in a guest.
	_, wantArguments, _ := strings.Cut(native.console, "\n")
	first, arguments, _ := strings.Cut(guest.console, "\n")
	if first != "argument 0 [musl-static]" || arguments != wantArguments || !strings.Contains(arguments, "[text=  two  words, 'single'") {
		t.Errorf("on keel:\n%son Linux:\n%s", guest.console, native.console)
	}
	for name, line := range map[string]string{
		"it is given more than 64 arguments":             "app" + strings.Repeat(" x", 64),
		"the command line is longer than 2047 bytes":     "app " + strings.Repeat("x", 2044),
		"argument 63 [x]":                                "app" + strings.Repeat(" x", 63),
		"argument 1 [" + strings.Repeat("y", 2043) + "]": "app " + strings.Repeat("y", 2043),
		"argument 1 []\nargument 2 [a b]\n":              `app "" a" "b`,
	} {
		p := y.plan(t, "keel", "musl-static")
		p.VM.Cmdline = line
		if v := y.sail(t, p); !strings.Contains(v.console, name) {
			t.Errorf("command line of %d bytes gave:\n%s", len(line), v.console)
		}
	}
}

func TestKeelReportsEveryExitStatusExactly(t *testing.T) {
	t.Parallel()
	y := ours
	statuses := []int{0, 1, 2, 16, 42, 63, 64, 123, 124, 125, 126, 127, 128, 139, 254, 255}
	if testing.Short() {
		statuses = []int{1, 127, 255}
	}
	for _, n := range statuses {
		if v := y.run(t, "do=end", "n="+strconv.Itoa(n)); v.Outcome != boot.Exit || v.Status != n {
			t.Errorf("exit(%d) came out as %s %d", n, v.Outcome, v.Status)
		}
	}
	if v := y.run(t, "do=end", "n=257"); v.Status != 1 {
		t.Errorf("exit(257) came out as %d, on Linux it is 1", v.Status)
	}
}

func TestKeelNamesAMissingCallOnce(t *testing.T) {
	t.Parallel()
	y := ours
	v := y.run(t, "do=unserved")
	v.mustPass(t)
	for name, times := range map[string]int{
		"system call 41 (socket) is not served": 1, "system call 435 (clone3) is not served": 1, "is none of Linux's": 1,
	} {
		if n := strings.Count(v.console, name); n != times {
			t.Errorf("%q is said %d times, want %d:\n%s", name, n, times, v.console)
		}
	}
	if want := []string{"socket", "clone3", "?"}; !slices.Equal(v.NoSys, want) {
		t.Errorf("the boot's missing calls are %q, want %q", v.NoSys, want)
	}
}

func TestKeelsClockKeepsTheHostsTime(t *testing.T) {
	if testing.Short() {
		t.Skip("half a second each")
	}
	t.Parallel()
	y := ours
	v := y.run(t, "do=clocks")
	v.mustPass(t)
	line, _, _ := strings.Cut(v.console, "\n")
	said, err := strconv.ParseInt(strings.TrimPrefix(line, "time of day "), 10, 64)
	if away := time.Since(time.Unix(said, 0)).Abs(); err != nil || away > 3*time.Second+v.Total {
		t.Errorf("the time of day is %v away from the host's (%q)", away, line)
	}
	for _, name := range []string{"microvm", "pc", "q35"} {
		t.Run(name, func(t *testing.T) {
			const want = 500 * time.Millisecond
			var got time.Duration
			// A busy host delays what is read; it does not make a right clock wrong thrice.
			for range 3 {
				if got = y.span(t, name); got > want*9/10 && got < want*11/10 {
					return
				}
			}
			t.Errorf("%v of the guest's time took %v", want, got)
		})
	}
}

// span is the host's time between the two lines of probe span.
func (y *yard) span(t *testing.T, machineName string) time.Duration {
	t.Helper()
	p := y.plan(t, "keel", "musl-static", "do=span", "ms=500")
	machine(machineName)(p)
	var begin, end time.Duration
	seen := ""
	b, err := y.runner.Start(t.Context(), p, boot.Options{Console: func(at time.Duration, chunk []byte) {
		seen += string(chunk)
		if begin == 0 && strings.Contains(seen, "begin") {
			begin = at
		}
		if end == 0 && strings.Contains(seen, "end") {
			end = at
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if r := b.Wait(); r.Outcome != boot.Exit || r.Status != 0 {
		t.Fatalf("%s %d: %s", r.Outcome, r.Status, seen)
	}
	return end - begin
}

func TestKeelCountsInstructionsTheSameTwice(t *testing.T) {
	t.Parallel()
	y := ours
	var first string
	for i := range 2 {
		v := y.sail(t, y.plan(t, "keel", "musl-static", "do=sleeps"), virtual)
		v.mustPass(t)
		if i == 0 {
			first = v.console
		} else if v.console != first {
			t.Errorf("two virtual runs printed\n%s\nand\n%s", first, v.console)
		}
	}
}

func TestKeelPrintsTenMegabytesWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("several seconds")
	}
	t.Parallel()
	y := ours
	const lines = 10 << 20 / 100
	v := y.run(t, "do=flood", "bytes="+strconv.Itoa(10<<20))
	v.mustPass(t)
	n := 0
	for line := range strings.Lines(v.console) {
		if n < lines && (len(line) != 100 || line[:9] != fmt.Sprintf("%08d ", n) || strings.Trim(line[9:99], line[9:10]) != "") {
			t.Fatalf("line %d of the flood is %q", n, line)
		}
		n++
	}
	if n != lines+1 {
		t.Errorf("%d lines came through, want %d", n, lines+1)
	}
}
