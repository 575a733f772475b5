package main_test

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// findings are sentences that begin with a place.
type findings struct{ faults, warnings []string }

func (f *findings) fault(format string, args ...any) {
	f.faults = append(f.faults, fmt.Sprintf(format, args...))
}

func (f *findings) warn(format string, args ...any) {
	f.warnings = append(f.warnings, fmt.Sprintf(format, args...))
}

// inspect applies every rule.
func (h *house) inspect() *findings {
	f := &findings{}
	h.topLevelIsKnown(f)
	h.arrowsPointDown(f)
	h.screenOnlyShows(f)
	h.packagesAreNamedAndExplained(f)
	h.filesHoldOneIdea(f)
	h.testsDoNotSleep(f)
	h.onlyCmdExits(f)
	h.oneSpawnerStartsAll(f)
	h.clocksDoNotJump(f)
	h.noMachineIsNamed(f)
	return f
}

func (h *house) topLevelIsKnown(f *findings) {
	for _, name := range h.top {
		if !strings.HasPrefix(name, ".") && !slices.Contains(topLevel, name) {
			f.fault("%s: not allowed at the top level; only %s and dot files", name, strings.Join(topLevel, " "))
		}
	}
}

// room returns the room a package lives in, and its floor; -1 where the package has no place in the house.
func room(dir string) (name string, floor int) {
	floor = -1
	for i, rooms := range floors {
		for _, r := range rooms {
			if within(dir, r) && len(r) > len(name) {
				name, floor = r, i
			}
		}
	}
	return name, floor
}

func within(dir, room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") }

// ours returns the folder of a package of this module.
func (h *house) ours(imp *ast.ImportSpec) (dir string, ok bool) {
	return strings.CutPrefix(importPath(imp), h.module+"/")
}

// arrowsPointDown: tests may reach up for real parts, but nothing below tui, not even a test, knows the screen.
func (h *house) arrowsPointDown(f *findings) {
	_, screen := room("tui")
	for _, s := range h.sources {
		from, floor := room(s.dir)
		if floor < 0 {
			f.fault("%s: package %s has no place in the house; give it one in cmd/slipway/house_test.go", s.path, s.dir)
			continue
		}
		for _, imp := range s.ast.Imports {
			for library, where := range screenLibraries {
				inside := slices.ContainsFunc(where, func(w string) bool { return within(s.dir, w) })
				if strings.HasPrefix(importPath(imp), library) && !inside {
					f.fault("%s: %s imports %s, which only %s may", s.at(imp), s.dir, importPath(imp), strings.Join(where, ", "))
				}
			}
			dir, ok := h.ours(imp)
			if !ok {
				continue
			}
			to, target := room(dir)
			switch {
			case from == to, target < floor && target >= 0:
			case s.test && target < screen && target >= 0:
			default:
				f.fault("%s: %s imports %s: an arrow that does not point down", s.at(imp), s.dir, dir)
			}
		}
	}
}

// screenOnlyShows: the UI starts no process, touches no file, and sees only what it is meant to see. Its tests may.
func (h *house) screenOnlyShows(f *findings) {
	forbidden := []string{"os/exec", "os/signal", "syscall", "io/ioutil", "net", "net/http", "golang.org/x/sys/unix", "github.com/creack/pty", "github.com/fsnotify/fsnotify"}
	harmless := map[string][]string{
		"os":            {"Getenv", "LookupEnv", "Environ", "Stdin", "Stdout", "Stderr", "ErrNotExist", "ErrExist", "ErrPermission", "PathError", "Signal", "PathSeparator"},
		"path/filepath": {"Base", "Clean", "Dir", "Ext", "Join", "Match", "Rel", "IsAbs", "Split", "ToSlash", "FromSlash", "Separator"},
	}
	for _, s := range h.sources {
		if s.test || !within(s.dir, "tui") {
			continue
		}
		for _, imp := range s.ast.Imports {
			if p := importPath(imp); slices.Contains(forbidden, p) {
				f.fault("%s: %s imports %s: the UI starts no process and touches no file", s.at(imp), s.dir, p)
			}
			dir, ok := h.ours(imp)
			if ok && !slices.ContainsFunc(screenMaySee, func(r string) bool { to, _ := room(dir); return to == r }) {
				f.fault("%s: %s imports %s: of our own it sees only %s", s.at(imp), s.dir, dir, strings.Join(screenMaySee, ", "))
			}
		}
		s.uses(func(n ast.Node, pkg, name string) {
			if allowed, watched := harmless[pkg]; watched && !slices.Contains(allowed, name) {
				f.fault("%s: %s.%s: the UI starts no process and touches no file", s.at(n), path.Base(pkg), name)
			}
		})
	}
}

// packagesAreNamedAndExplained: a name that says something, and a sentence on what lives there.
func (h *house) packagesAreNamedAndExplained(f *findings) {
	explained := map[string]bool{}
	for _, s := range h.sources {
		if s.test {
			continue
		}
		doc := ""
		if s.ast.Doc != nil {
			doc = strings.TrimSpace(s.ast.Doc.Text())
		}
		explained[s.dir] = explained[s.dir] || doc != ""
	}
	for dir, ok := range explained {
		if !ok {
			f.fault("%s: the package has no comment that says what lives here and what must not", dir)
		}
		for _, part := range strings.Split(dir, "/") {
			if slices.Contains(catchAlls, part) {
				f.fault("%s: %q says nothing about what lives there", dir, part)
			}
		}
	}
	slices.Sort(f.faults)
}

// filesHoldOneIdea counts lines of what people write: Go, C, assembly, shell.
func (h *house) filesHoldOneIdea(f *findings) {
	generated := map[string]bool{}
	for _, s := range h.sources {
		generated[s.path] = s.generated()
	}
	for _, t := range h.texts {
		switch path.Ext(t.path) {
		case ".go", ".c", ".h", ".S", ".sh", ".bash":
		default:
			continue
		}
		switch {
		case generated[t.path]:
		case t.lines > tooLongFile:
			f.fault("%s: %d lines; a file of more than %d holds more than one idea", t.path, t.lines, tooLongFile)
		case t.lines > longFile:
			f.warn("%s: %d lines; from %d on it is worth asking where the idea changes", t.path, t.lines, longFile)
		}
	}
}

// testsDoNotSleep: they wait for a condition.
func (h *house) testsDoNotSleep(f *findings) {
	for _, s := range h.sources {
		if !s.test {
			continue
		}
		s.uses(func(n ast.Node, pkg, name string) {
			if pkg == "time" && name == "Sleep" {
				f.fault("%s: time.Sleep in a test; wait for a condition", s.at(n))
			}
		})
	}
}

// onlyCmdExits: below it, an error is returned.
func (h *house) onlyCmdExits(f *findings) {
	for _, s := range h.sources {
		if s.test || within(s.dir, "cmd") {
			continue
		}
		s.uses(func(n ast.Node, pkg, name string) {
			if pkg == "os" && name == "Exit" || pkg == "log" && strings.HasPrefix(name, "Fatal") {
				f.fault("%s: %s.%s; only cmd ends the program", s.at(n), pkg, name)
			}
		})
	}
}

// noMachineIsNamed: paths of the machine on which something was written are wrong on every other.
func (h *house) noMachineIsNamed(f *findings) {
	for _, t := range h.texts {
		for _, absolute := range forbiddenPaths {
			for _, n := range t.linesWith(absolute) {
				f.fault("%s:%d: %q is a path of somebody's machine", t.path, n, absolute)
			}
		}
	}
}
