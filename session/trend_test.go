package session_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"slipway/benchmarks/store"
	"slipway/session"
)

// timedBoot stores one good boot of an image of keel/hello.
func timedBoot(t *testing.T, s *session.Session, image, id string, at time.Time, change func(*store.Run, *store.Pending)) string {
	t.Helper()
	history, err := s.Store()
	if err != nil {
		t.Fatal(err)
	}
	p, err := history.Begin()
	if err != nil {
		t.Fatal(err)
	}
	run := store.Run{
		Target: store.Target{ID: id, Kernel: "keel", App: "hello"}, Kind: store.Timed, Outcome: "exit", Exit: new(int), Started: at,
		Image: store.Image{Hash: image}, Metrics: map[string]store.Metric{"boot/total": {Unit: "sec", Values: []float64{float64(image[0])}}},
	}
	if change != nil {
		change(&run, p)
	}
	if _, err := p.Commit(run); err != nil {
		t.Fatal(err)
	}
	return p.ID()
}

func TestATrendGoesFromSaveToSave(t *testing.T) {
	s := open(t)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	boot := func(image, id string, change func(*store.Run, *store.Pending)) string {
		at = at.Add(time.Minute)
		return timedBoot(t, s, image, id, at, change)
	}
	const now, last = "keel/hello", "keel/hello" + session.LastSave
	boot("a", now, func(r *store.Run, _ *store.Pending) { r.Environment.QEMU = "6.0" })
	for range 3 {
		boot("a", now, nil)
	}
	withSources := boot("b", now, func(_ *store.Run, p *store.Pending) {
		if err := p.AddSources(fstest.MapFS{"main.c": {Data: []byte("int main;")}}); err != nil {
			t.Error(err)
		}
	})
	boot("b", now, nil)
	boot("a", last, nil)
	boot("b", now, func(r *store.Run, _ *store.Pending) { r.Outcome = "panic" })
	boot("b", now, func(r *store.Run, _ *store.Pending) { r.Warmup = true })
	boot("c", now, nil)
	boot("b", last, nil)
	boot("a", now, nil) // reverted
	boot("c", last, nil)

	trend, err := s.Trend(last)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, save := range trend.Saves {
		got += fmt.Sprintf("%s%d ", save.Image, save.Boots)
		if series := save.Find("boot/total", "sec"); series == nil || series.Median != float64(save.Image[0]) || len(series.Values) != save.Boots {
			t.Errorf("%s: %+v", save.Image, series)
		}
	}
	if want := "b3 c2 a5 "; got != want {
		t.Errorf("saves %q, want %q: the one that was reverted to is the newest", got, want)
	}
	if trend.Saves[0].Run != withSources {
		t.Errorf("of b run %s was chosen, not %s, which has its sources", trend.Saves[0].Run, withSources)
	}
	if want := "1 boot left out: other QEMU version than the newest"; trend.LeftOut() != want {
		t.Errorf("left out: %q, want %q", trend.LeftOut(), want)
	}
}

func TestATrendIsBounded(t *testing.T) {
	s := open(t)
	for i := range 53 {
		timedBoot(t, s, fmt.Sprintf("%c%02d", 'a'+i%26, i), "keel/hello", time.Unix(int64(i), 0), nil)
	}
	trend, err := s.Trend("keel/hello")
	if err != nil {
		t.Fatal(err)
	}
	if len(trend.Saves) != 50 || trend.Earlier != 3 || !strings.HasSuffix(trend.Saves[49].Image, "52") || !strings.Contains(trend.LeftOut(), "3 earlier images") {
		t.Errorf("%d saves, %d earlier, %q", len(trend.Saves), trend.Earlier, trend.LeftOut())
	}
	if none, err := s.Trend("keel/nothing"); err != nil || len(none.Saves) != 0 {
		t.Errorf("a target that was never timed: %+v, %v", none, err)
	}
}

func TestATrendIsOfThisProject(t *testing.T) {
	s := open(t)
	history, err := s.Store()
	if err != nil {
		t.Fatal(err)
	}
	for name, project := range map[string]string{"a": s.Project(), "b": "/somewhere/else"} {
		id, err := history.PutExperiment(store.Experiment{Title: name, Project: project, State: store.Done, Started: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		timedBoot(t, s, name, "keel/hello", time.Now(), func(r *store.Run, _ *store.Pending) { r.Experiment = id })
	}
	trend, err := s.Trend("keel/hello")
	if err != nil {
		t.Fatal(err)
	}
	if len(trend.Saves) != 1 || trend.Saves[0].Image != "a" {
		t.Errorf("saves %+v", trend.Saves)
	}
}
