// Package process starts and ends child processes for the packages above it:
// one thread that starts them all, transports for their consoles, and what
// the kernel tells about them. What a child means (a guest, a compiler) does
// not belong here.
package process
