package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/benchmarks/store"
	"slipway/session"
)

var listedNow = time.Date(2026, 3, 14, 12, 0, 0, 0, time.Local)

func listedRuns() []session.Run {
	return []session.Run{
		{
			ID: "0005", Kernel: "keel", App: "nbody", Target: "keel/nbody memory=64M", Outcome: "exit", Kind: "timed", Accel: "tcg", Image: "a41f9c2e0000",
			Experiment: "x1", Started: listedNow.Add(-time.Hour), Total: 641 * time.Millisecond, Tags: []string{"cache", "slow"}, Pinned: true, Note: "Before the Loop",
		},
		{ID: "0004", Kernel: "linux-cloud", App: "nbody", Target: "linux-cloud/nbody", Outcome: "hang", Status: -1, Kind: "watched", Started: listedNow.Add(-30 * time.Hour), Total: 5 * time.Second},
		{ID: "0003", Kernel: "keel", App: "hello", Target: "keel/hello", Outcome: "exit", Status: 3, Kind: "warm-up", Warmup: true, Started: listedNow.Add(-72 * time.Hour), Total: time.Second, Tags: []string{"Slow-2"}},
		{ID: "0002", Kernel: "host", App: "a\x1b[2Jb", Target: "host/a\x1b[2Jb", Outcome: "panic", Status: -1, Kind: "timed", Started: listedNow.Add(-400 * time.Hour)},
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                   "0005 0004 0003 0002",
		"   ":                                "0005 0004 0003 0002",
		"KEEL":                               "0005 0003",
		"keel nbody":                         "0005",
		"keel/nbody":                         "0005",
		"memory=64M":                         "0005",
		"loop":                               "0005",
		"slow":                               "0005 0003",
		"-keel":                              "0004 0002",
		"kernel:keel":                        "0005 0003",
		"kernel:k,linux":                     "0005 0004 0003",
		"kernel=linux":                       "",
		"-kernel:keel -outcome:hang":         "0002",
		"outcome:hang,panic":                 "0004 0002",
		"tag:slow":                           "0005 0003",
		"tag=slow":                           "0005",
		"-tag:slow app:nbody":                "0004",
		"pinned:yes":                         "0005",
		"pinned:n kernel:keel":               "0003",
		"warmup:yes":                         "0003",
		"since:2d":                           "0005 0004",
		"since:1.5h":                         "0005",
		"before:2d":                          "0003 0002",
		"since:today":                        "0005",
		"since:yesterday":                    "0005 0004",
		"since:2026-03-11 before:2026-03-13": "0003",
		"since:2026-03-14T11:00":             "0005",
		"total:>900ms":                       "0004 0003",
		"total:<900ms -total:<1ms":           "0005",
		"exit:3":                             "0003",
		`note:"the loop"`:                    "0005",
		`"before the"`:                       "0005",
		"kind:warm":                          "0003",
		"accel:tcg image:a41f9c2e00001111":   "0005",
		"experiment=x1":                      "0005",
		"target:keel/":                       "0005 0003",
		"id:0004":                            "0004",
		"12:00":                              "", // no key begins with a digit: a word
		`"no:key"`:                           "",
		"-":                                  "0003", // warm-up and linux-cloud have one: see below
	} {
		f, err := session.ParseRunFilter(text, listedNow)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var got []string
		for _, r := range listedRuns() {
			if f.Match(&r) {
				got = append(got, r.ID)
			}
		}
		if text == "-" {
			want = "0004 0003"
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestFiltersThatAreWrongAreTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"colour:red":     "colour: is no key; there are kernel app",
		"kernel:":        "kernel: lacks a value",
		"outcome:hung":   "it is one of exit, panic",
		"outcome=han":    "it is one of exit, panic",
		"kind:slow":      "it is one of timed",
		"pinned:maybe":   "it is yes or no",
		"since:soon":     "is no time",
		"since:-2d":      "is no time",
		"since:NaNd":     "is no time",
		"since:d":        "is no time",
		"total:1s":       "it is < or > and a time",
		"total:>":        "it is < or > and a time",
		"exit:zero":      "it is a number",
		"keel tag: slow": "tag: lacks a value",
	} {
		if _, err := session.ParseRunFilter(text, listedNow); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
	for line := range strings.Lines(session.RunFilterHelp()) {
		if len(line) > 131 {
			t.Errorf("too long for help: %s", line)
		}
	}
}

func TestOrders(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"when": "0005 0004 0003 0002", "-when": "0002 0003 0004 0005", "kernel": "0002 0003 0005 0004", "-kernel": "0004 0005 0003 0002",
		"app": "0002 0003 0005 0004", "outcome": "0005 0003 0004 0002", "total": "0002 0005 0003 0004", "-total": "0004 0003 0005 0002",
		"kind": "0005 0002 0003 0004", "pinned": "0005 0004 0003 0002", "-pinned": "0004 0003 0002 0005", "tags": "0003 0005 0004 0002",
		"note": "0005 0004 0003 0002", "experiment": "0005 0004 0003 0002", "accel": "0004 0003 0002 0005", "image": "0004 0003 0002 0005",
	} {
		o, err := session.ParseRunOrder(text)
		if err != nil || o.String() != text {
			t.Errorf("%s: %v, %v", text, o, err)
			continue
		}
		runs := listedRuns()
		places := []int{2, 0, 3, 1}
		o.Sort(runs, places)
		var got []string
		for _, i := range places {
			got = append(got, runs[i].ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("by %s: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"", "-", "size", "--when"} {
		if _, err := session.ParseRunOrder(text); err == nil || !strings.Contains(err.Error(), "when, kernel, app") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if !(session.RunOrder{}).Newest() || (session.RunOrder{Column: "total"}).Newest() {
		t.Error("the zero order is the history's own")
	}
}

// Filtering and sorting as many runs as a list has must not be felt.
func BenchmarkFilterAndSort10000Runs(b *testing.B) {
	var runs []session.Run
	for i := range 2500 {
		for _, r := range listedRuns() {
			r.ID, r.Started = fmt.Sprintf("%04d%s", i, r.ID), r.Started.Add(-time.Duration(i)*time.Minute)
			r.Total += time.Duration(i*7919%1000) * time.Millisecond
			runs = append(runs, r)
		}
	}
	for _, text := range []string{"keel slow", "kernel:keel since:300d total:>10ms -tag:none"} {
		b.Run("filter="+strings.ReplaceAll(text, " ", "+"), func(b *testing.B) {
			for b.Loop() {
				f, err := session.ParseRunFilter(text, listedNow)
				if err != nil {
					b.Fatal(err)
				}
				n := 0
				for i := range runs {
					if f.Match(&runs[i]) {
						n++
					}
				}
				if n == 0 {
					b.Fatal("nothing passes")
				}
			}
		})
	}
	for _, column := range session.RunColumns() {
		b.Run("sort="+column, func(b *testing.B) {
			o := session.RunOrder{Column: column}
			shown := make([]int, len(runs))
			for b.Loop() {
				for i := range shown {
					shown[i] = i
				}
				o.Sort(runs, shown)
			}
		})
	}
}

// What is no wall-clock time of a whole boot is neither called timed nor shown as one.
func TestAListCallsNoCountATime(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*store.Summary){
		"timed":    func(*store.Summary) {},
		"virtual":  func(r *store.Summary) { r.Virtual, r.Counted = true, store.ByClock },
		"counted":  func(r *store.Summary) { r.Counted = store.ByPlugin },
		"imported": func(r *store.Summary) { r.Kind = store.Imported },
	} {
		summary := store.Summary{ID: "1", Kind: store.Timed, Total: 2}
		change(&summary)
		run := session.ListedRun(summary)
		if run.Kind != want || (run.Total != 0) != (want == "timed") {
			t.Errorf("%s is listed as %s with a total of %v", want, run.Kind, run.Total)
		}
		f, err := session.ParseRunFilter("kind:"+want, listedNow)
		if err != nil || !f.Match(&run) {
			t.Errorf("kind:%s: %v, found %v", want, err, f.Match(&run))
		}
	}
}
