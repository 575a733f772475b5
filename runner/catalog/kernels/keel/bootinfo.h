/* bootinfo.h - what the loader left us: the app, its arguments, the memory. */
#pragma once

#include "types.h"

enum { COMMAND_LINE = 2048 }; /* bytes with the 0, as on Linux */

struct bootinfo {
	u8 *app;           /* the app's ELF file; NULL: none was given */
	u64 app_size;
	const char *args;  /* the kernel's command line */
	int args_cut;      /* it was longer than COMMAND_LINE */
	u64 memory_end;    /* of the RAM that begins below 4 MiB */
};

/* Reads what PVH or Multiboot hands over; copies the command line. */
void bootinfo_read(struct bootinfo *to, u64 info, u32 magic);
