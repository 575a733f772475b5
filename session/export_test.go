package session

// Misread makes a guest look as if its newest build had read sources that were
// there for a moment only.
func (s *Session) Misread(id string) {
	g := s.guest(id)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed, g.refused = true, "main.c: what was there for a moment"
}
