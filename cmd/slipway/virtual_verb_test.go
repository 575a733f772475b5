package main_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// busy keeps this host's CPUs from being idle until the test ends.
func busy(t *testing.T, threads int) {
	t.Helper()
	var stop atomic.Bool
	ended := make(chan struct{}, threads)
	for range threads {
		go func() {
			for n := 0; !stop.Load(); n++ {
			}
			ended <- struct{}{}
		}()
	}
	t.Cleanup(func() {
		stop.Store(true)
		for range threads {
			<-ended
		}
	})
}

// spread is how many different values a metric had over the boots of a target, and how
// far they lie apart as a share of the largest.
type spread struct {
	boots, different int
	low, high        float64
}

func (s spread) share() float64 { return (s.high - s.low) / max(s.high, 1) }

// spreads sorts the values of all runs by target and metric.
func spreads(t *testing.T, b benchOutput) map[string]spread {
	t.Helper()
	values, whole := map[string][]float64{}, map[string]map[string]bool{}
	for _, run := range b.Runs {
		if run.Outcome != "exit" || run.Exit == nil || *run.Exit != 0 {
			t.Fatalf("run %s of %s: %s", run.ID, run.Target, run.Outcome)
		}
		for name, m := range run.Metrics {
			if strings.HasPrefix(name, "mem/") {
				continue // the host's, not the guest's
			}
			of := run.Target + " " + name
			values[of] = append(values[of], m.Values...)
			if whole[of] == nil {
				whole[of] = map[string]bool{}
			}
			whole[of][fmt.Sprint(m.Values)] = true // an app may report several results in one boot
		}
	}
	found := map[string]spread{}
	for name, of := range values {
		found[name] = spread{boots: len(of), different: len(whole[name]), low: slices.Min(of), high: slices.Max(of)}
	}
	return found
}

// boots is how many boots a test of how well counts repeat makes: 'make virtual' wants
// more, and the table.
func boots(least int) int {
	if n, err := strconv.Atoi(os.Getenv("SLIPWAY_VIRTUAL_BOOTS")); err == nil {
		return n
	}
	return least
}

func logSpreads(t *testing.T, machine string, found map[string]spread) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if s := found[name]; strings.Contains(name, " virt/") {
			t.Logf("%-8s %-32s %3d boots, %2d different, %.0f to %.0f, apart by %.2g", machine, name, s.boots, s.different, s.low, s.high, s.share())
		}
	}
}

// TestVirtualTimeOfKeelRepeats holds that every count of keel, and every time that its
// apps take of the guest's clock, is the same in every boot, on a host that is busy.
func TestVirtualTimeOfKeelRepeats(t *testing.T) {
	w := newWorkspace(t)
	busy(t, 1)
	for _, machine := range []string{"microvm", "pc"} {
		s := w.expect(0, nil, "bench", "--virtual", "-k", "keel", "-a", "nbody,syscalls", "--machine", machine, "-n", strconv.Itoa(boots(3)), "--warmup", "0", "--json")
		var b benchOutput
		decodeLoosely(t, s.out, &b)
		found := spreads(t, b)
		logSpreads(t, machine, found)
		for name, s := range found {
			if s.different != 1 {
				t.Errorf("%s %s: %d different values in %d boots, %.0f to %.0f", machine, name, s.different, s.boots, s.low, s.high)
			}
		}
		for _, name := range []string{"keel/nbody virt/total", "keel/nbody virt/to-app", "keel/nbody virt/app", "keel/nbody Nbody"} {
			if found[name].boots == 0 || found[name].low <= 0 {
				t.Errorf("%s: no %s among %v", machine, name, slices.Sorted(maps.Keys(found)))
			}
		}
		for name := range found {
			if strings.Contains(name, " boot/") || strings.Contains(name, " cpu/") || strings.Contains(name, " tool/") {
				t.Errorf("%s: a boot that counts instructions has a time of the host's, %s", machine, name)
			}
		}
	}
}

