/* share.c - the folder of the host's that a target may be given, on /share. */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices.h"

static const char place[] = "/share";

static int is_writable(const char *mode) { return strcmp(mode, "rw") == 0; }

/* The host refuses writes to a share that is read-only whatever we do here; that it is
 * mounted so lets programs see it. */
void mount_share(const char *mode) {
	if (!mode[0])
		return;
	mkdir(place, 0755);
	if (mount("share", place, "virtiofs", is_writable(mode) ? 0 : MS_RDONLY, NULL) != 0)
		fprintf(stderr, "init: the share is not mounted: %m\n");
}

/* What was written through a mapping may still be on its way. */
void unmount_share(const char *mode) {
	if (is_writable(mode) && umount(place) != 0)
		sync(); /* somebody whom the app has left behind is in there */
}
