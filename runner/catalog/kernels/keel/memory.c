/*
 * memory.c - the app's memory: a bit for every page, set while it is in use.
 *
 * The break grows from below and mappings come from above, as on Linux, so that
 * neither has a share of its own that the other could have used. Everything is
 * mapped all the time: pages are given out, not mapped.
 */
#include "memory.h"

#include "string.h"

static u64 used[MEMORY_LIMIT / PAGE / 64];
static u64 first, end; /* page numbers */
static u64 in_use;     /* pages */

static int is_used(u64 page) { return used[page / 64] >> page % 64 & 1; }

static void set(u64 page, int on) {
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

u64 memory_size(void) { return (end - first) * PAGE; }

u64 memory_free(void) { return (end - first - in_use) * PAGE; }

/* inside says whether the pages lie in the app's memory, and guards against sizes
 * that wrap around. */
static int inside(u64 page, u64 count) { return page >= first && page < end && count <= end - page; }

u64 memory_take(u64 size) {
	u64 count = PAGE_UP(size) / PAGE, run = 0;
	if (!count || count > end - first)
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
	u64 page = address / PAGE, count = PAGE_UP(size) / PAGE;
	if (!inside(page, count))
		return 0;
	take(page, count);
	return 1;
}

int memory_extend(u64 address, u64 size) {
	u64 page = address / PAGE, count = PAGE_UP(size) / PAGE;
	if (!count)
		return 1;
	if (!inside(page, count))
		return 0;
	for (u64 i = 0; i < count; i++)
		if (is_used(page + i))
			return 0;
	take(page, count);
	return 1;
}

void memory_release(u64 address, u64 size) {
	u64 page = address / PAGE, count = PAGE_UP(size) / PAGE;
	if (!inside(page, count))
		return;
	for (u64 i = 0; i < count; i++)
		set(page + i, 0);
}
