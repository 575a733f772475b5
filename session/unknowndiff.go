package session

import (
	"slices"
	"strings"

	"slipway/benchmarks/store"
)

// unknownParts are those of a run that a file of results need not tell, with what says
// that it did not.
var unknownParts = []struct {
	title string
	empty func(store.Run) bool
}{
	{"source", func(store.Run) bool { return true }}, // no file holds them
	{"app manifest", func(r store.Run) bool { return r.Manifests.App == "" }},
	{"kernel manifest", func(r store.Run) bool { return r.Manifests.Kernel == "" }},
	{"settings", func(r store.Run) bool { return len(r.Target.Settings) == 0 }},
	{"disks and shares", func(r store.Run) bool { return len(r.Attached) == 0 }},
	{"git commit", func(r store.Run) bool { return r.Environment.Commit == "" }},
	{"image", func(r store.Run) bool { return r.Image.Hash == "" }},
	{"command line", func(r store.Run) bool { return len(r.Args) == 0 }},
	{"environment", func(r store.Run) bool {
		e := r.Environment
		return e.Host == "" && e.CPU == "" && e.Accel == "" && e.QEMU == ""
	}},
}

// forgetUnknown takes out what the file that a run was read from does not tell: it is
// neither the same nor changed.
func (d *RunDiff) forgetUnknown(a, b store.Run) {
	imported := [2]bool{a.Kind == store.Imported, b.Kind == store.Imported}
	for _, part := range unknownParts {
		if imported[0] && part.empty(a) || imported[1] && part.empty(b) {
			d.Unknown = append(d.Unknown, part.title)
		}
	}
	unknown := func(title string) bool { return slices.Contains(d.Unknown, title) }
	d.Same = slices.DeleteFunc(d.Same, unknown)
	d.Sections = slices.DeleteFunc(d.Sections, func(s DiffSection) bool { return unknown(s.Title) })
	if len(d.Unknown) > 0 {
		d.note("a file of results does not tell all: not known are %s", strings.Join(d.Unknown, ", "))
	}
}

// Nothing says that no section differs.
func (d *RunDiff) Nothing() string {
	if len(d.Unknown) > 0 {
		return "nothing that is known"
	}
	return "nothing"
}

// partly leaves out what an imported side does not tell of its environment.
func partly(rows []Difference, a, b store.Run) []Difference {
	return slices.DeleteFunc(rows, func(r Difference) bool {
		return r.A == nil && a.Kind == store.Imported || r.B == nil && b.Kind == store.Imported
	})
}
