package tomlfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"slipway/runner/tomlfile"
)

type settings struct {
	Rounds int      `toml:"rounds"`
	Words  []string `toml:"words"`
	Boot   struct {
		Machine string            `toml:"machine"`
		Extra   map[string]string `toml:"extra"`
		Mark    struct {
			Event string `toml:"event"`
		} `toml:"mark"`
	} `toml:"boot"`
}

func TestMistakesAreToldWithTheirLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"rounds = 3\nrunds = 4\n", `f:2: unknown key "runds": look for a typing mistake`},
		{"[boot]\nmachine = \"pc\"\nmachin = \"q35\"\n", `f:3: unknown key "boot.machin": look for a typing mistake`},
		{"machine = \"pc\"\n[boot]\nextra = {}\n", `f:1: unknown key "machine": look for a typing mistake`},
		{"[boot]\nmark = { evnt = \"x\" }\n", `f:2: unknown key "boot.mark.evnt": look for a typing mistake`},
		{"[wat]\nx = 1\n", `f:1: unknown key "wat": look for a typing mistake`},
		{"rounds = \"three\"\n", "f:1: rounds: its value has type string; it should be a whole number"},
		{"words = 3\n", "f:1: words: its value has type int64; it should be a list"},
		{"rounds = 3\nrounds = 4\n", "f:2: Key 'rounds' has already been defined."},
		{"\nrounds = = 4\n", "f:2: expected value but found '=' instead"},
	} {
		var s settings
		err := tomlfile.Decode("f", []byte(c.text), &s)
		var mistake *tomlfile.Error
		if !errors.As(err, &mistake) {
			t.Errorf("%q: %v, want an *Error", c.text, err)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("%q: %q, want %q", c.text, err, c.want)
		}
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	var s settings
	err := tomlfile.Decode("f", []byte("rounds = 3\n[boot]\nextra = { a = \"b\" }\n"), &s)
	if err != nil || s.Rounds != 3 || s.Boot.Extra["a"] != "b" {
		t.Errorf("got %+v, %v", s, err)
	}
	if line := tomlfile.LineOf([]byte("a = 1\n"), "b"); line != 0 {
		t.Errorf("a key that is not there is at line %d", line)
	}
}

// What would never end is not waited for.
func TestReadRefusesWhatIsNoFileOfAPerson(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600), os.Symlink("/dev/zero", filepath.Join(dir, "device")), os.Mkdir(filepath.Join(dir, "folder"), 0o700),
		os.WriteFile(filepath.Join(dir, "large"), make([]byte, 2<<20), 0o600), os.WriteFile(filepath.Join(dir, "good"), []byte("x = 1"), 0o600),
		os.Symlink("good", filepath.Join(dir, "link")),
	); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{"pipe": "pipe or a device", "device": "pipe or a device", "folder": "a folder", "large": "larger than 1 MiB", "none": "no such file", "good": "", "link": ""} {
		data, err := tomlfile.Read(os.DirFS(dir), name)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) || err == nil && string(data) != "x = 1" {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}
