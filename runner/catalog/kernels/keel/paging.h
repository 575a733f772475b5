/* paging.h - which addresses exist. */
#pragma once

#include "types.h"

#define BIG_PAGE (2 * MIB)

/* paging_init takes away page 0, what is left of keel's own 2 MiB, and everything
 * from top on, where no memory is, and makes keel's code read-only. */
void paging_init(u64 top);

/* paging_guard takes [from, to) away, where the app's stack ends: less than 2 MiB,
 * and none of the first 2. */
void paging_guard(u64 from, u64 to);

int paging_is_guard(u64 address); /* does the stack end there? */
