// Package boot follows one boot of any process from spawn to exit: it reads the
// console, finds the markers, keeps the timeline, stops what must be stopped and
// says in one word how it ended. What kind of process it is (QEMU or a plain
// one) is behind Controller; QEMU's flags and protocol do not belong here.
package boot
