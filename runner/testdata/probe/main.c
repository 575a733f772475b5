/* main.c - finds the probe that the arguments name. */
#include "probe.h"

static char **arguments;

long number(const char *name, long by_default) {
	size_t n = strlen(name);
	for (char **a = arguments; *a; a++)
		if (strncmp(*a, name, n) == 0 && (*a)[n] == '=')
			return strtol(*a + n + 1, NULL, 0);
	return by_default;
}

static int run(const struct probe *list, const char *name) {
	for (; list->name; list++)
		if (strcmp(list->name, name) == 0) {
			list->run();
			return 1;
		}
	return 0;
}

int main(int argc, char **argv) {
	const struct probe *const lists[] = {memory_probes, time_probes, console_probes, call_probes, fault_probes, child_probes, device_probes};
	arguments = argv;
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "do=", 3) != 0)
			continue;
		for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
			if (run(lists[k], argv[i] + 3)) {
				puts("passed");
				return 0;
			}
	}
	for (int i = 0; i < argc; i++)
		printf("argument %d [%s]\n", i, argv[i]);
	return argc > 1 ? 0 : 2;
}
