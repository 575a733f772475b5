package store

import (
	"crypto/rand"
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

// idSource makes IDs that sort by the order in which they were asked for. It is
// safe for concurrent use.
type idSource struct {
	mu   sync.Mutex
	last int64
}

func (s *idSource) next(now time.Time) string {
	s.mu.Lock()
	// A clock that stands still or goes back must not put a later run first.
	ms := max(now.Sub(epoch).Milliseconds(), s.last+1, 0)
	s.last = ms
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
