/*
 * jitter.c - the noise that a kernel and its host make, as the app sees it: fixed
 * work quanta (M. Sottile and R. Minnich, "Analysis of microbenchmarks for
 * performance tuning of clusters", 2004). Every quantum is the same work; what one
 * takes beyond the shortest of all was taken away by somebody.
 */
#include <slipway.h>

static int compare(const void *x, const void *y) {
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return (a > b) - (a < b);
}

int main(int argc, char **argv) {
	long quanta = slipway_param(argc, argv, "quanta", 4000);
	long work = slipway_param(argc, argv, "work", 2000);
	uint64_t *took = malloc((size_t)quanta * sizeof *took), state = 1;
	if (!took) {
		fprintf(stderr, "jitter: there is no room for %ld quanta\n", quanta);
		return 1;
	}
	for (long q = -quanta / 10; q < quanta; q++) { /* the first tenth warms up */
		uint64_t start = slipway_now();
		for (long i = 0; i < work; i++)
			state = state * 6364136223846793005u + 1442695040888963407u;
		slipway_keep(state);
		uint64_t span = slipway_now() - start;
		if (q >= 0)
			took[q] = span;
	}
	qsort(took, (size_t)quanta, sizeof *took, compare);
	uint64_t shortest = took[0];
	slipway_unit("ns", "lower");
	slipway_result("NoiseP50", quanta, (double)(took[quanta / 2] - shortest), "ns");
	slipway_result("NoiseP99", quanta, (double)(took[quanta - 1 - quanta / 100] - shortest), "ns");
	slipway_result("NoiseMax", quanta, (double)(took[quanta - 1] - shortest), "ns");
	slipway_result("Quantum", quanta, (double)shortest, "ns");
	return 0;
}
