/*
 * handover.c - takes an app out of the memory of an ivshmem device, the second PCI
 * region of which is a file on the host (QEMU, docs/specs/ivshmem-spec.txt).
 *
 * The machine is stopped while it waits for the app, and other machines go on from
 * what was saved of it then: each finds an app of its own in that memory. It only
 * reads there, so that what the host writes is seen until the end.
 */
#include "handover.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* random(4): the C library has no header for these. */
#define ADD_ENTROPY _IOW('R', 0x03, int[2])
#define RESEED _IO('R', 0x07)

enum { SEED = 32, SHARED = 16 << 20, ARGUMENTS = 256, APP = 4096 };

/* What the host puts at the beginning; arguments and app follow at their offsets. */
struct handover {
	uint32_t filled;  /* not 0: the rest is there */
	uint32_t version; /* of this layout: 1 */
	uint64_t app_size;
	int64_t seconds, nanoseconds; /* the time of day */
	uint8_t seed[SEED];
	char nonce[NONCE];
	uint32_t arguments_size; /* each ends with a 0 byte */
};

_Static_assert(sizeof(struct handover) <= ARGUMENTS, "the header ends before the arguments");

static const char devices[] = "/sys/bus/pci/devices";

/* is_one says whether a device's file begins with a text. */
static int is_one(const char *device, const char *name, const char *text) {
	char path[512], line[32] = "";
	snprintf(path, sizeof path, "%s/%s/%s", devices, device, name);
	FILE *f = fopen(path, "r");
	if (!f)
		return 0;
	int same = fgets(line, sizeof line, f) && strncmp(line, text, strlen(text)) == 0;
	fclose(f);
	return same;
}

/* map_memory maps the memory of a device, NULL where it cannot. */
static void *map_memory(const char *device) {
	char path[512];
	snprintf(path, sizeof path, "%s/%s/enable", devices, device);
	int fd = open(path, O_WRONLY);
	if (fd < 0)
		return NULL;
	ssize_t written = write(fd, "1", 1);
	close(fd);
	if (written != 1)
		return NULL;
	snprintf(path, sizeof path, "%s/%s/resource2", devices, device);
	fd = open(path, O_RDWR); /* read-only, the kernel refuses to map it shared */
	if (fd < 0)
		return NULL;
	void *memory = mmap(NULL, SHARED, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

static void *find_memory(void) {
	void *memory = NULL;
	mkdir("/sys", 0555);
	mount("sys", "/sys", "sysfs", 0, NULL);
	DIR *list = opendir(devices);
	if (!list)
		return NULL;
	for (struct dirent *e; !memory && (e = readdir(list));)
		if (is_one(e->d_name, "vendor", "0x1af4") && is_one(e->d_name, "device", "0x1110"))
			memory = map_memory(e->d_name);
	closedir(list);
	return memory;
}

/* stir counts the seed as entropy and has the kernel draw from it at once. */
static void stir(const uint8_t *seed) {
	struct {
		int bits, size;
		uint8_t bytes[SEED];
	} pool = {.bits = SEED * 8, .size = SEED};
	memcpy(pool.bytes, seed, SEED);
	int fd = open("/dev/urandom", O_WRONLY);
	if (fd < 0)
		return;
	ioctl(fd, ADD_ENTROPY, &pool);
	ioctl(fd, RESEED);
	close(fd);
}

/* write_app makes the app a file, and says whether it could. */
static int write_app(const char *app, size_t size) {
	unlink("/app");
	int fd = open("/app", O_WRONLY | O_CREAT | O_EXCL, 0755);
	if (fd < 0)
		return 0;
	while (size > 0) {
		ssize_t n = write(fd, app, size);
		if (n <= 0)
			break;
		app += n;
		size -= n;
	}
	return close(fd) == 0 && size == 0;
}

/* vector makes an argument vector of strings that follow each other. */
static char **vector(const char *text, size_t size) {
	size_t count = 0;
	for (size_t i = 0; i < size; i++)
		count += text[i] == 0;
	char *copy = malloc(size + 1);
	char **argv = calloc(count + 1, sizeof *argv);
	if (!copy || !argv)
		return NULL;
	memcpy(copy, text, size);
	copy[size] = 0;
	for (size_t i = 0; i < count; i++, copy += strlen(copy) + 1)
		argv[i] = copy;
	return argv;
}

char **take_app(void (*ready)(void), char nonce[NONCE]) {
	const char *memory = find_memory();
	if (!memory)
		return NULL;
	const struct handover *h = (const void *)memory;
	ready();
	while (!__atomic_load_n(&h->filled, __ATOMIC_ACQUIRE))
		__builtin_ia32_pause(); /* the machine stops here, and goes on with an app */

	struct timeval now = {.tv_sec = h->seconds, .tv_usec = h->nanoseconds / 1000};
	settimeofday(&now, NULL);
	stir(h->seed);
	memcpy(nonce, h->nonce, NONCE - 1);
	if (h->version != 1 || h->app_size > SHARED - APP || h->arguments_size > APP - ARGUMENTS || !write_app(memory + APP, h->app_size)) {
		fputs("init: the app could not be taken over\n", stderr);
		return NULL;
	}
	return vector(memory + ARGUMENTS, h->arguments_size);
}
