package benchmarks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// maxNamed is how many benchmarks a note names before it counts the others.
const maxNamed = 5

// packageKey is the key in a run of a benchmark of a Go package. Package and name
// together say which benchmark it is, in whatever order a file has them.
func packageKey(pkg, name string) string {
	if pkg == "" {
		return name
	}
	return pkg + "." + name
}

// WithoutPackage is the name of a benchmark in its Go package: the key in a run without it.
func WithoutPackage(key string, m store.Metric) string {
	return strings.TrimPrefix(key, packageKey(m.Package, ""))
}

// packages are those of which a benchmark is, for each target; "" where a file says none.
type packages map[string]map[string]bool

// unpackage gives benchmarks of Go packages their short names, where no other benchmark
// of the whole comparison has that name in another package. What it changes it copies.
// It returns notes on benchmarks that the targets have of other packages: those are not
// the same.
func unpackage(runs []*store.Run, label func(*store.Run) string) []string {
	of := map[string]packages{} // by short name
	for _, run := range runs {
		target := label(run)
		for key, m := range run.Metrics {
			name := MetricName(WithoutPackage(key, m), m.Unit)
			if of[name] == nil {
				of[name] = packages{}
			}
			if of[name][target] == nil {
				of[name][target] = map[string]bool{}
			}
			of[name][target][m.Package] = true
		}
	}
	for i, run := range runs {
		runs[i] = shortened(run, of)
	}
	return otherPackages(of)
}

func shortened(run *store.Run, of map[string]packages) *store.Run {
	metrics := map[string]store.Metric{}
	for key, m := range run.Metrics {
		if name := WithoutPackage(key, m); m.Package != "" && !of[MetricName(name, m.Unit)].several() {
			key = name
		}
		metrics[key] = m
	}
	if len(metrics) != len(run.Metrics) || maps.EqualFunc(metrics, run.Metrics, func(store.Metric, store.Metric) bool { return true }) {
		return run
	}
	short := *run
	short.Metrics = metrics
	return &short
}

// several reports whether a short name stands for more than one benchmark. A file that
// says no package may mean any one.
func (p packages) several() bool {
	all := map[string]bool{}
	for _, of := range p {
		if of[""] && len(of) > 1 {
			return true
		}
		maps.Copy(all, of)
	}
	delete(all, "")
	return len(all) > 1
}

// otherPackages says which benchmarks the targets have of other packages.
func otherPackages(of map[string]packages) []string {
	names := map[string][]string{} // by what differs
	for name, p := range of {
		if how := p.differ(); how != "" {
			names[how] = append(names[how], name)
		}
	}
	var notes []string
	for _, how := range slices.Sorted(maps.Keys(names)) {
		list := names[how]
		slices.Sort(list)
		if more := len(list) - maxNamed; more > 0 {
			list = append(list[:maxNamed], fmt.Sprintf("%d more", more))
		}
		notes = append(notes, fmt.Sprintf("%s: other package: %s; only benchmarks of one package are compared", strings.Join(list, ", "), how))
	}
	return notes
}

// differ says how the targets' packages of one benchmark differ; "" where they don't.
func (p packages) differ() string {
	if !p.several() {
		return ""
	}
	var parts []string
	same := true
	var first map[string]bool
	for _, target := range slices.Sorted(maps.Keys(p)) {
		if first == nil {
			first = p[target]
		}
		same = same && maps.Equal(first, p[target])
		list := slices.Sorted(maps.Keys(p[target]))
		if list[0] == "" {
			list[0] = "none named"
		}
		parts = append(parts, strings.Join(list, " and ")+" with "+target)
	}
	if same {
		return ""
	}
	return strings.Join(parts, ", ")
}
