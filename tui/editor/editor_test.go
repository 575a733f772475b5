package editor

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/themes"
	"slipway/tui/cells"
	"slipway/tui/keys"
)

func do(e *Editor, actions ...keys.Action) {
	for _, a := range actions {
		if !e.Do(a) {
			panic("no action " + a)
		}
	}
}

func TestTypingAndUndo(t *testing.T) {
	t.Parallel()
	e := New("int main(void)\n{\n\treturn 0;\n}\n")
	do(e, "down", "down", "line-end")
	for _, s := range []string{" ", "/", "/", " ", "x"} {
		e.Insert(s)
	}
	if got := e.Text(); !strings.Contains(got, "return 0; // x\n") || !e.Dirty() {
		t.Fatalf("typed: %q", got)
	}
	do(e, "newline")
	e.Insert("y")
	if !strings.Contains(e.Text(), "// x\n\ty\n}") {
		t.Fatalf("a new line is not indented like the one before: %q", e.Text())
	}
	do(e, "undo", "undo")
	if !strings.Contains(e.Text(), "// x\n}") {
		t.Fatalf("undo: %q", e.Text())
	}
	do(e, "undo") // letters typed in a row are one change
	if e.Dirty() || e.Text() != "int main(void)\n{\n\treturn 0;\n}\n" {
		t.Fatalf("undone to the start: dirty %v, %q", e.Dirty(), e.Text())
	}
	do(e, "redo", "redo", "redo")
	if !strings.Contains(e.Text(), "// x\n\ty\n}") {
		t.Fatalf("redo: %q", e.Text())
	}
}

func TestSavedVersionSurvivesUndo(t *testing.T) {
	t.Parallel()
	e := New("a")
	e.Insert("b")
	version := e.Version()
	e.Insert("c") // typed while the save is under way
	e.MarkSaved(version)
	if !e.Dirty() {
		t.Error("what was typed during the save counts as saved")
	}
	e.MarkSaved(e.Version())
	e.Insert("d")
	do(e, "undo")
	if e.Dirty() {
		t.Error("back at the saved text, yet dirty")
	}
	do(e, "undo")
	if !e.Dirty() {
		t.Error("another text than the saved one, yet clean")
	}
}

func TestWideAndCombiningCharacters(t *testing.T) {
	t.Parallel()
	e := New("世e\u0301x")
	do(e, "right")
	if _, column := e.Cursor(); column != 3 {
		t.Errorf("behind a wide character the column is %d", column)
	}
	do(e, "right", "delete-left")
	if got := e.Text(); got != "世x" {
		t.Errorf("a combined character is deleted in pieces: %q", got)
	}
	do(e, "line-start")
	e.Insert("\t")
	if _, column := e.Cursor(); column != 5 {
		t.Errorf("behind a tab the column is %d", column)
	}
	do(e, "line-end", "up", "down")
}

func TestFind(t *testing.T) {
	t.Parallel()
	e := New("alpha\nbeta Alpha\ngamma")
	for _, want := range [][2]int{{2, 6}, {1, 1}, {2, 6}} {
		if !e.Find("alpha", false) {
			t.Fatal("not found")
		}
		if line, column := e.Cursor(); line != want[0] || column != want[1] {
			t.Errorf("found at %d:%d, want %v", line, column, want)
		}
	}
	if !e.Find("", true) {
		t.Fatal("not found backwards")
	}
	if line, _ := e.Cursor(); line != 1 {
		t.Errorf("backwards: line %d", line)
	}
	if e.Find("Beta", false) {
		t.Error("a capital matches a small letter")
	}
}

func TestSeek(t *testing.T) {
	t.Parallel()
	e := New("alpha\nbeta Alpha\ngamma")
	for _, c := range []struct {
		query        string
		from         Pos
		line, column int
		found        bool
	}{
		{"alpha", Pos{0, 0}, 1, 1, true}, // at the place itself
		{"alpha", Pos{0, 1}, 2, 6, true},
		{"be", Pos{2, 0}, 2, 1, true}, // round the end
		{"none", Pos{1, 2}, 2, 3, false},
		{"", Pos{1, 2}, 2, 3, false},
	} {
		found := e.Seek(c.query, c.from)
		if line, column := e.Cursor(); found != c.found || line != c.line || column != c.column {
			t.Errorf("seek %q from %v: %v at %d:%d, want %v at %d:%d", c.query, c.from, found, line, column, c.found, c.line, c.column)
		}
	}
}

