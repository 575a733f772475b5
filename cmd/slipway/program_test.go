package main

import (
	"os"
	"testing"
)

// asProgram makes the test binary the program itself, for the tests that use it as
// a shell does.
const asProgram = "SLIPWAY_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if clocks := os.Getenv(underClock); clocks != "" {
		os.Exit(runUnderClock(clocks))
	}
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}
