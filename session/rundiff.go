package session

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/benchmarks/store"
)

// RunDiff is what two runs do not share: what was changed from A to B, and what it cost.
// All its texts are free of what a terminal would act upon.
type RunDiff struct {
	A, B     RunHead
	Cost     RunCost
	Sections []DiffSection // those that differ, what a person changes most often first
	Same     []string      // titles of those that do not
	Unknown  []string      // titles of those that the file which a run was read from does not tell
	Notes    []string      // sentences: what is not known, and why
}

// RunHead says which run a side is.
type RunHead struct {
	ID, Target, Kind, Outcome, Note string
	Tags                            []string
	Started                         time.Time
}

// DiffSection is one part of what makes a run.
type DiffSection struct {
	Name, Title string
	Follows     bool // most often from what else was changed, such as the image from the sources
	Rows        []Difference
	Files       []FileDiff
}

// Difference is one thing that two runs do not share; nil where a run has none of it.
type Difference struct {
	Name string
	A, B *string
}

// Brief says in a few words what differs: "nbody.c +3 -2", "memory 64M -> 128M".
func (s *DiffSection) Brief() string {
	var parts []string
	for _, f := range s.Files {
		if f.Added+f.Removed == 0 {
			parts = append(parts, f.Path+" "+f.Status)
			continue
		}
		parts = append(parts, fmt.Sprintf("%s +%d -%d", f.Path, f.Added, f.Removed))
	}
	for _, r := range s.Rows {
		part := r.Name
		if x, y := orNone(r.A), orNone(r.B); len(x)+len(y) <= briefValue {
			part += " " + x + " -> " + y
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// briefValue is how long two values may be to be told in a line with others.
const briefValue = 40

func orNone(s *string) string {
	if s == nil {
		return "–"
	}
	return *s
}

// Differences are those of all sections.
func (d *RunDiff) Differences() []Difference {
	var all []Difference
	for _, s := range d.Sections {
		all = append(all, s.Rows...)
	}
	return all
}

// Differ reports whether the two runs have anything but their figures apart.
func (d *RunDiff) Differ() bool { return len(d.Sections) > 0 }

func (d *RunDiff) note(format string, args ...any) {
	d.Notes = append(d.Notes, plain(fmt.Sprintf(format, args...)))
}

// section takes a section in: among those that differ, or as a word in Same.
func (d *RunDiff) section(s DiffSection) {
	if len(s.Rows) == 0 && len(s.Files) == 0 {
		d.Same = append(d.Same, s.Title)
		return
	}
	d.Sections = append(d.Sections, s)
}

// RunDiff compares two stored runs. It blocks.
func (s *Session) RunDiff(a, b string) (*RunDiff, error) {
	history, err := s.Store()
	if err != nil {
		return nil, err
	}
	x, err := history.Get(a)
	if err != nil {
		return nil, err
	}
	y, err := history.Get(b)
	if err != nil {
		return nil, err
	}
	return DiffRuns(history, x, y), nil
}

// DiffRuns compares two runs of a history. What can't be read of them is told in Notes.
func DiffRuns(history *store.Store, a, b store.Run) *RunDiff {
	d := &RunDiff{A: headOf(a), B: headOf(b), Cost: costOf(history, a, b)}
	d.section(rowsOf("target", "target", targetFacts(a), targetFacts(b)))
	known := d.sourceSections(history, a, b)
	d.section(rowsOf("settings", "settings", settingFacts(a, b), settingFacts(b, a)))
	d.section(rowsOf("attached", "disks and shares", attachedFacts(a), attachedFacts(b)))
	d.section(rowsOf("commit", "git commit", commitFacts(a), commitFacts(b)))
	d.section(rowsOf("outcome", "outcome", outcomeFacts(a), outcomeFacts(b)))
	d.section(DiffSection{Name: "image", Follows: true, Title: "image", Rows: imageDifferences(a, b)})
	d.section(DiffSection{Name: "command line", Follows: true, Title: "command line", Rows: commandDifferences(a.Args, b.Args)})
	environment := rowsOf("environment", "environment", environmentFacts(a, b), environmentFacts(b, a))
	environment.Rows = partly(environment.Rows, a, b)
	environment.Follows = !slices.ContainsFunc(environment.Rows, func(r Difference) bool { return !slices.Contains(fromSettings, r.Name) })
	d.section(environment)
	d.forgetUnknown(a, b)
	sources := slices.ContainsFunc(d.Sections, func(s DiffSection) bool { return s.Name != "image" && (len(s.Files) > 0 || s.Name == "target") })
	if a.Image.Hash != b.Image.Hash && !sources && known {
		d.note("the images differ and the sources do not: the compiler, its flags or the kernel's own build was another")
	}
	if known && a.Environment.Commit != "" && a.Environment.Commit == b.Environment.Commit && a.Environment.Dirty && b.Environment.Dirty {
		d.note("both with uncommitted changes: the sources kept with them are what was built")
	}
	return d
}

func headOf(r store.Run) RunHead {
	outcome := r.Outcome
	if r.Exit != nil {
		outcome += " " + strconv.Itoa(*r.Exit)
	}
	return RunHead{
		ID: r.ID, Target: plain(r.Target.ID), Kind: kind(r), Outcome: plain(outcome), Note: plainLine(r.Note), Tags: r.Tags, Started: r.Started,
	}
}

// fact is one thing that is known of a run.
type fact struct{ name, value string }

// rowsOf are the facts that two runs do not share, in the order of the first and then
// of the second.
func rowsOf(name, title string, a, b []fact) DiffSection {
	s := DiffSection{Name: name, Title: title}
	value := func(facts []fact, name string) *string {
		for _, f := range facts {
			if f.name == name && f.value != "" {
				text := plainLine(f.value)
				return &text
			}
		}
		return nil
	}
	seen := map[string]bool{}
	for _, f := range slices.Concat(a, b) {
		x, y := value(a, f.name), value(b, f.name)
		if seen[f.name] || x == nil && y == nil || x != nil && y != nil && *x == *y {
			continue
		}
		seen[f.name] = true
		s.Rows = append(s.Rows, Difference{Name: plainLine(f.name), A: x, B: y})
	}
	return s
}

func targetFacts(r store.Run) []fact {
	if r.Target.Kernel == "" && r.Target.App == "" { // of another program's file
		return []fact{{"name", r.Target.ID}}
	}
	return []fact{{"kernel", r.Target.Kernel}, {"app", r.Target.App}}
}

// settingFacts leave out what one run was given and the other has anyway.
func settingFacts(r, other store.Run) []fact {
	e, o := r.Environment, other.Environment
	same := map[string]bool{"machine": e.Machine == o.Machine, "memory": e.Memory == o.Memory, "cpus": e.CPUs == o.CPUs}
	var facts []fact
	for _, key := range slices.Sorted(maps.Keys(r.Target.Settings)) {
		if !same[key] {
			facts = append(facts, fact{key, r.Target.Settings[key]})
		}
	}
	return facts
}

func attachedFacts(r store.Run) []fact {
	var facts []fact
	for i, a := range r.Attached {
		facts = append(facts, fact{fmt.Sprintf("attached %d", i+1), a.String()})
	}
	return facts
}

func commitFacts(r store.Run) []fact {
	dirty := ""
	if r.Environment.Commit != "" {
		dirty = map[bool]string{true: "yes", false: "no"}[r.Environment.Dirty]
	}
	return []fact{{"commit", r.Environment.Commit[:min(len(r.Environment.Commit), shortHash)]}, {"with changes", dirty}}
}

// fromSettings are the facts of an environment that are the target's own choice.
var fromSettings = []string{"machine", "memory", "cpus", "virtual time"}

// loadApart is by how much the host's load must differ to be told: it is another one
// before every boot.
const loadApart = 0.5

func environmentFacts(r, other store.Run) []fact {
	e := r.Environment
	memory := ""
	if e.Memory > 0 {
		memory = fmt.Sprintf("%d MiB", e.Memory>>20)
	}
	facts := []fact{
		{"host", e.Host},
		{"CPU", e.CPU},
		{"cores", known(e.Cores)},
		{"host kernel", e.HostKernel},
		{"governor", e.Governor},
		{"accelerator", e.Accel},
		{"why", e.AccelReason},
		{"QEMU", e.QEMU},
		{"machine", e.Machine},
		{"instruction set", e.Arch},
		{"memory", memory},
		{"cpus", known(e.CPUs)},
		{"transport", e.Transport},
		{"Slipway", e.Slipway},
		{"Go", e.Go},
		{"virtual time", map[bool]string{true: "yes", false: "no"}[e.Virtual]},
	}
	if o := other.Environment; e.Load != nil && (o.Load == nil || math.Abs(*e.Load-*o.Load) >= loadApart) {
		facts = append(facts, fact{"load before", strconv.FormatFloat(*e.Load, 'f', 2, 64)})
	}
	return facts
}

// known is "" for what is not known.
func known(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func outcomeFacts(r store.Run) []fact {
	sort := KindWord(r.Kind)
	if r.Warmup {
		sort += ", warm-up"
	}
	outcome := r.Outcome
	if r.Exit != nil {
		outcome += " " + strconv.Itoa(*r.Exit)
	}
	return []fact{
		{"outcome", outcome},
		{"reason", r.Reason},
		{"kind", sort},
		{"touched", r.Touched},
		{"counted from", map[string]string{
			store.Spawned: "the spawn", store.Prestarted: "when a QEMU that was held ready was let go", store.Resumed: "the app's hand-over",
		}[r.Origin]},
	}
}

// imageDifferences tell of images by the first digits of their hashes, and of their
// sizes.
func imageDifferences(a, b store.Run) []Difference {
	if a.Image.Hash == b.Image.Hash {
		return nil
	}
	rows := []Difference{shortHashes("hash", a.Image.Hash, b.Image.Hash)}
	if a.Image.AppHash != b.Image.AppHash {
		rows = append(rows, shortHashes("app's ELF", a.Image.AppHash, b.Image.AppHash))
	}
	return rows
}

func shortHashes(name, a, b string) Difference {
	short := func(hash string) *string {
		if hash == "" {
			return nil
		}
		hash = plain(hash[:min(len(hash), shortHash)])
		return &hash
	}
	return Difference{name, short(a), short(b)}
}
