/*
 * floor.c - what nbody asks of a C library, as little as there can be: no output, a
 * clock that stands still. Its main is the suite's, its arguments are the manifest's
 * (-DSTEPS, -DREPEATS), so the computation is the very same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern int main(int argc, char **argv);

static void out(unsigned short port, unsigned char value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static void mark(const char *text) {
	for (; *text; text++)
		out(0xe9, (unsigned char)*text);
}

void floor_main(void) {
	static char *arguments[] = {"nbody", "repeats=" REPEATS, "steps=" STEPS, NULL};
	mark("@slipway boot\n@slipway app\n");
	mark(main(3, arguments) == 0 ? "@slipway exit 0\n" : "@slipway exit 1\n");
	out(0xf4, 0x10);
}

#undef stderr
#undef stdout
FILE *const stderr = NULL, *const stdout = NULL;

int printf(const char *restrict format, ...) {
	(void)format;
	return 0;
}

int fprintf(FILE *restrict f, const char *restrict format, ...) {
	(void)f, (void)format;
	return 0;
}

int fputs(const char *restrict text, FILE *restrict f) {
	(void)text, (void)f;
	return 0;
}

/* What the compiler makes of fputs when it knows the text. */
size_t fwrite(const void *restrict text, size_t size, size_t n, FILE *restrict f) {
	(void)text, (void)size, (void)f;
	return n;
}

int putchar(int c) { return c; }

int clock_gettime(clockid_t clock, struct timespec *t) {
	(void)clock;
	*t = (struct timespec){0};
	return 0;
}

long strtol(const char *restrict text, char **restrict end, int base) {
	long n = 0;
	for (; *text >= '0' && *text <= '9'; text++)
		n = n * base + *text - '0';
	*end = (char *)text;
	return n;
}

int *__errno_location(void) {
	static int error;
	return &error;
}

void exit(int status) {
	(void)status;
	for (;;)
		;
}
