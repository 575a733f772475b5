/* syscall.h - Linux's system calls for x86-64, as far as keel serves them. */
#pragma once

#include "types.h"

/* Error numbers (Linux, include/uapi/asm-generic/errno-base.h); calls return them negated. */
enum {
	EPERM = 1, ENOENT = 2, ESRCH = 3, EBADF = 9, EAGAIN = 11, ENOMEM = 12, EFAULT = 14, EEXIST = 17, ENODEV = 19, EINVAL = 22,
	ENOTTY = 25, ESPIPE = 29, ERANGE = 34, ENOSYS = 38, ETIMEDOUT = 110,
};

struct arguments {
	u64 a, b, c, d, e, f;
};

typedef long handler(const struct arguments *);

/* What entry.S pushed of a system call under way, and the app's stack pointer. */
extern const struct syscall_frame {
	u64 r10, r9, r8, rdx, rsi, rdi, flags, rip;
} syscall_frame;
extern const u64 app_stack;

void syscall_init(void);
void syscall_set_break(u64 start); /* where the app's data ends */
void syscall_set_stack(u64 size);  /* of the app's stack */

/* user_range says whether all of an address range is the app's: a call that was
 * given another one answers EFAULT. */
int user_range(u64 address, u64 size);

struct timespec {
	long seconds, nanoseconds;
};

/* sys_file.c */
handler sys_read, sys_write, sys_readv, sys_writev, sys_fstat, sys_newfstatat, sys_ioctl, sys_poll, sys_ppoll, sys_lseek, sys_close,
	sys_fcntl, sys_getcwd, sys_no_entry;

/* sys_memory.c */
handler sys_brk, sys_mmap, sys_munmap, sys_mprotect, sys_madvise, sys_mremap, sys_sysinfo;

/* sys_process.c */
handler sys_exit, sys_arch_prctl, sys_uname, sys_prlimit64, sys_getrlimit, sys_getrandom, sys_getrusage, sys_sched_getaffinity,
	sys_getcpu, sys_futex, sys_one, sys_zero, sys_quiet_enosys;

/* sys_signal.c */
handler sys_rt_sigaction, sys_rt_sigprocmask, sys_sigaltstack, sys_kill, sys_tkill, sys_tgkill;

/* sys_time.c */
u64 time_span(const struct timespec *t); /* in ns, not more than a century */
handler sys_clock_gettime, sys_clock_getres, sys_gettimeofday, sys_time, sys_times, sys_nanosleep, sys_clock_nanosleep;

/* sysnames.c */
const char *syscall_name(u64 number); /* "?" for a number without one */
