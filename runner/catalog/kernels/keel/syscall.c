/*
 * syscall.c - which function serves which system call. A call that none serves
 * answers ENOSYS and is named on the console, once.
 */
#include "syscall.h"

#include "cpu.h"
#include "marker.h"
#include "memory.h"
#include "print.h"

extern void syscall_entry(void);

static handler *const handlers[] = {
	[0] = sys_read, [1] = sys_write, [3] = sys_close, [5] = sys_fstat, [7] = sys_poll, [8] = sys_lseek, [9] = sys_mmap,
	[10] = sys_mprotect, [11] = sys_munmap, [12] = sys_brk, [13] = sys_rt_sigaction,
	[14] = sys_rt_sigprocmask, [16] = sys_ioctl, [19] = sys_readv, [20] = sys_writev, [24] = sys_zero /* sched_yield */,
	[25] = sys_mremap, [28] = sys_madvise, [35] = sys_nanosleep, [39] = sys_one /* getpid */, [60] = sys_exit, [62] = sys_kill,
	[63] = sys_uname, [72] = sys_fcntl, [79] = sys_getcwd, [89] = sys_no_entry /* readlink */, [96] = sys_gettimeofday,
	[97] = sys_getrlimit, [98] = sys_getrusage, [99] = sys_sysinfo, [100] = sys_times, [102] = sys_zero /* getuid */,
	[104] = sys_zero /* getgid */, [107] = sys_zero /* geteuid */, [108] = sys_zero /* getegid */, [110] = sys_zero /* getppid */,
	[131] = sys_sigaltstack, [149] = sys_zero /* mlock: all memory is resident */, [150] = sys_zero /* munlock */,
	[158] = sys_arch_prctl, [186] = sys_one /* gettid */, [200] = sys_tkill, [201] = sys_time, [202] = sys_futex,
	[204] = sys_sched_getaffinity, [218] = sys_one /* set_tid_address */, [228] = sys_clock_gettime, [229] = sys_clock_getres,
	[230] = sys_clock_nanosleep, [231] = sys_exit /* exit_group */, [234] = sys_tgkill, [262] = sys_newfstatat,
	[267] = sys_no_entry /* readlinkat */, [271] = sys_ppoll, [273] = sys_zero /* set_robust_list */, [302] = sys_prlimit64,
	[309] = sys_getcpu, [318] = sys_getrandom, [324] = sys_zero /* membarrier */, [334] = sys_quiet_enosys /* rseq is optional */,
	/* Files are not there: say so, and programs go on without them. */
	[2] = sys_no_entry, [4] = sys_no_entry, [6] = sys_no_entry, [21] = sys_no_entry, [257] = sys_no_entry, [269] = sys_no_entry,
	[332] = sys_no_entry, [439] = sys_no_entry,
};

/* Numbers from LAST on are none of Linux's: they share one place, and one message. */
enum { COUNT = sizeof handlers / sizeof *handlers, LAST = 511 };

static long unserved(u64 number) {
	static u64 named[(LAST + 1) / 64];
	u64 place = number < LAST ? number : LAST, bit = 1ul << place % 64;
	if (named[place / 64] & bit)
		return -ENOSYS;
	named[place / 64] |= bit;
	print("keel: system call ");
	print_decimal(number);
	print(" (");
	print(syscall_name(number));
	print(number < LAST ? ") is not served: it answers ENOSYS; kernel linux-cloud would serve it\n"
			    : ") is none of Linux's: it answers ENOSYS\n");
	marker_with("nosys ", syscall_name(number));
	return -ENOSYS;
}

/* Called by entry.S, with the number last. */
long system_call(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 number) {
	const struct arguments arguments = {a, b, c, d, e, f};
	if (number >= COUNT || !handlers[number])
		return unserved(number);
	return handlers[number](&arguments);
}

int user_range(u64 address, u64 size) { return memory_owns(address, size); }

void syscall_init(void) {
	enum { STAR = 0xc0000081, LSTAR = 0xc0000082, FMASK = 0xc0000084, CODE = 8, INTERRUPT_AND_DIRECTION = 0x600 };
	wrmsr(STAR, (u64)CODE << 32);
	wrmsr(LSTAR, (u64)syscall_entry);
	wrmsr(FMASK, INTERRUPT_AND_DIRECTION);
}
