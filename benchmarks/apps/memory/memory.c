/*
 * memory.c - memory bandwidth as the triad of STREAM (J. D. McCalpin, 1995) has it:
 * a[i] = b[i] + s * c[i]. Two arrays are read and one is written; as in STREAM the
 * bytes that the caches move beside those do not count.
 */
#include <slipway.h>

int main(int argc, char **argv) {
	long kib = slipway_param(argc, argv, "kib", 1024); /* of each array */
	long repeats = slipway_param(argc, argv, "repeats", 10);
	size_t count = (size_t)kib * 1024 / sizeof(double);
	double *a = malloc(count * sizeof *a), *b = malloc(count * sizeof *b), *c = malloc(count * sizeof *c);
	if (!a || !b || !c) {
		fprintf(stderr, "memory: there is no room for three arrays of %ld KiB\n", kib);
		return 1;
	}
	for (size_t i = 0; i < count; i++) {
		a[i] = 0;
		b[i] = (double)i;
		c[i] = 1;
	}
	slipway_unit("MB/s", "higher");
	for (long r = 0; r < repeats; r++) {
		uint64_t start = slipway_now();
		for (size_t i = 0; i < count; i++)
			a[i] = b[i] + 3 * c[i];
		slipway_keep(a);
		double seconds = (double)(slipway_now() - start) / 1e9;
		slipway_result("Triad", 1, 3 * (double)count * sizeof(double) / 1e6 / seconds, "MB/s");
	}
	for (size_t i = 0; i < count; i++) {
		if (a[i] != (double)i + 3) {
			fprintf(stderr, "memory: a[%zu] is %g and should be %g\n", i, a[i], (double)i + 3);
			return 1;
		}
	}
	return 0;
}
