/* sys_memory.c - system calls on memory. Protection is accepted and not enforced. */
#include "memory.h"
#include "string.h"
#include "syscall.h"

static u64 break_start, break_end; /* the data segment's growing end */

void syscall_set_break(u64 start) { break_start = break_end = start; }

long sys_brk(const struct arguments *x) {
	u64 wanted = x->a;
	if (wanted < break_start || wanted > break_start + memory_size())
		return break_end;
	u64 have = PAGE_UP(break_end), want = PAGE_UP(wanted);
	if (want > have && !memory_extend(have, want - have))
		return break_end;
	if (want < have)
		memory_release(want, have - want);
	if (wanted < break_end) /* what is given back comes back as zeros */
		memset((void *)wanted, 0, want - wanted);
	return break_end = wanted;
}

enum { MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_FIXED_NOREPLACE = 0x100000 };

long sys_mmap(const struct arguments *x) {
	u64 address = x->a, size = PAGE_UP(x->b), flags = x->d;
	if (!(flags & MAP_ANONYMOUS))
		return -ENODEV; /* there are no files to map */
	if (!x->b || address % PAGE)
		return -EINVAL;
	if (size < x->b)
		return -ENOMEM;
	if (flags & MAP_FIXED_NOREPLACE)
		return memory_extend(address, size) ? (long)address : memory_is_there(address, size) ? -EEXIST : -ENOMEM;
	if (flags & MAP_FIXED)
		return memory_take_at(address, size) ? (long)address : -ENOMEM;
	u64 at = memory_take(size);
	return at ? (long)at : -ENOMEM;
}

long sys_munmap(const struct arguments *x) {
	if (x->a % PAGE || !x->b || PAGE_UP(x->b) < x->b)
		return -EINVAL;
	memory_release(x->a, x->b);
	return 0;
}

long sys_mprotect(const struct arguments *x) { return x->a % PAGE ? -EINVAL : 0; }

/* MADV_DONTNEED promises zeros at the next read; the other advice is only advice. */
long sys_madvise(const struct arguments *x) {
	enum { MADV_DONTNEED = 4 };
	if (x->a % PAGE || PAGE_UP(x->b) < x->b)
		return -EINVAL;
	if (x->c == MADV_DONTNEED)
		memory_clear(x->a, x->b);
	return 0;
}

long sys_mremap(const struct arguments *x) {
	enum { MAY_MOVE = 1, FIXED = 2 };
	u64 from = x->a, old = PAGE_UP(x->b), new = PAGE_UP(x->c);
	if (from % PAGE || !old || !new || x->d & FIXED)
		return -EINVAL;
	if (!memory_owns(from, old))
		return -EFAULT;
	if (new <= old) {
		if (new < old)
			memory_release(from + new, old - new);
		return from;
	}
	if (memory_extend(from + old, new - old))
		return from;
	if (!(x->d & MAY_MOVE))
		return -ENOMEM;
	u64 to = memory_take(new);
	if (!to)
		return -ENOMEM;
	memcpy((void *)to, (void *)from, old);
	memory_release(from, old);
	return to;
}

/* Linux, include/uapi/linux/sysinfo.h. */
struct sysinfo {
	long uptime;
	u64 loads[3], total, available, shared, buffers, swap, free_swap;
	u16 processes, padding;
	u64 high, free_high;
	u32 unit;
};

long sys_sysinfo(const struct arguments *x) {
	if (!user_range(x->a, sizeof(struct sysinfo)))
		return -EFAULT;
	struct sysinfo *s = (void *)x->a;
	memset(s, 0, sizeof *s);
	s->total = memory_size();
	s->available = memory_free();
	s->processes = 1;
	s->unit = 1;
	return 0;
}
