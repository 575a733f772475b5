package benchmarks

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"slipway/benchmarks/stats"
	"slipway/benchmarks/store"
)

// Bounds on what one file of results may hold: memory stays within some hundred
// megabytes, whatever is given to us.
const (
	maxResultRuns   = 10_000
	maxResultValues = 1_000_000
)

// tooLarge is what benchfmt says of 1e999, an infinity in other words.
const tooLarge = "parsing measurement: value out of range"

// ReadResults reads a file in the Go benchmark format, gzipped or not, into runs of
// a target that is named label. Where the file names several targets, as Slipway's
// export of an experiment does, the runs are theirs, named "label target"; without a
// label they have the file's names, or are named after the file.
//
// Every line of a benchmark is a sample of its own, as `go test -count` makes them,
// but lines that name the run they come from are one sample for each run. A NaN or an
// infinity is refused with file and line. The notes name lines that are malformed or
// too long, which are left out.
func ReadResults(r io.Reader, name, label string) (Results, error) {
	plain, err := plainText(r, name)
	if err != nil {
		return Results{}, err
	}
	f := &resultFile{name: name, alike: map[string]string{}, position: map[[2]string]int{}, at: map[[2]any]int{}, first: map[string]string{}, byRun: map[[2]string]int{}}
	lines := newLines(&lineEnds{from: plain}, nil)
	lines.config = true
	lines.tooLong = func(number int) {
		f.remark(fmt.Sprintf("%s:%d: longer than %d bytes: left out", name, number, maxLine))
	}
	malformed := func(e *benchfmt.SyntaxError) error {
		if e.Msg == tooLarge {
			return fmt.Errorf("%s:%d: a value is too large for a number: not one that can be compared", name, e.Line)
		}
		f.remark(e.Error())
		return nil
	}
	if err := scan(lines, name, f.result, malformed); err != nil {
		return f.Results, fmt.Errorf("read benchmark results: %w", err)
	}
	if len(f.Runs) == 0 {
		return f.Results, f.nothing()
	}
	f.label(label)
	for i := range f.Runs {
		f.better(&f.Runs[i], lines.units)
		addTimeline(&f.Runs[i])
	}
	return f.Results, nil
}

// better fills in which way the file says its metrics improve.
func (f *resultFile) better(run *store.Run, units benchfmt.UnitMetadataMap) {
	for key, m := range run.Metrics {
		switch units.GetBetter(m.Unit) {
		case 1:
			m.Better = string(Higher)
		case -1:
			m.Better = string(Lower)
		}
		if way, said := f.Asked.Better[ExportName(WithoutPackage(key, m), m.Unit)]; said {
			m.Better = way
		}
		run.Metrics[key] = m
	}
}

// addTimeline gives a guest's boot back the phases that it exported as metrics.
func addTimeline(run *store.Run) {
	if a := run.Environment.Accel; a == "" || a == store.Native || run.Counted != "" {
		return
	}
	for key, m := range run.Metrics {
		if phaseRank(key) >= 0 && len(m.Values) > 0 {
			run.Phases = append(run.Phases, store.Phase{Name: strings.TrimPrefix(key, "boot/"), Seconds: m.Values[0]})
		}
	}
	slices.SortFunc(run.Phases, func(a, b store.Phase) int {
		return cmp.Or(cmp.Compare(phaseRank("boot/"+a.Name), phaseRank("boot/"+b.Name)), cmp.Compare(a.Name, b.Name))
	})
}

// plainText unpacks what is gzipped and refuses what is no text that we can read.
func plainText(r io.Reader, name string) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	begin, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read benchmark results: %w", err)
	}
	switch string(begin) {
	case "\x1f\x8b":
		unpacked, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("unpack %s: %w", name, err)
		}
		return unpacked, nil
	case "\xff\xfe", "\xfe\xff":
		return nil, fmt.Errorf("%s is UTF-16, as PowerShell's > writes it: save it as UTF-8, such as by: go test -bench . | Out-File -Encoding utf8 %s", name, filepath.Base(name))
	}
	return buffered, nil
}

// Results are what a file of results holds.
type Results struct {
	Runs  []store.Run
	Notes []string // what was left out, by line
	Asked Asked
}

// resultFile turns lines into runs.
type resultFile struct {
	Results
	name     string
	values   int
	alike    map[string]string // a name that may be Slipway's own, in lower case, to how it is written
	position map[[2]string]int // of each target's benchmark: how many lines it had
	at       map[[2]any]int    // index in runs of a target's run by such a number
	first    map[string]string // benchmark to the unit it reported first
	byRun    map[[2]string]int // index in runs by target and the ID that the file names
}

