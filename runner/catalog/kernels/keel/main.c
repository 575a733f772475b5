/* main.c - from the loader's hand to the app's first instruction. */
#include "bootinfo.h"
#include "cpu.h"
#include "elf.h"
#include "fault.h"
#include "marker.h"
#include "memory.h"
#include "paging.h"
#include "print.h"
#include "serial.h"
#include "stack.h"
#include "string.h"
#include "syscall.h"
#include "time.h"

extern NORETURN void enter_app(u64 entry, u64 stack);

enum { UNUSABLE = 126 }; /* as a shell says: found, but cannot be run */

/*
 * The first 2 MiB are keel's. Static programs begin at 4 MiB; their stack lies where
 * their file was, at the top: the host has given the 2 MiB there their memory
 * already, and any further 2 MiB that a guest touches costs the host the time to
 * clear them. The stack ends in pages that are not there: one that overflows
 * faults, and hits nothing.
 */
#define STACK_MOST (8 * MIB)
#define STACK_LEAST (128 * 1024ul)
#define GUARD (256 * 1024ul)

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

static NORETURN void refuse(const char *why) {
	print("keel: cannot run the app: ");
	print(why);
	print("\n");
	marker_with("fault cannot run the app: ", why);
	end_vm(UNUSABLE);
}

/*
 * Programs may use AVX when CPUID says that the kernel saves its state. Nothing is
 * ever saved here: there is one program, and the kernel uses general registers.
 * Its rounding and exception masks are those of the ABI, not those of a reset.
 */
static void enable_vectors(void) {
	enum { XSAVE = 1 << 26, AVX = 1 << 28, OSXSAVE = 1 << 18, X87_SSE = 3, YMM = 4, ALL_MASKED = 0x1f80 };
	u32 features = cpuid(1).c, mxcsr = ALL_MASKED;
	__asm__ volatile("fninit; ldmxcsr %0" : : "m"(mxcsr));
	if (!(features & XSAVE))
		return;
	u64 cr4;
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | OSXSAVE));
	u32 state = X87_SSE | (features & AVX ? YMM : 0);
	__asm__ volatile("xsetbv" : : "c"(0), "a"(state), "d"(0));
}

/* The file is in the way of its own segments wherever the loader put it but at
 * the very top. */
static u8 *move_to_top(const struct bootinfo *boot, u64 top) {
	u8 *to = (u8 *)PAGE_DOWN(top - boot->app_size);
	if (boot->app != to)
		memmove(to, boot->app, boot->app_size);
	return to;
}

void kernel_main(u64 info, u32 magic) {
	marker_boot();
	serial_init();
	fault_init();
	enable_vectors();
	syscall_init();
	time_start();

	struct bootinfo boot;
	bootinfo_read(&boot, info, magic);
	u64 top = PAGE_DOWN(boot.memory_end < MEMORY_LIMIT ? boot.memory_end : MEMORY_LIMIT);
	if (!boot.app || !boot.app_size)
		refuse("there is none: give its ELF file as -initrd");
	if (boot.args_cut)
		refuse("the command line is longer than 2047 bytes");
	if (top <= BIG_PAGE || boot.app_size > top - BIG_PAGE)
		refuse(NO_ROOM);

	struct program app;
	u8 *file = move_to_top(&boot, top);
	u64 room = MIN((u64)file, top - GUARD - STACK_LEAST);
	const char *wrong = elf_load(&app, file, boot.app_size, BIG_PAGE, room);
	if (wrong)
		refuse(wrong);

	/* The file is no longer needed: its memory is the app's now, the stack's first of all. */
	u64 spare = PAGE_DOWN((top - app.end - GUARD) / 4);
	u64 stack_bottom = top - MIN(MAX(spare, STACK_LEAST), STACK_MOST), guard = stack_bottom - GUARD;
	memory_init(BIG_PAGE, top);
	memory_own(app.start, app.end);
	memory_own(stack_bottom, top);
	memory_set_hole(guard, stack_bottom);
	syscall_set_break(app.end);
	syscall_set_stack(top - stack_bottom);
	u64 sp = stack_build(top, boot.args, &app);
	if (!sp)
		refuse("it is given more than 64 arguments");
	paging_init(top);
	paging_guard(guard, stack_bottom);
	time_init();
	marker_app();
	enter_app(app.entry, sp);
}
