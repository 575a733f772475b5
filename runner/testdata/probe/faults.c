/* faults.c - what a program must not do. None of these returns. */
#include "probe.h"

#include <assert.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

static int *volatile nowhere;
static volatile int zero, sink;

static void null_read(void) { sink = *nowhere; }

static void null_write(void) { *nowhere = 1; }

static void null_call(void) { ((void (*volatile)(void))(uintptr_t)nowhere)(); }

/* Above all memory of a guest, and of what Linux maps into a program here. */
static void wild_read(void) { sink = *(volatile int *)0xdeadb000; }

static void wild_write(void) { *(volatile int *)0xdeadb000 = 1; }

static void wilder_read(void) { sink = *(volatile int *)0x8000000000000000; }

static void divide(void) { sink = sink / zero; }

static void undefined(void) { __asm__ volatile("ud2"); }

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int deeper(int n) {
	volatile char room[1000];
	room[0] = (char)n;
	return deeper(n + 1) + room[0];
}

static void overflow(void) { sink = deeper(0); }

/* One frame that is larger than a page, as an array that was thought to be small. */
static void large_frames(void) {
	volatile char room[100000];
	room[0] = 1;
	large_frames();
	sink = room[0];
}

static void aborts(void) { abort(); }

static void terminates(void) { raise(SIGTERM); }

const struct probe fault_probes[] = {
	{"null-read", null_read}, {"null-write", null_write}, {"null-call", null_call}, {"wild-read", wild_read},
	{"wild-write", wild_write}, {"wilder-read", wilder_read}, {"divide", divide}, {"undefined", undefined},
	{"overflow", overflow}, {"large-frames", large_frames}, {"aborts", aborts}, {"terminates", terminates}, {0},
};
