/* sys_time.c - system calls on time. */
#include "syscall.h"
#include "time.h"

enum { REALTIME = 0, PROCESS_CPU = 2, REALTIME_COARSE = 5, MOST_CLOCKS = 12 };

static u64 clock(u64 id) { return id == REALTIME || id == REALTIME_COARSE ? time_of_day() : time_now(); }

static long store(u64 to, u64 ns) {
	if (!user_range(to, sizeof(struct timespec)))
		return -EFAULT;
	*(struct timespec *)to = (struct timespec){ns / SECOND, ns % SECOND};
	return 0;
}

long sys_clock_gettime(const struct arguments *x) { return x->a >= MOST_CLOCKS ? -EINVAL : store(x->b, clock(x->a)); }

long sys_clock_getres(const struct arguments *x) {
	if (x->a >= MOST_CLOCKS)
		return -EINVAL;
	return x->b ? store(x->b, 1) : 0;
}

long sys_gettimeofday(const struct arguments *x) {
	if (!x->a)
		return 0;
	if (!user_range(x->a, 16))
		return -EFAULT;
	u64 now = time_of_day(), *to = (u64 *)x->a;
	to[0] = now / SECOND;
	to[1] = now % SECOND / 1000;
	return 0;
}

long sys_time(const struct arguments *x) {
	u64 seconds = time_of_day() / SECOND;
	if (x->a && user_range(x->a, 8))
		*(u64 *)x->a = seconds;
	return seconds;
}

/* In hundredths of a second, all of it the app's own time. */
long sys_times(const struct arguments *x) {
	u64 ticks = time_now() / (SECOND / 100);
	if (x->a && user_range(x->a, 32)) {
		u64 *to = (u64 *)x->a;
		to[0] = ticks;
		to[1] = to[2] = to[3] = 0;
	}
	return ticks;
}

u64 time_span(const struct timespec *t) {
	const u64 longest = 100ul * 365 * 86400; /* seconds; sums of two such spans do not overflow */
	if (t->seconds < 0)
		return 0;
	return ((u64)t->seconds < longest ? (u64)t->seconds : longest) * SECOND + (u64)t->nanoseconds % SECOND;
}

static long sleep(u64 request, u64 id, int absolute) {
	if (!user_range(request, sizeof(struct timespec)))
		return -EFAULT;
	const struct timespec *t = (void *)request;
	if (t->seconds < 0 || t->nanoseconds < 0 || t->nanoseconds >= (long)SECOND)
		return -EINVAL;
	u64 span = time_span(t), now = clock(id);
	if (absolute)
		span = span > now ? span - now : 0;
	time_wait_until(time_now() + span);
	return 0;
}

long sys_nanosleep(const struct arguments *x) { return sleep(x->a, PROCESS_CPU, 0); }

long sys_clock_nanosleep(const struct arguments *x) {
	enum { ABSOLUTE = 1 };
	return x->a >= MOST_CLOCKS ? -EINVAL : sleep(x->c, x->a, x->b & ABSOLUTE);
}
