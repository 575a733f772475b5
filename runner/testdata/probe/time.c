/* time.c - clocks and sleeps. */
#define _GNU_SOURCE
#include "probe.h"

#include <poll.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(clockid_t clock) {
	struct timespec t = {-1, -1};
	expect(clock_gettime(clock, &t) == 0 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void never_back(void) {
	uint64_t last = now(CLOCK_MONOTONIC), first = last;
	for (int i = 0; i < 20000; i++) {
		uint64_t t = now(CLOCK_MONOTONIC);
		expect(t >= last);
		last = t;
	}
	expect(last > first);
}

static void sleeps(void) {
	uint64_t before = now(CLOCK_MONOTONIC);
	expect(nanosleep(&(struct timespec){0, 20000000}, NULL) == 0);
	expect(now(CLOCK_MONOTONIC) - before >= 20000000);
	struct timespec until = {(time_t)((before + 40000000) / 1000000000), (long)((before + 40000000) % 1000000000)};
	expect(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0);
	expect(now(CLOCK_MONOTONIC) >= before + 40000000);
	expect(poll(NULL, 0, 10) == 0 && now(CLOCK_MONOTONIC) >= before + 50000000);
	fails_with(EINVAL, syscall(SYS_nanosleep, &(struct timespec){0, 1000000000}, NULL));
	fails_with(EINVAL, syscall(SYS_nanosleep, &(struct timespec){-1, 0}, NULL));
	fails_with(EFAULT, syscall(SYS_nanosleep, 1l, NULL));
}

static void clocks(void) {
	struct timeval t;
	expect(gettimeofday(&t, NULL) == 0);
	uint64_t real = now(CLOCK_REALTIME) / 1000000000;
	expect(real - (uint64_t)t.tv_sec < 2 && (uint64_t)time(NULL) - real < 2);
	now(CLOCK_BOOTTIME), now(CLOCK_PROCESS_CPUTIME_ID), now(CLOCK_MONOTONIC_RAW);
	fails_with(EINVAL, syscall(SYS_clock_gettime, 99l, &(struct timespec){0, 0}));
	fails_with(EFAULT, syscall(SYS_clock_gettime, (long)CLOCK_MONOTONIC, 8l));
	printf("time of day %ld\n", (long)time(NULL));
}

/* Says begin and end with ms= between them, for somebody with a clock of his own. */
static void span(void) {
	uint64_t length = (uint64_t)number("ms", 500) * 1000000, start;
	for (start = now(CLOCK_MONOTONIC); now(CLOCK_MONOTONIC) == start;)
		;
	puts("begin");
	fflush(stdout);
	start = now(CLOCK_MONOTONIC);
	while (now(CLOCK_MONOTONIC) - start < length)
		;
	puts("end");
}

const struct probe time_probes[] = {{"never-back", never_back}, {"sleeps", sleeps}, {"clocks", clocks}, {"span", span}, {0}};
