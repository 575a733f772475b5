// Package runner is one build and one boot: it turns a target (a kernel, an app
// and settings) into an image and an image into a running boot.
//
// What lives here is the wiring of the rooms below: catalog says what a kernel
// and an app are, provision brings a kernel onto this machine, build makes the
// image, qemu and boot carry the boot out. What must not live here: anything
// that knows of several boots (package benchmarks), of saves and screens
// (package session), or of how a single step is done (the rooms below).
package runner
