package session_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"slipway/runner/tomlfile"
	"slipway/session"
)

func TestReadSettings(t *testing.T) {
	t.Parallel()
	theme := func(name string) error {
		if name != "auto" && name != "dark" {
			return errors.New("no theme " + name)
		}
		return nil
	}
	folders := session.Folders{Config: t.TempDir()}
	for _, c := range []struct {
		text string
		want session.Settings
		line int // of the mistake; 0: none
		says string
	}{
		{text: "", want: session.Settings{Theme: "auto", Warmup: 1, Spare: true, Cache: 5 << 30}},
		{text: "schema = 1\ntheme = \"dark\"\nrounds = 30\nwarmup = 0\ncache = \"300M\"\n", want: session.Settings{Theme: "dark", Rounds: 30, Spare: true, Cache: 300 << 20}},
		{text: "band = \"3%, boot/total=0\"\n", want: session.Settings{Theme: "auto", Warmup: 1, Spare: true, Cache: 5 << 30, Band: "3%, boot/total=0"}},
		{text: "\nband = \"wide\"\n", line: 2, says: `band "wide": want a share in percent`},
		{text: "spare = false\n", want: session.Settings{Theme: "auto", Warmup: 1, Cache: 5 << 30}},
		{text: "theme = \"dark\"\nrunds = 30\n", line: 2, says: `unknown key "runds"`},
		{text: "\ntheme = \"loud\"\n", line: 2, says: "no theme loud"},
		{text: "rounds = 0\n", line: 1, says: "rounds = 0: it takes 1 to 1000"},
		{text: "rounds = \"many\"\n", line: 1, says: "it should be a whole number"},
		{text: "warmup = -1\n", line: 1, says: "warmup = -1"},
		{text: "\ncache = \"much\"\n", line: 2, says: `cache = "much": it takes a size such as "5G"`},
		{text: "# mine\nschema = 2\n", line: 2, says: "schema = 2: this Slipway reads settings of schema 1"},
	} {
		if err := os.WriteFile(folders.SettingsPath(), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := session.ReadSettings(folders, theme)
		if c.line == 0 {
			if err != nil || got != c.want {
				t.Errorf("%q: %+v, %v, want %+v", c.text, got, err, c.want)
			}
			continue
		}
		var mistake *tomlfile.Error
		if !errors.As(err, &mistake) || mistake.Line != c.line || !strings.Contains(mistake.Message, c.says) {
			t.Errorf("%q: %v, want line %d and %q", c.text, err, c.line, c.says)
		}
	}
	if err := os.Remove(folders.SettingsPath()); err != nil {
		t.Fatal(err)
	}
	if got, err := session.ReadSettings(folders, theme); err != nil || got.Theme != "auto" {
		t.Errorf("without a file: %+v, %v", got, err)
	}
}
