// Package gdb starts GNU's debugger on a guest that runs in QEMU: its command line,
// where it meets QEMU's stub, its process. What the guest is and how it is held belongs
// to package qemu, how the debugger's terminal is drawn to those above.
package gdb
