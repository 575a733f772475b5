package store

import (
	"errors"
	"slices"
	"testing"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	first := put(t, s, example(), "")
	other := example()
	other.Target = Target{ID: "linux-cloud/nbody", Kernel: "linux-cloud", App: "nbody"}
	other.Outcome, other.Exit, other.Warmup, other.Kind = "hang", nil, true, Interactive
	second := put(t, s, other, "")
	if err := s.Pin(second.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		f    Filter
		want []string
	}{
		{Filter{}, []string{second.ID, first.ID}},
		{Filter{Kernel: "keel"}, []string{first.ID}},
		{Filter{Target: "linux-cloud/nbody", Outcome: "hang"}, []string{second.ID}},
		{Filter{NoWarmup: true}, []string{first.ID}},
		{Filter{Kind: Interactive}, []string{second.ID}},
		{Filter{Pinned: true}, []string{second.ID}},
		{Filter{Before: second.ID}, []string{first.ID}},
		{Filter{App: "nbody", Save: "a41f", Image: "abc", Experiment: "000000000001"}, []string{second.ID, first.ID}},
		{Filter{Kernel: "'; DROP TABLE runs; --"}, nil},
	} {
		list, err := s.List(c.f, 0)
		var ids []string
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		if err != nil || !slices.Equal(ids, c.want) {
			t.Errorf("%+v gives %v, %v; want %v", c.f, ids, err, c.want)
		}
	}
	runs, err := s.Load(Filter{})
	if err != nil || len(runs) != 2 || runs[0].ID != first.ID {
		t.Errorf("Load: %d runs, %v: the oldest comes first", len(runs), err)
	}
}

// TestAListTellsWhatIsNoBootTime: what the index loses nobody is told.
func TestAListTellsWhatIsNoBootTime(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run := example()
	run.Origin, run.Touched = Resumed, "it was paused"
	run.Counted, run.Environment.Virtual = ByPlugin, true
	put(t, s, run, "")
	list, err := s.List(Filter{}, 0)
	if err != nil || len(list) != 1 || list[0].Origin != Resumed || !list[0].Touched || list[0].Counted != ByPlugin || !list[0].Virtual {
		t.Errorf("the list has %+v, %v", list, err)
	}
}

func TestNotesPinsTrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	run := put(t, s, example(), "log")
	if err := s.Note(run.ID, "after the cache change"); err != nil {
		t.Fatal(err)
	}
	if err := s.Pin(run.ID, true); err != nil {
		t.Fatal(err)
	}
	if tags, err := s.Tag(run.ID, []string{"slow", "cache", "slow"}, []string{"none"}); err != nil || !slices.Equal(tags, []string{"cache", "slow"}) {
		t.Fatal(tags, err)
	}
	check := func(s *Store) {
		t.Helper()
		got, err := s.Get(run.ID)
		if !slices.Equal(got.Tags, []string{"cache", "slow"}) {
			t.Errorf("tags %q", got.Tags)
		}
		if err != nil || got.Note != "after the cache change" || !got.Pinned {
			t.Errorf("%q, %v, %v", got.Note, got.Pinned, err)
		}
		list, err := s.List(Filter{}, 0)
		if err != nil || len(list) != 1 || list[0].Note != got.Note || !list[0].Pinned || !slices.Equal(list[0].Tags, got.Tags) {
			t.Errorf("%+v, %v", list, err)
		}
	}
	check(s)
	var pinned *PinnedError
	if _, err := s.Delete(run.ID); !errors.As(err, &pinned) || pinned.ID != run.ID {
		t.Fatalf("a pinned run is deleted: %v", err)
	}
	check(s)
	if err := s.Pin(run.ID, false); err != nil {
		t.Fatal(err)
	}
	if id, err := s.Delete(run.ID[len(run.ID)-6:]); err != nil || id != run.ID {
		t.Fatal(id, err)
	}
	if _, err := s.Get(run.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a deleted run: %v", err)
	}
	if list, err := s.List(Filter{}, 0); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if err := s.Restore(run.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Pin(run.ID, true); err != nil {
		t.Fatal(err)
	}
	check(s)
	check(open(t, dir))
	if err := s.Pin(run.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Delete(run.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := s.EmptyTrash(); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := s.Restore(run.ID); err == nil {
		t.Error("restored out of an emptied trash")
	}
}
