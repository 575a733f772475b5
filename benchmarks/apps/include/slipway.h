/*
 * slipway.h - what a benchmark needs: its parameters, a clock, and result lines in
 * the Go benchmark format, which Slipway and benchstat read.
 *
 *   int main(int argc, char **argv) {
 *           long steps = slipway_param(argc, argv, "steps", 1000);
 *           slipway_unit("ns/op", "lower");
 *           uint64_t start = slipway_now();
 *           ... steps times ...
 *           slipway_result("Mine", steps, (slipway_now() - start) / (double)steps, "ns/op");
 *   }
 *
 * Several results of one name in one boot are one sample, their median.
 */
#ifndef SLIPWAY_H
#define SLIPWAY_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* slipway_param returns the value of the argument name=value, or what it is by default. */
static inline long slipway_param(int argc, char **argv, const char *name, long by_default) {
	size_t n = strlen(name);
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=') {
			char *end;
			errno = 0;
			long value = strtol(argv[i] + n + 1, &end, 10);
			if (*end == 0 && end != argv[i] + n + 1 && value > 0 && errno == 0)
				return value;
			fprintf(stderr, "%s: %s is not a whole number above 0\n", argv[0], argv[i]);
			exit(2);
		}
	}
	return by_default;
}

/* slipway_now is a time in ns, on a clock that is never set. */
static inline uint64_t slipway_now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/*
 * slipway_fixed prints a number with so many digits after its point. printf would do,
 * but its floating point is a thousand instructions that an emulator must translate
 * anew in every boot: three ms, where a small kernel boots in five.
 */
static inline void slipway_fixed(double value, int digits) {
	char text[32], *at = text + sizeof text - 1;
	double scaled = value < 0 ? -value : value;
	for (int i = 0; i < digits; i++)
		scaled *= 10;
	if (digits > 18 || !(scaled < 1e18)) { /* too large for what follows, or no number */
		printf("%.*f", digits, value);
		return;
	}
	uint64_t n = (uint64_t)(scaled + 0.5);
	*at = 0;
	for (int i = 0; i <= digits || n; i++, n /= 10) {
		if (i && i == digits)
			*--at = '.';
		*--at = (char)('0' + n % 10);
	}
	if (value < 0)
		*--at = '-';
	fputs(at, stdout);
}

/* slipway_unit says which way a unit gets better: "lower" or "higher". */
static inline void slipway_unit(const char *unit, const char *better) {
	fputs("Unit ", stdout);
	fputs(unit, stdout);
	fputs(" better=", stdout);
	fputs(better, stdout);
	putchar('\n');
}

/* slipway_result prints one result of n iterations, to six digits. */
static inline void slipway_result(const char *name, long n, double value, const char *unit) {
	fputs("Benchmark", stdout);
	fputs(name, stdout);
	putchar(' ');
	slipway_fixed((double)n, 0);
	putchar(' ');
	double size = value < 0 ? -value : value;
	int digits = 0;
	for (double s = size; s < 99999.5 && digits < 8; s *= 10)
		digits++;
	if (size > 1e-3)
		slipway_fixed(value, digits);
	else /* a power of ten says it best */
		printf("%.6g", value);
	putchar(' ');
	fputs(unit, stdout);
	putchar('\n');
}

/* slipway_keep makes the compiler believe that a value is used. */
#define slipway_keep(value) __asm__ volatile("" : : "g"(value) : "memory")

#endif
