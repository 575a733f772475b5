package watch

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Each way of saving main.c is one report of main.c, and of nothing else.
func TestSavePatterns(t *testing.T) {
	t.Parallel()
	for name, save := range map[string]func(t testing.TB, path, content string){
		"truncate and write": write,
		"rename over": func(t testing.TB, path, content string) {
			write(t, path+".new", content)
			must(t, os.Rename(path+".new", path))
		},
		"temporary in another folder": func(t testing.TB, path, content string) {
			other := filepath.Join(t.TempDir(), "x")
			write(t, other, content)
			must(t, os.Rename(other, path))
		},
		"backup by renaming": func(t testing.TB, path, content string) { // vim, joe
			must(t, os.Rename(path, path+"~"))
			write(t, path, content)
			must(t, os.Chmod(path, 0o644), os.Remove(path+"~"))
		},
		"remove and create": func(t testing.TB, path, content string) {
			must(t, os.Remove(path))
			write(t, path, content)
		},
		"in pieces": func(t testing.TB, path, content string) {
			f, err := os.Create(path)
			must(t, err)
			for _, b := range []byte(content) {
				_, err := f.Write([]byte{b})
				must(t, err)
			}
			must(t, f.Sync(), f.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			oneReportPerSave(t, func(path string) { save(t, path, "int main = 2;\n") })
		})
	}
}

func TestRealEditors(t *testing.T) {
	t.Parallel()
	for name, argv := range map[string][]string{
		"vim":                {"vim", "-Nu", "NONE", "-es", "-c", "%s/1/2/", "-c", "wq"},
		"vim, backup":        {"vim", "-Nu", "NONE", "-es", "-c", "set backup writebackup backupcopy=no", "-c", "%s/1/2/", "-c", "wq"},
		"vim, in place":      {"vim", "-Nu", "NONE", "-es", "-c", "set backupcopy=yes", "-c", "%s/1/2/", "-c", "wq"},
		"vim, no safety net": {"vim", "-Nu", "NONE", "-es", "-c", "set nowritebackup noswapfile", "-c", "%s/1/2/", "-c", "wq"},
		"emacs":              {"emacs", "-Q", "--batch", "--eval", `(progn (find-file (car command-line-args-left)) (replace-string "1" "2") (save-buffer) (kill-emacs))`},
		"sed":                {"sed", "-i", "s/1/2/"},
		"perl":               {"perl", "-i", "-pe", "s/1/2/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(argv[0]); err != nil {
				t.Skipf("%s is not here", argv[0])
			}
			oneReportPerSave(t, func(path string) {
				cmd := exec.CommandContext(t.Context(), argv[0], append(argv[1:], path)...)
				cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "TERM=dumb")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v: %v\n%s", argv, err, out)
				}
			})
		})
	}
}

func oneReportPerSave(t *testing.T, save func(path string)) {
	t.Helper()
	root := t.TempDir()
	path := filepath.Join(root, "main.c")
	write(t, path, "int main = 1;\n")
	o := observe(t, Config{Root: root, Quiet: unhurried})
	save(path)
	o.reported("main.c")
	if b, err := os.ReadFile(path); err != nil || string(b) != "int main = 2;\n" {
		t.Fatalf("the save itself went wrong: %q, %v", b, err)
	}
	changes := o.settle()
	if len(changes) != 1 || len(changes[0].Paths) != 1 || changes[0].Paths[0] != "main.c" {
		t.Errorf("one save was reported as %v", changes)
	}
}

// A save whose second half is late is not reported as an empty file.
func TestHalfASaveIsWaitedFor(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	path := filepath.Join(root, "main.c")
	write(t, path, "one")
	w, err := New(Config{Root: root})
	must(t, err)
	t.Cleanup(func() { must(t, w.Close()) })

	for what, change := range map[string]func(){
		"emptied": func() { must(t, os.Truncate(path, 0)) },
		"missing": func() { must(t, os.Remove(path)) },
	} {
		// Announced for this file, or found among all.
		for _, b := range []batch{{dirty: map[string]bool{"main.c": true}}, {scan: true}} {
			change()
			if c, wait, err := w.compare(&b, false); err != nil || wait != halfSave || len(c.Paths) > 0 {
				t.Errorf("%s: %v, wait %v, %v", what, c, wait, err)
			}
			write(t, path, "one") // the second half brings back what was there
			if c, wait, err := w.compare(&b, false); err != nil || wait != 0 || len(c.Paths) > 0 {
				t.Errorf("%s and back: %v, wait %v, %v", what, c, wait, err)
			}
		}
	}
	b := batch{dirty: map[string]bool{"main.c": true}}
	must(t, os.Truncate(path, 0))
	if c, wait, err := w.compare(&b, true); err != nil || wait != 0 || len(c.Paths) != 1 {
		t.Errorf("when it is late: %v, wait %v, %v", c, wait, err)
	}
}
