/* syscall.h - Linux's system calls for x86-64, as far as keel serves them. */
#pragma once

#include "types.h"

/* Error numbers (Linux, include/uapi/asm-generic/errno-base.h); calls return them negated. */
enum {
	ENOENT = 2, EINTR = 4, EBADF = 9, EAGAIN = 11, ENOMEM = 12, EFAULT = 14, ENODEV = 19, EINVAL = 22, ENOTTY = 25, ESPIPE = 29,
	ERANGE = 34, ENOSYS = 38, ETIMEDOUT = 110,
};

struct arguments {
	u64 a, b, c, d, e, f;
};

typedef long handler(const struct arguments *);

void syscall_init(void);
void syscall_set_break(u64 start); /* where the app's data ends */

/* user_range says whether the app may have meant an address: not NULL, and below
 * the end of what is mapped. */
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
handler sys_exit, sys_kill, sys_tgkill, sys_arch_prctl, sys_uname, sys_prlimit64, sys_getrlimit, sys_getrandom, sys_getrusage,
	sys_sched_getaffinity, sys_getcpu, sys_futex, sys_one, sys_zero, sys_quiet_enosys;

/* sys_time.c */
handler sys_clock_gettime, sys_clock_getres, sys_gettimeofday, sys_time, sys_times, sys_nanosleep, sys_clock_nanosleep;

/* sysnames.c */
const char *syscall_name(u64 number); /* "?" for a number without one */
