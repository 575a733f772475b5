package compiler_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/runner/compiler"
)

// compile runs the real compiler on a broken program.
func compile(t *testing.T, text string, args ...string) (string, *compiler.Error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.c"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command := append([]string{"gcc", "-o", filepath.Join(dir, "a"), "a.c"}, args...)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("there is no gcc here")
	}
	if err == nil {
		t.Fatal("the program compiled: it should not")
	}
	return dir, compiler.New(command, dir, out, err)
}

func TestCompilerErrorsLeadToTheirPlace(t *testing.T) {
	t.Parallel()
	_, err := compile(t, "int main(void) {\n\treturn unknown;\n}\nint f(void) { retrun 1; }\n")
	if len(err.Diagnostics) < 2 {
		t.Fatalf("diagnostics %+v, want several", err.Diagnostics)
	}
	first := err.Diagnostics[0]
	if first.File != "a.c" || first.Line != 2 || first.Column != 16 || first.Severity != "error" {
		t.Errorf("the first error is at %+v, want a.c:2:16", first)
	}
	if text := err.Error(); !strings.HasPrefix(text, "a.c:2: ") || !strings.Contains(text, "(the first of ") {
		t.Errorf("the sentence is %q", text)
	}
}

func TestLinkerErrorsLeadToTheirPlace(t *testing.T) {
	t.Parallel()
	_, err := compile(t, "void missing(void);\nint main(void) {\n\tmissing();\n}\n", "-g")
	if len(err.Diagnostics) != 1 || err.Diagnostics[0].File != "a.c" || err.Diagnostics[0].Line != 3 {
		t.Fatalf("diagnostics %+v of:\n%s", err.Diagnostics, err.Output)
	}
}

func TestOutputWithoutPlacesIsStillASentence(t *testing.T) {
	t.Parallel()
	err := compiler.New([]string{"make"}, "/", []byte("make: *** No rule to make target 'x'.  Stop.\n"), errors.New("exit status 2"))
	if !strings.Contains(err.Error(), "No rule to make target") {
		t.Errorf("the sentence is %q", err)
	}
	if got := compiler.New([]string{"cc", "x"}, "/", nil, errors.New("exit status 1")).Error(); !strings.Contains(got, "cc x failed") {
		t.Errorf("the sentence is %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a.c:1:2: error: x\n"))
	f.Add([]byte("/tmp/x.o: in function `main':\na.c:3: undefined reference to `y'\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if list := compiler.Parse(data, "/src"); len(list) > 200 {
			t.Errorf("%d diagnostics: the list has no bound", len(list))
		}
	})
}

// TestAssemblerErrorsLeadToTheirPlace runs the real assembler and the real make.
func TestAssemblerErrorsLeadToTheirPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text string
		command    []string
		says       string
	}{
		"gas":        {"mine.S", "\t.globl start\nstart:\n\tmovz %eax, %ebx\n\tnonsense\n", []string{"gcc", "-c", "-o", "mine.o", "mine.S"}, "mine.S:3: "},
		"undefined":  {"mine.S", "\t.globl _start\n_start:\n\tcall nowhere\n", []string{"gcc", "-nostdlib", "-static", "-g", "-o", "mine", "mine.S"}, "mine.S:3: undefined reference to `nowhere'"},
		"a Makefile": {"Makefile", "all:\n        no tab\n", []string{"make"}, "Makefile:2: missing separator"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(c.command[0], c.command[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Fatalf("%s: it was built", name)
		}
		failed := compiler.New(c.command, dir, out, err)
		if len(failed.Diagnostics) == 0 || failed.Diagnostics[0].Severity != "error" || !strings.HasPrefix(failed.Error(), c.says) {
			t.Errorf("%s: %q, diagnostics %+v, of\n%s", name, failed.Error(), failed.Diagnostics, out)
		}
	}
}

// TestOtherLanguagesErrorsLeadToTheirPlace runs the real compilers, those that are here.
func TestOtherLanguagesErrorsLeadToTheirPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text string
		command    []string
		says       string
		column     int
	}{
		"go":    {"main.go", "package main\n\nfunc main() { nonsense() }\n", []string{"go", "build", "-o", "out", "main.go"}, "main.go:3: undefined: nonsense", 15},
		"rustc": {"main.rs", "fn main() {\n    std::process::exit(\"a\");\n}\n", []string{"rustc", "--out-dir", "out", "main.rs"}, "main.rs:2: mismatched types", 24},
		"cmake": {"CMakeLists.txt", "cmake_minimum_required(VERSION 3.13)\nproject(app NONE)\nnonsense()\n", []string{"cmake", "-S", ".", "-B", "out"}, `CMakeLists.txt:3: Unknown CMake command "nonsense".`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(c.command[0]); err != nil {
				t.Skipf("%s is not here", c.command[0])
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), c.command[0], c.command[1:]...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "LC_ALL=C")
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Fatal("it was built")
			}
			failed := compiler.New(c.command, dir, out, err)
			if failed.Error() != c.says || failed.Diagnostics[0].Column != c.column {
				t.Errorf("it says %q, column %d, of:\n%s", failed, failed.Diagnostics[0].Column, out)
			}
			for _, d := range failed.Diagnostics {
				if !filepath.IsLocal(d.File) {
					t.Errorf("%+v leads nowhere", d)
				}
			}
		})
	}
}
