package main_test

import (
	"strings"
	"testing"
)

// Two saves of an app, timed at different moments, are two rows of its trend.
func TestATrendIsPrinted(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	if s := w.expect(0, []string{"No timed boot of host/mine"}, "trend", "host/mine"); s.out != "" {
		t.Errorf("a target that was never timed prints %q", s.out)
	}
	for _, text := range []string{"first", "second"} {
		w.app("mine", "#include <stdio.h>\nint main(void) { puts(\""+text+"\"); return 0; }\n", "")
		w.run("bench", "-k", "host", "-a", "mine", "-n", "2", "--warmup", "0")
	}
	var trend struct {
		Schema int
		Target string
		Saves  []struct {
			Image, Run string
			Boots      int
			Metrics    []struct {
				Name   string
				N      int
				Median float64
			}
		}
	}
	decodeLoosely(t, w.expect(0, nil, "trend", "host/mine", "--json").out, &trend)
	if trend.Schema != 1 || trend.Target != "host/mine" || len(trend.Saves) != 2 || trend.Saves[0].Image == trend.Saves[1].Image {
		t.Fatalf("%+v", trend)
	}
	for _, save := range trend.Saves {
		if save.Boots != 2 || len(save.Metrics) == 0 || save.Metrics[0].Name != "boot/total" || save.Metrics[0].N != 2 || save.Metrics[0].Median <= 0 {
			t.Errorf("%+v", save)
		}
	}
	s := w.expect(0, nil, "trend", "host/mine", "--metric", "size/image", "--ascii")
	if lines := strings.Split(strings.TrimSpace(s.out), "\n"); len(lines) != 3 || !strings.HasSuffix(lines[2], trend.Saves[1].Run) || !strings.Contains(lines[1], "iB") {
		t.Errorf("prints\n%s", s.out)
	}
	w.expect(2, []string{`reported "nothing"`}, "trend", "host/mine", "--metric", "nothing")
}