func (f *resultFile) remark(note string) {
	if len(f.Notes) < maxRemarks {
		f.Notes = append(f.Notes, note)
	}
}

// nothing says that the file holds no result, and why the first lines that look like
// some are none.
func (f *resultFile) nothing() error {
	why := strings.Join(f.Notes[:min(len(f.Notes), 3)], "; ")
	if more := len(f.Notes) - 3; more > 0 {
		why += "; and more like these"
	}
	if why != "" {
		why = " (" + why + ")"
	}
	return fmt.Errorf("%s holds no result in the Go benchmark format, such as: BenchmarkNbody 20 1834512 ns/op%s", f.name, why)
}

func (f *resultFile) result(res *benchfmt.Result) error {
	_, number := res.Pos()
	pkg, name := f.benchmark(res)
	f.Asked.read(res)
	if pkg == "" && reserved(name) {
		lower := strings.ToLower(name)
		if known, ok := f.alike[lower]; ok && known != name {
			return fmt.Errorf("%s:%d: %s beside %s: names like these are Slipway's own, and one of them passes for the other", f.name, number, res.Name, ExportName(known, ""))
		}
		f.alike[lower] = name
	}
	at, err := f.runOf(res, name)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", f.name, number, err)
	}
	metrics := f.Runs[at].Metrics
	for _, v := range res.Values {
		value, unit := original(v)
		if !stats.Finite(value) || !stats.Finite(v.Value) {
			return fmt.Errorf("%s:%d: %s %s is %v: not a number that can be compared", f.name, number, name, unit, value)
		}
		if f.values++; f.values > maxResultValues {
			return fmt.Errorf("%s:%d: more than %d values: split the file", f.name, number, maxResultValues)
		}
		if f.first[name] == "" {
			f.first[name] = unit
		}
		key := Key(name, unit, f.first[name])
		m := metrics[key]
		m.Unit, m.Package = unit, pkg
		m.Values = append(m.Values, value)
		metrics[key] = m
	}
	return nil
}

// benchmark is what a result is of. Slipway's own metrics are of no package.
func (f *resultFile) benchmark(res *benchfmt.Result) (pkg, key string) {
	if pkg = res.GetConfig("pkg"); pkg == "" {
		return "", importName(string(res.Name))
	}
	return pkg, packageKey(pkg, string(res.Name))
}

// runOf is the index of the run that a result belongs to, which is made where it is
// the first of it.
func (f *resultFile) runOf(res *benchfmt.Result, name string) (int, error) {
	target, id := res.GetConfig("target"), res.GetConfig("run")
	if at, known := f.byRun[[2]string{target, id}]; known && id != "" {
		return at, nil
	}
	line := [2]string{target, name}
	key := [2]any{target, f.position[line]}
	f.position[line]++
	at, known := f.at[key]
	if known && id == "" {
		return at, nil
	}
	if len(f.Runs) == maxResultRuns {
		return 0, fmt.Errorf("more than %d boots: split the file", maxResultRuns)
	}
	at = len(f.Runs)
	f.Runs = append(f.Runs, f.run(res, target))
	if id != "" {
		f.byRun[[2]string{target, id}] = at
	} else {
		f.at[key] = at
	}
	return at, nil
}

// run is a boot of which the file alone tells.
func (f *resultFile) run(res *benchfmt.Result, target string) store.Run {
	zero, shared := 0, false
	run := store.Run{
		Target: store.Target{ID: target}, Kind: store.Imported,
		Outcome: "exit", Exit: &zero, Metrics: map[string]store.Metric{},
	}
	if res.GetConfig("accel") == "" { // else it is Slipway's own, from a host like any other
		run.Environment.Shared = &shared
	}
	_, number := res.Pos()
	for _, what := range configure(&run, res.GetConfig) {
		if f.first["unread "+what] != "" {
			continue // as the line before, or as the run before
		}
		f.first["unread "+what] = "said"
		f.remark(fmt.Sprintf("%s:%d: %s: left out", f.name, number, what))
	}
	return run
}

// label names the targets.
func (f *resultFile) label(label string) {
	several := false
	for i := range f.Runs {
		several = several || f.Runs[i].Target.ID != f.Runs[0].Target.ID
	}
	for i := range f.Runs {
		t := &f.Runs[i].Target
		switch {
		case label == "":
			t.ID = cmp.Or(t.ID, fileTarget(f.name))
		case several:
			t.ID = label + " " + cmp.Or(t.ID, "(no target)")
		default:
			t.ID = label
		}
	}
}

// fileTarget names a target after the file it was read from: old for /tmp/old.txt.gz.
func fileTarget(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".gz")
	if stem := strings.TrimSuffix(name, filepath.Ext(name)); stem != "" {
		return stem
	}
	return name
}
