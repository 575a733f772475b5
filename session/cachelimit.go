package session

import (
	"context"

	"slipway/runner"
)

// A cache is tidied when the workbench begins, when its images have grown by a share of
// the limit, and when a session ends that has built something; never while boots are timed.

// growthShare is the share of the limit by which images may go beyond it.
const growthShare = 16

// cacheLimit is how many bytes of images are kept. With a mistake in the settings
// nothing is deleted: who has set another limit than ours may have set a larger one.
func (s *Session) cacheLimit() int64 {
	settings, err := ReadSettings(s.folders, func(string) error { return nil })
	if err != nil {
		return 0
	}
	return settings.Cache
}

func (s *Session) tidyCache() error { return s.runner.TidyCache(s.cacheLimit()) }

// tidyWhatGrew tidies the cache if much was built since it was tidied.
func (s *Session) tidyWhatGrew() {
	grown := s.runner.CacheGrowth()
	if grown == 0 || grown < s.cacheLimit()/growthShare {
		return
	}
	s.tellTidying(s.tidyCache())
}

// tidyFirst clears away what was left by a Slipway that was killed.
func (s *Session) tidyFirst(context.Context) { s.tellTidying(s.tidyCache()) }

func (s *Session) tellTidying(err error) {
	if err != nil {
		s.board.notice(Warn, err.Error())
	}
}

// CacheReport is what the cache holds and how much of it is kept.
type CacheReport struct {
	Folder string
	Parts  []runner.CachePart
	Limit  int64 // bytes of images
}

// Cache says what the cache holds. A mistake in the settings is an error.
func (s *Session) Cache() (CacheReport, error) {
	r := CacheReport{Folder: s.folders.Cache}
	settings, err := ReadSettings(s.folders, func(string) error { return nil })
	if err != nil {
		return r, err
	}
	r.Limit = settings.Cache
	r.Parts, err = s.runner.CacheParts()
	return r, err
}
