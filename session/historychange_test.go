package session_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/session"
)

// Several runs are changed at once, and come back at once.
func TestRunsAreChangedTogether(t *testing.T) {
	t.Parallel()
	before := open(t)
	experiment := keep(t, before, "hello", "done", "keel")
	s, err := session.Open(context.Background(), session.Options{Folders: before.Folders()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Start()
	find := func(st *session.State, id string) *session.Run {
		if i := slices.IndexFunc(st.Runs, func(r session.Run) bool { return r.ID == id }); i >= 0 {
			return &st.Runs[i]
		}
		return &session.Run{}
	}
	const limit = 20 * time.Second
	st := await(t, s, limit, "the list", func(st *session.State) bool { return st.RunsLoaded && len(st.Runs) == 12 })
	ids := []string{st.Runs[0].ID, st.Runs[3].ID, st.Runs[7].ID}
	s.TagRuns(ids, []string{"slow"}, nil)
	s.NoteRuns(ids[:2], "look again")
	s.PinRuns(ids[2:], true)
	await(t, s, limit, "tags, notes and the pin", func(st *session.State) bool {
		a, b, c := find(st, ids[0]), find(st, ids[1]), find(st, ids[2])
		return slices.Equal(a.Tags, []string{"slow"}) && a.Note == "look again" && b.Note == a.Note && c.Pinned && slices.Equal(c.Tags, a.Tags) && c.Note == ""
	})
	// Another Slipway takes a note back: the list has that when it is looked at.
	other, err := before.Store()
	if err == nil {
		err = other.Note(ids[0], "by another")
	}
	if err != nil {
		t.Fatal(err)
	}
	s.RefreshRuns()
	await(t, s, limit, "the other's note", func(st *session.State) bool { return find(st, ids[0]).Note == "by another" })
	s.DeleteRuns(ids)
	await(t, s, limit, "the refusal", func(st *session.State) bool {
		return slices.ContainsFunc(st.Notices, func(n session.Notice) bool { return strings.Contains(n.Text, ids[2]+" is pinned") })
	})
	if n := len(s.State().Runs); n != 12 {
		t.Fatalf("%d runs are left: a pinned run was among those to go", n)
	}
	s.PinRuns(ids[2:], false)
	await(t, s, limit, "no pin", func(st *session.State) bool { return !find(st, ids[2]).Pinned })
	s.DeleteRuns(ids)
	await(t, s, limit, "nine runs", func(st *session.State) bool { return len(st.Runs) == 9 })
	s.UndoDelete()
	st = await(t, s, limit, "all runs", func(st *session.State) bool { return len(st.Runs) == 12 })
	if r := find(st, ids[1]); r.Note != "look again" || r.Experiment != experiment {
		t.Errorf("it came back as %+v", r)
	}
	// What is asked for in a row is done in a row.
	s.NoteRuns(ids, "to the end")
	s.DeleteRuns(ids[:2])
	s.UndoDelete()
	st = await(t, s, limit, "the notes", func(st *session.State) bool {
		return len(st.Runs) == 12 && find(st, ids[0]).Note == "to the end" && find(st, ids[1]).Note == "to the end"
	})
	if len(st.Problems) > 0 {
		t.Errorf("%+v", st.Problems)
	}
	awaitNotice(t, s, "2 runs brought back")
	// What came back from the trash by itself does not keep the rest from coming back.
	s.DeleteRuns(ids)
	await(t, s, limit, "nine runs", func(st *session.State) bool { return len(st.Runs) == 9 })
	trash, err := s.Trash()
	if err != nil || len(trash) != 3 || trash[0].At.IsZero() || trash[0].Problem != "" {
		t.Fatalf("%+v, %v", trash, err)
	}
	s.RestoreRuns(ids[:1])
	await(t, s, limit, "ten runs", func(st *session.State) bool { return len(st.Runs) == 10 })
	s.UndoDelete()
	await(t, s, limit, "all runs", func(st *session.State) bool { return len(st.Runs) == 12 })
	s.UndoDelete()
	awaitNotice(t, s, "nothing was deleted")
	s.DeleteRuns(ids[:1])
	await(t, s, limit, "eleven runs", func(st *session.State) bool { return len(st.Runs) == 11 })
	s.EmptyTrash()
	awaitNotice(t, s, "the trash is empty")
	if len(s.State().Problems) > 0 {
		t.Errorf("%+v", s.State().Problems)
	}
}

func TestTagsAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	add, remove, err := session.ParseTags(" slow, +cache  -todo #x ")
	if err != nil || !slices.Equal(add, []string{"slow", "cache", "x"}) || !slices.Equal(remove, []string{"todo"}) {
		t.Error(add, remove, err)
	}
	for _, text := range []string{"-", "a\x1bb", "x:"} {
		if _, _, err := session.ParseTags(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
