package main_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDoctorExaminesThisMachine(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	var d struct {
		Schema      int      `json:"schema"`
		Accelerator string   `json:"accel"`
		Reason      *string  `json:"reason"`
		Evidence    []string `json:"evidence"`
		Fixes       []string `json:"fixes"`
		QEMU        *string  `json:"qemu"`
		Virtiofsd   *string  `json:"virtiofsd"`
		Shares      *string  `json:"shares_problem"`
		Host        struct {
			Name     string  `json:"name"`
			CPU      string  `json:"cpu"`
			Cores    int     `json:"cores"`
			Kernel   string  `json:"kernel"`
			Governor *string `json:"governor"`
			Load     float64 `json:"load"`
		} `json:"host"`
		Kernels []map[string]any `json:"kernels"`
		History *string          `json:"history_problem"`
		Markers []struct {
			Kind  string  `json:"kind"`
			Late  float64 `json:"late"`
			Held  float64 `json:"held"`
			Times int     `json:"times"`
		} `json:"markers"`
		NoMarkers *string  `json:"markers_problem"`
		Manifests []string `json:"manifest_problems"`
		Settings  *string  `json:"settings_problem"`
	}
	decode(t, w.expect(0, nil, "doctor", "--json").out, &d)
	if (len(d.Markers) == 4) == (d.NoMarkers != nil) {
		t.Errorf("markers: %+v, problem %v", d.Markers, d.NoMarkers)
	}
	if d.Schema != 1 || d.Accelerator != "tcg" && d.Accelerator != "kvm" || d.QEMU == nil || d.Host.Cores < 1 || len(d.Kernels) < 3 || d.History != nil {
		t.Errorf("%+v", d)
	}
	if (d.Virtiofsd == nil) == (d.Shares == nil) {
		t.Errorf("folders are shared by %v, and are not because of %v", d.Virtiofsd, d.Shares)
	}
	if d.Accelerator == "tcg" && d.Reason == nil {
		t.Error("it does not say why KVM is not used")
	}
	if d.Accelerator == "tcg" && len(d.Fixes) == 0 {
		t.Error("it does not say what would mend KVM")
	}
	w.app("broken", "", "flavour = 1\n")
	if s := w.expect(0, nil, "doctor"); !strings.Contains(s.out, "app.toml:5") || !strings.Contains(s.out, d.Accelerator+":") {
		t.Errorf("it says:\n%s", s.out)
	}
}

func TestTheCacheIsShownAndEmptied(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.ownCache()
	used := func() map[string]int64 {
		var c struct {
			Schema int    `json:"schema"`
			Folder string `json:"folder"`
			Limit  int64  `json:"limit_bytes"`
			Parts  []struct {
				Name  string `json:"name"`
				Bytes int64  `json:"bytes"`
				Count int    `json:"count"`
			} `json:"parts"`
		}
		decode(t, w.expect(0, nil, "cache", "--json").out, &c)
		parts := map[string]int64{}
		for _, p := range c.Parts {
			parts[p.Name] = p.Bytes
		}
		return parts
	}
	w.expect(0, nil, "boot", "-k", "host", "-a", "hello")
	other := filepath.Join(w.home, "cache", "others")
	if err := errors.Join(os.Mkdir(other, 0o700), os.WriteFile(filepath.Join(other, "file"), []byte("12345"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if parts := used(); parts["images"] == 0 || parts["others"] != 5 {
		t.Errorf("after a build the cache holds %v", parts)
	}
	w.expect(2, []string{"no data that --json could print"}, "cache", "clean", "--json")
	w.expect(0, nil, "cache", "clean")
	if parts := used(); parts["images"]+parts["kernels"]+parts["accelerators"]+parts["others"] != 0 {
		t.Errorf("the empty cache holds %v", parts)
	}
	w.expect(0, []string{"exit 0"}, "boot", "-k", "host", "-a", "hello")
	if s := w.run("runs"); strings.Count(s.out, "exit 0") != 2 {
		t.Errorf("emptying the cache took runs along:\n%s", s.out)
	}
}

func TestKeysAreACheatSheet(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	if s := w.expect(0, nil, "keys"); !strings.HasPrefix(s.out, "# Keys\n") || !strings.Contains(s.out, "`ctrl+]`") {
		t.Errorf("it prints:\n%s", s.out)
	}
}

// The demo, as `make run | cat` shows it: the table is data, all else is words, and
// no line of them is drawn over.
func TestTheDemoWithoutATerminal(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	s := w.expect(0, []string{"bench: warm-up\n", "bench: round 1 of 1: linux-cloud/nbody ", "The same again: slipway bench"}, "demo", "-n", "1")
	if !strings.HasPrefix(s.out, "keel/nbody against linux-cloud/nbody (baseline)") || strings.ContainsAny(s.out+s.words, "\x1b\r") {
		t.Errorf("it prints:\n%s\nand says:\n%s", s.out, s.words)
	}
	w.expect(2, []string{"rounds = 0"}, "demo", "-n", "0")
}