// linuxHair is how far apart counts of Debian's kernel may lie, as a share; docs/counting.md
// has what was measured: they were equal.
const linuxHair = 0.00001

// TestVirtualTimeOfLinuxRepeats holds the same for Debian's kernel, within a hair.
func TestVirtualTimeOfLinuxRepeats(t *testing.T) {
	w := newWorkspace(t)
	busy(t, 1)
	s := w.expect(0, nil, "bench", "--virtual", "-k", "linux-cloud", "-a", "hello", "-n", strconv.Itoa(boots(2)), "--warmup", "0", "--json")
	var b benchOutput
	decodeLoosely(t, s.out, &b)
	found := spreads(t, b)
	logSpreads(t, "pc", found)
	for _, name := range []string{"virt/total", "virt/to-app", "virt/app"} {
		s, ok := found["linux-cloud/hello "+name]
		if !ok || s.share() > linuxHair {
			t.Errorf("%s: %+v, apart by %.2g", name, s, s.share())
		}
	}
}

// TestVirtualTimeIsComparedExactly holds that equal counts on both sides are judged
// without a p value, what an app measured by the guest's clock too, and that neither is
// set beside wall-clock time.
func TestVirtualTimeIsComparedExactly(t *testing.T) {
	w := newWorkspace(t)
	plan := filepath.Join(w.project, "plan.toml")
	text := "schema = 1\nrounds = 2\nwarmup = 0\n"
	for _, machine := range []string{"microvm", "pc"} {
		text += fmt.Sprintf("[[target]]\nkernel = \"keel\"\napp = \"nbody\"\nsettings = { virtual = true, machine = %q }\n", machine)
	}
	if err := os.WriteFile(plan, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := w.expect(0, nil, "bench", "--plan", plan, "--json")
	var b struct {
		Experiment string `json:"experiment"`
		Targets    []struct {
			ID string `json:"id"`
		} `json:"targets"`
		Comparison struct {
			Metrics []struct {
				Name     string   `json:"name"`
				P        *float64 `json:"p"`
				Estimate *float64 `json:"estimate"`
				Method   string   `json:"method"`
				Verdict  string   `json:"verdict"`
			} `json:"metrics"`
		} `json:"comparison"`
	}
	decodeLoosely(t, s.out, &b)
	want := map[string]string{"virt/total": "worse", "virt/to-app": "worse", "virt/app": "same", "Nbody": "same"}
	for i, m := range b.Comparison.Metrics {
		if i == 0 && m.Name != "virt/total" {
			t.Errorf("the table begins with %s", m.Name)
		}
		verdict, ok := want[m.Name]
		if !ok {
			continue
		}
		delete(want, m.Name)
		if m.Method != "exact" || m.P != nil || m.Verdict != verdict || m.Estimate == nil {
			t.Errorf("%s: method %s, p %v, verdict %s, estimate %v; want exact and %s", m.Name, m.Method, m.P, m.Verdict, m.Estimate, verdict)
		}
	}
	if len(want) > 0 {
		t.Errorf("not compared: %v", want)
	}

	var wall struct {
		Experiment string `json:"experiment"`
	}
	decodeLoosely(t, w.expect(0, nil, "bench", "-k", "keel", "-a", "nbody", "-n", "2", "--warmup", "0", "--json").out, &wall)
	mixed := w.run("compare", b.Experiment+":"+b.Targets[0].ID, wall.Experiment, "--json")
	var c struct {
		Metrics []struct {
			Name    string   `json:"name"`
			Verdict string   `json:"verdict"`
			Notes   []string `json:"notes"`
		} `json:"metrics"`
	}
	decodeLoosely(t, mixed.out, &c)
	seen := false
	for _, m := range c.Metrics {
		if m.Name == "Nbody" && strings.Contains(strings.Join(m.Notes, " "), "other clocks") {
			seen = seen || m.Verdict == "not-comparable"
		}
	}
	if !seen {
		t.Errorf("virtual and wall-clock time are compared: %d %s", mixed.status, mixed.out)
	}
}
