package session_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/session"
)

// meddler does to a project what people and their tools do while a workbench is
// open: saves in every manner, folders that go and come, marks, other apps.
type meddler struct {
	t      *testing.T
	s      *session.Session
	r      *rand.Rand
	app    string // its folder
	away   string // where it is when it is not there
	copied string // another app's folder
	saves  int
}

func (m *meddler) must(errs ...error) {
	m.t.Helper()
	if err := errors.Join(errs...); err != nil {
		m.t.Fatal(err)
	}
}

// source prints a line that no other save prints.
func (m *meddler) source() string {
	m.saves++
	return fmt.Sprintf("#include <stdio.h>\nint main(void) { puts(\"save %d\"); return 0; }\n", m.saves)
}

func (m *meddler) here() bool {
	_, err := os.Stat(m.app)
	return err == nil
}

func (m *meddler) leave() {
	if m.here() {
		m.must(os.Rename(m.app, m.away))
	}
}

func (m *meddler) comeBack() {
	if !m.here() {
		m.must(os.Rename(m.away, m.app))
	}
}

func (m *meddler) write(text string) {
	m.comeBack()
	path := filepath.Join(m.app, "main.c")
	switch m.r.IntN(4) {
	case 0: // in place
		m.must(os.WriteFile(path, []byte(text), 0o600))
	case 1: // another file takes the name
		m.must(os.WriteFile(path+".new", []byte(text), 0o600), os.Rename(path+".new", path))
	case 2: // with a backup
		m.must(os.Rename(path, path+"~"), os.WriteFile(path, []byte(text), 0o600), os.Remove(path+"~"))
	case 3: // in two pieces
		f, err := os.Create(path)
		m.must(err)
		_, err = f.WriteString(text[:len(text)/2])
		_, again := f.WriteString(text[len(text)/2:])
		m.must(err, again, f.Close())
	}
}

func (m *meddler) meddle() {
	switch m.r.IntN(12) {
	case 0, 1, 2, 3:
		m.write(m.source())
	case 4:
		m.write("int main(void) { return nothing; }\n")
	case 5:
		m.write(fmt.Sprintf("int main(void) { return %d; }\n", 1+m.r.IntN(100)))
	case 6:
		m.leave()
	case 7:
		m.leave()
		m.comeBack()
	case 8:
		m.comeBack()
		header := filepath.Join(m.app, "more.h")
		if err := os.Remove(header); errors.Is(err, fs.ErrNotExist) {
			m.must(os.WriteFile(header, []byte("/* more */\n"), 0o600))
		}
	case 9:
		m.s.Mark("host", m.r.IntN(2) == 0)
	case 10:
		m.s.SelectApp([]string{"mine", "hello"}[m.r.IntN(2)])
	case 11:
		if err := os.Mkdir(m.copied, 0o755); errors.Is(err, fs.ErrExist) {
			m.must(os.RemoveAll(m.copied))
		} else {
			m.must(err, os.WriteFile(filepath.Join(m.copied, "app.toml"), []byte("schema = 1\nname = \"other\"\nabout = \"x\"\nsources = [\"*.c\"]\n"), 0o600))
		}
	}
}

// What is shown when all is quiet is what is on disk, whatever happened before and
// in whichever order it was heard of. SLIPWAY_SETTLES=N meddles N times over.
func TestAllSettlesAsItIsOnDisk(t *testing.T) {
	t.Parallel()
	times := 3
	if n, err := strconv.Atoi(os.Getenv("SLIPWAY_SETTLES")); err == nil {
		times = n
	}
	s := open(t)
	dir, err := s.NewApp("mine")
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	m := &meddler{
		t: t, s: s, r: rand.New(rand.NewPCG(seed, 0)), app: dir, away: filepath.Join(t.TempDir(), "mine"),
		copied: filepath.Join(filepath.Dir(dir), "other"),
	}
	for range times {
		for range 1 + m.r.IntN(20) {
			m.meddle()
			if m.r.IntN(3) == 0 {
				select {
				case <-s.Changes():
				case <-time.After(time.Duration(m.r.IntN(30)) * time.Millisecond):
				}
			}
		}
		m.comeBack()
		has := func(name string) func(*session.State) bool {
			return func(st *session.State) bool {
				return slices.ContainsFunc(st.Apps, func(a session.App) bool { return a.Name == name })
			}
		}
		await(t, s, time.Minute, "the app", func(st *session.State) bool {
			if st.App != "mine" && has("mine")(st) {
				s.SelectApp("mine") // refused where it was away when the manifests were read last
			}
			return st.App == "mine"
		})
		s.Mark("host", true)
		if m.r.IntN(2) == 0 {
			m.write(m.source())
		}
		text, err := os.ReadFile(filepath.Join(dir, "main.c"))
		m.must(err)
		await(t, s, time.Minute, "what main.c makes now: "+string(text), func(st *session.State) bool {
			return len(st.Guests) == 1 && st.Guests[0].ID == "host/mine" && made(&st.Guests[0], string(text))
		})
		await(t, s, time.Minute, "the files as they are", func(st *session.State) bool {
			var shown []string
			for _, f := range st.Files {
				shown = append(shown, f.Path)
			}
			return slices.Equal(shown, names(t, dir))
		})
		_, err = os.Stat(m.copied)
		await(t, s, time.Minute, "the apps as they are", func(st *session.State) bool { return has("other")(st) == (err == nil) })
	}
}

// made says whether a guest shows what a source of the meddler's makes.
func made(g *session.Guest, source string) bool {
	var status int
	switch {
	case strings.Contains(source, "nothing"):
		return g.Phase == session.GuestFailed && g.Problem != nil && len(g.Problem.Jumps) > 0
	case g.Phase != session.GuestEnded || g.Problem != nil && g.Problem.Command == nil || g.Outcome != "exit":
		return false
	case strings.Contains(source, "puts"):
		_, line, _ := strings.Cut(source, `puts("`)
		line, _, _ = strings.Cut(line, `"`)
		return g.Status == 0 && strings.Contains(strings.Join(g.Screen.Snapshot().Text(), "\n")+"\n", line+"\n")
	}
	if n, err := fmt.Sscanf(source, "int main(void) { return %d", &status); n != 1 || err != nil {
		return g.Status == 0 // the template, as it was made
	}
	return g.Status == status
}

// names are those of a folder's files, sorted.
func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
