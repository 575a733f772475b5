/* memory.c - brk, mmap and its relatives, malloc. */
#define _GNU_SOURCE
#include "probe.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, PRIVATE = MAP_PRIVATE | MAP_ANONYMOUS };

static int all_are(const unsigned char *p, size_t n, int value) {
	for (size_t i = 0; i < n; i++)
		if (p[i] != value)
			return 0;
	return 1;
}

static long brk_to(long to) { return syscall(SYS_brk, to); }

static void breaks(void) {
	long begin = brk_to(0);
	expect(brk_to(begin + 3 * PAGE + 10) == begin + 3 * PAGE + 10);
	unsigned char *p = (void *)begin;
	expect(all_are(p, 3 * PAGE + 10, 0));
	memset(p, 7, 3 * PAGE + 10);
	expect(brk_to(begin + PAGE + 100) == begin + PAGE + 100);
	expect(brk_to(begin + 3 * PAGE) == begin + 3 * PAGE);
	expect(all_are(p, PAGE + 100, 7));
	expect(all_are(p + 2 * PAGE, PAGE, 0)); /* what was given back comes back as zeros */
	expect(brk_to(begin) == begin);
	expect(brk_to(-1) == begin && brk_to(1) == begin && brk_to(1l << 46) == begin);
}

static void maps(void) {
	unsigned char *p = mmap(NULL, 10 * PAGE, RW, PRIVATE, -1, 0);
	expect(p != MAP_FAILED && (uintptr_t)p % PAGE == 0 && all_are(p, 10 * PAGE, 0));
	memset(p, 1, 10 * PAGE);
	expect(mprotect(p, PAGE, PROT_READ) == 0 && mprotect(p, PAGE, RW) == 0);
	expect(mmap(p + PAGE, 2 * PAGE, RW, PRIVATE | MAP_FIXED, -1, 0) == p + PAGE);
	expect(all_are(p, PAGE, 1) && all_are(p + PAGE, 2 * PAGE, 0) && all_are(p + 3 * PAGE, 7 * PAGE, 1));
	fails_with(EEXIST, mmap(p, PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE, -1, 0));
	expect(madvise(p + 4 * PAGE, PAGE, MADV_DONTNEED) == 0);
	expect(all_are(p + 4 * PAGE, PAGE, 0) && all_are(p + 5 * PAGE, PAGE, 1));
	expect(munmap(p + 8 * PAGE, 2 * PAGE) == 0);
	expect(mmap(p + 8 * PAGE, PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE, -1, 0) == p + 8 * PAGE);
	expect(p[8 * PAGE] == 0);
	expect(munmap(p, 9 * PAGE) == 0);
}

static void refused_maps(void) {
	fails_with(EINVAL, mmap(NULL, 0, RW, PRIVATE, -1, 0));
	fails_with(ENOMEM, mmap(NULL, 1ul << 46, RW, PRIVATE, -1, 0));
	fails_with(ENOMEM, mmap(NULL, -PAGE, RW, PRIVATE, -1, 0));
	expect(mmap(NULL, -1ul, RW, PRIVATE, -1, 0) == MAP_FAILED);
	fails_with(EINVAL, munmap((void *)1, PAGE));
	fails_with(EINVAL, munmap((void *)PAGE, -1ul));
	fails_with(EINVAL, syscall(SYS_mprotect, 1l, (long)PAGE, (long)RW)); /* musl would round down */
	fails_with(EFAULT, syscall(SYS_mremap, (long)PAGE, (long)PAGE, 2l * PAGE, 1l, 0l));
	fails_with(EINVAL, syscall(SYS_mremap, 1l, (long)PAGE, 2l * PAGE, 1l, 0l));
}

static void remaps(void) {
	unsigned char *p = mmap(NULL, 4 * PAGE, RW, PRIVATE, -1, 0), *blocker;
	expect(p != MAP_FAILED);
	memset(p, 3, 4 * PAGE);
	blocker = mmap(p + 4 * PAGE, PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE, -1, 0); /* perhaps something is there already */
	unsigned char *q = mremap(p, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
	expect(q != MAP_FAILED && q != p);
	expect(all_are(q, 4 * PAGE, 3) && all_are(q + 4 * PAGE, 60 * PAGE, 0));
	expect(mremap(q, 64 * PAGE, 2 * PAGE, 0) == q && all_are(q, 2 * PAGE, 3));
	expect(munmap(q, 2 * PAGE) == 0);
	if (blocker != MAP_FAILED)
		expect(munmap(blocker, PAGE) == 0);
}

/* A few hundred blocks that come, grow and go, each filled with its own byte. */
static void mallocs(void) {
	enum { SLOTS = 300, ROUNDS = 30000 };
	static struct { unsigned char *at; size_t size; } slot[SLOTS];
	uint64_t random = 1;
	for (int i = 0; i < ROUNDS; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		unsigned n = (random >> 33) % SLOTS;
		size_t size = 1 + (random >> 20) % ((random >> 60) == 0 ? 200000 : 2000);
		if (slot[n].at)
			expect(all_are(slot[n].at, slot[n].size < 64 ? slot[n].size : 64, n & 255));
		if ((random >> 50) % 4 == 0) {
			free(slot[n].at);
			slot[n].at = NULL;
			continue;
		}
		slot[n].at = realloc(slot[n].at, size);
		expect(slot[n].at != NULL);
		slot[n].size = size;
		memset(slot[n].at, n & 255, size);
	}
	for (int n = 0; n < SLOTS; n++)
		free(slot[n].at);
}

/* For a guest only: takes all there is, in large and small pieces, and gives it back. */
static void exhaust(void) {
	enum { MOST = 100000 };
	static void *block[MOST];
	for (int round = 0; round < 2; round++) {
		int n = 0;
		for (size_t size = 4 << 20; size >= 1024; size /= 2)
			for (; n < MOST && (errno = 0, block[n] = malloc(size)); n++)
				memset(block[n], 0xff, size);
		expect(n > 0 && n < MOST && errno == ENOMEM);
		fails_with(ENOMEM, mmap(NULL, 1 << 20, RW, PRIVATE, -1, 0));
		expect(brk_to(brk_to(0) + (1 << 20)) == brk_to(0)); /* the break does not run into the mappings */
		while (n)
			free(block[--n]);
	}
}

/* For Linux as a guest only, which promises more than it has: somebody has to die for it. */
static void starve(void) {
	for (void *p; (p = mmap(NULL, 1 << 20, RW, PRIVATE, -1, 0)) != MAP_FAILED;)
		memset(p, 0xff, 1 << 20);
}

const struct probe memory_probes[] = {
	{"breaks", breaks}, {"maps", maps},       {"refused-maps", refused_maps}, {"remaps", remaps},
	{"mallocs", mallocs}, {"exhaust", exhaust}, {"starve", starve}, {0},
};
