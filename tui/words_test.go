package tui

import (
	"strings"
	"testing"

	"slipway/themes"
)

func TestNamesOverColumns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ id, short, heading string }{
		{"keel/nbody", "keel", "keel"},
		{"keel/nbody (last save)", "keel (last save)", "keel last"},
		{"linux-cloud/nbody (last save)", "linux-cloud (last save)", "linux… last"},
		{"linux-cloud/hello", "linux-cloud/hello", "linux-clou…"},
	} {
		if got := short(c.id, "nbody"); got != c.short || heading(got, 11) != c.heading {
			t.Errorf("%s: %q over %q, want %q over %q", c.id, got, heading(got, 11), c.short, c.heading)
		}
	}
}

// The compiler's caret stands under what it means.
func TestOutputIsVerbatim(t *testing.T) {
	t.Parallel()
	p := newPage(20)
	p.verbatim(themes.Text, "   14 | int a = ;\n      |         ^\n"+strings.Repeat("世", 12))
	want := []string{"   14 | int a = ;", "      |         ^", strings.Repeat("世", 10), "世世"}
	if got := strings.Split(strings.TrimSuffix(p.plain(), "\n"), "\n"); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
}
