/* calls.c - the way into the kernel and back, and the smaller calls. */
#define _GNU_SOURCE
#include "probe.h"

#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

struct registers {
	uint64_t general[12], red_zone[2];
	double vector[4];
};

void call_with_registers(const struct registers *before, struct registers *after);

/* A call changes RAX, RCX and R11, and nothing else. */
static void registers(void) {
	struct registers before = {.red_zone = {0x5a5a5a5a5a5a5a5a, 0x7b7b7b7b7b7b7b7b}, .vector = {1.5, -2.5, 3.25, 1e300}}, after = {0};
	for (int i = 0; i < 12; i++)
		before.general[i] = 0x1111111111111111u * (unsigned)(i + 1);
	call_with_registers(&before, &after);
	expect(memcmp(&before, &after, sizeof before) == 0);
}

/* The stack is aligned as the ABI has it, so that aligned vector moves work, and rounding is to nearest. */
static void floats(void) {
	volatile double tiny = 0x1p-1060, two = 2, third = 1 / 3.0;
	volatile long double wide = 1.0L / 3;
	expect(tiny / two > 0 && third * 3 == 1 && sqrt(two * two) == 2);
	expect(wide - third != 0 && fabsl(wide - third) < 1e-16L);
	expect(isinf(1 / (two - 2)) && isnan((two - 2) / (two - 2)));
	char text[64];
	snprintf(text, sizeof text, "%.17g %Lg", third, wide);
	expect(strcmp(text, "0.33333333333333331 0.333333") == 0);
}

__attribute__((target("avx2,fma"))) static void with_avx(float *a, const float *b) {
	for (int i = 0; i < 64; i++)
		a[i] = a[i] * b[i] + 1;
}

static void avx(void) {
	__builtin_cpu_init();
	expect(__builtin_cpu_supports("avx2"));
	float a[64], b[64];
	for (int i = 0; i < 64; i++)
		a[i] = (float)i, b[i] = 2;
	with_avx(a, b);
	for (int i = 0; i < 64; i++)
		expect(a[i] == (float)(2 * i + 1));
}

static void random_bytes(void) {
	unsigned char a[1000] = {0}, b[1000] = {0};
	int seen[256] = {0}, kinds = 0;
	expect(getrandom(a, sizeof a, 0) == sizeof a && getrandom(b, sizeof b, 0) == sizeof b);
	expect(memcmp(a, b, sizeof a) != 0);
	for (size_t i = 0; i < sizeof a; i++)
		kinds += !seen[a[i]]++;
	expect(kinds > 200);
	fails_with(EFAULT, syscall(SYS_getrandom, 8l, 8l, 0l));
}

static void names(void) {
	struct utsname u;
	expect(uname(&u) == 0 && strcmp(u.sysname, "Linux") == 0 && strcmp(u.machine, "x86_64") == 0 && u.release[0]);
	fails_with(EFAULT, syscall(SYS_uname, 8l));
	struct stat s;
	expect(fstat(1, &s) == 0);
	fails_with(EBADF, fstat(77, &s));
	fails_with(ENOENT, open("/no/such/file", O_RDONLY));
	fails_with(ENOENT, stat("/no/such/file", &s));
	fails_with(EBADF, close(77));
	fails_with(EBADF, lseek(77, 0, SEEK_SET));
	char folder[64];
	expect(getcwd(folder, sizeof folder) && folder[0] == '/');
	fails_with(ERANGE, syscall(SYS_getcwd, folder, 1l));
	struct rlimit limit;
	struct rusage usage;
	struct sysinfo info;
	expect(getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= 128 * 1024);
	expect(getrusage(RUSAGE_SELF, &usage) == 0 && sysinfo(&info) == 0 && info.totalram > 0);
	cpu_set_t cpus;
	expect(sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) >= 1 && sched_getcpu() >= 0);
	fails_with(EPERM, syscall(SYS_arch_prctl, 0x1002l, 1l << 62));
	fails_with(EINVAL, syscall(SYS_arch_prctl, 0x3001l, 0l));
}

static void handler(int signal) { (void)signal; }

static void signals(void) {
	struct sigaction act = {.sa_handler = SIG_IGN}, old = {.sa_handler = handler};
	expect(sigaction(SIGUSR1, &act, &old) == 0 && old.sa_handler == SIG_DFL);
	expect(raise(SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0 && kill(getpid(), 0) == 0);
	expect(signal(SIGUSR1, handler) == SIG_IGN);
	expect(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == handler);
	expect(raise(SIGCHLD) == 0 && raise(SIGWINCH) == 0);
	fails_with(EINVAL, sigaction(SIGKILL, &act, NULL));
	fails_with(EINVAL, kill(getpid(), 100));
	fails_with(ESRCH, kill(0x3ffffff, 0));
	sigset_t set, was;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	expect(sigprocmask(SIG_BLOCK, &set, NULL) == 0 && sigprocmask(SIG_BLOCK, NULL, &was) == 0 && sigismember(&was, SIGUSR2) == 1);
	stack_t stack = {.ss_flags = 77};
	expect(sigaltstack(NULL, &stack) == 0 && stack.ss_flags == SS_DISABLE);
}

/* Each is asked twice and answers the same. On Linux some of them do something. */
static void unserved(void) {
	for (int i = 0; i < 2; i++) {
		fails_with(ENOSYS, syscall(SYS_socket, 2l, 1l, 0l));
		fails_with(ENOSYS, syscall(435l, 0l, 0l)); /* clone3 */
		fails_with(ENOSYS, syscall(5000l));
		fails_with(ENOSYS, syscall(-1l));
	}
	fails_with(ENOSYS, syscall(5001l));
}

static void end(void) { exit((int)number("n", 0)); }

const struct probe call_probes[] = {
	{"registers", registers}, {"floats", floats}, {"avx", avx}, {"random-bytes", random_bytes},
	{"names", names}, {"signals", signals}, {"unserved", unserved}, {"end", end}, {0},
};
