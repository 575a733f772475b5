/* paging.h - which addresses exist. */
#pragma once

#include "types.h"

/*
 * paging_init takes away page 0, the pages between keel and the app's stack, and
 * everything that is no memory, and makes keel's code read-only. guard_end is
 * where the stack begins, top where the memory ends.
 */
void paging_init(u64 guard_end, u64 top);

int paging_is_guard(u64 address); /* does the stack end there? */
