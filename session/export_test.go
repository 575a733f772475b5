package session

import "context"

// AwaitCalm waits until every boot that has ended is stored, and what the next one
// needs is ready.
func (s *Session) AwaitCalm() {
	for _, g := range s.guestsOf(nil) {
		g.wait(context.Background())
	}
}

// Misread makes a guest look as if its newest build had read sources that were
// there for a moment only.
func (s *Session) Misread(id string) {
	g := s.guest(id)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed, g.refused = true, "main.c: what was there for a moment"
}

// HoldsResumed says whether a machine whose kernel has booted waits for the guest's
// next image.
func (s *Session) HoldsResumed(id string) bool {
	g := s.guest(id)
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.spare != nil && g.spare.Resumed()
}
