package tui

import (
	"os"
	"path/filepath"
	"testing"
)

// The real program in a terminal whose locale is not UTF-8 writes no byte that such a
// terminal can't show; the flag and the setting go before the locale.
func TestALocaleWithoutUTF8GetsASCII(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts the real program six times")
	}
	for _, c := range []struct {
		locale, setting string
		args            []string
		ascii           bool
	}{
		{"C", "", nil, true},
		{"C.UTF-8", "", nil, false},
		{"C.UTF-8", "", []string{"--ascii"}, true},
		{"C", "", []string{"--ascii=false"}, false},
		{"C.UTF-8", "ascii = true\n", nil, true},
		{"C", "ascii = false\n", nil, false},
	} {
		h := newHome(t)
		h.fill(3)
		config := filepath.Join(h.dir, "config")
		if err := os.MkdirAll(config, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(config, "settings.toml"), []byte(c.setting), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := h.slipway(c.args...)
		cmd.Env = append(cmd.Env, "LC_ALL="+c.locale)
		p := sit(t, 80, 24, cmd)
		p.sees("1 Kernels", "keel")
		p.presses("5")
		p.sees("exit 0")
		p.presses("4")
		p.sees("Comparison")
		p.presses("?")
		p.sees("Keys")
		p.presses("esc")
		p.seesNoMore("Compare the kernels") // an escape and a letter at once would be another key
		p.presses("q")
		p.sees("Quit Slipway?")
		p.presses("y")
		p.leaves()
		if n := p.beyond.Load(); (n == 0) != c.ascii {
			t.Errorf("%+v: %d bytes beyond ASCII", c, n)
		}
	}
}
