package session

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
	"slipway/runner"
)

// RunText describes a run in lines of "name  value": all that is needed to
// repeat it. log is the path of its console log, "" to leave it out.
func RunText(r store.Run, log string) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-18s  %s\n", name, value)
		}
	}
	line("run", r.ID)
	line("experiment", r.Experiment)
	line("target", r.Target.ID)
	line("kernel", r.Target.Kernel)
	line("app", r.Target.App)
	for _, key := range slices.Sorted(maps.Keys(r.Target.Settings)) {
		line("setting "+key, r.Target.Settings[key])
	}
	for i, a := range r.Attached {
		line(fmt.Sprintf("attached %d", i+1), a.String())
	}
	line("kind", kind(r))
	line("started", r.Started.Local().Format(time.RFC3339))
	outcome := r.Outcome
	if r.Exit != nil {
		outcome += " " + strconv.Itoa(*r.Exit)
	}
	line("origin", map[string]string{
		store.Prestarted: "prestarted: its QEMU had been started before the save, so that neither its total nor the phase vmm is a boot time",
		store.Resumed:    "resumed: its kernel had booted before the save, and the app was handed to it: none of its phases is a boot time",
	}[r.Origin])
	line("counted", map[string]string{
		store.ByClock:  "by the guest's clock, which went by instructions (-icount): the phases below are the host's time, and no measurements",
		store.ByKVM:    "exits to the host, by KVM: the phases below are not those of a boot without it",
		store.ByPlugin: "by a plugin of QEMU's: the phases below are not those of a boot without it",
	}[r.Counted])
	line("outcome", outcome)
	line("reason", r.Reason)
	line("note", r.Note)
	line("tags", strings.Join(r.Tags, " "))
	line("pinned", map[bool]string{true: "yes"}[r.Pinned])
	for _, remark := range r.Notes {
		line("remark", remark)
	}
	e := r.Environment
	if host := []string{e.Host, e.CPU}; e.Cores > 0 {
		line("host", strings.Join(append(host, fmt.Sprintf("%d cores", e.Cores)), ", "))
	} else { // of results that were read from a file
		line("host", strings.Trim(strings.Join(host, ", "), ", "))
	}
	line("host kernel", e.HostKernel)
	line("governor", e.Governor)
	if e.Load != nil {
		line("load before", strconv.FormatFloat(*e.Load, 'f', 2, 64))
	}
	for _, reason := range e.Busy {
		line("disturbed", reason)
	}
	line("pinned to", e.Pinned)
	if e.Parallel > 1 {
		line("at once", fmt.Sprintf("%d boots of the experiment", e.Parallel))
	}
	line("accelerator", e.Accel)
	line("why", e.AccelReason)
	line("QEMU", e.QEMU)
	line("machine", e.Machine)
	if e.Memory > 0 {
		line("memory", fmt.Sprintf("%d MiB", e.Memory>>20))
		line("cpus", strconv.Itoa(e.CPUs))
	}
	line("transport", e.Transport)
	line("commit", strings.TrimSpace(e.Commit+" "+map[bool]string{true: "(with changes)"}[e.Dirty]))
	line("Slipway", strings.Trim(e.Slipway+", "+e.Go, ", "))
	line("image", r.Image.Hash)
	line("app's ELF", r.Image.AppHash)
	line("kernel manifest", r.Manifests.Kernel)
	line("app manifest", r.Manifests.App)
	line("command line", runner.ShellLine(r.Args))
	line("console log", log)
	if log != "" && r.Target.Settings["serial2"] == "true" {
		line("second serial log", filepath.Join(filepath.Dir(log), store.Serial2Name))
	}
	for _, p := range r.Phases {
		line("phase "+p.Name, benchmarks.FormatValue(p.Seconds, "sec")+", ended by "+benchmarks.MarkerText(p))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Metrics)) {
		m := r.Metrics[name]
		values := make([]string, len(m.Values))
		for i, v := range m.Values {
			values[i] = benchmarks.FormatValue(v, m.Unit)
		}
		line("metric "+name, strings.Join(values, ", "))
	}
	return b.String()
}

// EndText is what is left of a guest that did not end by itself: its last lines and
// its registers; "" where nothing was kept.
func EndText(r store.Run) string {
	var b strings.Builder
	if len(r.LastLines) > 0 {
		b.WriteString("\nlast lines\n  " + strings.Join(r.LastLines, "\n  ") + "\n")
	}
	if registers := strings.TrimSpace(strings.ReplaceAll(r.Registers, "\r", "")); registers != "" {
		b.WriteString("\nregisters\n  " + strings.ReplaceAll(registers, "\n", "\n  ") + "\n")
	}
	return b.String()
}

// ShellLine quotes a command line so that a shell reads it back.
func ShellLine(args []string) string { return runner.ShellLine(args) }
