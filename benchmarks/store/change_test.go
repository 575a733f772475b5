package store

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// annotateForEver tags one run again and again until it is killed, and says each tag
// that is stored.
func annotateForEver(dir, id string) int {
	s, err := Open(dir)
	for i := 0; err == nil; i++ {
		if _, err = s.Tag(id, []string{fmt.Sprintf("t%d", i%8)}, []string{fmt.Sprintf("t%d", (i+4)%8)}); err == nil {
			_, err = fmt.Println(i)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// A note is read and written again: of several stores at once none may undo what
// another has done.
func TestStoresThatNoteTheSameRunLoseNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := put(t, open(t, dir), example(), "")
	const writers, each = 4, 6
	var wg sync.WaitGroup
	for w := range writers {
		s := open(t, dir)
		wg.Go(func() {
			for i := range each {
				if _, err := s.Tag(run.ID, []string{fmt.Sprintf("w%d-%d", w, i)}, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	noting, pinning := open(t, dir), open(t, dir)
	wg.Go(func() {
		if err := noting.Note(run.ID, "two at once"); err != nil {
			t.Error(err)
		}
	})
	wg.Go(func() {
		if err := pinning.Pin(run.ID, true); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	got, err := open(t, dir).Get(run.ID)
	if err != nil || len(got.Tags) != writers*each || got.Note != "two at once" || !got.Pinned {
		t.Errorf("%d tags, note %q, pinned %v, %v", len(got.Tags), got.Note, got.Pinned, err)
	}
	list, err := open(t, dir).List(Filter{}, 0)
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Tags, got.Tags) || list[0].Note != got.Note || !list[0].Pinned {
		t.Errorf("the index has %+v, %v", list, err)
	}
}

// A store that has no index open yet tells the one on the disk all the same.
func TestANoteByWholeIDReachesTheIndex(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	run := put(t, s, example(), "")
	// Days later the folder of the runs is known as it is.
	s.now = func() time.Time { return time.Now().Add(time.Hour) }
	if err := errors.Join(s.Rebuild(), s.Close()); err != nil {
		t.Fatal(err)
	}
	later := open(t, dir)
	if err := errors.Join(later.Note(run.ID, "later"), later.Close()); err != nil {
		t.Fatal(err)
	}
	if list, err := open(t, dir).List(Filter{}, 0); err != nil || len(list) != 1 || list[0].Note != "later" {
		t.Errorf("%+v, %v", list, err)
	}
}

// Whoever is killed between a run's folder and the index leaves its name behind, and
// the next one reads the run again.
func TestAChangeThatWasCutShortReachesTheIndex(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	run := put(t, s, example(), "")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		cmd := play("annotator", dir)
		cmd.Args = append(cmd.Args, run.ID)
		killAfterFirstLine(t, cmd)
		s := open(t, dir)
		got, err := s.Get(run.ID)
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.List(Filter{}, 0)
		if err != nil || len(list) != 1 || !slices.Equal(list[0].Tags, got.Tags) {
			t.Fatalf("the folder says %q, the index %+v, %v", got.Tags, list, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// And for certain: the folder is changed, the index is not.
	if err := (annotation{Tags: []string{"cut"}}).write(s.runPath(run.ID)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, changesName), []byte(run.ID+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := open(t, dir).List(Filter{}, 0)
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Tags, []string{"cut"}) {
		t.Errorf("%+v, %v", list, err)
	}
}

func killAfterFirstLine(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Error(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // it was killed
}

func TestTagsAreWords(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run := put(t, s, example(), "")
	for _, tag := range []string{"", "two words", "-x", "x:", "\x1b[31m", "a\nb", "\xff", strings.Repeat("x", 41), "a\u202eb"} {
		if _, err := s.Tag(run.ID, []string{tag}, nil); err == nil {
			t.Errorf("%q is a tag", tag)
		}
	}
	for i := range maxTags {
		if _, err := s.Tag(run.ID, []string{fmt.Sprintf("v1.%d:x/ß_y", i)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Tag(run.ID, []string{"more"}, nil); err == nil {
		t.Error("there is no end to tags")
	}
	if err := s.Note(run.ID, strings.Repeat("x", maxNote+1)); err == nil {
		t.Error("there is no end to a note")
	}
	if err := s.Note(run.ID, "one\r\nline \xff"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(run.ID); err != nil || got.Note != "one line ?" {
		t.Errorf("%q, %v", got.Note, err)
	}
}

func TestManyAreDeletedAndBroughtBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	var ids []string
	for range 5 {
		ids = append(ids, put(t, s, example(), "log").ID)
	}
	if err := s.Pin(ids[4], true); err != nil {
		t.Fatal(err)
	}
	count := func(want int) {
		t.Helper()
		if n, err := open(t, dir).Count(Filter{}); n != want || err != nil {
			t.Fatalf("%d runs, %v; want %d", n, err, want)
		}
	}
	if _, err := s.DeleteAll(ids); err == nil {
		t.Error("a pinned run is deleted among others")
	}
	if _, err := s.DeleteAll([]string{ids[0], "zzzzzzzzzzzz"}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	count(5) // all or none
	if done, err := s.DeleteAll([]string{ids[0], ids[1], ids[0], ids[2]}); err != nil || !slices.Equal(done, ids[:3]) {
		t.Fatal(done, err)
	}
	count(2)
	if _, err := s.Get(ids[1]); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "run restore "+ids[1]) {
		t.Errorf("a deleted run: %v", err)
	}
	if _, err := s.Get(ids[1][len(ids[1])-6:]); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "run restore "+ids[1]) {
		t.Errorf("a deleted run by its last characters: %v", err)
	}
	if err := os.WriteFile(filepath.Join(s.trashPath(ids[2]), recordName), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	trash, err := open(t, dir).Trash()
	if err != nil || len(trash) != 3 {
		t.Fatalf("%+v, %v", trash, err)
	}
	for _, d := range trash {
		if (d.Err != nil) != (d.ID == ids[2]) || d.At.IsZero() || d.Err == nil && d.Kernel == "" {
			t.Errorf("%+v", d)
		}
	}
	if done, err := s.RestoreAll([]string{ids[1][:idLength-1], ids[0]}); err != nil || len(done) != 2 {
		t.Fatal(done, err)
	}
	count(4)
	if _, err := s.RestoreAll([]string{"zzzz"}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// What was deleted long ago goes for good.
func TestTheTrashHasBounds(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	old, young := put(t, s, example(), ""), put(t, s, example(), "")
	if _, err := s.Delete(old.ID); err != nil {
		t.Fatal(err)
	}
	s.now = func() time.Time { return time.Now().Add(TrashAge + time.Hour) }
	if _, err := s.Delete(young.ID); err != nil {
		t.Fatal(err)
	}
	if trash, err := s.Trash(); err != nil || len(trash) != 1 || trash[0].ID != young.ID {
		t.Errorf("%+v, %v", trash, err)
	}
}

// A process that was stopped in the midst of a change does not stop the others for ever.
func TestALockThatIsNotLetGoIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	held, err := s.lockChanges(lockPatience)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir).lockChanges(0); err == nil || !strings.Contains(err.Error(), "another Slipway") {
		t.Errorf("%v", err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := open(t, dir).lockChanges(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}
