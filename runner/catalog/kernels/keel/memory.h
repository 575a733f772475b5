/* memory.h - the app's memory: which pages of RAM are in use. */
#pragma once

#include "types.h"

#define MEMORY_LIMIT 0xc0000000ul /* RAM above it is behind the PCI hole */

/* memory_init hands out [from, to); both are page-aligned. */
void memory_init(u64 from, u64 to);
u64 memory_size(void);                     /* bytes in all */
u64 memory_free(void);                     /* bytes not in use */
u64 memory_take(u64 size);                 /* zeroed, from the top down; 0: there is no room */
int memory_take_at(u64 address, u64 size); /* zeroed, whatever was there; 0: it is no memory of the app's */
int memory_extend(u64 address, u64 size);  /* zeroed, only if all of it is free */
void memory_release(u64 address, u64 size);
