package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// Document is all that a whole report tells: a comparison, the runs that it was made
// from, and how to repeat them.
type Document struct {
	*benchmarks.Evidence
	Title string
	Of    []string  // the names by which 'slipway report' finds what it is of, where there are some
	Made  time.Time // when the report was written
	By    string    // what wrote it, such as slipway 0.1
}

// heading is the report's title, made where nobody gave one.
func (d *Document) heading() string {
	if d.Title != "" {
		return d.Title
	}
	var names []string
	for _, t := range d.Comparison.Targets {
		names = append(names, t.ID)
	}
	if len(names) > 3 {
		names = append(names[:3], "…")
	}
	return strings.Join(names, ", ")
}

// emulated says that guests were emulated, and why, in a sentence for the top of a
// page; "" where none was.
func (d *Document) emulated() string {
	if instructionsAlone(d.Runs) {
		return "Guests were emulated (TCG), and their clocks counted instructions: figures rank kernels by instructions, and say nothing about time on hardware."
	}
	for i := range d.Runs {
		e := &d.Runs[i].Environment
		if e.Accel != store.TCG {
			continue
		}
		text := "Guests were emulated (TCG): times rank kernels under emulation and say little about hardware."
		if e.AccelReason != "" {
			text += " Why not KVM: " + strings.TrimSuffix(e.AccelReason, ".") + "."
		}
		return text
	}
	return ""
}

// property is one thing that is known of the targets' boots: one value for each
// target, or one alone where all agree.
type property struct {
	Name   string
	Values []string
}

// environment lists what surrounded the boots, leaving out what is not known of any.
func (d *Document) environment() []property {
	var list []property
	for _, of := range properties {
		p := property{Name: of.name}
		known := false
		for _, t := range d.Comparison.Targets {
			var values []string
			for i := range d.Runs {
				run := &d.Runs[i]
				if d.Labelled(run) != t.ID || run.Warmup {
					continue
				}
				if v := of.value(run); !slices.Contains(values, v) {
					values = append(values, v)
				}
			}
			// Commits and images may be many; where they are, it is that which matters.
			if len(values) > 4 {
				values = []string{fmt.Sprintf("%d different ones", len(values))}
			}
			text := strings.Join(values, "; ")
			known = known || text != ""
			p.Values = append(p.Values, text)
		}
		if !known {
			continue
		}
		if slices.Equal(p.Values, slices.Repeat(p.Values[:1], len(p.Values))) {
			p.Values = p.Values[:1]
		}
		list = append(list, p)
	}
	return list
}

var properties = []struct {
	name  string
	value func(*store.Run) string
}{
	{"kernel", func(r *store.Run) string { return r.Target.Kernel }},
	{"app", func(r *store.Run) string { return r.Target.App }},
	{"settings", func(r *store.Run) string { return strings.Join(settings(r.Target), " ") }},
	{"save", func(r *store.Run) string { return r.Save }},
	{"image", func(r *store.Run) string { return short(r.Image.Hash) }},
	{"app's program", func(r *store.Run) string { return short(r.Image.AppHash) }},
	{"kernel's manifest", func(r *store.Run) string { return short(r.Manifests.Kernel) }},
	{"app's manifest", func(r *store.Run) string { return short(r.Manifests.App) }},
	{"disks and shares", func(r *store.Run) string {
		var all []string
		for _, a := range r.Attached {
			all = append(all, a.String())
		}
		return strings.Join(all, ", ")
	}},
	{"accelerator", func(r *store.Run) string { return r.Environment.Accel }},
	{"QEMU", func(r *store.Run) string { return r.Environment.QEMU }},
	{"instruction set", func(r *store.Run) string { return r.Environment.Arch }},
	{"machine", func(r *store.Run) string { return r.Environment.Machine }},
	{"guest memory", func(r *store.Run) string {
		if r.Environment.Memory == 0 {
			return ""
		}
		return benchmarks.FormatValue(float64(r.Environment.Memory), "B")
	}},
	{"virtual CPUs", func(r *store.Run) string { return count(r.Environment.CPUs) }},
	{"guest's clock", func(r *store.Run) string {
		if r.Environment.Virtual {
			return "counts instructions (-icount)"
		}
		return ""
	}},
	{"console", func(r *store.Run) string { return r.Environment.Transport }},
	{"host", func(r *store.Run) string { return r.Environment.Host }},
	{"CPU", func(r *store.Run) string { return r.Environment.CPU }},
	{"cores", func(r *store.Run) string { return count(r.Environment.Cores) }},
	{"host's kernel", func(r *store.Run) string { return r.Environment.HostKernel }},
	{"governor", func(r *store.Run) string { return r.Environment.Governor }},
	{"Slipway", func(r *store.Run) string { return r.Environment.Slipway }},
	{"git commit", func(r *store.Run) string {
		if r.Environment.Dirty {
			return short(r.Environment.Commit) + ", and changes to it"
		}
		return short(r.Environment.Commit)
	}},
	{"read from a file", func(r *store.Run) string {
		if r.Kind != store.Imported {
			return ""
		}
		return cmp.Or(strings.Join(r.Notes, "; "), "yes")
	}},
}

// short is as much of a hash as tells it from others.
func short(hash string) string { return hash[:min(len(hash), 16)] }

// count is a number that is known where it is not 0.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// bootWords says how the boots of a target went.
func bootWords(t benchmarks.TargetSummary) string {
	text := fmt.Sprintf("%d of %d went well", t.OK, t.Boots)
	if t.Warmups > 0 {
		text += fmt.Sprintf(", after %d to warm up", t.Warmups)
	}
	var wrong []string
	for outcome, n := range t.Outcomes {
		wrong = append(wrong, fmt.Sprintf("%d %s", n, outcome))
	}
	slices.Sort(wrong)
	if len(wrong) > 0 {
		text += "; " + strings.Join(wrong, ", ")
	}
	return text
}
