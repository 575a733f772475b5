/* modules.c - drivers that Debian builds as modules. They are in the initramfs only
 * where the target has a device that needs them. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "devices.h"

static int is_module(const struct dirent *entry) {
	return strstr(entry->d_name, ".ko") != NULL;
}

static void load(const char *name) {
	char path[sizeof "/modules/" + 256];
	snprintf(path, sizeof path, "/modules/%s", name);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || syscall(SYS_finit_module, file, "", 0) != 0)
		fprintf(stderr, "init: the driver %s is not loaded: %m\n", name);
	if (file >= 0)
		close(file);
}

void load_modules(void) {
	struct dirent **entries;
	int n = scandir("/modules", &entries, is_module, alphasort);
	for (int i = 0; i < n; i++) {
		load(entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}
