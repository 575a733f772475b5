/*
 * probe.h - a program that finds out whether a kernel behaves as Linux does. Every
 * probe is a function that is called by its name, do=NAME; it passes on Linux itself,
 * which is what proves the probe.
 */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* expect ends the program with status 1 and says which condition did not hold. */
#define expect(condition)                                                                                     \
	do {                                                                                                  \
		if (!(condition)) {                                                                           \
			printf("%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno);     \
			exit(1);                                                                              \
		}                                                                                             \
	} while (0)

/* fails_with expects a call to answer -1 with an error number. */
#define fails_with(error, call) expect((errno = 0, (long)(call) == -1) && errno == (error))

struct probe {
	const char *name;
	void (*run)(void);
};

extern const struct probe memory_probes[], time_probes[], console_probes[], call_probes[], fault_probes[], child_probes[], device_probes[];

/* number returns the argument NAME=n, or what it is by default. */
long number(const char *name, long by_default);
