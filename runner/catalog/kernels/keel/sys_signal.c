/*
 * sys_signal.c - system calls on signals. None is ever delivered: what a program
 * sets is kept and told back to it, and a signal that it sends itself ends it,
 * unless the signal is ignored.
 */
#include "marker.h"
#include "print.h"
#include "string.h"
#include "syscall.h"

enum { SIGNALS = 64, SET_SIZE = 8 };
enum { SIGABRT = 6, SIGKILL = 9, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGURG = 23, SIGWINCH = 28 };

/* Linux, arch/x86/include/uapi/asm/signal.h, as the kernel sees it. */
struct action {
	u64 handler, flags, restorer, mask;
};

enum { SIG_DFL = 0, SIG_IGN = 1 };

static struct action actions[SIGNALS + 1];
static u64 blocked;

long sys_rt_sigaction(const struct arguments *x) {
	u64 signal = x->a;
	if (signal < 1 || signal > SIGNALS || x->d != SET_SIZE || (x->b && (signal == SIGKILL || signal == SIGSTOP)))
		return -EINVAL;
	if ((x->b && !user_range(x->b, sizeof(struct action))) || (x->c && !user_range(x->c, sizeof(struct action))))
		return -EFAULT;
	struct action old = actions[signal];
	if (x->b)
		actions[signal] = *(const struct action *)x->b;
	if (x->c)
		*(struct action *)x->c = old;
	return 0;
}

long sys_rt_sigprocmask(const struct arguments *x) {
	enum { BLOCK = 0, UNBLOCK = 1, SET = 2 };
	if (x->d != SET_SIZE || (x->b && x->a > SET))
		return -EINVAL;
	if ((x->b && !user_range(x->b, SET_SIZE)) || (x->c && !user_range(x->c, SET_SIZE)))
		return -EFAULT;
	u64 old = blocked;
	if (x->b) {
		u64 set = *(const u64 *)x->b;
		blocked = x->a == BLOCK ? old | set : x->a == UNBLOCK ? old & ~set : set;
	}
	if (x->c)
		*(u64 *)x->c = old;
	return 0;
}

/* Linux, include/uapi/asm-generic/signal.h: stack_t. */
struct stack {
	u64 address;
	u32 flags, padding;
	u64 size;
};

long sys_sigaltstack(const struct arguments *x) {
	enum { DISABLED = 2 };
	static struct stack current = {.flags = DISABLED};
	if ((x->a && !user_range(x->a, sizeof current)) || (x->b && !user_range(x->b, sizeof current)))
		return -EFAULT;
	struct stack old = current;
	if (x->a)
		current = *(const struct stack *)x->a;
	if (x->b)
		*(struct stack *)x->b = old;
	return 0;
}

static int is_ignored(u64 signal) {
	u64 action = actions[signal].handler;
	if (action == SIG_DFL)
		return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH;
	return action == SIG_IGN && signal != SIGKILL && signal != SIGSTOP;
}

/* abort() comes here, and every assertion that failed. */
static NORETURN void end_by(u64 signal) {
	char text[64] = "fault signal ", *to = decimal(text + strlen(text), signal);
	const char *name = signal == SIGABRT ? " (SIGABRT) at " : " at ";
	memcpy(to, name, strlen(name));
	hex(to + strlen(name), syscall_frame.rip);
	print("\nkeel: the app sent itself ");
	print(text + 6);
	if (actions[signal].handler > SIG_IGN)
		print("; its handler is not called, since keel delivers no signals");
	print("\n  rip ");
	print_hex(syscall_frame.rip);
	print("  rsp ");
	print_hex(app_stack);
	print("\n");
	marker(text);
	end_vm(128 + signal);
}

static long raise(u64 signal) {
	if (signal > SIGNALS)
		return -EINVAL;
	if (signal && !is_ignored(signal))
		end_by(signal);
	return 0;
}

/* The one process is number 1, alone in its group, with one thread. */
static int is_ours(long id) { return id == 1; }

long sys_kill(const struct arguments *x) {
	int process = x->a;
	return is_ours(process < 0 ? -(long)process : process) || !process ? raise((u32)x->b) : -ESRCH;
}

long sys_tkill(const struct arguments *x) { return is_ours((int)x->a) ? raise((u32)x->b) : -ESRCH; }

long sys_tgkill(const struct arguments *x) { return is_ours((int)x->a) && is_ours((int)x->b) ? raise((u32)x->c) : -ESRCH; }
