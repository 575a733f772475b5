/* devices.c - what a guest sees of the devices that its target was given. These are
 * for guests only. They print what they see; the test knows what is right. */
#define _GNU_SOURCE
#include "probe.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* show prints the first line of a file below /sys, which is mounted on /tmp. */
static void show(const char *name) {
	char path[512], line[256] = "";
	static int mounted;
	if (!mounted)
		expect(mount("sysfs", "/tmp", "sysfs", 0, NULL) == 0);
	mounted = 1;
	snprintf(path, sizeof path, "/tmp/%s", name);
	FILE *f = fopen(path, "r");
	printf("%s: %s", name, f && fgets(line, sizeof line, f) ? line : "none\n");
	if (f)
		fclose(f);
}

/* disks reads the beginning of both disks, and tries to write there. */
static void disks(void) {
	const char *const names[] = {"/dev/vda", "/dev/vdb"};
	for (int i = 0; i < 2; i++) {
		char text[6] = "";
		int disk = open(names[i], O_RDONLY);
		expect(disk >= 0);
		printf("%s has %ld bytes", names[i], (long)lseek(disk, 0, SEEK_END));
		expect(pread(disk, text, 5, 0) == 5 && close(disk) == 0);
		disk = open(names[i], O_RDWR | O_SYNC);
		int written = disk >= 0 && pwrite(disk, "spoilt", 6, 0) == 6;
		printf(", reads [%s], is %s\n", text, written ? "written" : "not written");
	}
}

static void nodes(void) {
	show("devices/system/cpu/online");
	show("devices/system/node/online");
	show("devices/system/node/node0/cpulist");
	show("devices/system/node/node1/cpulist");
}

/* bus lists the devices of virtio on the PCI bus. */
static void bus(void) {
	show("kernel/uevent_seqnum");
	DIR *devices = opendir("/tmp/bus/pci/devices");
	expect(devices);
	for (struct dirent *d; (d = readdir(devices));) {
		char path[512], vendor[16] = "", device[16] = "";
		snprintf(path, sizeof path, "/tmp/bus/pci/devices/%s/vendor", d->d_name);
		FILE *f = fopen(path, "r");
		if (!f || !fgets(vendor, sizeof vendor, f) || strcmp(vendor, "0x1af4\n") != 0)
			continue;
		snprintf(path, sizeof path, "/tmp/bus/pci/devices/%s/device", d->d_name);
		f = fopen(path, "r");
		expect(f && fgets(device, sizeof device, f));
		printf("virtio device %s", device);
	}
}

static struct sockaddr_in address(const char *host, int port) {
	return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(host), .sin_port = htons(port)};
}

/* shares reads a file of the share, writes one, and says how that went. With n=1 it waits
 * for more to be there. */
static void shares(void) {
	char text[64] = "";
	int in = open("/share/in", O_RDONLY);
	ssize_t got = in < 0 ? -1 : read(in, text, sizeof text - 1);
	printf("reads [%s] %s\n", got < 0 ? "" : text, got < 0 ? strerror(errno) : "well");
	int out = open("/share/out", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	printf("writes %s\n", out >= 0 && write(out, "from the guest", 14) == 14 ? "well" : strerror(errno));
	/* What a guest in ring 0 can do: take its own kernel's word back. */
	expect(mount("share", "/share", "virtiofs", MS_REMOUNT, NULL) == 0);
	out = open("/share/out-again", O_WRONLY | O_CREAT, 0644);
	printf("writes again %s\n", out >= 0 ? "well" : strerror(errno));
	printf("makes a device %s\n", mknod("/share/device", S_IFBLK | 0666, 0x0800) == 0 ? "well" : strerror(errno));
	printf("removes %s\n", unlink("/share/in") == 0 ? "well" : strerror(errno));
	puts("done");
	fflush(stdout);
	if (number("n", 0))
		for (struct stat there; stat("/share/go", &there) != 0;)
			usleep(10000);
}

/* serve answers one connection to port 80. */
static void serve(void) {
	struct sockaddr_in here = address("0.0.0.0", 80);
	char text[64] = "";
	int s = socket(AF_INET, SOCK_STREAM, 0);
	expect(s >= 0 && bind(s, (void *)&here, sizeof here) == 0 && listen(s, 1) == 0);
	puts("ready");
	fflush(stdout);
	int c = accept(s, NULL, NULL);
	expect(c >= 0 && read(c, text, sizeof text - 1) > 0);
	printf("was told [%s]\n", text);
	expect(write(c, "hello, host", 11) == 11 && shutdown(c, SHUT_WR) == 0);
	read(c, text, sizeof text); /* until the other side has closed, too */
}

/* reach-out calls port n= of the host's loopback, as QEMU's user network shows it. */
static void reach_out(void) {
	struct sockaddr_in host = address("10.0.2.2", number("n", 0));
	struct timeval limit = {.tv_sec = 2};
	int s = socket(AF_INET, SOCK_STREAM, 0);
	expect(s >= 0 && setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0);
	puts(connect(s, (void *)&host, sizeof host) == 0 ? "got out" : "got nowhere");
}

/* says-twice speaks on the second serial port: through Linux where there is one, else by itself. */
static void says_twice(void) {
	static const char text[] = "the second port\n";
	int tty = open("/dev/ttyS1", O_WRONLY | O_NOCTTY);
	if (tty >= 0) {
		expect(write(tty, text, sizeof text - 1) == sizeof text - 1);
		close(tty);
		return;
	}
	for (const char *c = text; *c; c++)
		outb(*c, 0x2f8);
}

const struct probe device_probes[] = {
	{"disks", disks}, {"nodes", nodes}, {"bus", bus}, {"shares", shares}, {"serve", serve}, {"reach-out", reach_out}, {"says-twice", says_twice}, {0},
};
