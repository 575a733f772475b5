package console

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "record testdata/sessions/*.screen anew with tmux")

// sessions are recordings of real programs, and the size they were made at.
// Beside NAME.raw, what the program printed, NAME.screen is what
// `tmux capture-pane -e` showed of it.
var sessions = []struct {
	name       string
	cols, rows int
}{
	{"linux", 80, 25},
	{"vim", 80, 24},
	{"less", 80, 24},
	{"nano", 80, 24},
	{"htop", 100, 30},
	{"dialog", 80, 24},
	{"top", 80, 24},
	{"tmux", 80, 24},
}

// accepted are the differences from tmux that are meant.
//
//   - linux: SeaBIOS turns autowrap off and tmux honours it, so that the ends of
//     the kernel's long lines are lost there. The recording is compared with the
//     firmware's sequence taken out of what tmux gets.
//   - htop, dialog: a capture ends before the blanks that were erased with a
//     background colour at the end of a row, so those are not compared.
func forTmux(name string, raw []byte) []byte {
	if name == "linux" {
		return bytes.ReplaceAll(raw, []byte("\x1b[?7l"), nil)
	}
	return raw
}

func TestSessionsLookAsInTmux(t *testing.T) {
	t.Parallel()
	for _, c := range sessions {
		t.Run(c.name, func(t *testing.T) {
			base := filepath.Join("testdata", "sessions", c.name)
			raw, err := os.ReadFile(base + ".raw")
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				screen := tmuxScreen(t, forTmux(c.name, raw), c.cols, c.rows)
				if err := os.WriteFile(base+".screen", screen, 0o644); err != nil { // a file of the repository
					t.Fatal(err)
				}
			}
			screen, err := os.ReadFile(base + ".screen")
			if err != nil {
				t.Fatal(err)
			}
			ours := New(Options{Cols: c.cols, Rows: c.rows})
			_, _ = ours.Write(raw)
			// The capture is text with SGR sequences, so the emulator reads it
			// too, on a screen one row higher since it ends with a newline.
			theirs := New(Options{Cols: c.cols, Rows: c.rows + 1})
			_, _ = theirs.Write([]byte("\x1b)0")) // where captures keep line drawing
			_, _ = theirs.Write(bytes.ReplaceAll(screen, []byte("\n"), []byte("\r\n")))
			compareScreens(t, ours.Snapshot(), theirs.Snapshot(), true)
			checkSnapshot(t, ours.Snapshot())
		})
	}
}

// compareScreens compares texts and styles, those of blanks only if asked to.
func compareScreens(t *testing.T, ours, theirs *Snapshot, blanks bool) {
	t.Helper()
	for y, line := range ours.Lines {
		if a, b := line.Text(), theirs.Lines[y].Text(); a != b {
			t.Errorf("row %d:\n ours %q\n tmux %q", y, a, b)
			continue
		}
		for x := range theirs.Lines[y].Used() {
			a, b := line.Cell(x), theirs.Lines[y].Cell(x)
			if a.Text == "" && b.Text == " " || a.Text == " " && b.Text == "" {
				a.Text, b.Text = " ", " " // tmux writes blanks as spaces
				// An attribute without a colour does not show on a blank.
				a.Style.FG, b.Style.FG = 0, 0
				a.Style.Attrs &= Reverse | Underline | Strike
				b.Style.Attrs &= Reverse | Underline | Strike
			}
			if a != b && (blanks || a.Text != " ") {
				t.Errorf("row %d column %d of %q: ours %+v, tmux %+v", y, x, line.Text(), a, b)
				break
			}
		}
	}
}

// tmuxScreen is what tmux shows after raw was printed in it, with colours.
func tmuxScreen(t *testing.T, raw []byte, cols, rows int) []byte {
	t.Helper()
	dir := t.TempDir()
	input := filepath.Join(dir, "raw")
	// The title comes last, so tmux has seen all of raw once it has the title.
	if err := os.WriteFile(input, append(raw, "\x1b]2;slipway-done\x07"...), 0o600); err != nil {
		t.Fatal(err)
	}
	tmux := func(args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), "tmux", append([]string{"-S", filepath.Join(dir, "socket"), "-f", "/dev/null", "-u"}, args...)...)
		out, err := cmd.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("tmux %s: %s", strings.Join(args, " "), exit.Stderr)
		} else if err != nil {
			t.Fatal(err)
		}
		return out
	}
	tmux("new-session", "-d", "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows), "sh", "-c", "stty raw -echo; cat '"+input+"'; exec cat >/dev/null")
	defer tmux("kill-server")
	tmux("set", "-g", "status", "off")
	tmux("resize-window", "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows))
	for deadline := time.Now().Add(10 * time.Second); ; {
		if strings.TrimSpace(string(tmux("display", "-p", "#{pane_title}"))) == "slipway-done" {
			return tmux("capture-pane", "-p", "-e", "-N")
		}
		if time.Now().After(deadline) {
			t.Fatal("tmux did not take the recording in within 10 s")
		}
	}
}
