// Package qemu runs virtual machines: the command line, the machine protocol,
// how QEMU's ends are to be read, and which accelerator works here. The timeline
// and the console belong to package boot; kernels and apps are not known here.
package qemu
