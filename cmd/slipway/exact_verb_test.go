package main_test

import "testing"

// What repeats exactly is not measured until a look is due.
func TestUntilSureEndsEarlyInVirtualTime(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	s := w.expect(0, nil, "bench", "--virtual", "--until-sure", "-k", "keel", "-a", "hello", "--sweep", "memory=32M,64M", "--warmup", "0", "--json")
	var b benchOutput
	decodeLoosely(t, s.out, &b)
	if len(b.Runs) != 4 {
		t.Errorf("%d boots of two targets, of which two each say it all", len(b.Runs))
	}
}
