package keys

import (
	"strings"
	"testing"
)

func TestBuiltinHasNoConflicts(t *testing.T) {
	t.Parallel()
	table, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		scope, key string
		want       Action
	}{
		{"kernels", "space", "mark"},
		{"kernels", "j", "down"},
		{"kernels", "q", "back"},
		{"console", "k", "stop"},
		{"editor", "ctrl+k", "delete-to-end"},
		{"prefixed", "ctrl+]", "send-prefix"},
	} {
		if got, ok := table.Find(c.scope, c.key); !ok || got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.key, c.scope, got, c.want)
		}
	}
	if _, ok := table.Find("editor", "q"); ok {
		t.Error("q means something while editing")
	}
	if got := table.Key("kernels", "filter"); got != "/" {
		t.Errorf("filter has the key %q", got)
	}
	sheet := table.Markdown()
	for _, want := range []string{"## Kernels", "`space`", "`ctrl+]`"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the cheat sheet lacks %s", want)
		}
	}
}

func TestBrokenTables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"[[scope]]\nname=\"a\"\nkeys=[{action=\"x\",keys=[\"q\"],does=\"X\"},{action=\"y\",keys=[\"q\"],does=\"Y\"}]", `"q" in a is both a.x and a.y`},
		{"[[scope]]\nname=\"a\"\nwith=[\"b\"]\nkeys=[{action=\"x\",keys=[\"q\"],does=\"X\"}]\n[[scope]]\nname=\"b\"\nkeys=[{action=\"x\",keys=[\"q\"],does=\"X\"}]", `"q" in a`},
		{"[[scope]]\nname=\"a\"\nwith=[\"b\"]", "unknown scope b"},
		{"[[scope]]\nname=\"a\"\n[[scope]]\nname=\"a\"", "twice"},
		{"[[scope]]\nname=\"a\"\nkeys=[{action=\"x\",keys=[]}]", "needs action, keys and does"},
		{"[[scope]]\nnam=\"a\"", "scope.nam"},
		{"[[scope]]\n\nname=", "line 3"},
	} {
		if _, err := Parse("mine.toml", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "mine.toml") {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}
