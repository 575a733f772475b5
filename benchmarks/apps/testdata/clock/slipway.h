/* slipway.h - the real one, with a clock that moves on by a second at every look, so
 * that what an app computes from its times is known beforehand. */
#include_next <slipway.h>

static inline uint64_t a_second_later(void) {
	static uint64_t now;
	return now += 1000000000u;
}

#define slipway_now a_second_later
