package main_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
)

// startsElsewhere are the places outside runner/process that have a child started,
// and why its spawner can't do it.
var startsElsewhere = map[string]string{
	"tui.ExecProcess": "an editor gets the terminal from Bubble Tea, which puts the screen away around it, and must outlive us with its unsaved text",
}

// oneSpawnerStartsAll: the kernel ends a child with us only where one thread that never ends has started it, so all
// children come from runner/process. What runs a command is known by its shape: a call without arguments, in a package
// that knows commands at all.
func (h *house) oneSpawnerStartsAll(f *findings) {
	starters := []string{"Start", "Run", "Output", "CombinedOutput"}
	functions := map[string][]string{
		"os": {"StartProcess"}, "syscall": {"ForkExec", "StartProcess", "Exec", "RawSyscall"}, "golang.org/x/sys/unix": {"Exec"},
		"github.com/creack/pty": {"Start", "StartWithSize", "StartWithAttrs"}, "charm.land/bubbletea/v2": {"ExecProcess"},
	}
	knowsCommands := map[string]bool{}
	for _, s := range h.sources {
		if !s.test && slices.ContainsFunc(s.ast.Imports, func(imp *ast.ImportSpec) bool { return importPath(imp) == "os/exec" }) {
			knowsCommands[s.dir] = true
		}
	}
	for _, s := range h.sources {
		if s.test || within(s.dir, "runner/process") {
			continue
		}
		s.uses(func(n ast.Node, pkg, name string) {
			if slices.Contains(functions[pkg], name) && startsElsewhere[s.dir+"."+name] == "" {
				f.fault("%s: %s.%s starts a process; only runner/process does, so that it ends with us", s.at(n), path.Base(pkg), name)
			}
		})
		if !knowsCommands[s.dir] {
			continue
		}
		s.methodCalls(func(call *ast.CallExpr, method *ast.SelectorExpr) {
			if len(call.Args) == 0 && slices.Contains(starters, method.Sel.Name) {
				f.fault("%s: %s() starts a process; only runner/process does, so that it ends with us", s.at(call), method.Sel.Name)
			}
		})
	}
}

// measuring are the rooms whose times must not follow a clock that somebody sets.
var measuring = []string{"runner/process", "runner/boot", "runner/qemu"}

// timesOfDay are files that need one, and what for.
var timesOfDay = map[string]string{
	"runner/qemu/handover.go":  "a guest that is resumed is told what time it is",
	"runner/process/clocks.go": "the kernel stamps what a guest writes by the time of day, which is put on our clock at once",
}

// clocksDoNotJump: time.Now carries the monotonic clock, and these methods take it away. A time of a file never had it.
func (h *house) clocksDoNotJump(f *findings) {
	stripping := []string{"UTC", "Local", "In", "Unix", "UnixNano", "UnixMilli", "UnixMicro"}
	for _, s := range h.sources {
		if s.test || timesOfDay[s.path] != "" || !slices.ContainsFunc(measuring, func(room string) bool { return within(s.dir, room) }) {
			continue
		}
		s.methodCalls(func(call *ast.CallExpr, method *ast.SelectorExpr) {
			if slices.Contains(stripping, method.Sel.Name) && !isCallOf(method.X, "ModTime") {
				f.fault("%s: %s takes the monotonic clock away: a duration from it jumps when the clock is set", s.at(call), method.Sel.Name)
			}
		})
	}
}

// methodCalls visits all calls of the form x.Name(...), where x is no imported package.
func (s source) methodCalls(visit func(call *ast.CallExpr, method *ast.SelectorExpr)) {
	packages := map[token.Pos]bool{}
	s.uses(func(n ast.Node, _, _ string) { packages[n.Pos()] = true })
	ast.Inspect(s.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if method, ok := call.Fun.(*ast.SelectorExpr); ok {
			if _, plain := method.X.(*ast.Ident); !plain || !packages[method.Pos()] {
				visit(call, method)
			}
		}
		return true
	})
}

// isCallOf says whether an expression is x.name(...).
func isCallOf(x ast.Expr, name string) bool {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && method.Sel.Name == name
}
