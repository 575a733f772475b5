/* elf.h - the app's ELF file. */
#pragma once

#include "types.h"

struct program {
	u64 entry;           /* where the app begins */
	u64 headers;         /* address of its program headers, for the C library */
	u16 header_count, header_size;
	u64 start, end;      /* of its segments, page-aligned */
};

#define NO_ROOM "it does not fit into the memory: give it more"

/*
 * elf_load puts the app where it wants to be, between low and high, and returns
 * NULL, or says why not. The file may hold anything at all: nothing is written
 * before all of it has been checked.
 */
const char *elf_load(struct program *to, const u8 *file, u64 size, u64 low, u64 high);