func TestWordsAndLines(t *testing.T) {
	t.Parallel()
	e := New("  foo_bar(baz);")
	do(e, "line-start")
	if _, column := e.Cursor(); column != 3 {
		t.Errorf("line-start goes to column %d", column)
	}
	do(e, "line-start", "word-right", "word-right")
	if _, column := e.Cursor(); column != 10 {
		t.Errorf("two words on: column %d", column)
	}
	do(e, "line-end", "delete-word")
	if got := e.Text(); got != "  foo_bar(" {
		t.Errorf("delete-word: %q", got)
	}
	do(e, "outdent", "first", "delete-to-end")
	if got := e.Text(); got != "" {
		t.Errorf("delete-to-end: %q", got)
	}
	e.Insert("a\r\nb\x1b[2J\x00c")
	if got := e.Text(); got != "a\nb[2Jc" {
		t.Errorf("pasted: %q", got)
	}
}

func TestReplaceKeepsThePlace(t *testing.T) {
	t.Parallel()
	e := New("one\ntwo\nthree")
	e.Goto(3, 4)
	e.Replace("one\n2")
	if line, _ := e.Cursor(); line != 2 || e.Dirty() {
		t.Errorf("line %d, dirty %v", line, e.Dirty())
	}
	do(e, "undo")
	if e.Text() != "one\ntwo\nthree" || !e.Dirty() {
		t.Errorf("reloading can't be undone: %q", e.Text())
	}
}

func TestDraw(t *testing.T) {
	t.Parallel()
	e := New("a\n\tb\n世界 long line that does not fit\n")
	e.SetMarks(map[int]Mark{2: {"error", "no b"}})
	c := cells.New(16, 5, themes.Style{})
	x, y, ok := e.Draw(c, c.Bounds(), themes.Plain(), true)
	want := "  1  a\n  2●     b\n  3  世界 long l\n  4\n   ~\n"
	if got := c.Plain(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if x != 5 || y != 0 || !ok {
		t.Errorf("cursor at %d,%d %v", x, y, ok)
	}
	e.Goto(3, 1)
	do(e, "line-end")
	c = cells.New(16, 5, themes.Style{})
	if x, _, ok := e.Draw(c, c.Bounds(), themes.Plain(), true); !ok || x >= 16 {
		t.Errorf("the cursor scrolled out of sight: %d %v", x, ok)
	}
}

// Whatever is typed, the text stays valid, undo leads back to the start, and
// nothing panics.
func TestRandomEdits(t *testing.T) {
	t.Parallel()
	table, err := keys.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	scope, _ := table.Scope("editor")
	texts := []string{"x", "\n", "\t", "世", "e\u0301", "\u0301", "👨‍👩‍👧", "\r\n", "\xff", "int main"}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		start := "int main(void)\n{\n\treturn 世;\n}\n"
		e := New(start)
		for range 900 {
			switch n := r.IntN(20); {
			case n < 8:
				e.Insert(texts[r.IntN(len(texts))])
			case n == 8:
				e.SetSize(r.IntN(40)-2, r.IntN(12)-2)
			case n == 9:
				e.Goto(r.IntN(30)-5, r.IntN(30)-5)
			case n == 10:
				e.Find([]string{"x", "世", "INT", "main", ""}[r.IntN(5)], r.IntN(2) == 0)
			case n == 11:
				c := cells.New(r.IntN(40), r.IntN(12), themes.Style{})
				e.Draw(c, c.Bounds(), themes.Plain(), true)
				e.Wheel(r.IntN(9) - 4)
				e.Click(c.Bounds(), r.IntN(40), r.IntN(12))
			default:
				e.Do(scope.Bindings[r.IntN(len(scope.Bindings))].Action)
			}
			if !utf8.ValidString(e.Text()) {
				t.Fatalf("seed %d: invalid text %q", seed, e.Text())
			}
		}
		for range 1000 {
			e.Do("undo")
		}
		if e.Text() != start {
			t.Fatalf("seed %d: undo ends at %q", seed, e.Text())
		}
	}
}
