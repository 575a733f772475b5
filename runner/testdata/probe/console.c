/* console.c - what a program reads from and writes to its terminal. */
#define _GNU_SOURCE
#include "probe.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

/* Some compilers see that these addresses are bad, which is the point. */
#pragma GCC diagnostic ignored "-Wstringop-overread"
#pragma GCC diagnostic ignored "-Wstringop-overflow"

static void writes(void) {
	struct iovec v[] = {{"one ", 4}, {NULL, 0}, {"two ", 4}, {"three\n", 6}};
	expect(writev(1, v, 4) == 14);
	expect(writev(1, v, 0) == 0);
	expect(write(1, "", 0) == 0);
	fails_with(EBADF, write(77, "x", 1));
	fails_with(EFAULT, write(1, (void *)8, 1));
	fails_with(EFAULT, write(1, (void *)0xffff800000000000, 1));
	fails_with(EFAULT, write(1, (void *)0x7ffffffffff0, 64));
	fails_with(EINVAL, writev(1, v, 1025));
	void *gone = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect(gone != MAP_FAILED && write(1, gone, 0) == 0 && munmap(gone, 4096) == 0);
	fails_with(EFAULT, write(1, gone, 1));
}

/* For a guest only: keel's own memory is none of the app's, though the app could reach it. */
static void kernel_memory(void) {
	fails_with(EFAULT, write(1, (void *)0x100000, 1));
	fails_with(EFAULT, read(0, (void *)0x101000, 1));
	fails_with(EFAULT, write(1, (void *)0xb8000, 1));
	fails_with(EFAULT, write(1, (void *)0xfee00000, 1));
}

/* bytes= of output, in lines of 100 that can be counted and checked. */
static void flood(void) {
	long lines = number("bytes", 10 << 20) / 100;
	char line[200];
	for (long i = 0; i < lines; i++) {
		int head = snprintf(line, sizeof line, "%08ld ", i);
		memset(line + head, 'a' + (int)(i % 26), 100 - (size_t)head);
		line[99] = '\n';
		for (size_t done = 0; done < 100;) {
			ssize_t n = write(1, line + done, 100 - done);
			expect(n > 0);
			done += (size_t)n;
		}
	}
}

/* Says what it read, line by line, until the input ends. */
static void lines(void) {
	char text[64];
	expect(isatty(0) && isatty(1));
	puts("ready");
	for (;;) {
		ssize_t n = read(0, text, sizeof text - 1);
		expect(n >= 0);
		if (n == 0)
			break;
		text[n] = 0;
		if (text[n - 1] == '\n')
			text[n - 1] = '|';
		printf("read %d [%s]\n", (int)n, text);
	}
	puts("end of input");
}

/* Raw input, byte by byte, without echo; q ends it. */
static void raw(void) {
	struct termios t, old;
	struct winsize size;
	expect(tcgetattr(0, &t) == 0);
	old = t;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	expect(tcsetattr(0, TCSANOW, &t) == 0);
	expect(ioctl(1, TIOCGWINSZ, &size) == 0);
	fails_with(ENOTTY, ioctl(0, 0xdead, 0));
	puts("ready");
	for (char c = 0; c != 'q';) {
		struct pollfd p = {.fd = 0, .events = POLLIN};
		expect(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
		expect(read(0, &c, 1) == 1);
		printf("key %d\n", c);
	}
	expect(tcsetattr(0, TCSADRAIN, &old) == 0 && tcdrain(1) == 0);
}

/* A line is input once it is complete: half of one wakes no poll. */
static void half_a_line(void) {
	struct pollfd p = {.fd = 0, .events = POLLIN};
	char text[64];
	puts("ready");
	while (poll(&p, 1, 20) == 0)
		puts("waiting");
	ssize_t n = read(0, text, sizeof text);
	expect(n > 0);
	printf("whole line: %.*s", (int)n, text);
}

const struct probe console_probes[] = {
	{"writes", writes}, {"kernel-memory", kernel_memory}, {"flood", flood}, {"lines", lines},
	{"raw", raw}, {"half-a-line", half_a_line}, {0},
};
