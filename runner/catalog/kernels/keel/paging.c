/*
 * paging.c - which addresses exist. boot.S maps 4 GiB one to one; here all goes that
 * no program should touch, so that a wild pointer faults and is not swallowed.
 * (Intel SDM volume 3, 4.5: the formats of the tables.)
 */
#include "paging.h"

#define BIG_PAGE (2 * MIB)

enum { ENTRIES = 512, DIRECTORIES = 4, WRITABLE = 2 };

extern char load_address[], read_only_end[], bss_end[];
extern u64 directories[DIRECTORIES * ENTRIES]; /* 2 MiB each */
extern u64 low_table[ENTRIES];                 /* 4 KiB each: the first 2 MiB */

static u64 guard_start, guard_limit;

static void reload(void) {
	u64 root;
	__asm__ volatile("mov %%cr3, %0; mov %0, %%cr3" : "=r"(root) : : "memory");
}

void paging_init(u64 guard_end, u64 top) {
	guard_start = PAGE_UP((u64)bss_end);
	guard_limit = guard_end;
	low_table[0] = 0;
	for (u64 at = (u64)load_address; at < (u64)read_only_end; at += PAGE)
		low_table[at / PAGE] &= ~(u64)WRITABLE;
	for (u64 at = guard_start; at < guard_end; at += PAGE)
		low_table[at / PAGE] = 0;
	for (u64 i = (top + BIG_PAGE - 1) / BIG_PAGE; i < DIRECTORIES * ENTRIES; i++)
		directories[i] = 0;
	reload();
}

int paging_is_guard(u64 address) { return address >= guard_start && address < guard_limit; }
