package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"
)

func TestLocaleDecidesTheFirstThatIsSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, true},
		{map[string]string{"LANG": "C"}, false},
		{map[string]string{"LANG": "en_US.UTF-8"}, true},
		{map[string]string{"LANG": "en_US.utf8", "LC_ALL": "POSIX"}, false},
		{map[string]string{"LANG": "C", "LC_CTYPE": "C.UTF-8"}, true},
		{map[string]string{"LC_CTYPE": "de_DE.ISO-8859-1"}, false},
	} {
		if got := unicodeLocale(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %v", c.env, got)
		}
	}
}

func TestFlagGoesBeforeSettingAndSettingBeforeLocale(t *testing.T) {
	yes, no := true, false
	t.Setenv("LC_ALL", "C")
	flags := func(args ...string) *pflag.FlagSet {
		f := pflag.NewFlagSet("", pflag.ContinueOnError)
		f.Bool(asciiFlag, false, "")
		f.Bool("json", false, "")
		if err := f.Parse(args); err != nil {
			t.Fatal(err)
		}
		return f
	}
	if !wantsASCII(flags(), nil) || wantsASCII(flags(), &no) || !wantsASCII(flags(), &yes) || wantsASCII(flags("--ascii=false"), &yes) || !wantsASCII(flags("--ascii"), &no) {
		t.Error("who decides")
	}

	for args, want := range map[string]string{"": "5 µs", "--ascii": "5 us", "--ascii --json": "5 µs"} {
		f, err := os.Create(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		parsed := flags()
		if args != "" {
			parsed = flags("--ascii")
			if args != "--ascii" {
				parsed = flags("--ascii", "--json")
			}
		}
		if n, err := (asciiFile{f, parsed}).Write([]byte("5 µs")); n != 5 || err != nil {
			t.Errorf("%q: %d, %v", args, n, err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", args, got, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
