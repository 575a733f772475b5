/* numbers.c - prints numbers as printf has them, and beside that as slipway.h has them. */
#include <math.h>
#include <slipway.h>

int main(void) {
	static const double values[] = {
		0, 1, -1, 0.6, 0.999, 9.995, -0.169075164, 12, 1.0 / 3, 0.0015, 5544.234, 99999.4, 99999.6, 123456.7, 1e6, 1639823.4, 1e15,
		-3.26, 1e17, 2e19, 1e300, -1e300, INFINITY, -INFINITY, NAN,
	};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		for (int digits = 0; digits < 10; digits++) {
			printf("%.*f = ", digits, values[i]);
			slipway_fixed(values[i], digits);
			printf("\n");
		}
	static const double results[] = {0, 1, 0.25, 1.23456789e-9, 5544.234, 99999.6, 163982.4, 2.5e12, 1e200};
	for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
		printf("%.17g = ", results[i]);
		slipway_result("N", 1L << 40, results[i], "ns/op");
	}
}
