/* sys_process.c - system calls on the process: there is one, and it is number 1. */
#include "cpu.h"
#include "marker.h"
#include "print.h"
#include "string.h"
#include "syscall.h"
#include "time.h"

long sys_exit(const struct arguments *x) { end_vm(x->a); }

long sys_one(const struct arguments *x) {
	(void)x;
	return 1;
}

long sys_zero(const struct arguments *x) {
	(void)x;
	return 0;
}

long sys_quiet_enosys(const struct arguments *x) {
	(void)x;
	return -ENOSYS;
}

long sys_arch_prctl(const struct arguments *x) {
	enum { SET_GS = 0x1001, SET_FS = 0x1002, FS_BASE = 0xc0000100, GS_BASE = 0xc0000101, ADDRESS_BITS = 47 };
	if (x->b >> ADDRESS_BITS)
		return x->a == SET_GS || x->a == SET_FS ? -EPERM : -EINVAL; /* the CPU would fault */
	switch (x->a) {
	case SET_FS:
		wrmsr(FS_BASE, x->b);
		return 0;
	case SET_GS:
		wrmsr(GS_BASE, x->b);
		return 0;
	default:
		return -EINVAL;
	}
}

/* Linux, include/uapi/linux/utsname.h: six fields of 65 bytes. Programs look at
 * the release to learn what the kernel can do, so it is Linux's. */
long sys_uname(const struct arguments *x) {
	enum { FIELD = 65, FIELDS = 6 };
	static const char *const fields[FIELDS] = {"Linux", "keel", "6.1.0-keel", "#1", "x86_64", "(none)"};
	if (!user_range(x->a, FIELD * FIELDS))
		return -EFAULT;
	char *to = (char *)x->a;
	memset(to, 0, FIELD * FIELDS);
	for (int i = 0; i < FIELDS; i++)
		memcpy(to + i * FIELD, fields[i], strlen(fields[i]));
	return 0;
}

static u64 stack_size;

void syscall_set_stack(u64 size) { stack_size = size; }

static void limits(u64 which, u64 *to) {
	enum { STACK = 3, FILES = 7 };
	to[0] = to[1] = which == STACK ? stack_size : which == FILES ? 3 : ~0ul;
}

long sys_getrlimit(const struct arguments *x) {
	if (!user_range(x->b, 16))
		return -EFAULT;
	limits(x->a, (u64 *)x->b);
	return 0;
}

long sys_prlimit64(const struct arguments *x) {
	if (!x->d)
		return 0;
	if (!user_range(x->d, 16))
		return -EFAULT;
	limits(x->b, (u64 *)x->d);
	return 0;
}

/* splitmix64 (Steele, Lea, Flood 2014), stirred by the time stamp counter. It is no
 * source of secrets. */
long sys_getrandom(const struct arguments *x) {
	static u64 state;
	if (!user_range(x->a, x->b))
		return x->b ? -EFAULT : 0;
	u8 *to = (u8 *)x->a;
	for (u64 i = 0; i < x->b; i++) {
		u64 z = state += 0x9e3779b97f4a7c15ul ^ rdtsc();
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
		z = (z ^ z >> 27) * 0x94d049bb133111ebul;
		to[i] = z >> 56;
	}
	return x->b;
}

/* struct rusage is 144 bytes; the first two fields are times. All time is the app's. */
long sys_getrusage(const struct arguments *x) {
	enum { SIZE = 144 };
	if (!user_range(x->b, SIZE))
		return -EFAULT;
	u64 *to = (u64 *)x->b, now = time_now();
	memset(to, 0, SIZE);
	to[0] = now / SECOND;
	to[1] = now % SECOND / 1000;
	return 0;
}

long sys_sched_getaffinity(const struct arguments *x) {
	if (x->b < 8)
		return -EINVAL;
	if (!user_range(x->c, 8))
		return -EFAULT;
	*(u64 *)x->c = 1;
	return 8;
}

long sys_getcpu(const struct arguments *x) {
	if (user_range(x->a, 4))
		*(u32 *)x->a = 0;
	if (user_range(x->b, 4))
		*(u32 *)x->b = 0;
	return 0;
}

/* With one thread nobody else can wake a waiter: only time can. */
long sys_futex(const struct arguments *x) {
	enum { COMMAND = 0x7f, WAIT = 0, WAIT_BITSET = 9, SIGABRT = 6 };
	u64 command = x->b & COMMAND;
	if (command != WAIT && command != WAIT_BITSET)
		return 0; /* nobody waits who could be woken */
	if (!user_range(x->a, 4))
		return -EFAULT;
	if (*(u32 *)x->a != (u32)x->c)
		return -EAGAIN;
	if (x->d && user_range(x->d, sizeof(struct timespec))) {
		u64 span = time_span((void *)x->d);
		time_wait_until(command == WAIT ? time_now() + span : span);
		return -ETIMEDOUT;
	}
	print("keel: the app waits for another thread, and there is none: a deadlock\n");
	marker("fault futex wait without another thread");
	end_vm(128 + SIGABRT);
}
