/*
 * memory.c - the app's memory: a bit for every page, set while it is in use.
 *
 * The break grows from below and mappings come from above, as on Linux, so that
 * neither has a share of its own that the other could have used. Everything is
 * mapped all the time: pages are given out, not mapped. Whoever asks may ask for
 * anything: sizes are checked so that no sum wraps around.
 */
#include "memory.h"

#include "string.h"

static u64 used[MEMORY_LIMIT / PAGE / 64];
static u64 first, end;           /* page numbers */
static u64 hole_start, hole_end; /* page numbers: in use for ever, and nobody's */
static u64 in_use;               /* pages */

static int is_used(u64 page) { return used[page / 64] >> page % 64 & 1; }

static int in_hole(u64 page) { return page >= hole_start && page < hole_end; }

static void set(u64 page, int on) {
	if (in_hole(page))
		return;
	u64 bit = 1ul << page % 64;
	if (on && !is_used(page))
		in_use++;
	if (!on && is_used(page))
		in_use--;
	used[page / 64] = on ? used[page / 64] | bit : used[page / 64] & ~bit;
}

static void take(u64 page, u64 count) {
	for (u64 i = 0; i < count; i++)
		set(page + i, 1);
	memset((void *)(page * PAGE), 0, count * PAGE);
}

void memory_init(u64 from, u64 to) {
	first = from / PAGE;
	end = to / PAGE;
}

void memory_own(u64 from, u64 to) {
	for (u64 page = from / PAGE; page < to / PAGE; page++)
		set(page, 1);
}

void memory_set_hole(u64 from, u64 to) {
	memory_own(from, to);
	hole_start = from / PAGE;
	hole_end = to / PAGE;
}

u64 memory_size(void) { return (end - first) * PAGE; }

u64 memory_free(void) { return (end - first - in_use) * PAGE; }

/* A stretch of pages, cut to those that are handed out; count 0 if none is. */
struct stretch {
	u64 page, count;
};

static struct stretch cut(u64 address, u64 size) {
	if (address >= end * PAGE)
		return (struct stretch){0, 0};
	if (size > end * PAGE - address)
		size = end * PAGE - address;
	u64 from = address / PAGE, to = PAGE_UP(address + size) / PAGE;
	if (from < first)
		from = first;
	return (struct stretch){from, from < to ? to - from : 0};
}

int memory_is_there(u64 address, u64 size) {
	return address >= first * PAGE && address < end * PAGE && size <= end * PAGE - address &&
	       (address >= hole_end * PAGE || address + size <= hole_start * PAGE);
}

u64 memory_take(u64 size) {
	u64 count = PAGE_UP(size) / PAGE, run = 0;
	if (!count || size > memory_size())
		return 0;
	for (u64 page = end; page-- > first;) {
		if (used[page / 64] == ~0ul && page % 64 == 63 && page >= first + 64) {
			page -= 63; /* 64 pages at once, none free */
			run = 0;
			continue;
		}
		run = is_used(page) ? 0 : run + 1;
		if (run == count) {
			take(page, count);
			return page * PAGE;
		}
	}
	return 0;
}

int memory_take_at(u64 address, u64 size) {
	if (!memory_is_there(address, size))
		return 0;
	take(address / PAGE, PAGE_UP(size) / PAGE);
	return 1;
}

int memory_extend(u64 address, u64 size) {
	if (!size)
		return 1;
	if (!memory_is_there(address, size))
		return 0;
	u64 page = address / PAGE, count = PAGE_UP(size) / PAGE;
	for (u64 i = 0; i < count; i++)
		if (is_used(page + i))
			return 0;
	take(page, count);
	return 1;
}

void memory_clear(u64 address, u64 size) {
	struct stretch s = cut(address, size);
	for (u64 i = 0; i < s.count; i++)
		if (is_used(s.page + i) && !in_hole(s.page + i))
			memset((void *)((s.page + i) * PAGE), 0, PAGE);
}

void memory_release(u64 address, u64 size) {
	struct stretch s = cut(address, size);
	for (u64 i = 0; i < s.count; i++)
		set(s.page + i, 0);
}

int memory_owns(u64 address, u64 size) {
	if (!memory_is_there(address, size))
		return 0;
	struct stretch s = cut(address, size);
	for (u64 i = 0; i < s.count; i++)
		if (!is_used(s.page + i))
			return 0;
	return 1;
}
