package tui

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"slipway/session"
)

var update = flag.Bool("update", false, "rewrite the golden screens")

func funcName(f any) string { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() }

// Each screen, empty and at work, at the sizes that matter. Look at a screen
// before committing it.
func TestGoldenScreens(t *testing.T) {
	t.Parallel()
	sizes := []struct {
		name string
		w, h int
	}{{"80x24", 80, 24}, {"120x40", 120, 40}}
	for _, size := range sizes {
		for tab := range tabs {
			for name, state := range map[string]func() *session.State{"empty": empty, "busy": busy} {
				screen := strings.ToLower(tabNames[tab]) + "-" + name + "-" + size.name
				t.Run(screen, func(t *testing.T) {
					t.Parallel()
					d := drive(t, state(), size.w, size.h)
					d.press(string(rune('1' + int(tab))))
					golden(t, screen, d.screen())
				})
			}
		}
	}
}

func TestGoldenTooSmall(t *testing.T) {
	t.Parallel()
	golden(t, "small-20x5", drive(t, busy(), 20, 5).screen())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: make it with go test ./tui -update, and look at it", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if it should, go test ./tui -update\n--- got\n%s--- want\n%s", name, got, want)
	}
}
