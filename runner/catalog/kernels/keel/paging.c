/*
 * paging.c - which addresses exist. boot.S maps 4 GiB one to one; here all goes that
 * no program should touch, so that a wild pointer faults and is not swallowed.
 * (Intel SDM volume 3, 4.5: the formats of the tables.)
 */
#include "paging.h"

enum { ENTRIES = 512, DIRECTORIES = 4, WRITABLE = 2, PRESENT_WRITABLE_USER = 7 };

extern char load_address[], read_only_end[], bss_end[];
extern u64 directories[DIRECTORIES * ENTRIES]; /* 2 MiB each */
extern u64 low_table[ENTRIES];                 /* 4 KiB each: the first 2 MiB */

static u64 guard_tables[2][ENTRIES] __attribute__((aligned(PAGE))); /* 4 KiB each: those around the guard */
static u64 guard_start, guard_end;

static void reload(void) {
	u64 root;
	__asm__ volatile("mov %%cr3, %0; mov %0, %%cr3" : "=r"(root) : : "memory");
}

void paging_init(u64 top) {
	low_table[0] = 0;
	for (u64 at = (u64)load_address; at < (u64)read_only_end; at += PAGE)
		low_table[at / PAGE] &= ~(u64)WRITABLE;
	for (u64 at = PAGE_UP((u64)bss_end); at < BIG_PAGE; at += PAGE)
		low_table[at / PAGE] = 0;
	for (u64 i = (top + BIG_PAGE - 1) / BIG_PAGE; i < DIRECTORIES * ENTRIES; i++)
		directories[i] = 0;
	reload();
}

void paging_guard(u64 from, u64 to) {
	guard_start = from;
	guard_end = to;
	for (u64 i = 0, big = from / BIG_PAGE; i < 2 && big * BIG_PAGE < to; i++, big++) {
		for (u64 j = 0; j < ENTRIES; j++) {
			u64 at = big * BIG_PAGE + j * PAGE;
			guard_tables[i][j] = at < from || at >= to ? at | PRESENT_WRITABLE_USER : 0;
		}
		directories[big] = (u64)guard_tables[i] | PRESENT_WRITABLE_USER;
	}
	reload();
}

int paging_is_guard(u64 address) { return address >= guard_start && address < guard_end; }
