/* memory.h - the app's memory: which pages of RAM are in use. */
#pragma once

#include "types.h"

#define MEMORY_LIMIT 0xc0000000ul /* RAM above it is behind the PCI hole */

void memory_init(u64 from, u64 to);     /* hands out [from, to); these and the next are page-aligned */
void memory_own(u64 from, u64 to);      /* is the app's from the start, as it is: its segments, its stack */
void memory_set_hole(u64 from, u64 to); /* is nobody's, ever */
u64 memory_size(void);                     /* bytes handed out or to be */
u64 memory_free(void);                     /* bytes not in use */
u64 memory_take(u64 size);                 /* zeroed, from the top down; 0: there is no room */
int memory_take_at(u64 address, u64 size); /* zeroed, whatever was there; 0: it is not there to be handed out */
int memory_extend(u64 address, u64 size);  /* zeroed, only if all of it is free */
void memory_clear(u64 address, u64 size);  /* zeroes those of the pages that are in use */
void memory_release(u64 address, u64 size);
int memory_is_there(u64 address, u64 size); /* is all of it to be handed out, or handed out? */
int memory_owns(u64 address, u64 size);    /* may the app read and write all of it? */
