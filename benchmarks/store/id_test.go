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
		ids = append(ids, s.ids.next(at))
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
