package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestIDsSortByTimeAndAreFoundByTheirEnds(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	// A clock that stands still and then goes back.
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var ids []string
	for i := range 50 {
		if i == 25 {
			at = at.Add(-time.Hour)
		}
		ids = append(ids, s.ids.take(at))
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != 50 {
		t.Errorf("IDs %v", ids)
	}
	for _, id := range ids {
		if !validID(id) {
			t.Errorf("%q is no ID", id)
		}
	}

	a, b := put(t, s, example(), ""), put(t, s, example(), "")
	for _, part := range []string{a.ID, a.ID[len(a.ID)-5:], strings.ToUpper(a.ID[len(a.ID)-6:])} {
		if got, err := s.Get(part); err != nil || got.ID != a.ID {
			t.Errorf("Get(%q) = %q, %v; want %q", part, got.ID, err, a.ID)
		}
	}
	var ambiguous *AmbiguousError
	if _, err := s.Get(a.ID[:4]); !errors.As(err, &ambiguous) || len(ambiguous.IDs) != 2 {
		t.Errorf("Get(%q): %v; there is %s too", a.ID[:4], err, b.ID)
	}
	for _, bad := range []string{"", "zzzzz", "../../etc", "0000000000000000", "..", "a b"} {
		if _, err := s.Get(bad); !errors.Is(err, ErrNotFound) {
			t.Errorf("Get(%q): %v", bad, err)
		}
	}
}

// Each start reads a clock that was set meanwhile: back and forward, to before the first
// ID and to after the last.
func TestIDsGoOnWhereTheHistoryEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var runs, experiments []string
	for _, year := range []int{2026, 2029, 2026, 1970, 2070, 2024, 1999, 2054, 2055, 2026} {
		for range 2 {
			s := open(t, dir)
			s.now = func() time.Time { return time.Date(year, 11, 1, 12, 0, 0, 0, time.UTC) }
			id, err := s.PutExperiment(Experiment{State: Done})
			if err != nil {
				t.Fatal(err)
			}
			run := put(t, s, example(), "")
			runs, experiments = append(runs, run.ID), append(experiments, id)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	both := slices.Sorted(slices.Values(append(slices.Clone(runs), experiments...)))
	if !slices.IsSorted(runs) || !slices.IsSorted(experiments) || len(slices.Compact(both)) != 40 {
		t.Errorf("runs %v, experiments %v", runs, experiments)
	}
	s := open(t, dir)
	list, err := s.List(Filter{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(list)
	for i, r := range list {
		if len(list) != len(runs) || r.ID != runs[i] {
			t.Fatalf("%d of %d runs are listed; number %d is %s", len(list), len(runs), i, r.ID)
		}
	}
}
