package store

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"
)

// Crockford's base32 in lower case: no i, l, o, u, which look like other
// characters or make words. Its characters are in ASCII order, so that IDs sort
// as the numbers they stand for.
const digits = "0123456789abcdefghjkmnpqrstvwxyz"

// IDs count milliseconds from here.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// Length of an ID: 40 bits of milliseconds (34 years) and 20 random bits, which
// keep two processes that start a run in the same millisecond apart.
const (
	idTime   = 8
	idRandom = 4
	idLength = idTime + idRandom
)

// idEnd is the first millisecond that an ID can't hold.
const idEnd = 1 << (5 * idTime)

// idSource makes IDs that sort by the order in which they were asked for. It is
// safe for concurrent use.
type idSource struct {
	mu   sync.Mutex
	next int64 // the first millisecond that is free
}

// after makes all IDs to come sort behind one that exists.
func (s *idSource) after(id string) {
	ms := int64(0)
	for _, c := range []byte(id[:idTime]) {
		ms = ms<<5 | int64(max(strings.IndexByte(digits, c), 0))
	}
	s.mu.Lock()
	s.next = max(s.next, ms+1)
	s.mu.Unlock()
}

func (s *idSource) take(now time.Time) string {
	ms := now.Sub(epoch).Milliseconds()
	if ms >= idEnd {
		ms = 0 // such a clock says nothing: what counts is what was there before
	}
	s.mu.Lock()
	// A clock that stands still or goes back must not put a later run first.
	ms = min(max(ms, s.next), idEnd-1)
	s.next = ms + 1
	s.mu.Unlock()

	var id [idLength]byte
	for i := idTime - 1; i >= 0; i-- {
		id[i] = digits[ms&31]
		ms >>= 5
	}
	var noise [idRandom]byte
	_, _ = rand.Read(noise[:]) // documented to never fail
	for i, b := range noise {
		id[idTime+i] = digits[b&31]
	}
	return string(id[:])
}

// validID reports whether s has the form of an ID, so that nothing else ever
// becomes part of a path.
func validID(s string) bool { return len(s) == idLength && validIDPart(s) }

func validIDPart(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}

// newestID is the greatest ID of a run, finished or not, or of an experiment, among the
// names of files; "" where there is none.
func newestID(names []string) string {
	newest := ""
	for _, name := range names {
		name = strings.TrimSuffix(strings.TrimSuffix(name, recordSuffix), claimSuffix)
		if strings.HasPrefix(name, pendingPrefix) {
			name = name[strings.LastIndexByte(name, '-')+1:]
		}
		if validID(name) {
			newest = max(newest, name)
		}
	}
	return newest
}
