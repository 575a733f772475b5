/*
 * syscalls.c - what a system call costs, after lmbench's lat_syscall (McVoy and
 * Staelin, 1996): getppid does nothing but come and go; clock_gettime reads a
 * clock, here always through the kernel; a write of one byte to the console goes as
 * far as the device. LibcClockGettime is what programs see of the clock: through
 * the vDSO, without entering the kernel, where there is one.
 */
#include <slipway.h>
#include <sys/syscall.h>
#include <unistd.h>

static void ask_parent(void) { syscall(SYS_getppid); }

static void ask_clock(void) {
	struct timespec now;
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
}

static void ask_library(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
}

/* A carriage return goes all the way out and leaves no trace on the screen. */
static void write_byte(void) {
	if (syscall(SYS_write, 1, "\r", 1) != 1)
		exit(1);
}

static void measure(const char *name, long calls, void (*call)(void)) {
	uint64_t start = slipway_now();
	for (long i = 0; i < calls; i++)
		call();
	double took = (double)(slipway_now() - start);
	if (call == write_byte)
		putchar('\n'); /* results begin their line */
	slipway_result(name, calls, took / (double)calls, "ns/op");
}

int main(int argc, char **argv) {
	long calls = slipway_param(argc, argv, "calls", 20000);
	long writes = slipway_param(argc, argv, "writes", 50);
	long repeats = slipway_param(argc, argv, "repeats", 5);
	setvbuf(stdout, NULL, _IOLBF, 1024);
	slipway_unit("ns/op", "lower");
	for (long r = 0; r < repeats; r++) {
		measure("Getppid", calls, ask_parent);
		measure("ClockGettime", calls, ask_clock);
		measure("LibcClockGettime", calls, ask_library);
		measure("WriteByte", writes, write_byte);
	}
	return 0;
}
