/*
 * nbody.c - the sun and its four outer planets under their mutual gravity. It
 * measures floating point and nothing else: while it computes it makes no system
 * call, so kernels should differ by little more than the interrupts they take.
 *
 * Units: astronomical units, years, solar masses; the gravitational constant is
 * then 4 pi^2. Positions, velocities and masses are those of the n-body program of
 * the Computer Language Benchmarks Game, whose energy they reproduce.
 */
#include <math.h>
#include <slipway.h>

enum { BODIES = 5, AXES = 3 };

#define PI 3.141592653589793
#define SUN (4 * PI * PI)
#define YEAR 365.24

struct body {
	double position[AXES], velocity[AXES], mass;
};

static const struct body at_start[BODIES] = {
	{{0}, {0}, SUN},
	/* Jupiter */
	{{4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01},
	 {1.66007664274403694e-03 * YEAR, 7.69901118419740425e-03 * YEAR, -6.90460016972063023e-05 * YEAR},
	 9.54791938424326609e-04 * SUN},
	/* Saturn */
	{{8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01},
	 {-2.76742510726411857e-03 * YEAR, 4.99852801234917238e-03 * YEAR, 2.30417297573763929e-05 * YEAR},
	 2.85885980666130812e-04 * SUN},
	/* Uranus */
	{{1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01},
	 {2.96460137564761618e-03 * YEAR, 2.37847173959480950e-03 * YEAR, -2.96589568540237556e-05 * YEAR},
	 4.36624404335156298e-05 * SUN},
	/* Neptune */
	{{1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01},
	 {2.68067772490389322e-03 * YEAR, 1.62824170038242295e-03 * YEAR, -9.51592254519715870e-05 * YEAR},
	 5.15138902046611451e-05 * SUN},
};

static struct body bodies[BODIES];

/* The sun moves against the planets, so that the whole stands still. */
static void begin(void) {
	memcpy(bodies, at_start, sizeof bodies);
	for (int i = 1; i < BODIES; i++)
		for (int k = 0; k < AXES; k++)
			bodies[0].velocity[k] -= bodies[i].velocity[k] * bodies[i].mass / SUN;
}

static void step(double dt) {
	for (int i = 0; i < BODIES; i++) {
		struct body *a = &bodies[i];
		for (int j = i + 1; j < BODIES; j++) {
			struct body *b = &bodies[j];
			double apart[AXES], squared = 0;
			for (int k = 0; k < AXES; k++) {
				apart[k] = a->position[k] - b->position[k];
				squared += apart[k] * apart[k];
			}
			double pull = dt / (squared * sqrt(squared));
			for (int k = 0; k < AXES; k++) {
				a->velocity[k] -= apart[k] * b->mass * pull;
				b->velocity[k] += apart[k] * a->mass * pull;
			}
		}
	}
	for (int i = 0; i < BODIES; i++)
		for (int k = 0; k < AXES; k++)
			bodies[i].position[k] += dt * bodies[i].velocity[k];
}

static double energy(void) {
	double sum = 0;
	for (int i = 0; i < BODIES; i++) {
		const struct body *a = &bodies[i];
		for (int k = 0; k < AXES; k++)
			sum += a->mass * a->velocity[k] * a->velocity[k] / 2;
		for (int j = i + 1; j < BODIES; j++) {
			double squared = 0;
			for (int k = 0; k < AXES; k++) {
				double apart = a->position[k] - bodies[j].position[k];
				squared += apart * apart;
			}
			sum -= a->mass * bodies[j].mass / sqrt(squared);
		}
	}
	return sum;
}

int main(int argc, char **argv) {
	long steps = slipway_param(argc, argv, "steps", 2000);
	long repeats = slipway_param(argc, argv, "repeats", 10);
	double before = 0, after = 0;
	slipway_unit("ns/op", "lower");
	for (long r = 0; r < repeats; r++) {
		begin();
		before = energy();
		uint64_t start = slipway_now();
		for (long i = 0; i < steps; i++)
			step(0.01);
		double took = (double)(slipway_now() - start);
		after = energy();
		slipway_result("Nbody", steps, took / (double)steps, "ns/op");
	}
	fputs("energy ", stdout);
	slipway_fixed(before, 9);
	fputs(", then ", stdout);
	slipway_fixed(after, 9);
	putchar('\n');
	/* Gravity keeps energy; a kernel that loses floating-point state does not. */
	if (!(fabs(after - before) < 1e-4)) {
		fprintf(stderr, "nbody: the energy changed: something disturbed the computation\n");
		return 1;
	}
	return 0;
}
