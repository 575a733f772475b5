// Package session is the workbench without a screen: what is selected, the loop
// from a save over the build to the boot and the verdict, the folders that are
// watched, the saved state, and the State that the terminal UI draws.
//
// What must not live here: anything that knows how it is shown, how a build or a
// boot is done (package runner), or how numbers are judged (package benchmarks).
//
// A Session owns every goroutine it starts; Close waits for all of them.
package session
