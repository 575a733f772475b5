package apps_test

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"slipway/benchmarks/apps"
)

// TestNumbersReadAsPrintfHasThem runs testdata/numbers.c: what slipway.h prints
// without printf must be the same number.
func TestNumbersReadAsPrintfHasThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	include, program := filepath.Join(dir, "include"), filepath.Join(dir, "numbers")
	if err := os.CopyFS(include, apps.Include()); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("musl-gcc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-I"+include, "-o", program, "testdata/numbers.c").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err = exec.Command(program).Output(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 25*10+9 {
		t.Fatalf("%d lines:\n%s", len(lines), out)
	}
	for _, line := range lines {
		want, got, _ := strings.Cut(line, " = ")
		if result, ok := strings.CutPrefix(got, "BenchmarkN 1099511627776 "); ok {
			number, unit, _ := strings.Cut(result, " ")
			w, errW := strconv.ParseFloat(want, 64)
			g, errG := strconv.ParseFloat(number, 64)
			if errors.Join(errW, errG) != nil || unit != "ns/op" || math.Abs(g-w) > 5e-6*w {
				t.Errorf("the result %s is printed as %q", want, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%s is printed as %s", want, got)
		}
	}
}
