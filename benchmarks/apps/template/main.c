/* Every save of this file builds it, boots it on the marked kernels, and compares. */
#include <slipway.h>

int main(int argc, char **argv) {
	long rounds = slipway_param(argc, argv, "rounds", 1000);
	uint64_t sum = 0;
	slipway_unit("ns/op", "lower");
	for (int repeat = 0; repeat < 5; repeat++) {
		uint64_t start = slipway_now();
		for (long i = 0; i < rounds; i++)
			sum += (uint64_t)i * (uint64_t)i; /* what is to be measured */
		slipway_keep(sum);
		slipway_result("Work", rounds, (double)(slipway_now() - start) / (double)rounds, "ns/op");
	}
	return 0;
}
