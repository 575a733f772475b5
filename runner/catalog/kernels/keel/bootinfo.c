/*
 * bootinfo.c - what the loader left us, by either of two protocols: PVH (Xen's
 * xen/include/public/arch-x86/hvm/start_info.h) and Multiboot 1 (the GNU
 * specification, version 0.6.96).
 */
#include "bootinfo.h"

#include "string.h"

enum { MULTIBOOT_MAGIC = 0x2badb002, PVH_MAGIC = 0x336ec578, RAM = 1 };
enum { HAS_COMMAND_LINE = 1 << 2, HAS_MODULES = 1 << 3, HAS_MAP = 1 << 6 }; /* flags of multiboot_info */

struct pvh_info {
	u32 magic, version, flags, modules;
	u64 module_list, command_line, rsdp, memory_map;
	u32 memory_entries, reserved;
};

struct pvh_module {
	u64 address, size, command_line, reserved;
};

struct pvh_memory {
	u64 address, size;
	u32 type, reserved;
};

struct multiboot_info {
	u32 flags, lower, upper, device, command_line, modules, module_list, symbols[4], map_length, map;
};

struct multiboot_module {
	u32 start, end, command_line, reserved;
};

struct multiboot_memory {
	u32 entry_size;
	u64 address, size;
	u32 type;
} __attribute__((packed));

/* The app begins at 4 MiB, so the RAM that matters is what lies around it. */
#define APP_BASE (4 * MIB)

static char command_line[COMMAND_LINE];

static void copy_command_line(struct bootinfo *to, const char *from) {
	size_t n = from ? strlen(from) : 0;
	if (n >= sizeof command_line) {
		n = sizeof command_line - 1;
		to->args_cut = 1;
	}
	memcpy(command_line, from, n);
	command_line[n] = 0;
	to->args = command_line;
}

static void consider(struct bootinfo *to, u64 address, u64 size, u32 type) {
	if (type == RAM && address <= APP_BASE && address + size > APP_BASE)
		to->memory_end = address + size;
}

static void read_pvh(struct bootinfo *to, const struct pvh_info *in) {
	const struct pvh_memory *m = (void *)in->memory_map;
	if (in->version >= 1)
		for (u32 i = 0; i < in->memory_entries; i++)
			consider(to, m[i].address, m[i].size, m[i].type);
	if (in->modules) {
		const struct pvh_module *module = (void *)in->module_list;
		to->app = (u8 *)module->address;
		to->app_size = module->size;
	}
	copy_command_line(to, (const char *)in->command_line);
}

/* QEMU puts the kernel's file name before the arguments of Multiboot kernels. */
static const char *after_first_word(const char *s) {
	while (*s && *s != ' ')
		s++;
	while (*s == ' ')
		s++;
	return s;
}

static void read_multiboot(struct bootinfo *to, const struct multiboot_info *in) {
	to->memory_end = MIB + (u64)in->upper * 1024;
	if (in->flags & HAS_MAP) {
		u64 at = in->map, end = at + in->map_length;
		while (at < end) {
			const struct multiboot_memory *m = (void *)at;
			consider(to, m->address, m->size, m->type);
			at += m->entry_size + sizeof m->entry_size;
		}
	}
	if (in->flags & HAS_MODULES && in->modules) {
		const struct multiboot_module *module = (void *)(u64)in->module_list;
		to->app = (u8 *)(u64)module->start;
		to->app_size = module->end - module->start;
	}
	if (in->flags & HAS_COMMAND_LINE)
		copy_command_line(to, after_first_word((const char *)(u64)in->command_line));
	else
		copy_command_line(to, NULL);
}

void bootinfo_read(struct bootinfo *to, u64 info, u32 magic) {
	memset(to, 0, sizeof *to);
	/* PVH first: QEMU's firmware for microvm leaves Multiboot's magic behind there too. */
	if (((struct pvh_info *)info)->magic == PVH_MAGIC)
		read_pvh(to, (void *)info);
	else if (magic == MULTIBOOT_MAGIC)
		read_multiboot(to, (void *)info);
}
