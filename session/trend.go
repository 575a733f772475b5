package session

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"slipway/benchmarks"
	"slipway/benchmarks/store"
)

// How far back a trend goes: saves, boots of each, and what is looked through for them.
const (
	trendSaves  = 50
	trendBoots  = 40
	trendListed = 5000
)

// Trend is how the figures of one target went from save to save, oldest first. A save is
// an image: what came back to an earlier image is that one again. What was timed at
// different moments was not interleaved, so a trend shows and gives no verdicts.
type Trend struct {
	Target  string
	Read    time.Time // when it was read from the history
	Saves   []TrendSave
	Earlier int // images before these that are not among them
	// Unlike counts boots that can't stand beside the newest ones, by what differs.
	Unlike map[string]int
}

// TrendSave is one image of a target.
type TrendSave struct {
	Image  string    // hash
	At     time.Time // of its newest boot
	Run    string    // ID of a run of it, one that kept its sources where there is any
	Boots  int
	Series []*benchmarks.Series // in the order of a table
}

// Find returns a save's samples of a metric, nil where there are none.
func (s *TrendSave) Find(name, unit string) *benchmarks.Series {
	for _, series := range s.Series {
		if series.Info.Name == name && (unit == "" || series.Info.Unit == unit) {
			return series
		}
	}
	return nil
}

// Trend reads the last saves of a target from the history: timed boots that ended well,
// of this project, with the settings and in the surroundings of the newest. It blocks.
func (s *Session) Trend(target string) (*Trend, error) {
	history, err := s.Store()
	if err != nil {
		return nil, err
	}
	target = strings.TrimSuffix(target, LastSave)
	t := &Trend{Target: target, Read: s.options.Now(), Unlike: map[string]int{}}
	boots, err := s.bootsOf(history, target)
	if err != nil {
		return nil, fmt.Errorf("trend of %s: %w", target, err)
	}
	images := map[string][]store.Summary{} // newest first
	var order []string
	for _, b := range boots {
		if images[b.Image] == nil {
			order = append(order, b.Image)
		}
		images[b.Image] = append(images[b.Image], b)
	}
	var newest *store.Run
	for n, image := range order {
		if len(t.Saves) == trendSaves {
			t.Earlier = len(order) - n
			break
		}
		var runs []store.Run
		for _, b := range images[image] {
			if len(runs) == trendBoots {
				break
			}
			run, err := history.Get(b.ID)
			if err != nil {
				continue // deleted meanwhile, or damaged: doctor tells
			}
			if newest == nil {
				newest = &run
			}
			if why := benchmarks.Unlike(newest, &run); why != "" {
				t.Unlike[why]++
				continue
			}
			runs = append(runs, run)
		}
		if len(runs) > 0 {
			t.Saves = append(t.Saves, trendSave(history, image, runs))
		}
	}
	slices.Reverse(t.Saves)
	return t, nil
}

// bootsOf lists a target's timed boots of this project that ended well, newest first; those
// that were made of it as the last save come after all others of it, so that a save that
// was reverted to counts as new when it is saved, not when it is compared with.
func (s *Session) bootsOf(history *store.Store, target string) ([]store.Summary, error) {
	projects := map[string]bool{} // experiment -> it is this project's
	var all []store.Summary
	for _, id := range []string{target, lastOf(target)} {
		list, err := history.List(store.Filter{Target: id, Kind: store.Timed, NoWarmup: true}, trendListed)
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			if b.Outcome != "exit" || b.Exit == nil || *b.Exit != 0 {
				continue
			}
			here, known := projects[b.Experiment]
			if !known {
				e, err := history.Experiment(b.Experiment)
				here = err != nil || e.Project == "" || e.Project == s.folders.Project
				projects[b.Experiment] = here
			}
			if here {
				all = append(all, b)
			}
		}
	}
	return all, nil
}

// trendSave is one image with the samples of its runs, which are newest first.
func trendSave(history *store.Store, image string, runs []store.Run) TrendSave {
	save := TrendSave{Image: image, At: runs[0].Started, Run: runs[0].ID, Boots: len(runs)}
	for _, r := range runs {
		if info, err := os.Stat(history.SourcesPath(r.ID)); err == nil && info.IsDir() {
			save.Run = r.ID
			break
		}
	}
	save.Series = benchmarks.Gather(runs, func(*store.Run) string { return image })[image]
	return save
}

// LeftOut says, in a sentence, what of a target's history a trend does not show; "" for
// nothing.
func (t *Trend) LeftOut() string {
	var parts []string
	if t.Earlier > 0 {
		parts = append(parts, fmt.Sprintf("%d earlier images are not shown", t.Earlier))
	}
	names := make([]string, 0, len(t.Unlike))
	for name := range t.Unlike {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(t.Unlike[b], t.Unlike[a]), cmp.Compare(a, b)) })
	for _, name := range names {
		boots := "boots"
		if t.Unlike[name] == 1 {
			boots = "boot"
		}
		parts = append(parts, fmt.Sprintf("%d %s left out: other %s than the newest", t.Unlike[name], boots, name))
	}
	return strings.Join(parts, "; ")
}
