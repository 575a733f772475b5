//go:build !amd64

package main

import (
	"fmt"
	"os"
)

const underClock = "SLIPWAY_TEST_CLOCK"

// runUnderClock says that registers of this processor are not known here; the tests skip.
func runUnderClock(string) int {
	fmt.Fprintln(os.Stderr, "ptrace: not written for this processor")
	return 99
}
