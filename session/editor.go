package session

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// EditorCommand is the user's own editor ($VISUAL, else $EDITOR, else vi) on a
// file of the selected app or of a kernel, see ReadFile, at a line where the editor is known to take one
// (line 0: anywhere). An app of the suite is copied into the project first. The
// caller runs the command; its saves are seen like those of any other editor.
func (s *Session) EditorCommand(path string, line int) (*exec.Cmd, error) {
	a, path, err := s.kernelSources(path)
	if a == nil && err == nil {
		a, err = s.ownApp()
	}
	if err != nil {
		return nil, err
	}
	if !filepath.IsLocal(path) {
		return nil, fmt.Errorf("edit %q: the path leaves the app's folder", path)
	}
	words, err := editorWords()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(a.Dir, path)
	args := slices.Concat(words[1:], editorPlace(filepath.Base(words[0]), file, line))
	cmd := exec.Command(words[0], args...)
	cmd.Dir = a.Dir
	return cmd, nil
}

// editorWords splits $VISUAL or $EDITOR at spaces, as git and sudoedit do for
// simple values: EDITOR="code --wait" works.
func editorWords() ([]string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if words := strings.Fields(os.Getenv(name)); len(words) > 0 {
			if _, err := exec.LookPath(words[0]); err != nil {
				return nil, fmt.Errorf("$%s names %s: %w: set it to an editor that is installed", name, words[0], err)
			}
			return words, nil
		}
	}
	for _, name := range []string{"editor", "vi", "nano"} {
		if _, err := exec.LookPath(name); err == nil {
			return []string{name}, nil
		}
	}
	return nil, fmt.Errorf("no editor found: set $EDITOR, or edit here")
}

// editorPlace adds the line in the way the editor takes it.
func editorPlace(editor, file string, line int) []string {
	if line <= 0 {
		return []string{file}
	}
	n := strconv.Itoa(line)
	switch editor {
	case "vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "editor", "ed", "joe", "ne":
		return []string{"+" + n, file}
	case "hx", "helix", "subl", "zed":
		return []string{file + ":" + n}
	case "code", "codium":
		return []string{"--goto", file + ":" + n}
	default:
		return []string{file}
	}
}
