package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// house is the repository as the rules see it.
type house struct {
	module  string
	top     []string // entries of the top level that are not built here
	texts   []text   // every file that is no binary
	sources []source // every Go file
}

type text struct {
	path  string
	lines int
	data  []byte
}

type source struct {
	text
	dir  string // slash-separated, "." at the top
	test bool
	fset *token.FileSet
	ast  *ast.File
}

// survey reads the whole tree, without version control, what .gitignore says is built here, and testdata.
func survey(fsys fs.FS) (*house, error) {
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	h := &house{}
	for line := range bytes.Lines(mod) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "module "); ok {
			h.module = name
		}
	}
	built, err := builtHere(fsys)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !built(e.Name()) {
			h.top = append(h.top, e.Name())
		}
	}
	return h, fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another test's file, gone meanwhile
		}
		if err != nil {
			return err
		}
		if name != "." && (d.Name() == ".git" || d.Name() == "testdata" || !strings.Contains(name, "/") && built(name)) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		return h.read(fsys, name)
	})
}

// builtHere knows the entries that .gitignore names at the top level ("/bin/", "/coverage.*"), and the patterns for
// everywhere.
func builtHere(fsys fs.FS) (func(name string) bool, error) {
	data, err := fs.ReadFile(fsys, ".gitignore")
	if errors.Is(err, fs.ErrNotExist) {
		return func(string) bool { return false }, nil
	}
	var patterns []string
	for line := range bytes.Lines(data) {
		if p := strings.Trim(strings.TrimSpace(string(line)), "/"); p != "" && p[0] != '#' && !strings.Contains(p, "/") {
			patterns = append(patterns, p)
		}
	}
	return func(name string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			ok, matchErr := path.Match(p, name)
			return ok && matchErr == nil
		})
	}, err
}

func (h *house) read(fsys fs.FS, name string) error {
	data, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil // a picture, or what else has no lines
	}
	t := text{path: name, data: data, lines: bytes.Count(data, []byte{'\n'})}
	h.texts = append(h.texts, t)
	if path.Ext(name) != ".go" {
		return nil
	}
	s := source{text: t, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), fset: token.NewFileSet()}
	s.ast, err = parser.ParseFile(s.fset, name, data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	h.sources = append(h.sources, s)
	return nil
}

func (s source) generated() bool { return ast.IsGenerated(s.ast) }

func (s source) at(n ast.Node) string {
	p := s.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// uses calls visit for every pkg.Name in the file, where pkg is an imported package.
func (s source) uses(visit func(n ast.Node, pkg, name string)) {
	imported := map[string]string{}
	for _, imp := range s.ast.Imports {
		p := importPath(imp)
		name := path.Base(p)
		if imp.Name != nil {
			name = imp.Name.Name
		}
		imported[name] = p
	}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && imported[id.Name] != "" {
				visit(sel, imported[id.Name], sel.Sel.Name)
			}
		}
		return true
	})
}

func importPath(imp *ast.ImportSpec) string { return strings.Trim(imp.Path.Value, "\"`") }

// linesWith returns the numbers of the lines that name an absolute path (which is not the end of a longer one).
func (t text) linesWith(absolute string) (numbers []int) {
	if !bytes.Contains(t.data, []byte(absolute)) {
		return nil
	}
	n := 0
	for line := range strings.Lines(string(t.data)) {
		n++
		before, _, found := strings.Cut(line, absolute)
		if found && (before == "" || !strings.ContainsAny(before[len(before)-1:], partOfPath)) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

const partOfPath = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.}~/"
